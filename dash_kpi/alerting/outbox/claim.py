"""Claiming: what is next in a lane is taken by one process, and the intent is written down before anything is done."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import and_, func, or_, select
from sqlalchemy.orm import Session, aliased

from dash_kpi.alerting.channels.transport import Outgoing, Receipt
from dash_kpi.alerting.messages.message import Message
from dash_kpi.alerting.outbox import notices, park, windows
from dash_kpi.alerting.outbox.history import last_unknown, tries_of
from dash_kpi.alerting.outbox.order import Drop, Lane, Look, Send, Step, Wait, Waiting, next_step
from dash_kpi.alerting.outbox.ways import Ways
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Alert, Attempt, Channel, Delivery, DeliveryAlert

log = logging.getLogger(__name__)

UNREADABLE = "What it says cannot be read, so it was not sent."
OPEN_ALERTS = ("open", "acknowledged", "snoozed")


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this process has taken, to send it or to look for evidence."""

    lane: Lane
    id: int
    number: int  # of the attempt
    kind: Literal["send", "reconcile"]
    owner: str
    channel: Channel  # as it was then
    outgoing: Outgoing


def due_lanes(session: Session, now: datetime) -> list[Lane]:
    """Return the lanes in which something may be due, that which has waited longest first."""
    rows = session.execute(
        select(Delivery.channel_id, Delivery.destination)
        .join(Channel, Channel.id == Delivery.channel_id)
        .where(
            or_(
                and_(Delivery.status.in_(("queued", "unknown")), Delivery.due_at <= now),
                and_(Delivery.status == "parked", Channel.deleted_at.is_not(None)),
            )
        )
        .group_by(Delivery.channel_id, Delivery.destination)
        .order_by(func.min(Delivery.due_at), func.min(Delivery.id))
    )
    return [Lane(*row) for row in rows]


def next_due(session: Session, now: datetime) -> datetime | None:
    """Return when the next delivery becomes due that is not yet."""
    waiting = (Delivery.status.in_(("queued", "unknown")), Delivery.due_at > now)
    return session.scalar(select(func.min(Delivery.due_at)).where(*waiting))


def claim(database: Database, ways: Ways, lane: Lane, owner: str, now: datetime) -> Claimed | Wait | None:
    """Take what is next in a lane; else tell how long to wait, None: until something changes.

    A look without a lock comes first: most lanes have nothing to do.
    """
    with database.reading() as session:
        step = _step(session, ways, lane, now)
    if step is None or isinstance(step, Wait):
        return step
    with database.writing(durable=True) as session:  # an intent that is lost could be sent twice
        session.get_one(Channel, lane.channel_id, with_for_update=True)  # one process at a time decides what is next
        while True:
            match step := _step(session, ways, lane, now):
                case None | Wait():
                    return step
                case park.Closed():
                    _close(session, ways, database, lane, step, now)
                    return None
                case Drop(number, reason):
                    _drop(session, number, reason, now)
                case Send(number) | Look(number):
                    row = session.get_one(Delivery, number)
                    if (message := _message(row)) is not None:
                        return _take(session, row, message, isinstance(step, Send), owner, now)
                    row.status, row.reason, row.ended_at = "failed", UNREADABLE, now
                    session.flush()
                    notices.tell(session, ways, database.settings, row, now)


def _step(session: Session, ways: Ways, lane: Lane, now: datetime) -> Step | park.Closed | None:
    """Return what is next in a lane, as its channel, its pace and what is under way allow."""
    channel = session.get_one(Channel, lane.channel_id)
    in_lane = (Delivery.channel_id == lane.channel_id, Delivery.destination == lane.destination)
    if closed := park.why_closed(session, channel, lane, ways.transports):
        is_anything = select(Delivery.id).where(*in_lane, Delivery.status.in_(closed.statuses)).limit(1)
        return closed if session.scalar(is_anything) is not None else None
    is_claimed = (Delivery.status.in_(("sending", "unknown")), Delivery.claimed_by.is_not(None))
    if session.scalar(select(Delivery.id).where(*in_lane, *is_claimed).limit(1)) is not None:
        return None
    step = next_step(_waiting(session, lane), now)
    if isinstance(step, Send):
        earliest = _earliest(session, channel, lane, ways.transports[channel.kind].PACE, now)
        if earliest is not None and earliest > now:
            return Wait(earliest)
    return step


