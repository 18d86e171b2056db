"""The chosen KPI over time, with its comparison."""

from datetime import date

from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.evaluate import optional, over_periods, span_of
from dash_kpi.kpis.periods import Days, starts_between
from dash_kpi.kpis.spans import periods
from dash_kpi.kpis.targets import target_over
from dash_kpi.reporting.frame import Frame
from dash_kpi.reporting.restatements import restatements
from dash_kpi.reporting.values import Series


def series(kpi: Kpi, frame: Frame) -> Series:
    """Return a KPI by period, and beside it the comparison where that has any value."""
    frame = frame.at_grain_of(kpi)
    starts = starts_between(frame.span, frame.grain, frame.calendar)
    comparison, earlier = comparison_of(kpi, frame, starts)
    is_compared = any(value is not None for value in comparison)
    return Series(
        name=kpi.name,
        label=kpi.label,
        unit=kpi.unit,
        grain=frame.grain,
        periods=tuple(starts),
        labels=tuple(frame.calendar.label(start, frame.grain) for start in starts),
        values=_values(kpi, frame, frame.span),
        comparison=comparison if is_compared else (),
        comparison_labels=earlier if is_compared else (),
        incomplete=_incomplete(kpi, frame),
        restated=restatements(kpi, frame, starts),
        decimals=kpi.definition.decimals,
    )


def comparison_of(kpi: Kpi, frame: Frame, starts: tuple[date, ...]) -> tuple[tuple[float | None, ...], tuple[str, ...]]:
    """Return what each period is compared with, and what that is called."""
    if frame.view.compare == "target":
        spans = periods(frame.span, frame.grain, frame.calendar, frame.measures.span)
        labels = tuple(f"target of {frame.calendar.label(start, frame.grain)}" for start in starts)
        return optional(target_over(kpi, frame.measures, spans)), labels
    if frame.reference is None:
        return (), ()
    earlier = starts_between(frame.reference, frame.grain, frame.calendar)
    return _values(kpi, frame, frame.reference), tuple(frame.calendar.label(one, frame.grain) for one in earlier)


def _values(kpi: Kpi, frame: Frame, span: Days) -> tuple[float | None, ...]:
    if not frame.has(kpi):
        return (None,) * len(starts_between(span, frame.grain, frame.calendar))
    return over_periods(kpi, frame.measures, span, frame.grain)


def _incomplete(kpi: Kpi, frame: Frame) -> frozenset[int]:
    """Return the positions of the periods that the span, or the end of the KPI's own data, cuts short."""
    covered = span_of(kpi, frame.measures)
    last = min(frame.span.end, covered.end) if covered else frame.span.end
    return frozenset(
        position
        for position, start in enumerate(starts_between(frame.span, frame.grain, frame.calendar))
        if start < frame.span.start or frame.calendar.end_of(start, frame.grain) > last
    )
