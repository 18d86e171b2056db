"""Escalation: an alert that nobody acknowledged for so many hours is told to somebody else, once."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dash_kpi.alerting.alerts.silences import silence_of, silences_at
from dash_kpi.alerting.judging.told import Told
from dash_kpi.alerting.messages.compose import MOST_LINES, Composer, worst_first
from dash_kpi.alerting.messages.example import told_of_alert
from dash_kpi.alerting.messages.message import Message
from dash_kpi.alerting.messages.templates import words_of
from dash_kpi.alerting.outbox.queue import enqueue
from dash_kpi.alerting.rules.hours import opens
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.telling.places import Place, Places
from dash_kpi.alerting.telling.tell import SAID, SYSTEM, threads_of
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Alert, AlertEvent, Delivery, DeliveryAlert, Route, Threshold
from dash_kpi.storage.sources import lock_workspace

Due = tuple[Alert, Rule, Route]
Message_of = tuple[Place, float, datetime, int | None]  # where, after how many hours, when, and in which thread


def escalate(database: Database, workspace: str, now: datetime) -> int:
    """Tell somebody else of open alerts that nobody acknowledged in time; return how many alerts. Raises NotFound.

    Alerts that are acknowledged, snoozed or silenced wait; so do those that nobody has been told of yet.
    """
    with database.reading() as session:
        if not _due(database, session, workspace_named(session, workspace).id, now):
            return 0
    with database.writing() as session:
        workspace_id = lock_workspace(session, workspace_named(session, workspace).id).id
        due = _due(database, session, workspace_id, now)
        places = Places(session, database.settings, workspace_id)
        composer = Composer.of(database.settings, words_of(session, workspace_id))
        groups: dict[Message_of, list[Told]] = defaultdict(list)
        threads = threads_of(session, [alert.id for alert, _, _ in due])
        reached = 0
        for alert, rule, route in due:
            found = places.of_channels(route.escalate_channel_ids)
            if not found:  # told when a channel is there
                continue
            hours = route.escalate_hours or 0.0
            at = _opens(database, rule, now)
            for place in found:
                thread = threads.get((place, alert.id))
                told = told_of_alert(alert, rule.as_json(), "repeated", database.settings.calendar)
                groups[place, hours, at, thread.delivery_id if thread else None].append(told)
            alert.escalated_at, alert.updated_at = now, now
            text = f"nobody acknowledged for {hours:g} {'hour' if hours == 1 else 'hours'}"
            session.add(AlertEvent(alert_id=alert.id, at=now, kind="escalated", actor=SYSTEM, text=text))
            reached += 1
        for group, some in groups.items():
            _queue(session, workspace_id, composer, group, some, now)
        return reached


def _queue(
    session: Session,
    workspace_id: int,
    composer: Composer,
    group: Message_of,
    told: Sequence[Told],
    now: datetime,
) -> None:
    place, hours, at, parent = group
    message = escalation_message(composer, told, hours, is_in_thread=parent is not None)
    enqueue(
        session,
        workspace_id,
        channel_id=place.channel_id,
        destination=place.destination,
        kind=message.kind,
        message=message,
        now=now,
        alerts=[(one.alert_id, "escalated") for one in told],
        parent_id=parent,
        due_at=at,
    )


def escalation_message(composer: Composer, told: Sequence[Told], hours: float, *, is_in_thread: bool) -> Message:
    """Return what the next ones are told."""
    ordered = worst_first(told)
    said = f"{composer.numbers.plain('number', hours)} {'hour' if hours == 1 else 'hours'}"
    message = composer.message(ordered)
    return replace(
        message,
        kind="follow_up" if is_in_thread else "firing",
        title=composer.title(ordered, "title_escalation", hours=said),
        lines=tuple(replace(line, state="Not acknowledged") for line in message.lines[:MOST_LINES]),
    )


def _due(database: Database, session: Session, workspace_id: int, now: datetime) -> list[Due]:
    """Return the alerts that are due, each with the route that says to whom: the soonest of those that take it."""
    places = Places(session, database.settings, workspace_id)
    if all(route.escalate_hours is None for route in places.routes):
        return []
    rows = session.execute(
        select(Alert, Threshold.rule)
        .join(Threshold, Threshold.id == Alert.threshold_id)
        .where(Alert.workspace_id == workspace_id, Alert.status == "open", Alert.escalated_at.is_(None))
        .order_by(Alert.id)
    ).all()
    told_at = _told_at(session, [alert.id for alert, _ in rows])
    silences = silences_at(session, workspace_id, now)
    found = []
    for alert, given in rows:
        rule, since = Rule.from_json(given), told_at.get(alert.id)
        if since is None or silence_of(silences, alert.threshold_id, rule, alert.segment, now):
            continue
        routes = [one for one in places.taking(rule) if one.escalate_hours is not None and one.escalate_channel_ids]
        route = min(routes, key=lambda one: one.escalate_hours or 0.0, default=None)
        if route and now >= since + timedelta(hours=route.escalate_hours or 0.0):
            found.append((alert, rule, route))
    return found


def _told_at(session: Session, alerts: Sequence[int]) -> Mapping[int, datetime]:
    """Return when each alert was told first: a channel that does not work must not keep it from the next ones."""
    rows = session.execute(
        select(DeliveryAlert.alert_id, func.min(Delivery.due_at))
        .join(Delivery, Delivery.id == DeliveryAlert.delivery_id)
        .where(
            DeliveryAlert.alert_id.in_(alerts),
            DeliveryAlert.line_kind.in_(("firing", "correction")),
            Delivery.status.in_((*SAID, "failed")),
        )
        .group_by(DeliveryAlert.alert_id)
    )
    return {number: at.replace(tzinfo=UTC) if at.tzinfo is None else at for number, at in rows}


def _opens(database: Database, rule: Rule, now: datetime) -> datetime:
    """Return when a message of a rule may go: quiet hours hold for the next ones too."""
    at = opens(rule, now.astimezone(database.settings.zone), database.settings.calendar)
    return (at or now).astimezone(UTC)
