"""What every channel can do: the contract between the outbox and the modules of this folder.

A module tells how a try came out; it never retries by itself, never sleeps and never logs a secret. Whatever happened
after the bytes may have gone out, without an answer that says so, is Unknown: neither sent nor not sent.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from dash_kpi.alerting.messages.message import Message
from dash_kpi.errors import DashKpiError
from dash_kpi.settings import Settings

OnUnknown = Literal["reconcile", "resend", "hold"]
Scope = Literal["message", "destination", "channel"]
Receipt = dict[str, Any]  # what the channel gave back: "ts" and "channel", "wamid", "message_id"


@dataclass(frozen=True, slots=True)
class Field:
    """One thing that a person tells about a channel."""

    name: str
    label: str
    help: str = ""
    is_secret: bool = False
    is_needed: bool = True
    usual: str = ""
    options: tuple[tuple[str, str], ...] = ()  # value and label, where one of some is chosen
    input: Literal["text", "url", "email", "number", "password", "textarea"] = "text"


@dataclass(frozen=True, slots=True)
class Config:
    """A channel as its module sees it; `values` hold what a person told, secrets included, by the names of fields."""

    id: int
    name: str
    values: Mapping[str, str] = field(repr=False)
    settings: Settings = field(repr=False)


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One delivery as it is to be sent; every try of it has the same `uid` and the same message."""

    uid: str
    destination: str
    message: Message
    created_at: datetime
    attempt: int = 1  # this one, from 1
    started_at: datetime | None = None  # when this try, or the one whose outcome is unknown, began
    is_possible_repeat: bool = False  # it may have been sent before: the text must say so
    thread: Receipt | None = None  # the receipt of the message in whose thread it goes
    written_at: datetime | None = None  # when the person there last wrote to us, where that is known
    closes: Message | None = None  # the message of that thread, where this one says that all of it is over


@dataclass(frozen=True, slots=True)
class Sent:
    """The channel accepted it."""

    receipt: Receipt


@dataclass(frozen=True, slots=True)
class NotSent:
    """It was certainly not sent, and may be tried again after so many seconds, None: with the usual backoff.

    `scope` says what has to wait: this message, everything to the destination, or the whole channel.
    """

    reason: str
    retry_after: float | None = None
    scope: Scope = "message"


@dataclass(frozen=True, slots=True)
class RefusedForGood:
    """It will never be accepted as it is; `reason` says what a person has to do.

    Of one message: it is a dead letter. Of a destination or the channel: their queue is parked until that is mended.
    """

    reason: str
    scope: Scope = "message"


@dataclass(frozen=True, slots=True)
class Unknown:
    """It may have been sent, or not."""

    reason: str


Outcome = Sent | NotSent | RefusedForGood | Unknown


@dataclass(frozen=True, slots=True)
class Absent:
    """The channel has proof that it was not accepted: it may be sent without being a repeat."""


@dataclass(frozen=True, slots=True)
class NoEvidence:
    """Nothing tells; after so many seconds it may be worth asking again, None: never."""

    reason: str
    ask_after: float | None = None


Evidence = Sent | Absent | NoEvidence


class ChannelProblem(DashKpiError):
    """A test of a channel failed; the message says what to do, `field` which field it is about."""

    def __init__(self, sentence: str, field: str = "") -> None:
        super().__init__(sentence)
        self.field = field


class Transport(Protocol):
    """One kind of channel: the functions of its module; `table.py` lists them."""

    LABEL: str  # as people call it: "Slack (bot)"
    FIELDS: tuple[Field, ...]
    ON_UNKNOWN: OnUnknown  # the usual policy
    PACE: float  # seconds between two messages to one destination, as the service asks

    def check(self, values: Mapping[str, str], settings: Settings) -> None:
        """Check what a person told, without any request. Raises ChannelProblem with the field."""

    def destinations(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """Return where each message goes: a Slack channel, each phone number, each address."""

    def test(self, config: Config) -> str:
        """Ask the channel whether it would take messages, without posting anything where that can be had.

        Returns a sentence: "Connected as kpi-bot in Example Ltd". Raises ChannelProblem.
        """

    def send(self, config: Config, outgoing: Outgoing) -> Outcome:
        """Try once."""

    def reconcile(self, config: Config, outgoing: Outgoing) -> Evidence:
        """Look whether an earlier try of this delivery was accepted."""

    def close(self, config: Config, outgoing: Outgoing) -> None:
        """After a message that `closes` its thread was sent: mark the first one as over, where the channel can.

        Best effort and idempotent; raises nothing.
        """
