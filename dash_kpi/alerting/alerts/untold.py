"""Why nothing was sent: the one sentence that answers it, from what was found, silenced, routed and delivered."""

from collections.abc import Sequence
from datetime import datetime, tzinfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.alerting.alerts.silences import silence_of, silences_at
from dash_kpi.alerting.alerts.values import moment
from dash_kpi.alerting.rules.judge import Code
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.telling.routes import wanted_channels
from dash_kpi.errors import NotFound
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Alert, AlertEvent, Channel, Delivery, DeliveryAlert, Evaluation, Threshold

NOBODY = "Nobody was told"  # how a sentence begins that tells of something to be made up for
TELLING = ("firing", "repeated", "worse", "escalated", "correction")  # lines that say of an alert that it fires
QUIET_CODES = {Code.PENDING, Code.COOLDOWN, Code.WITHIN, Code.PAUSED, Code.NO_VALUE, Code.NO_NEW_DATA, Code.FAILED}


def why_silent(
    database: Database,
    workspace: str,
    now: datetime,
    *,
    alert: int | None = None,
    threshold: int = 0,
    segment: str = "",
) -> str:
    """Say in one sentence why nothing was sent about an alert, or about a segment of a threshold. Raises NotFound."""
    with database.reading() as session:
        workspace_id = workspace_named(session, workspace).id
        row = session.get(Alert, alert) if alert is not None else None
        if alert is not None and (row is None or row.workspace_id != workspace_id):
            raise NotFound.saying(f"There is no alert {alert}.")
        rule_id = row.threshold_id if row else threshold
        found = session.get(Threshold, rule_id)
        if found is None or found.workspace_id != workspace_id:
            raise NotFound.saying(f"There is no threshold {rule_id}.")
        zone = database.settings.zone
        if row is None:
            row = session.scalars(
                select(Alert)
                .where(Alert.threshold_id == found.id, Alert.segment == segment, Alert.closed_at.is_(None))
                .order_by(Alert.id.desc())
            ).first()
        return why_untold(session, row, found, now, zone) if row else _why_quiet(session, found, segment, zone)


def why_untold(session: Session, alert: Alert, threshold: Threshold, now: datetime, zone: tzinfo) -> str:
    """Say why no message about an alert went out, or to whom one did."""
    rule = Rule.from_json(threshold.rule)
    deliveries = session.execute(
        select(Delivery, Channel)
        .join(DeliveryAlert, DeliveryAlert.delivery_id == Delivery.id)
        .join(Channel, Channel.id == Delivery.channel_id)
        .where(DeliveryAlert.alert_id == alert.id, DeliveryAlert.line_kind.in_(TELLING))
        .order_by(Delivery.id.desc())
    ).all()
    if deliveries:
        return _of_deliveries([(delivery, channel) for delivery, channel in deliveries], now, zone)
    said = _last_reason(session, alert)
    if "silenced" in said:
        return f"Nothing was sent: {said}."
    hush = silence_of(silences_at(session, alert.workspace_id, now), threshold.id, rule, alert.segment, now)
    if hush:
        return f"Nothing was sent: silenced until {moment(hush.until, zone)}: {hush.comment}."
    if missing := _of_channels(session, alert, rule):
        return missing
    if noted := _noted(session, alert):
        return f"{NOBODY}: {noted}."
    return f"Nothing was sent: {said or 'it has not been judged yet'}."


