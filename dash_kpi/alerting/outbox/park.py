"""Parked queues: what waits until a person has mended a channel or a destination, and its replay."""

from collections.abc import Container, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, select, update
from sqlalchemy.orm import Session

from dash_kpi.alerting.outbox.order import Lane
from dash_kpi.storage.models import Channel, Delivery, DeliveryStatus


@dataclass(frozen=True, slots=True)
class Closed:
    """A lane that takes nothing: what waits in it is parked, or failed where its channel is gone."""

    reason: str
    is_gone: bool = False

    @property
    def statuses(self) -> tuple[DeliveryStatus, ...]:
        """The statuses of what must not stay as it is."""
        return ("queued", "unknown", "parked") if self.is_gone else ("queued",)


def why_closed(session: Session, channel: Channel, lane: Lane, kinds: Container[str]) -> Closed | None:
    """Return why nothing can be sent in a lane now."""
    if channel.deleted_at is not None:
        return Closed(f"The channel {channel.name} was removed.", is_gone=True)
    if channel.problem is not None:
        return Closed(channel.problem)
    if not channel.is_enabled:
        return Closed(f"The channel {channel.name} is switched off.")
    if channel.kind not in kinds:
        return Closed(f"This version of Dash KPI knows no channel of the kind '{channel.kind}'.")
    reason = session.scalar(
        select(Delivery.reason).where(*_in(lane), Delivery.status == "parked", Delivery.ended_at.is_(None)).limit(1)
    )
    return Closed(reason) if reason is not None else None


def close_lane(session: Session, lane: Lane, closed: Closed, now: datetime) -> Sequence[Delivery]:
    """Park what waits in a lane; where the channel is gone, end it, and return what was ended."""
    if not closed.is_gone:
        park_lane(session, lane, closed.reason)
        return ()
    rows = session.scalars(
        select(Delivery).where(*_in(lane), Delivery.status.in_(closed.statuses), Delivery.claimed_by.is_(None))
    ).all()
    for row in rows:
        row.reason = closed.reason if row.status == "queued" else f"{closed.reason} It may have been sent before."
        row.status, row.ended_at = "failed", now
    return rows


def park_lane(session: Session, lane: Lane, reason: str) -> None:
    """Let everything that is queued for a destination wait for a person."""
    session.execute(
        update(Delivery).where(*_in(lane), Delivery.status == "queued").values(status="parked", reason=reason)
    )


def park_channel(session: Session, channel_id: int, reason: str, now: datetime) -> None:
    """Let everything that is queued for a channel wait for a person, and say so of the channel."""
    channel = session.get_one(Channel, channel_id)
    channel.problem, channel.problem_since = reason, now
    session.execute(
        update(Delivery)
        .where(Delivery.channel_id == channel_id, Delivery.status == "queued")
        .values(status="parked", reason=reason)
    )


def unpark(session: Session, channel_id: int, now: datetime) -> int:
    """Let the parked queues of a channel go on, in order, after a person mended it; return how many messages waited.

    What waits for a decision about itself goes on waiting.
    """
    channel = session.get_one(Channel, channel_id)
    channel.problem = channel.problem_since = channel.paused_until = None
    waiting = (Delivery.channel_id == channel_id, Delivery.status == "parked", Delivery.ended_at.is_(None))
    ids = session.scalars(select(Delivery.id).where(*waiting)).all()
    session.execute(update(Delivery).where(*waiting).values(status="queued", reason=None))
    # What was to wait because of a failure need not any more; what is held back until an hour still is.
    session.execute(
        update(Delivery)
        .where(Delivery.channel_id == channel_id, Delivery.status == "queued", Delivery.attempts > 0)
        .values(due_at=now)
    )
    return len(ids)


def _in(lane: Lane) -> tuple[ColumnElement[bool], ...]:
    return (Delivery.channel_id == lane.channel_id, Delivery.destination == lane.destination)
