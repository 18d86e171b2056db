"""What is wrong with the outbox: for the pages, and for programs that watch over it."""

from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from dash_kpi.alerting.outbox.problem import Problem
from dash_kpi.storage.models import Channel, Delivery

LATE = ("queued", "sending", "unknown")
KINDS = ("channel", "off", "destination", "held", "failed")  # the worst first
MOST_IDS = 1000  # of one problem
COUNTED = ("queued", "sending", "unknown", "parked", "failed")


def problems(session: Session, workspace_id: int) -> tuple[Problem, ...]:
    """Return what keeps messages of a workspace from people, the worst first."""
    rows = session.scalars(select(Channel).where(Channel.workspace_id == workspace_id).order_by(Channel.id))
    every = {row.id: row for row in rows}
    found = _parked(session, {number: row for number, row in every.items() if row.deleted_at is None})
    found += _counted(session, every, "held", Delivery.status == "parked", Delivery.ended_at.is_not(None))
    found += _counted(session, every, "failed", Delivery.status == "failed")
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
    waiting = (Delivery.status == "parked", Delivery.ended_at.is_(None))
    lanes = session.execute(
        select(
            Delivery.channel_id,
            Delivery.destination,
            func.max(Delivery.reason),
            func.count(),
            func.min(Delivery.due_at),
        )
        .where(Delivery.channel_id.in_(channels), *waiting)
        .group_by(Delivery.channel_id, Delivery.destination)
        .order_by(Delivery.destination)
    ).all()
    found: list[Problem] = []
    for channel in channels.values():
        own = [row for row in lanes if row[0] == channel.id]
        count = sum(row[3] for row in own)
        of_channel = (*waiting, Delivery.channel_id == channel.id)
        if channel.problem is not None:
            since, ids = channel.problem_since, _ids(session, *of_channel)
            found.append(Problem("channel", channel.id, channel.name, "", channel.problem, since, count, ids))
        elif not channel.is_enabled:
            if count:
                oldest, ids = min(row[4] for row in own), _ids(session, *of_channel)
                found.append(Problem("off", channel.id, channel.name, "", "it is switched off", oldest, count, ids))
        else:
            for _, place, reason, number, oldest in own:
                ids = _ids(session, *of_channel, Delivery.destination == place)
                found.append(Problem("destination", channel.id, channel.name, place, reason or "", oldest, number, ids))
    return sorted(found, key=lambda problem: KINDS.index(problem.kind))


def _counted(
    session: Session, channels: dict[int, Channel], kind: Literal["held", "failed"], *where: ColumnElement[bool]
) -> list[Problem]:
    """Return what waits for a decision, by channel; of several reasons one is told."""
    wanted = (Delivery.kind != "test", *where)
    rows = session.execute(
        select(
            Delivery.channel_id,
            func.max(Delivery.reason),
            func.min(Delivery.ended_at),
            func.count(),
            func.count(Delivery.reason.distinct()),
        )
        .where(Delivery.channel_id.in_(channels), *wanted)
        .group_by(Delivery.channel_id)
        .order_by(Delivery.channel_id)
    )
    found = []
    for number, reason, since, count, reasons in rows:
        channel, ids = channels[number], _ids(session, Delivery.channel_id == number, *wanted)
        said = reason or "nobody knows why"
        if reasons > 1:
            said = f"{said.rstrip('. ')}; the others for {'another reason' if reasons == 2 else 'other reasons'}"
        is_removed = channel.deleted_at is not None
        found.append(Problem(kind, channel.id, channel.name, "", said, since, count, ids, is_removed))
    return found


def _ids(session: Session, *where: ColumnElement[bool]) -> tuple[int, ...]:
    return tuple(session.scalars(select(Delivery.id).where(*where).order_by(Delivery.id).limit(MOST_IDS)))
