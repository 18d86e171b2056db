"""Cards: one KPI over the span of a view and beside its comparison."""

from collections.abc import Sequence

from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.evaluate import Basis, basis_of, over_periods, over_span, span_of
from dash_kpi.kpis.periods import Days, reference_span, span_label
from dash_kpi.kpis.targets import status_of, target_of_span
from dash_kpi.reporting.frame import NO_DATA_BEFORE, Frame, change_of
from dash_kpi.reporting.values import Card

MOST_FILES_NAMED = 3
NOTHING_TO_COMPARE = "Nothing is compared."
NO_TARGET = "It has no target."


def card(kpi: Kpi, frame: Frame) -> Card:
    """Return one KPI over the span and beside the reference."""
    basis = basis_of(kpi, frame.measures) if frame.has(kpi) else Basis(frozenset(), frozenset())
    own = frame.as_far_as_known(kpi)
    ends, frame = ends_early(frame, own), own
    value, grain = _over(kpi, frame, frame.span), frame.at_grain_of(kpi).grain
    target = target_of_span(kpi, frame.measures, frame.span)
    earlier, change, change_reason = _comparison(kpi, frame, value, target)
    files = {source.id: source.file for source in frame.state.sources}
    return Card(
        name=kpi.name,
        label=kpi.label,
        unit=kpi.unit,
        direction=kpi.direction,
        value=value,
        reason=None if value is not None else _reason(kpi, frame),
        reference=earlier,
        change=change,
        difference=value - earlier if value is not None and earlier is not None else None,
        change_reason=change_reason,
        spark=over_periods(kpi, frame.measures, frame.span, grain) if frame.has(kpi) else (),
        sources=tuple(sorted({files[source] for source in basis.sources})),
        target=target,
        status=status_of(kpi.direction, value, target),
        note=" ".join(filter(None, (ends, _left_out(kpi, sorted({files[one] for one in basis.left_out}))))) or None,
        decimals=kpi.definition.decimals,
        spark_grain=grain,
    )


def ends_early(frame: Frame, own: Frame) -> str | None:
    """Say where the data of a KPI ends, if its own frame is cut there."""
    if own.span == frame.span:
        return None
    return f"Up to {span_label(Days(own.span.end, own.span.end))}: its data ends there."


def _over(kpi: Kpi, frame: Frame, span: Days) -> float | None:
    covered = span_of(kpi, frame.measures) if frame.has(kpi) else None
    if not frame.has(kpi) or (covered and not covered.start <= span.end >= span.start <= covered.end):
        return None  # beyond the data, also where a rolling window reaches back into it
    before = reference_span(frame.view.period, span, frame.view.before, frame.calendar) if kpi.uses_earlier else None
    return over_span(kpi, frame.measures, span, before)


def _comparison(
    kpi: Kpi, frame: Frame, value: float | None, target: float | None
) -> tuple[float | None, float | None, str | None]:
    """Return what the KPI is compared with, how it differs, or why that cannot be said."""
    if frame.view.compare == "none":
        return None, None, NOTHING_TO_COMPARE
    if frame.view.compare == "target":
        change = change_of(kpi, value, target) if target is not None else (None, NO_TARGET)
        return target, *change
    if frame.reference is None:
        return None, None, NO_DATA_BEFORE
    earlier = _over(kpi, frame, frame.reference)
    return earlier, *change_of(kpi, value, earlier)


def _reason(kpi: Kpi, frame: Frame) -> str:
    data = frame.state.span
    if kpi.problem:
        return kpi.problem
    if data and (frame.span.end < data.start or frame.span.start > data.end):
        return f"There is no data in this period; there is from {span_label(data)}."
    covered = span_of(kpi, frame.measures) if frame.has(kpi) else None
    if covered and frame.span.start > covered.end:
        return f"Its data ends on {span_label(Days(covered.end, covered.end))}."
    if kpi.uses_earlier:
        return "There is no data for the period before."
    return "No row in this period has what it is computed from."


def _left_out(kpi: Kpi, files: Sequence[str]) -> str | None:
    if not files:
        return None
    more = len(files) - MOST_FILES_NAMED
    listed = ", ".join(files[:MOST_FILES_NAMED]) + (f" and {more} more" if more > 0 else "")
    return f"Without {listed}: not everything that {kpi.label.lower()} needs is there."
