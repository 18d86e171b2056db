"""A KPI's trend, seasons, anomalies and forecast as the command line and the API print them."""

from dataclasses import replace
from datetime import date
from typing import Any

from dash_kpi.errors import NotFound
from dash_kpi.kpis.periods import Grain
from dash_kpi.kpis.statistics.sensitivity import Sensitivity
from dash_kpi.reporting.forecasts import forecast_of
from dash_kpi.reporting.forecasts_json import points_ahead
from dash_kpi.reporting.points import check_dimensions
from dash_kpi.reporting.trends import seasons
from dash_kpi.reporting.trends.analyses import shifts_of, trend_of, unusual_of
from dash_kpi.reporting.trends.page import subject_for
from dash_kpi.reporting.trends.subject import Subject
from dash_kpi.reporting.trends.view import TrendsView
from dash_kpi.reporting.view import CUSTOM, Filters, View, check_days
from dash_kpi.storage.database import Database
from dash_kpi.storage.sources import checked_revision, state_at

ALL = "all"


def told_view(
    kpi: str | None,
    by: Grain | None,
    start: date | None = None,
    end: date | None = None,
    filters: Filters = (),
    sensitivity: Sensitivity = "normal",
    as_of: int | None = None,
) -> TrendsView:
    """Return what is asked as a view: all of the history where no days are given.

    Raises Refused for half a period or one that ends before it begins.
    """
    check_days(start, end)
    period = CUSTOM if start and end else ALL
    view = View(period=period, start=start, end=end, grain=by, kpi=kpi, as_of=as_of, filters=filters)
    return TrendsView(view, sensitivity=sensitivity, window="span")


def told(database: Database, workspace: str, view: TrendsView) -> dict[str, Any]:
    """Return what there is to say about a KPI; a value that does not exist is None.

    Raises NotFound for an unknown workspace, KPI, dimension or revision.
    """
    asked = view.view
    state = state_at(database, workspace, checked_revision(database, workspace, asked.as_of))
    check_dimensions(state, [name for name, _ in asked.filters])
    subject = subject_for(database, state, replace(view, view=replace(asked, as_of=None)))
    base = {"workspace": workspace, "revision": state.revision}
    if subject is None:
        return {**base, "kpi": None, "by": asked.grain, "trend": None, "seasons": [], "anomalies": [], "forecast": None}
    if asked.kpi and subject.kpi.name != asked.kpi:
        raise NotFound("KPI", asked.kpi, {kpi.name for kpi in subject.kpis})
    return {**base, **_answer(subject)}


def _answer(subject: Subject) -> dict[str, Any]:
    calendar, grain = subject.frame.calendar, subject.frame.grain
    return {
        "kpi": subject.kpi.name,
        "label": subject.kpi.label,
        "unit": subject.kpi.unit,
        "by": grain,
        "problem": subject.kpi.problem,
        "filters": {name: list(values) for name, values in subject.frame.view.filters},
        "trend": _trend(subject),
        "level_shifts": [
            {"period": calendar.key(one.start, grain), "sentence": one.sentence}
            for one in shifts_of(subject).points
            if subject.is_shown(one.start)
        ],
        "seasons": [f"{one.about}: {one.sentence}" for panel in seasons.profiles(subject) for one in panel.said],
        "anomalies": _anomalies(subject),
        "forecast": _forecast(subject),
    }


def _trend(subject: Subject) -> dict[str, Any]:
    found = trend_of(subject)
    return {
        "direction": found.direction,
        "sentence": found.sentence,
        "caution": found.caution,
        "p_value": found.p_value,
        "slope": found.robust.slope if found.robust else None,
        "relative_per_year": found.relative_per_year,
        "periods": found.periods,
    }


def _anomalies(subject: Subject) -> list[dict[str, Any]]:
    calendar, grain = subject.frame.calendar, subject.frame.grain
    return [
        {
            "period": calendar.key(one.start, grain),
            "last_period": calendar.key(one.last, grain),
            "kind": one.kind,
            "value": one.value,
            "expected": one.expected,
            "score": one.score,
            "reason": one.reason,
        }
        for one in unusual_of(subject).found
        if subject.is_shown(one.start) or subject.is_shown(one.last)
    ]


def _forecast(subject: Subject) -> dict[str, Any]:
    frame = subject.frame
    found = forecast_of(frame.database, frame.state, subject.kpi, frame.grain, frame.view.filters)
    return {
        "reason": found.reason,
        "sentence": found.sentence or None,
        "notes": list(found.notes),
        "points": points_ahead(frame.calendar, found),
    }
