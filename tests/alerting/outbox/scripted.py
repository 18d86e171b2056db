"""A channel that does what a test tells it, and keeps a ledger of everything that it accepted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from dash_kpi.alerting.channels.transport import (
    Absent,
    Config,
    Evidence,
    Field,
    NoEvidence,
    OnUnknown,
    Outcome,
    Outgoing,
    Sent,
    Unknown,
)
from dash_kpi.alerting.messages.message import Line, Message, MessageKind
from dash_kpi.alerting.outbox.claim import Claimed, claim
from dash_kpi.alerting.outbox.order import Lane
from dash_kpi.alerting.outbox.queue import enqueue
from dash_kpi.alerting.outbox.ways import Ways
from dash_kpi.settings import Settings
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Channel, Delivery

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Killed(BaseException):
    """The process ends here, as by kill -9: nothing of ours catches it."""


@dataclass
class Scripted:
    """A transport whose next outcomes are given; without any, it accepts."""

    LABEL: str = "Scripted"
    FIELDS: tuple[Field, ...] = ()
    ON_UNKNOWN: OnUnknown = "reconcile"
    PACE: float = 0.0
    script: list[Outcome | Exception] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    knows: bool = True  # whether it can tell what it accepted
    ledger: list[Outgoing] = field(default_factory=list)
    asked: list[Outgoing] = field(default_factory=list)
    closed: list[Outgoing] = field(default_factory=list)

    def check(self, values: Mapping[str, str], settings: Settings) -> None: ...

    def destinations(self, values: Mapping[str, str]) -> tuple[str, ...]:
        return ("#ops",)

    def test(self, config: Config) -> str:
        return "Connected"

    def send(self, config: Config, outgoing: Outgoing) -> Outcome:
        outcome = self.script.pop(0) if self.script else Sent({"ts": f"{outgoing.uid}.{outgoing.attempt}"})
        if isinstance(outcome, Exception):
            raise outcome
        if isinstance(outcome, Sent) or (isinstance(outcome, Unknown) and outcome.reason == "accepted"):
            self.ledger.append(outgoing)
        return outcome

    def reconcile(self, config: Config, outgoing: Outgoing) -> Evidence:
        self.asked.append(outgoing)
        if self.evidence:
            return self.evidence.pop(0)
        if not self.knows:
            return NoEvidence("there is no way to find out")
        found = any(outgoing.uid == one.uid for one in self.ledger)
        return Sent({"ts": "found"}) if found else Absent()

    def close(self, config: Config, outgoing: Outgoing) -> None:
        self.closed.append(outgoing)


def ways_of(transport: Scripted) -> Ways:
    return Ways({"scripted": transport}, lambda settings, row: Config(row.id, row.name, {}, settings))


def add_channel(database: Database, name: str = "Sales", on_unknown: OnUnknown = "reconcile") -> int:
    with database.writing() as session:
        channel = Channel(
            workspace_id=1, name=name, kind="scripted", config={}, secrets="", on_unknown=on_unknown, created_at=NOW,
            created_by="a test", updated_at=NOW,
        )  # fmt: skip
        session.add(channel)
        session.flush()
        return channel.id


def put(
    database: Database,
    channel_id: int,
    destination: str = "#sales",
    kind: MessageKind = "firing",
    now: datetime = NOW,
    parent_id: int | None = None,
    due_at: datetime | None = None,
    alerts: tuple[tuple[int, str], ...] = (),
) -> int:
    message = Message(kind, "Revenue is below 100", (Line("Revenue is 82", severity="warning"),))
    with database.writing() as session:
        return enqueue(
            session, 1, channel_id=channel_id, destination=destination, kind=kind, message=message, now=now,
            parent_id=parent_id, due_at=due_at, alerts=alerts,
        ).id  # fmt: skip


def row_of(database: Database, delivery_id: int) -> Delivery:
    with database.reading() as session:
        return session.get_one(Delivery, delivery_id)


def take(database: Database, transport: Scripted, lane: Lane, now: datetime, owner: str = "a:1:1") -> Claimed | None:
    claimed = claim(database, ways_of(transport), lane, owner, now)
    return claimed if isinstance(claimed, Claimed) else None
