"""Notices: what could not be delivered is told through another channel."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.alerting.messages.message import Line, Message
from dash_kpi.alerting.outbox.queue import enqueue
from dash_kpi.alerting.outbox.ways import Ways
from dash_kpi.errors import DashKpiError
from dash_kpi.settings import Settings
from dash_kpi.storage.models import Alert, Channel, Delivery, DeliveryAlert

COLLECTING = timedelta(seconds=10)  # in which one notice takes in everything about one channel
MOST_LINES = 20
MOST_ALERTS = 3
MORE = "More was not delivered; the page Alerts lists it."


def tell(session: Session, ways: Ways, settings: Settings, row: Delivery, now: datetime) -> None:
    """Tell through another channel that a delivery failed, waits for a person, or that its queue is parked.

    Nothing is told about notices, nor about a test that did not arrive: whoever asked for it looks at it. Where there
    is no other channel that works, only the pages tell.
    """
    if row.kind == "notice" or (row.kind == "test" and (row.status == "failed" or row.ended_at is not None)):
        return
    channel = session.get_one(Channel, row.channel_id)
    title = f"{channel.name}: messages were not delivered"
    line = _line(session, settings, channel, row)
    for other, destination in _others(session, ways, settings, channel):
        if not _extend(session, other, destination, title, line):
            message = Message("notice", title, (line,), link=f"{settings.base_url}/alerts", locale=settings.locale)
            enqueue(
                session,
                row.workspace_id,
                channel_id=other.id,
                destination=destination,
                kind="notice",
                message=message,
                now=now,
                due_at=now + COLLECTING,
            )


def _line(session: Session, settings: Settings, channel: Channel, row: Delivery) -> Line:
    told = str(row.message.get("title", ""))
    what = {"failed": "Not delivered", "parked": "Waits for a decision" if row.ended_at else "The queue waits"}
    alerts = session.execute(
        select(Alert.id, Alert.message)
        .join(DeliveryAlert, DeliveryAlert.alert_id == Alert.id)
        .where(DeliveryAlert.delivery_id == row.id)
        .order_by(Alert.id)
    ).all()
    more = [f"{len(alerts) - MOST_ALERTS} more"] if len(alerts) > MOST_ALERTS else []
    facts = [("Channel", channel.name), ("To", row.destination), ("Reason", row.reason or "")]
    if alerts:
        facts.append(("Alerts", "; ".join([*(alert.message for alert in alerts[:MOST_ALERTS]), *more])))
    return Line(
        f"{what.get(row.status, 'Not delivered')}: {told}. {row.reason}",
        state=what.get(row.status, ""),
        severity="warning",
        facts=tuple(facts),
        link=f"{settings.base_url}/alerts",
        alert_id=alerts[0].id if alerts else None,
    )


def _others(session: Session, ways: Ways, settings: Settings, channel: Channel) -> Sequence[tuple[Channel, str]]:
    """Return the first other channel that works, with each of its destinations."""
    working = (
        Channel.workspace_id == channel.workspace_id,
        Channel.id != channel.id,
        Channel.deleted_at.is_(None),
        Channel.is_enabled,
        Channel.problem.is_(None),
        Channel.kind.in_(list(ways.transports)),
    )
    for other in session.scalars(select(Channel).where(*working).order_by(Channel.id)):
        try:
            destinations = ways.transports[other.kind].destinations(ways.config_of(settings, other).values)
        except DashKpiError:  # its secrets cannot be read: it does not work either
            continue
        if destinations:
            return [(other, destination) for destination in destinations]
    return ()


def _extend(session: Session, other: Channel, destination: str, title: str, line: Line) -> bool:
    """Add a line to the notice about the same channel that nobody has tried to send yet, if there is one."""
    waiting = session.scalars(
        select(Delivery).where(
            Delivery.channel_id == other.id,
            Delivery.destination == destination,
            Delivery.status == "queued",
            Delivery.kind == "notice",
            Delivery.attempts == 0,
        )
    )
    for notice in waiting:
        message = Message.from_json(notice.message)
        if message.title == title:
            is_full = len(message.lines) >= MOST_LINES
            longer = replace(message, remark=MORE) if is_full else replace(message, lines=(*message.lines, line))
            notice.message = longer.as_json()
            return True
    return False