def _waiting(session: Session, lane: Lane) -> Iterator[Waiting]:
    parent = aliased(Delivery)
    query = (
        select(Delivery.id, Delivery.status, Delivery.due_at, Delivery.holds_up, parent.status)
        .outerjoin(parent, Delivery.parent_id == parent.id)
        .where(
            Delivery.channel_id == lane.channel_id,
            Delivery.destination == lane.destination,
            Delivery.status.in_(("queued", "unknown")),
        )
        .order_by(Delivery.id)
    )
    for row in session.execute(query):
        yield Waiting(row[0], row[1], row[2], row[3], row[4])


def _earliest(session: Session, channel: Channel, lane: Lane, pace: float, now: datetime) -> datetime | None:
    """Return when the next message may go to the destination, by its pace and what the service asked for."""
    times: list[datetime] = [channel.paused_until] if channel.paused_until else []
    if pace > 0:
        span = timedelta(seconds=pace)
        recent = (Attempt.kind == "send", Attempt.started_at > now - span)
        begun = dict(session.execute(select(Attempt.delivery_id, Attempt.started_at).where(*recent)).all())
        places = select(Delivery.id, Delivery.channel_id, Delivery.destination).where(Delivery.id.in_(begun))
        times += [begun[row.id] + span for row in session.execute(places) if Lane(*row[1:]) == lane]
    return max(times, default=None)


def _message(row: Delivery) -> Message | None:
    """Return what a delivery says; None where it cannot be read: it must not keep others from being sent."""
    try:
        return Message.from_json(row.message)
    except (KeyError, TypeError, ValueError, AttributeError):
        log.exception("unreadable delivery=%d", row.id)
        return None


def _take(session: Session, row: Delivery, message: Message, is_send: bool, owner: str, now: datetime) -> Claimed:
    """Write down the intent, and return everything that is needed to act on it."""
    tries = tries_of(session, row.id)
    row.claimed_by = owner
    if is_send:
        row.status = "sending"
        row.attempts += 1
    kind: Literal["send", "reconcile"] = "send" if is_send else "reconcile"
    attempt = Attempt(
        delivery_id=row.id, number=len(tries) + 1, kind=kind, started_at=now, ended_at=None, outcome=None, reason=None
    )
    session.add(attempt)
    root = _root(session, row)
    outgoing = Outgoing(
        uid=row.uid,
        destination=row.destination,
        message=message,
        created_at=row.created_at,
        attempt=row.attempts,
        started_at=now if is_send else last_unknown(tries) or row.created_at,
        is_possible_repeat=row.is_possible_repeat,
        thread=_thread(root, row),
        written_at=windows.written_at(session, row.channel_id, row.destination),
        closes=Message.from_json(root.message) if root and _closes(session, root, row) else None,
    )
    channel = session.get_one(Channel, row.channel_id)
    return Claimed(Lane(row.channel_id, row.destination), row.id, attempt.number, kind, owner, channel, outgoing)


def _root(session: Session, row: Delivery) -> Delivery | None:
    """Return the message that a thread began with: replies to replies have no thread."""
    root = None
    while row.parent_id is not None:
        root = row = session.get_one(Delivery, row.parent_id)
    return root


def _thread(root: Delivery | None, row: Delivery) -> Receipt | None:
    if root is None or (root.channel_id, root.destination) != (row.channel_id, row.destination):
        return None
    return root.receipt


def _closes(session: Session, root: Delivery, row: Delivery) -> bool:
    """Tell whether a message ends its thread: everything that the first one spoke of is over."""
    if row.kind not in ("resolved", "correction") or _thread(root, row) is None:
        return False
    still_open = (
        select(Alert.id)
        .join(DeliveryAlert, DeliveryAlert.alert_id == Alert.id)
        .where(DeliveryAlert.delivery_id == root.id, Alert.status.in_(OPEN_ALERTS))
    )
    return session.scalar(still_open.limit(1)) is None


def _drop(session: Session, number: int, reason: str, now: datetime) -> None:
    row = session.get_one(Delivery, number)
    row.status, row.reason, row.ended_at = "dropped", reason, now
    session.flush()


def _close(session: Session, ways: Ways, database: Database, lane: Lane, closed: park.Closed, now: datetime) -> None:
    """Park what newly waits in a lane that is closed, or end it where the channel is gone."""
    ended = park.close_lane(session, lane, closed, now)
    for row in ended:
        notices.tell(session, ways, database.settings, row, now)
