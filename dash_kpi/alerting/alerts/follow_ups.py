"""Follow-ups: what people did about alerts, told in the threads of the messages that spoke of them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.alerting.messages.message import Line, Message
from dash_kpi.alerting.outbox.queue import enqueue
from dash_kpi.alerting.rules.hours import opens
from dash_kpi.alerting.rules.rule import SEVERITIES, Rule
from dash_kpi.settings import Settings
from dash_kpi.storage.models import Alert, Channel, Delivery, DeliveryAlert, Threshold

TOLD = ("queued", "sending", "sent", "unknown", "parked")  # what has been said, or will be
STATE = {"acknowledged": "Acknowledged", "open": "Firing", "snoozed": "Snoozed"}


def follow_up(
    session: Session, settings: Settings, alerts: Sequence[Alert], title: str, comment: str, now: datetime
) -> tuple[Delivery, ...]:
    """Queue one message for each message that told of some of these alerts, in its thread.

    Where nobody was told there is nothing to follow up. Quiet hours hold for it as for every message.
    """
    by_id = {alert.id: alert for alert in alerts}
    said = f"{title}: {' '.join(comment.split())}" if comment else title
    due_at = _due_at(session, settings, alerts, now)
    queued = []
    for parent, numbers in _threads(session, tuple(by_id)).items():
        told = sorted((by_id[number] for number in numbers), key=lambda one: -SEVERITIES.index(_severity(one)))
        message = Message(
            kind="follow_up",
            title=said,
            lines=tuple(_line(one, settings.base_url) for one in told),
            link=f"{settings.base_url}/alerts" if len(told) > 1 else f"{settings.base_url}/alerts/{told[0].id}",
            locale=settings.locale,
        )
        queued.append(
            enqueue(
                session,
                parent.workspace_id,
                channel_id=parent.channel_id,
                destination=parent.destination,
                kind="follow_up",
                message=message,
                now=now,
                alerts=[(one.id, "follow_up") for one in told],
                parent_id=parent.id,
                due_at=max(due_at, parent.due_at),
            )
        )
    return tuple(queued)


def _threads(session: Session, alert_ids: Sequence[int]) -> dict[Delivery, list[int]]:
    """Return the first message about each alert in each place, with the alerts it is followed up for."""
    found = session.execute(
        select(DeliveryAlert.alert_id, Delivery)
        .join(Delivery, Delivery.id == DeliveryAlert.delivery_id)
        .join(Channel, Channel.id == Delivery.channel_id)
        .where(
            DeliveryAlert.alert_id.in_(alert_ids),
            Delivery.kind == "firing",
            Delivery.parent_id.is_(None),
            Delivery.status.in_(TOLD),
            Channel.is_enabled.is_(True),
            Channel.deleted_at.is_(None),
        )
        .order_by(Delivery.id)
    )
    first: dict[tuple[int, int, str], Delivery] = {}
    for alert_id, delivery in found:
        first.setdefault((alert_id, delivery.channel_id, delivery.destination), delivery)
    threads: dict[Delivery, list[int]] = defaultdict(list)
    for (alert_id, _, _), delivery in first.items():
        threads[delivery].append(alert_id)
    return threads


def _due_at(session: Session, settings: Settings, alerts: Sequence[Alert], now: datetime) -> datetime:
    ids = {alert.threshold_id for alert in alerts}
    rules = [Rule.from_json(one) for one in session.scalars(select(Threshold.rule).where(Threshold.id.in_(ids)))]
    local = now.astimezone(settings.zone)
    moments = [opens(rule, local, settings.calendar) for rule in rules]
    return max((one.astimezone(UTC) for one in moments if one), default=now)


def _line(alert: Alert, base_url: str) -> Line:
    return Line(
        text=alert.message,
        state=STATE.get(alert.status, alert.status.capitalize()),
        severity=alert.severity,
        link=f"{base_url}/alerts/{alert.id}",
        alert_id=alert.id,
    )


def _severity(alert: Alert) -> str:
    return alert.severity if alert.severity in SEVERITIES else SEVERITIES[0]
