"""What the pages of alerts show, put together."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dash_kpi.alerting.alerts.entries import alert, alerts
from dash_kpi.alerting.alerts.page_values import AlertPage, AlertsPage, Asked, History
from dash_kpi.alerting.alerts.silence_values import Hush
from dash_kpi.alerting.alerts.silences import is_about, silences
from dash_kpi.alerting.alerts.undelivered import undelivered_in
from dash_kpi.alerting.alerts.values import OPEN, AlertRow, WholeAlert
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.thresholds.backtest import Line, backtest
from dash_kpi.errors import DashKpiError, NotFound
from dash_kpi.kpis.catalogue import label_of
from dash_kpi.reporting.view import page_in
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Alert, Threshold, ThresholdVersion

MOST_CHOICES = 200  # of a filter
BEFORE, AFTER = 36, 12  # periods that are drawn around a breach


def alerts_page(database: Database, workspace: str, query: str, now: datetime) -> AlertsPage:
    """Return what the page of alerts shows for an address. Raises NotFound for an unknown workspace."""
    asked = Asked.from_query(query)
    found = alerts(database, workspace, asked.filter)
    hushes = silences(database, workspace, now)
    with database.reading() as session:
        workspace_id = workspace_named(session, workspace).id
        statuses = session.execute(
            select(Alert.status, func.count()).where(Alert.workspace_id == workspace_id).group_by(Alert.status)
        ).all()
        rules = _rules(session, workspace_id)
        kpis = [(name, label_of(name)) for name in _distinct(session, workspace_id, Alert.kpi_name)]
        return AlertsPage(
            asked=asked,
            alerts=found,
            open=sum(count for status, count in statuses if status in OPEN),
            over=sum(count for status, count in statuses if status not in OPEN),
            kpis=tuple(sorted(kpis, key=lambda one: one[1].casefold())),
            segments=_distinct(session, workspace_id, Alert.segment),
            people=_distinct(session, workspace_id, Alert.assignee),
            tags=tuple(sorted({tag for rule in rules.values() for tag in rule.get("tags") or ()}, key=str.casefold)),
            thresholds=len(rules),
            silences=hushes,
            silenced=_silenced(found.rows, hushes, rules, now),
            now=now,
            zone=database.settings.zone,
            undelivered=undelivered_in(session, workspace_id),
        )


def alert_page(database: Database, workspace: str, number: str, query: str, now: datetime) -> AlertPage:
    """Return what the page of one alert shows; an alert that is not there is none."""
    wanted = int(number) if number.isdecimal() and len(number) < 10 else 0
    try:
        whole = alert(database, workspace, wanted, now, page_in(query))
    except NotFound:
        return AlertPage(None, wanted)
    with database.reading() as session:
        workspace_id = workspace_named(session, workspace).id
        since = session.scalars(
            select(ThresholdVersion)
            .where(
                ThresholdVersion.threshold_id == whole.row.threshold_id,
                ThresholdVersion.number > whole.row.threshold_version,
            )
            .order_by(ThresholdVersion.number)
        )
        changed = tuple(f"{one.summary} ({one.created_by})" for one in since)
        rules = _rules(session, workspace_id)
        people = _distinct(session, workspace_id, Alert.assignee)
    hushes = silences(database, workspace, now)
    return AlertPage(
        whole=whole,
        number=wanted,
        history=_history(database, workspace, whole, now),
        hush=_silenced([whole.row], hushes, rules, now).get(wanted),
        people=people,
        changed_since=changed,
        now=now,
        zone=database.settings.zone,
    )


def _history(database: Database, workspace: str, whole: WholeAlert, now: datetime) -> History | None:
    """Return the periods around a breach as the rule judges them, or else those that were kept with the alert."""
    row, details = whole.row, whole.row.details
    label = f"{details.label}, {row.segment}" if row.segment else details.label
    try:
        rule = Rule.from_json(whole.rule)
        found = backtest(database, workspace, rule, now)
    except DashKpiError:
        return None
    line = next((one for one in found.lines if one.segment == row.segment), None)
    if line is None or not line.starts:
        return None
    ends = [at for at, start in enumerate(line.starts) if start <= row.period_end]
    last = min(len(line.starts), (ends[-1] if ends else 0) + 1 + AFTER)
    first = max(0, last - BEFORE - AFTER)
    part = slice(first, last)
    broken = tuple(at for at in range(last - first) if _is_broken(line, first + at, row))
    limits, low, high = _limits(line, part)
    return History(
        label, rule.unit_grain, line.starts[part], line.labels[part], line.values[part], limits, low, high, broken
    )


def _is_broken(line: Line, at: int, row: AlertRow) -> bool:
    """Tell whether a period that the alert is about lies outside its bounds; the first always does."""
    if line.starts[at] == row.period_start:
        return True
    value, low, high = line.values[at], line.low[at], line.high[at]
    if value is None or not row.period_start < line.starts[at] <= row.period_end:
        return False
    return (low is not None and value < low) or (high is not None and value > high)


def _limits(line: Line, part: slice) -> tuple[tuple[float, ...], tuple[float | None, ...], tuple[float | None, ...]]:
    """Return the limits that stay the same, and by period those that move."""
    same: list[float] = []
    moving: list[tuple[float | None, ...]] = []
    for side in (line.low[part], line.high[part]):
        known = {one for one in side if one is not None}
        same += known if len(known) == 1 else []
        moving.append(side if len(known) > 1 else ())
    return tuple(same), moving[0], moving[1]


def _silenced(
    rows: Sequence[AlertRow], hushes: Sequence[Hush], rules: Mapping[int, dict[str, Any]], now: datetime
) -> dict[int, Hush]:
    found: dict[int, Hush] = {}
    for row in rows:
        if not row.is_open or row.threshold_id not in rules:
            continue
        rule = Rule.from_json(rules[row.threshold_id])
        holding = [one for one in hushes if one.starts_at <= now and is_about(one, row.threshold_id, rule, row.segment)]
        if holding:
            found[row.id] = max(holding, key=lambda one: one.ends_at)
    return found


def _rules(session: Session, workspace_id: int) -> dict[int, dict[str, Any]]:
    found = session.execute(
        select(Threshold.id, Threshold.rule).where(
            Threshold.workspace_id == workspace_id, Threshold.deleted_at.is_(None)
        )
    )
    return {row[0]: row[1] for row in found}


def _distinct(session: Session, workspace_id: int, column: Any) -> tuple[str, ...]:
    found = session.scalars(
        select(column).where(Alert.workspace_id == workspace_id, column != "").distinct().limit(MOST_CHOICES)
    )
    return tuple(sorted(found, key=str.casefold))
