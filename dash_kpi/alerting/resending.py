"""Sending again what was said of alerts, when a person asks for it."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.alerting.alert_values import OPEN, Done
from dash_kpi.alerting.alerts import locked, sentence
from dash_kpi.alerting.messages.example import told_of_alert
from dash_kpi.alerting.messages.message import Message
from dash_kpi.alerting.outbox.queue import enqueue
from dash_kpi.alerting.telling import tell
from dash_kpi.alerting.untold import TELLING, why_untold
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import AlertEvent, Channel, Delivery, DeliveryAlert, Threshold

ON_ITS_WAY = ("queued", "sending")


def resend(database: Database, workspace: str, ids: Sequence[int], by: str, now: datetime) -> Done:
    """Send the newest message about each of these alerts again, to everywhere it went; it says who asked for it.

    What nobody was told yet goes the way of every message; what is on its way already is not sent twice.
    Raises AlertRefused, NotFound.
    """
    zone = database.settings.zone
    with database.writing() as session:
        rows = locked(session, workspace, ids)
        known = _newest(session, [row.id for row in rows])
        untold = [row for row in rows if row.status in OPEN and row.id not in known]
        if untold:
            calendar = database.settings.calendar
            rules = {row.id: session.get_one(Threshold, row.threshold_id).rule for row in untold}
            told = [told_of_alert(row, rules[row.id], "firing", calendar) for row in untold]
            tell(database, session, rows[0].workspace_id, told, now)
        first = _newest(session, [row.id for row in untold])
        again: dict[Delivery, list[int]] = defaultdict(list)
        changed: list[int] = []
        kept: list[tuple[int, str]] = []
        for row in rows:
            deliveries = known.get(row.id, [])
            if row.status not in OPEN:
                kept.append((row.id, f"was {row.status} meanwhile"))
            elif row.id in first:
                changed.append(row.id)
            elif not deliveries:
                why = why_untold(session, row, session.get_one(Threshold, row.threshold_id), now, zone)
                kept.append((row.id, f"was never sent: {why.removeprefix('Nothing was sent: ').rstrip('.')}"))
            elif waiting := [one for one in deliveries if one.status in ON_ITS_WAY]:
                kept.append((row.id, f"was on its way already, to {waiting[0].destination}"))
            else:
                for delivery in deliveries:
                    again[delivery].append(row.id)
                changed.append(row.id)
        for row in rows:
            if row.id in changed:
                session.add(AlertEvent(alert_id=row.id, at=now, kind="resent", actor=by, text=""))
                row.updated_at = now
        for delivery, numbers in again.items():
            _send_again(session, delivery, numbers, by, now)
    return Done("resend", tuple(changed), tuple(kept), sentence(changed, kept, "sent again"))


def _newest(session: Session, ids: Sequence[int]) -> dict[int, list[Delivery]]:
    """Return the newest delivery that told of each alert, for each place it went to that still takes messages."""
    found = session.execute(
        select(DeliveryAlert.alert_id, Delivery)
        .join(Delivery, Delivery.id == DeliveryAlert.delivery_id)
        .join(Channel, Channel.id == Delivery.channel_id)
        .where(
            DeliveryAlert.alert_id.in_(ids),
            DeliveryAlert.line_kind.in_(TELLING),
            Channel.deleted_at.is_(None),
            Channel.is_enabled.is_(True),
        )
        .order_by(Delivery.id.desc())
    )
    places: dict[tuple[int, int, str], Delivery] = {}
    for alert_id, delivery in found:
        places.setdefault((alert_id, delivery.channel_id, delivery.destination), delivery)
    newest: dict[int, list[Delivery]] = defaultdict(list)
    for (alert_id, _, _), delivery in places.items():
        newest[alert_id].append(delivery)
    return newest


def _send_again(session: Session, before: Delivery, numbers: Sequence[int], by: str, now: datetime) -> None:
    """Queue what a delivery said of some alerts, as a message of its own."""
    said = Message.from_json(before.message)
    lines = tuple(line for line in said.lines if line.alert_id in (None, *numbers))
    title = said.title if len(lines) == len(said.lines) or not lines else lines[0].text
    message = replace(said, title=title, lines=lines or said.lines, remark=f"Sent again; {by} asked for it")
    enqueue(
        session,
        before.workspace_id,
        channel_id=before.channel_id,
        destination=before.destination,
        kind=said.kind,
        message=message,
        now=now,
        alerts=[(number, "repeated") for number in numbers],
        is_possible_repeat=before.status == "unknown",
    )
