"""A KPI broken down by the values of one dimension."""

from dash_kpi.kpis.blank import value_words
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.evaluate import basis_of, cells_for, over_values
from dash_kpi.reporting.frame import Frame, change_of
from dash_kpi.reporting.values import Breakdown, BreakdownRow
from dash_kpi.storage.breakdown import by_value
from dash_kpi.storage.daily import selected
from dash_kpi.storage.sources import FILE, State

MOST_ROWS = 12


def dimensions_of(state: State) -> tuple[str, ...]:
    """Return the dimensions worth a breakdown: the file is one when there are several, or no other."""
    several = len({source.file for source in state.sources}) > 1
    return tuple(name for name in state.dimensions if name != FILE or several or len(state.dimensions) == 1)


def breakdown(kpi: Kpi, frame: Frame, dimension: str, most: int = MOST_ROWS) -> Breakdown:
    """Return a KPI for each value of a dimension, the largest first, with its share and its change.

    A share is given where the values add up to the whole and none is negative.
    """
    names, now, before = _by_value(kpi, frame.as_far_as_known(kpi), dimension)
    whole = sum(value for value in now if value is not None)
    has_shares = kpi.is_additive and whole > 0 and all(value is None or value >= 0 for value in now)
    rows = [
        BreakdownRow(
            label=value_words(name),
            value=value,
            share=value / whole if has_shares else None,
            change=change_of(kpi, value, earlier)[0],
        )
        for name, value, earlier in zip(names, now, before, strict=True)
        if value is not None
    ]
    rows.sort(key=lambda row: (-(row.value or 0), row.label))
    return Breakdown(
        dimension=dimension,
        label=kpi.label,
        unit=kpi.unit,
        direction=kpi.direction,
        rows=tuple(rows[:most]),
        decimals=kpi.definition.decimals,
        others=max(0, len(rows) - most),
    )


def _by_value(
    kpi: Kpi, frame: Frame, dimension: str
) -> tuple[list[str], tuple[float | None, ...], tuple[float | None, ...]]:
    """Return the values of a dimension, and the KPI of each over the span and over the reference."""
    if not frame.has(kpi):
        return [], (), ()
    possible, filters = selected(frame.state, frame.view.filters)
    basis = basis_of(kpi, frame.measures).sources
    sources = [s for s in possible if s.id in basis and (dimension == FILE or dimension in s.dimensions)]
    spans = [(frame.span, frame.reference)]
    if frame.reference and not kpi.uses_earlier:
        spans.append((frame.reference, None))
    asked = dict.fromkeys(cell for span, before in spans for cell in cells_for(kpi, frame.measures, span, before))
    names, cells = by_value(frame.database, sources, dimension, tuple(asked), filters, frame.measures)
    if not names:
        return [], (), ()
    now, *earlier = (over_values(kpi, frame.measures, span, cells, before) for span, before in spans)
    return names, now, earlier[0] if earlier else (None,) * len(names)
