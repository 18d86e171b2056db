"""What is wrong with the outbox: for the pages, and for programs that watch over it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from dash_kpi.storage.models import Channel, Delivery

LATE = ("queued", "sending", "unknown")
COUNTED = ("queued", "sending", "unknown", "parked", "failed")


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a person has to mend or to decide."""

    kind: Literal["channel", "off", "destination", "held", "failed"]
    channel_id: int
    channel: str
    destination: str  # "" where the whole channel is meant
    reason: str
    since: datetime | None
    count: int  # of messages

    @property
    def sentence(self) -> str:
        """Say it in one sentence, and what waits."""
        messages = "1 message" if self.count == 1 else f"{self.count} messages"
        place = f"{self.channel} ({self.destination})" if self.destination else self.channel
        ends = {
            "held": f"{place}: {messages} may or may not have arrived; decide whether to send again.",
            "failed": f"{place}: {messages} could not be delivered: {self.reason}",
        }
        wait = f" {messages} {'waits' if self.count == 1 else 'wait'}." if self.count else ""
        return ends.get(self.kind, f"{place}: {self.reason.rstrip('. ')}.{wait}")


def problems(session: Session, workspace_id: int) -> tuple[Problem, ...]:
    """Return what keeps messages of a workspace from people, the worst first."""
    channels = {
        row.id: row
        for row in session.scalars(
            select(Channel)
            .where(Channel.workspace_id == workspace_id, Channel.deleted_at.is_(None))
            .order_by(Channel.id)
        )
    }
    found = _parked(session, channels)
    found += _counted(session, channels, "held", Delivery.status == "parked", Delivery.ended_at.is_not(None))
    found += _counted(session, channels, "failed", Delivery.status == "failed")
    return tuple(found)


def counts(session: Session, now: datetime) -> dict[str, int]:
    """Return how many deliveries have each status that somebody should watch, and since when the oldest is late.

    `held` are among the parked.
    """
    query = select(Delivery.status, func.count()).where(Delivery.status.in_(COUNTED)).group_by(Delivery.status)
    found: dict[str, int] = dict(session.execute(query).all())
    held = select(func.count()).where(Delivery.status == "parked", Delivery.ended_at.is_not(None))
    oldest = session.scalar(select(func.min(Delivery.due_at)).where(Delivery.status.in_(LATE), Delivery.due_at <= now))
    return {
        **{status: found.get(status, 0) for status in COUNTED},
        "held": session.scalar(held) or 0,
        "seconds_late": round((now - oldest).total_seconds()) if oldest else 0,
    }


def _parked(session: Session, channels: dict[int, Channel]) -> list[Problem]:
    waiting = session.execute(
        select(
            Delivery.channel_id,
            Delivery.destination,
            func.max(Delivery.reason),
            func.count(),
            func.min(Delivery.due_at),
        )
        .where(Delivery.channel_id.in_(channels), Delivery.status == "parked", Delivery.ended_at.is_(None))
        .group_by(Delivery.channel_id, Delivery.destination)
    ).all()
    found = []
    for channel in channels.values():
        lanes = [row for row in waiting if row[0] == channel.id]
        count = sum(row[3] for row in lanes)
        if channel.problem is not None:
            since = channel.problem_since
            found.append(Problem("channel", channel.id, channel.name, "", channel.problem, since, count))
        elif not channel.is_enabled:
            if count:
                reason, since = "it is switched off", min(row[4] for row in lanes)
                found.append(Problem("off", channel.id, channel.name, "", reason, since, count))
        else:
            found += [
                Problem("destination", channel.id, channel.name, destination, reason or "", since, number)
                for _, destination, reason, number, since in lanes
            ]
    return sorted(found, key=lambda problem: problem.kind != "channel")


def _counted(
    session: Session, channels: dict[int, Channel], kind: Literal["held", "failed"], *where: ColumnElement[bool]
) -> list[Problem]:
    rows = session.execute(
        select(Delivery.channel_id, func.max(Delivery.reason), func.min(Delivery.ended_at), func.count())
        .where(Delivery.channel_id.in_(channels), Delivery.kind != "test", *where)
        .group_by(Delivery.channel_id)
        .order_by(Delivery.channel_id)
    )
    return [
        Problem(kind, channels[number].id, channels[number].name, "", reason or "", since, count)
        for number, reason, since, count in rows
    ]
