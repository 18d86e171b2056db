"""Channels as they may be shown: never with a secret."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Literal

State = Literal["works", "parked", "disabled", "locked", "unknown"]

POLICY_WORDS = {
    "reconcile": ("Look first, then send again", "Dash KPI asks the service whether the message is there. Only when "
                  "nothing tells, it is sent again, marked as a possible repeat."),
    "resend": ("Send again at once", "The message is sent again, marked as a possible repeat: nobody misses it, and "
               "somebody may read it twice."),
    "hold": ("Ask a person", "The message waits under Alerts until somebody decides: nobody reads it twice, and nobody "
             "may have read it at all."),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Last:
    """The newest message of a channel: what became of it, and when."""

    status: str
    kind: str
    destination: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class ChannelRow:
    """A channel as a list shows it."""

    id: int
    name: str
    kind: str
    label: str  # of its kind
    values: Mapping[str, str]
    kept: tuple[str, ...]  # the names of the secrets that it has
    destinations: tuple[str, ...]
    on_unknown: str
    is_enabled: bool
    state: State
    problem: str  # why it does not work, and what to do; "" where it does
    problem_since: datetime | None
    paused_until: datetime | None
    waiting: int  # messages that are to be sent
    parked: int  # messages that wait for a person
    last: Last | None
    version: str  # changes whenever a person changes the channel

    def as_json(self) -> dict[str, Any]:
        """Return the channel as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Change:
    """What a decision about a channel did, in one sentence; `made` is a secret that is shown this once."""

    id: int
    name: str
    sentence: str
    version: str = ""
    made: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the change as plain values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Sending:
    """What became of a message that somebody asked for."""

    id: int
    destination: str
    status: str
    is_over: bool
    sentence: str

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return asdict(self)
