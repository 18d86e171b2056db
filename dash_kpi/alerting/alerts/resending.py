"""Sending again what was said of alerts, when a person asks for it."""

import re
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dash_kpi.alerting.alerts.acts import locked, sentence
from dash_kpi.alerting.alerts.untold import TELLING, why_untold
from dash_kpi.alerting.alerts.values import OPEN, Done
from dash_kpi.alerting.messages.example import told_of_alert
from dash_kpi.alerting.messages.message import Message
from dash_kpi.alerting.outbox.people import leave, needs_decision, send_again
from dash_kpi.alerting.outbox.queue import enqueue
from dash_kpi.alerting.rules.track import Track
from dash_kpi.alerting.telling.places import Place
from dash_kpi.alerting.telling.tell import tell
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Alert, AlertEvent, Channel, Delivery, DeliveryAlert, Threshold, ThresholdState

ON_ITS_WAY = ("queued", "sending")
NEVER_ARRIVED = ("failed", "dropped")


def resend(database: Database, workspace: str, ids: Sequence[int], by: str, now: datetime) -> Done:
    """Send the newest message about each of these alerts again, to everywhere it went.

    What failed, or waits for a decision, goes on as the message it is; what arrived is told once more, and says who
    asked for it. An alert that nobody was told of is told now, also where there was no channel for it before.
    What is on its way already is not sent twice. Raises AlertRefused, NotFound.
    """
    zone = database.settings.zone
    with database.writing() as session:
        rows = locked(session, workspace, ids)
        known = _newest(session, [row.id for row in rows])
        first = _tell_now(database, session, [row for row in rows if row.status in OPEN], known, now)
        again: dict[Delivery, list[int]] = defaultdict(list)
        changed: list[int] = []
        kept: list[tuple[int, str]] = []
        for row in rows:
            deliveries = [one for one in known.get(row.id, []) if not _why_not(one)]
            if row.status not in OPEN:
                kept.append((row.id, f"was {row.status} meanwhile"))
            elif deliveries or row.id in first:
                for delivery in deliveries:
                    again[delivery].append(row.id)
                changed.append(row.id)
            elif waiting := known.get(row.id):
                kept.append((row.id, _why_not(waiting[0])))
            else:
                why = why_untold(session, row, session.get_one(Threshold, row.threshold_id), now, zone)
                reason = re.sub("^(Nothing was sent|Nobody was told): ", "", why).rstrip(".")
                kept.append((row.id, f"was never sent: {reason}"))
        for row in rows:
            if row.id in changed:
                session.add(AlertEvent(alert_id=row.id, at=now, kind="resent", actor=by, text=""))
                row.updated_at = now
        for delivery, numbers in again.items():
            if needs_decision(delivery):
                send_again(session, delivery, by, now)
            else:
                _send_again(session, delivery, numbers, by, now)
        settle(session, changed, by, now)
    return Done("resend", tuple(changed), tuple(kept), sentence(changed, kept, _words(changed, first, again)))


def _words(changed: Sequence[int], first: Sequence[int], again: Mapping[Delivery, Sequence[int]]) -> str:
    is_new = bool(changed) and set(changed) == set(first) and not again
    return "told now" if is_new else "sent again"


def _why_not(delivery: Delivery) -> str:
    """Say why a delivery is not to be sent again now; "" where it may be."""
    if delivery.status in ON_ITS_WAY:
        return f"was on its way already, to {delivery.destination}"
    if delivery.status == "parked" and not needs_decision(delivery):
        reason = (delivery.reason or "").rstrip(". ")
        return f"waits until its channel goes on{f': {reason}' if reason else ''}"
    return ""


def _tell_now(
    database: Database, session: Session, rows: Sequence[Alert], known: Mapping[int, Sequence[Delivery]], now: datetime
) -> tuple[int, ...]:
    """Tell alerts of which nobody can know wherever they should have gone and did not; return which were told."""
    untold = [row for row in rows if all(one.status in NEVER_ARRIVED for one in known.get(row.id, ()))]
    if not untold:
        return ()
    calendar = database.settings.calendar
    told = [told_of_alert(row, session.get_one(Threshold, row.threshold_id).rule, "firing", calendar) for row in untold]
    there = {
        number: {Place(one.channel_id, one.destination) for one in deliveries} for number, deliveries in known.items()
    }
    before = session.scalar(select(func.max(Delivery.id))) or 0
    tell(database, session, untold[0].workspace_id, told, now, there)
    found = session.scalars(select(DeliveryAlert.alert_id).where(DeliveryAlert.delivery_id > before).distinct())
    first = set(found)
    for row in untold:
        if row.id in first:
            _remember(session, row, now)
    return tuple(row.id for row in untold if row.id in first)


def _remember(session: Session, row: Alert, now: datetime) -> None:
    """Let the state machine know that people know: it will tell the end too, and not the beginning again."""
    state = session.get(ThresholdState, (row.threshold_id, row.segment))
    if state is not None and state.alert_id == row.id:
        track = Track.from_json(state.track)
        state.track = replace(track, state=replace(track.state, is_told=True, told_at=now)).as_json()


def settle(session: Session, told: Collection[int], by: str, now: datetime) -> None:
    """Close the dead letters of channels that were removed, where everything they speak of was told elsewhere."""
    session.flush()
    rows = session.scalars(
        select(Delivery)
        .join(Channel, Channel.id == Delivery.channel_id)
        .join(DeliveryAlert, DeliveryAlert.delivery_id == Delivery.id)
        .where(Delivery.status == "failed", Channel.deleted_at.is_not(None), DeliveryAlert.alert_id.in_(told))
        .distinct()
    ).all()
    for row in rows:
        still_open = session.scalars(
            select(Alert.id)
            .join(DeliveryAlert, DeliveryAlert.alert_id == Alert.id)
            .where(DeliveryAlert.delivery_id == row.id, Alert.status.in_(OPEN))
        )
        if set(still_open) <= set(told):
            leave(row, by, now)


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
        alerts=[(number, "firing" if before.status == "dropped" else "repeated") for number in numbers],
        is_possible_repeat=before.status == "unknown",
    )