def _of_deliveries(found: Sequence[tuple[Delivery, Channel]], now: datetime, zone: tzinfo) -> str:
    """Speak of the delivery that went furthest."""
    order = ("sent", "unknown", "held", "sending", "queued", "parked", "failed", "dropped")
    delivery, channel = min(found, key=lambda pair: order.index("held" if _is_held(pair[0]) else pair[0].status))
    why = (channel.problem or delivery.reason or "").rstrip(".")
    because = f": {why}" if why else ""
    if delivery.status == "sent":
        return f"It was sent to {channel.name} on {moment(delivery.ended_at or delivery.created_at, zone)}."
    if delivery.status == "unknown":
        return f"Nobody can say yet whether {channel.name} has it{because}."
    if _is_held(delivery):
        return f"{channel.name}: {why or 'Nobody can tell whether it arrived. Send it again, or let it be'}."
    if delivery.status == "parked" or (channel.problem and delivery.status == "queued"):
        return f"Nothing was sent: {channel.name} does not work{because}."
    if delivery.status == "queued" and delivery.due_at > now:
        return f"Nothing was sent yet: it waits for {channel.name} until {moment(delivery.due_at, zone)}{because}."
    if delivery.status in ("queued", "sending"):
        return f"Nothing was sent yet: it is on its way to {channel.name}{because}."
    if delivery.status == "failed":
        return f"Nothing was sent: it could not be delivered to {channel.name}{because}."
    return f"Nothing was sent: {channel.name} was not to be told any more{because}."


def _is_held(delivery: Delivery) -> bool:
    """Tell whether a delivery may have arrived, and waits for a decision."""
    return delivery.status == "parked" and delivery.ended_at is not None


def _noted(session: Session, alert: Alert) -> str:
    """Return why nobody was told, as it was noted when somebody should have been."""
    found = session.scalars(
        select(AlertEvent.text)
        .where(AlertEvent.alert_id == alert.id, AlertEvent.kind == "untold")
        .order_by(AlertEvent.id.desc())
        .limit(1)
    ).first()
    return (found or "").removeprefix(f"{NOBODY}: ").rstrip(".")


def _of_channels(session: Session, alert: Alert, rule: Rule) -> str:
    """Say which channel a message had to go to, where there is none, or was none when the alert opened."""
    workspace_id = alert.workspace_id
    channels = {row.id: row for row in session.scalars(select(Channel).where(Channel.workspace_id == workspace_id))}
    working = {number for number, row in channels.items() if row.deleted_at is None and row.is_enabled}
    if not any(row.deleted_at is None for row in channels.values()):
        return "Nothing was sent: there is no channel yet; make one on Settings, under Channels."
    wanted = set(wanted_channels(session, workspace_id, rule))
    if not wanted:
        why = f"no route takes alerts that are {rule.severity} to a channel"
        return f"Nothing was sent: {why}; see Settings, under Channels."
    if not wanted & working:
        names = ", ".join(sorted(channels[number].name for number in wanted if number in channels))
        return f"Nothing was sent: {names or 'its channel'} is switched off or removed; see Settings, under Channels."
    if all(channels[number].created_at > alert.opened_at for number in wanted & working):
        return f"{NOBODY}: there was no channel for it when it opened."
    return ""


def _why_quiet(session: Session, threshold: Threshold, segment: str, zone: tzinfo) -> str:
    """Say why a threshold that has no open alert says nothing."""
    if threshold.deleted_at is not None:
        return f"Nothing was sent: the threshold was removed on {moment(threshold.deleted_at, zone)}."
    row = session.scalars(
        select(Evaluation)
        .where(Evaluation.threshold_id == threshold.id, Evaluation.segment == segment)
        .order_by(Evaluation.id.desc())
    ).first()
    if row is None:
        made = moment(threshold.created_at, zone)
        return f"Nothing was sent: no period has closed since the threshold was made on {made}."
    period = f" for {row.period_label}" if row.period_label and row.code in QUIET_CODES else ""
    return f"Nothing was sent: {row.reason}{period}, judged on {moment(row.last_at, zone)}."


def _last_reason(session: Session, alert: Alert) -> str:
    """Return what the newest evaluation of an alert says about telling."""
    rows = session.scalars(
        select(Evaluation.reason)
        .where(Evaluation.threshold_id == alert.threshold_id, Evaluation.segment == alert.segment)
        .order_by(Evaluation.id.desc())
        .limit(1)
    )
    return (rows.first() or "").rstrip(".")
