"""The section History: the KPI over time, with what lies over it and what stands out."""

from datetime import date

import numpy as np

from dash_kpi.kpis.forecasting.forecast import Forecast
from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.spans import periods
from dash_kpi.kpis.statistics.smoothing import exponential, moving_average
from dash_kpi.kpis.targets import target_over
from dash_kpi.reporting.chart_values import Average, Band, Expected, Layers, Limit, Mark, TimeSeries
from dash_kpi.reporting.forecasts import forecast_of
from dash_kpi.reporting.series import comparison_of
from dash_kpi.reporting.trends.analyses import reaches_the_end, shifts_of, trend_of, unusual_of
from dash_kpi.reporting.trends.subject import Subject, line_of
from dash_kpi.reporting.trends.target import target_panel
from dash_kpi.reporting.trends.values import Finding, Panel, Said
from dash_kpi.reporting.trends.view import AVERAGES, SMOOTHED_SPAN

FEWEST_AHEAD = 3  # periods of a forecast that are drawn, however short the span is
SAME = 0.001  # of their size: targets that differ by less are one level


def panels(subject: Subject) -> tuple[Panel, ...]:
    """Return the chart over time, and the value against its target where there is one."""
    series = Panel(
        name="history",
        title=f"{subject.kpi.label} by {subject.frame.grain}",
        kind="time_series",
        values=TimeSeries(line_of(subject.kpi, subject, subject.shown), _layers(subject), subject.view.style),
        said=_said(subject),
        findings=_findings(subject),
        width="whole",
    )
    target = target_panel(subject)
    return (series, target) if target else (series,)


def _layers(subject: Subject) -> Layers:
    on = subject.view.layers
    judged, whole = subject.history.judged(), subject.history.whole
    averages = [
        Average(window, subject.along(np.where(whole, moving_average(judged, window), np.nan)))
        for layer, window in AVERAGES.items()
        if layer in on
    ]
    if "smooth" in on:
        smoothed = np.where(whole, exponential(judged, span=SMOOTHED_SPAN), np.nan)
        averages.append(Average(SMOOTHED_SPAN, subject.along(smoothed), is_smoothed=True))
    fitted = trend_of(subject).robust if "trend" in on else None
    shifts = shifts_of(subject).points if "changes" in on else ()
    is_compared = "comparison" in on and subject.frame.has(subject.kpi)
    compared, labels = comparison_of(subject.kpi, subject.frame, subject.shown.starts) if is_compared else ((), ())
    return Layers(
        averages=tuple(one for one in averages if any(value is not None for value in one.values)),
        regression=subject.along(_padded(fitted.fitted, len(subject.history))) if fitted else (),
        expected=_expected(subject) if "forecast" in on else None,
        anomalies=tuple(Mark(one.start, one.reason) for one in _findings(subject)),
        changes=tuple(Mark(one.start, one.sentence) for one in shifts if subject.is_shown(one.start)),
        limits=_limits(subject),
        comparison=compared,
        comparison_labels=labels,
    )


def _padded(values: Floats, length: int) -> Floats:
    return np.concatenate([values, np.full(length - len(values), np.nan)])


def _expected(subject: Subject) -> Expected | None:
    """Return as much of the forecast as leaves the larger part of the chart to what happened."""
    if not reaches_the_end(subject):
        return None
    found = _forecast(subject)
    if found.reason or not found.starts:
        return None
    most = max(FEWEST_AHEAD, len(subject.shown) // 2)
    bands = (Band(80, found.low80[:most], found.high80[:most]), Band(95, found.low95[:most], found.high95[:most]))
    starts = found.starts[:most]
    return Expected(starts, tuple(subject.label(start) for start in starts), found.mean[:most], bands)


def _forecast(subject: Subject) -> Forecast:
    frame = subject.frame
    return forecast_of(frame.database, frame.state, subject.kpi, frame.grain, frame.view.filters)


def _findings(subject: Subject) -> tuple[Finding, ...]:
    """Return the unusual periods that are shown, the latest first."""
    if "anomalies" not in subject.view.layers:
        return ()
    found = [
        Finding(
            one.start,
            subject.frame.calendar.end_of(one.last, subject.frame.grain),
            _days(subject, one.start, one.last),
            one.kind,
            one.value,
            one.expected,
            one.reason,
        )
        for one in unusual_of(subject).found
        if subject.is_shown(one.start) or subject.is_shown(one.last)
    ]
    return tuple(reversed(found))


def _days(subject: Subject, first: date, last: date) -> str:
    return subject.label(first) if first == last else f"{subject.label(first)} – {subject.label(last)}"


def _limits(subject: Subject) -> tuple[Limit, ...]:
    """Return the target as a level; where it differs from period to period, its mean over those shown whole."""
    frame, shown = subject.frame, subject.shown
    if subject.kpi.target is None or not frame.has(subject.kpi):
        return ()
    spans = periods(frame.span, frame.grain, frame.calendar, frame.measures.span)
    targets = target_over(subject.kpi, frame.measures, spans)
    kept = [span is not None for span in spans.pieces]
    known = targets[np.array(kept, dtype=bool)]
    known = known[shown.whole & ~np.isnan(known)] if len(known) == len(shown) else known[~np.isnan(known)]
    if not len(known):
        return ()
    mean = float(known.mean())
    is_one = float(np.ptp(known)) <= SAME * abs(mean)
    return (Limit("Target" if is_one else "Target, on average", mean),)


def _said(subject: Subject) -> tuple[Said, ...]:
    """Say in words what the layers that are on show."""
    on, said = subject.view.layers, []
    if "trend" in on:
        found = trend_of(subject)
        said.append(Said("Trend", " ".join(filter(None, (found.sentence, found.caution)))))
    if "changes" in on:
        said.append(Said("Level", shifts_of(subject).sentence))
    if "anomalies" in on:
        said.append(Said("Unusual", f"In all of the history: {_lowered(unusual_of(subject).sentence)}"))
    if "forecast" in on:
        said.append(Said("Forecast", _forecast_said(subject)))
    return tuple(said)


def _lowered(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:]


def _forecast_said(subject: Subject) -> str:
    if not reaches_the_end(subject):
        return "It begins where the data ends, after the period that is shown."
    found = _forecast(subject)
    return found.reason or " ".join((found.sentence, *found.notes))
