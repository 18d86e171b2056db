"""What is concluded from the whole history of a KPI; remembered by revision, for several sections ask it."""

from collections.abc import Callable, Hashable
from typing import TypeVar

from dash_kpi.kpis.statistics.anomalies import Anomalies, anomalies
from dash_kpi.kpis.statistics.change_points import ChangePoints, change_points
from dash_kpi.kpis.statistics.trend import Trend, trend
from dash_kpi.kpis.timeline import Timeline
from dash_kpi.reporting.forecasts import span_of_kpi
from dash_kpi.reporting.trends.subject import Subject

Answer = TypeVar("Answer")


def trend_of(subject: Subject) -> Trend:
    """Return the trend over the window that was chosen, which ends where what is shown ends."""
    window = subject.view.window
    until = _until_the_end_of_what_is_shown(subject)
    first = subject.shown.starts[0] if len(subject.shown) else None
    in_span = sum(first <= start for start in until.starts) if first else 0
    shown = max(int(until.whole[len(until) - in_span :].sum()), 1) if in_span else 1
    last = shown if window == "span" else window
    key = ("trend", len(until), last)
    return remembered(subject, key, lambda: trend(until, last, in_points=subject.in_points))


def shifts_of(subject: Subject) -> ChangePoints:
    """Return the level shifts of the whole history."""
    return remembered(subject, ("shifts",), lambda: change_points(subject.history, in_points=subject.in_points))


def unusual_of(subject: Subject) -> Anomalies:
    """Return the unusual periods of the whole history."""
    sensitivity = subject.view.sensitivity
    return remembered(subject, ("anomalies", sensitivity), lambda: anomalies(subject.history, sensitivity))


def reaches_the_end(subject: Subject) -> bool:
    """Tell whether the end of the data is shown, from which a forecast goes on."""
    span = span_of_kpi(subject.frame.database, subject.frame.state, subject.kpi)
    return span is not None and subject.frame.span.end >= span.end


def remembered(subject: Subject, key: tuple[Hashable, ...], compute: Callable[[], Answer]) -> Answer:
    """Return what was computed from the history of a KPI before, or compute it."""
    frame, state = subject.frame, subject.frame.state
    whole = (*key, state.workspace_id, state.revision, frame.view.filters, subject.kpi.name, frame.grain)
    return frame.database.answers.get(whole, compute)


def _until_the_end_of_what_is_shown(subject: Subject) -> Timeline:
    history, shown = subject.history, subject.shown
    length = sum(start <= shown.starts[-1] for start in history.starts) if len(shown) else 0
    return Timeline(
        history.grain, history.starts[:length], history.values[:length], history.whole[:length], history.calendar
    )
