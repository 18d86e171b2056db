"""The order of a lane: which of the messages to one destination of a channel is next; pure.

Messages go one after another, by their number. Only two kinds let later ones pass: what is held back on purpose (until
an hour, for a person's decision, for the message in whose thread it goes), and what has failed too often to wait for.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dash_kpi.storage.models import DeliveryStatus

NOBODY_WAS_TOLD = "The message that it follows was not delivered, so nobody was told what this is about."


@dataclass(frozen=True, slots=True)
class Lane:
    """A destination of a channel."""

    channel_id: int
    destination: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """A delivery that is queued, or whose outcome is unknown."""

    id: int
    status: DeliveryStatus
    due_at: datetime
    holds_up: bool = False
    parent: DeliveryStatus | None = None  # of the message in whose thread it goes


@dataclass(frozen=True, slots=True)
class Send:
    """This one is to be sent now."""

    id: int


@dataclass(frozen=True, slots=True)
class Look:
    """Evidence is to be looked for, whether this one was sent."""

    id: int


@dataclass(frozen=True, slots=True)
class Drop:
    """This one makes no sense any more."""

    id: int
    reason: str


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is to be done before this moment."""

    until: datetime


Step = Send | Look | Drop | Wait


def next_step(rows: Iterable[Waiting], now: datetime) -> Step | None:
    """Return what is next in a lane in which nothing is under way; None: only another event can tell.

    `rows` are its deliveries in order; not more of them are read than needed.
    """
    soonest: datetime | None = None
    for row in rows:
        if row.parent in ("failed", "dropped") and row.status == "queued":
            return Drop(row.id, NOBODY_WAS_TOLD)
        if row.status == "queued" and row.parent not in (None, "sent"):
            continue
        if row.due_at <= now:
            return Send(row.id) if row.status == "queued" else Look(row.id)
        soonest = min(soonest or row.due_at, row.due_at)
        if row.holds_up or row.status == "unknown":
            break
    return Wait(soonest) if soonest else None
