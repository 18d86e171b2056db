"""The alerts there are: pages of them, and one with everything that is known about it."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import Session

from dash_kpi.alerting.alerts.evaluations import evaluations_in
from dash_kpi.alerting.alerts.untold import NOBODY, why_untold
from dash_kpi.alerting.alerts.values import (
    OPEN,
    AlertFilter,
    AlertList,
    AlertRow,
    Event,
    Sending,
    Try,
    WholeAlert,
)
from dash_kpi.alerting.judging.told import Details
from dash_kpi.alerting.rules.given import RuleRefused
from dash_kpi.alerting.rules.rule import OF_SOURCES, SEVERITIES, Rule
from dash_kpi.alerting.thresholds.words import kpis_by_name, told
from dash_kpi.errors import NotFound
from dash_kpi.kpis.calendar import GRAINS, Calendar, Grain
from dash_kpi.kpis.catalogue import Kpi, label_of
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import (
    Alert,
    AlertEvent,
    Attempt,
    Channel,
    Delivery,
    DeliveryAlert,
    Threshold,
    ThresholdVersion,
)

MOST_EVENTS, MOST_SENDINGS = 500, 200


def alerts(database: Database, workspace: str, filter: AlertFilter | None = None) -> AlertList:  # noqa: A002
    """Return one page of alerts: the open ones first, of these the worst first, the newest first among equals."""
    wanted = filter or AlertFilter()
    kpis = kpis_by_name(database, workspace)
    with database.reading() as session:
        workspace_id = workspace_named(session, workspace).id
        conditions = _conditions(session, workspace_id, wanted)
        total = session.scalar(select(func.count()).select_from(Alert).where(*conditions)) or 0
        pages = max(1, math.ceil(total / wanted.size))
        page = min(max(wanted.page, 1), pages)
        is_over = case((Alert.status.in_(OPEN), 0), else_=1)
        badness = case({name: -at for at, name in enumerate(SEVERITIES)}, value=Alert.severity, else_=1)
        found = session.scalars(
            select(Alert)
            .where(*conditions)
            .order_by(
                is_over,
                case((Alert.status.in_(OPEN), badness), else_=0),
                func.coalesce(Alert.closed_at, Alert.opened_at).desc(),
                Alert.id.desc(),
            )
            .offset((page - 1) * wanted.size)
            .limit(wanted.size)
        ).all()
        rules = _rules(session, {row.threshold_id for row in found})
        names = {number: _named(rule, kpis, database.settings.currency) for number, rule in rules.items()}
        calendar = database.settings.calendar
        rows = [row_of(row, rules[row.threshold_id], names[row.threshold_id], calendar) for row in found]
        return AlertList(tuple(rows), total, page, pages)


def alert(database: Database, workspace: str, number: int, now: datetime, page: int = 1) -> WholeAlert:
    """Return one alert with its life, its deliveries and a page of its evaluations. Raises NotFound."""
    kpis = kpis_by_name(database, workspace)
    with database.reading() as session:
        workspace_id = workspace_named(session, workspace).id
        row = session.get(Alert, number)
        if row is None or row.workspace_id != workspace_id:
            raise NotFound.saying(f"There is no alert {number}.")
        threshold = session.get_one(Threshold, row.threshold_id)
        version = session.get(ThresholdVersion, (row.threshold_id, row.threshold_version))
        sendings = _sendings(session, number)
        name = _named(threshold.rule, kpis, database.settings.currency)
        why_silent = "" if row.sent_at else why_untold(session, row, threshold, now, database.settings.zone)
        return WholeAlert(
            row=row_of(row, threshold.rule, name, database.settings.calendar),
            rule=(version.rule if version else None) or threshold.rule,
            newest_version=threshold.version,
            is_removed=threshold.deleted_at is not None,
            revision=row.revision,
            events=_events(session, number),
            sendings=sendings,
            findings=evaluations_in(
                session,
                workspace_id,
                threshold=row.threshold_id,
                segment=row.segment,
                over=(row.period_end, row.closed_at) if row.closed_at else None,
                page=page,
            ),
            why_silent=why_silent,
            can_be_told=row.status in OPEN and why_silent.startswith(NOBODY),
        )


def row_of(row: Alert, rule: Mapping[str, Any], name: str, calendar: Calendar) -> AlertRow:
    """Return an alert as a value; `rule` is that of its threshold as it is now, `name` how that is called."""
    kept = row.snooze or {}
    label = label_of(row.kpi_name)
    return AlertRow(
        id=row.id,
        status=row.status,
        severity=row.severity,
        kpi=row.kpi_name,
        dimension=rule.get("by", "") if row.segment else "",
        segment=row.segment,
        kind=row.alert_type,
        message=row.message,
        value=row.current_value,
        limit=row.threshold_value,
        period_start=row.period_start,
        period_end=row.period_end,
        opened_at=row.opened_at,
        updated_at=row.updated_at,
        closed_at=row.closed_at,
        sent_at=row.sent_at,
        assignee=row.assignee,
        acknowledged_at=row.acknowledged_at,
        acknowledged_by=row.acknowledged_by or "",
        snoozed_until=row.snoozed_until,
        snoozed_by=kept.get("by") or "",
        worse_by=kept.get("worse_by"),
        threshold_id=row.threshold_id,
        threshold_version=row.threshold_version,
        rule=name,
        tags=tuple(rule.get("tags") or ()),
        details=Details.from_json({"label": label, **row.details}),
        since=_since(row, rule.get("grain", "month"), calendar),
    )


def _named(given: Mapping[str, Any], kpis: Mapping[str, Kpi], currency: str) -> str:
    """Return the name of a rule, or what it says."""
    try:
        rule = Rule.from_json(given)
    except RuleRefused:  # written by another version
        return label_of(str(given.get("kpi") or ""))
    return rule.name or told(rule, kpis, currency)


def _since(row: Alert, grain: str, calendar: Calendar) -> str:
    """Name the first breached period; what is about files, or a rolling window, begins on a day."""
    known: Grain = next((one for one in GRAINS if one == grain and row.alert_type not in OF_SOURCES), "day")
    return calendar.label(row.period_start, known)


def _conditions(session: Session, workspace_id: int, wanted: AlertFilter) -> list[Any]:
    found: list[Any] = [Alert.workspace_id == workspace_id]
    if wanted.statuses:
        found.append(Alert.status.in_(wanted.statuses))
    if wanted.severities:
        found.append(Alert.severity.in_(wanted.severities))
    if wanted.kpi:
        found.append(Alert.kpi_name == wanted.kpi)
    if wanted.segment is not None:
        found.append(Alert.segment == wanted.segment)
    if wanted.assignee is not None:
        found.append(Alert.assignee == wanted.assignee)
    if wanted.threshold is not None:
        found.append(Alert.threshold_id == wanted.threshold)
    if wanted.tag:
        rules = session.execute(select(Threshold.id, Threshold.rule).where(Threshold.workspace_id == workspace_id))
        found.append(
            Alert.threshold_id.in_([number for number, rule in rules if wanted.tag in (rule.get("tags") or ())])
        )
    return found


def _rules(session: Session, ids: Iterable[int]) -> dict[int, dict[str, Any]]:
    found = session.execute(select(Threshold.id, Threshold.rule).where(Threshold.id.in_(ids)))
    return {row[0]: row[1] for row in found}


def _events(session: Session, number: int) -> tuple[Event, ...]:
    rows = session.scalars(
        select(AlertEvent).where(AlertEvent.alert_id == number).order_by(AlertEvent.id.desc()).limit(MOST_EVENTS)
    )
    return tuple(Event(row.at, row.kind, row.actor, row.text) for row in rows)


def _sendings(session: Session, number: int) -> tuple[Sending, ...]:
    """Return the newest deliveries that speak of an alert, with their tries."""
    found = session.execute(
        select(Delivery, DeliveryAlert.line_kind, Channel)
        .join(DeliveryAlert, DeliveryAlert.delivery_id == Delivery.id)
        .join(Channel, Channel.id == Delivery.channel_id)
        .where(DeliveryAlert.alert_id == number)
        .order_by(Delivery.id.desc())
        .limit(MOST_SENDINGS)
    ).all()
    tries = _tries(session, [delivery.id for delivery, _, _ in found])
    return tuple(
        Sending(
            id=delivery.id,
            channel_id=channel.id,
            channel=channel.name,
            channel_kind=channel.kind,
            channel_problem=channel.problem or "",
            destination=delivery.destination,
            kind=delivery.kind,
            line_kind=line_kind,
            status=delivery.status,
            reason=delivery.reason or "",
            title=delivery.message.get("title", ""),
            is_possible_repeat=delivery.is_possible_repeat,
            created_at=delivery.created_at,
            due_at=delivery.due_at,
            ended_at=delivery.ended_at,
            tries=tuple(tries[delivery.id]),
            is_removed=channel.deleted_at is not None,
        )
        for delivery, line_kind, channel in found
    )


def _tries(session: Session, ids: Sequence[int]) -> dict[int, list[Try]]:
    rows = session.scalars(
        select(Attempt).where(Attempt.delivery_id.in_(ids)).order_by(Attempt.delivery_id, Attempt.number)
    )
    found: dict[int, list[Try]] = defaultdict(list)
    for row in rows:
        found[row.delivery_id].append(
            Try(row.number, row.kind, row.started_at, row.ended_at, row.outcome, row.reason or "")
        )
    return found
