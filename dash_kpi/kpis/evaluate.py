"""Evaluating KPIs: over a whole span, over every period of it, or for every value of a dimension."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Self

import numpy as np

from dash_kpi.kpis.calendar import EPOCH
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.formulas.evaluate import evaluate
from dash_kpi.kpis.formulas.tree import Column, Counted, Node
from dash_kpi.kpis.measures import Floats, Measures
from dash_kpi.kpis.periods import Days, Grain
from dash_kpi.kpis.spans import Spans, one, periods
from dash_kpi.kpis.timeline import Timeline

Cell = tuple[Column, Days]  # a column over a span
Cells = Mapping[Cell, Floats]  # with one value for each value of a dimension


@dataclass(frozen=True, slots=True)
class Basis:
    """The sources a KPI is computed from, and those left out because they lack one of its inputs."""

    sources: frozenset[int]
    left_out: frozenset[int]


def basis_of(kpi: Kpi, measures: Measures) -> Basis:
    """Say which sources a KPI takes.

    A formula over several measures takes only the sources that have all of them: the margin of a
    source with revenue and cost must not be diluted by the revenue of one that has no cost. So it does with
    the dimensions it filters by. Where no source has all, the measures stand in different sources on purpose,
    and every source counts.
    """
    having = [measures.sources_of(name) for name in kpi.inputs]
    having += [measures.dimensions.get(name, frozenset()) for name in sorted(kpi.dimensions)]
    if not having:
        return Basis(frozenset(), frozenset())
    every, paired = frozenset[int]().union(*having), frozenset.intersection(*having)
    return Basis(paired, every - paired) if paired else Basis(every, frozenset())


def over_span(kpi: Kpi, measures: Measures, span: Days, before: Days | None = None) -> float | None:
    """Return a KPI over a whole span, None where it has no value.

    `before` is the span that a KPI such as growth sets it against; without one it has no value.
    """
    return optional(values_over(kpi, measures, one(span, before, calendar=measures.calendar)))[0]


def over_periods(kpi: Kpi, measures: Measures, span: Days, grain: Grain) -> tuple[float | None, ...]:
    """Return a KPI over every period that the span touches, the first and last cut where the span is.

    What a formula sets a period against is taken from before the span too; a period that is not over is
    set against the same part of the one before.
    """
    return optional(values_over(kpi, measures, periods(span, grain, measures.calendar, span_of(kpi, measures))))


def span_of(kpi: Kpi, measures: Measures) -> Days | None:
    """Return the days that the sources of a KPI cover."""
    return measures.span_of(basis_of(kpi, measures).sources)


def timeline(kpi: Kpi, measures: Measures, span: Days, grain: Grain) -> Timeline:
    """Return a KPI by period with what analytics need to know; periods that the span or the data cut are not whole."""
    covered = span_of(kpi, measures)
    spans = periods(span, grain, measures.calendar, covered)
    pieces = [piece for piece in spans.pieces if piece]
    starts = tuple(measures.calendar.start_of(piece.start, grain) for piece in pieces)
    last = min(span.end, covered.end) if covered else span.end
    whole = [
        start == piece.start and measures.calendar.end_of(start, grain) <= last
        for start, piece in zip(starts, pieces, strict=True)
    ]
    return Timeline(grain, starts, values_over(kpi, measures, spans), np.array(whole, dtype=bool), measures.calendar)


def values_over(kpi: Kpi, measures: Measures, spans: Spans, node: Node | None = None) -> Floats:
    """Return a KPI over spans, NaN where it has no value; `node` is evaluated in the place of its formula."""
    tree = node or kpi.tree
    if tree is None:
        return np.full(len(spans), np.nan)
    return evaluate(tree, _Periods(measures, basis_of(kpi, measures).sources, spans))


def cells_for(kpi: Kpi, measures: Measures, span: Days, before: Days | None = None) -> tuple[Cell, ...]:
    """Return what has to be known for every value of a dimension before `over_values` can answer."""
    if kpi.tree is None:
        return ()
    asked: dict[Cell, None] = {}
    sources = basis_of(kpi, measures).sources
    evaluate(kpi.tree, _Asking(measures, sources, one(span, before, calendar=measures.calendar), 1, asked))
    return tuple(asked)


def over_values(
    kpi: Kpi, measures: Measures, span: Days, cells: Cells, before: Days | None = None
) -> tuple[float | None, ...]:
    """Return a KPI for every value of a dimension, from what `cells_for` asked for."""
    length = len(next(iter(cells.values()), ()))
    if kpi.tree is None:
        return (None,) * length
    spans = one(span, before, calendar=measures.calendar)
    return optional(evaluate(kpi.tree, _Values(measures, basis_of(kpi, measures).sources, spans, length, cells)))


def optional(values: Floats) -> tuple[float | None, ...]:
    """Return the values as Python numbers, None for NaN."""
    return tuple(None if value != value else value for value in values.tolist())


@dataclass(frozen=True)
class _Periods:
    """One value for each span, from these sources."""

    measures: Measures
    sources: frozenset[int]
    spans: Spans

    def __len__(self) -> int:
        return len(self.spans)

    def column(self, column: Column) -> Floats:
        return self.measures.over(column, self.spans, self.sources)

    def count(self, of: Counted) -> Floats:
        return covered_days(self.measures, self.sources, self.spans, of)

    def moved(self, to: str) -> Self:
        spans = self.spans.previous if to == "previous" else self.spans.year_ago
        return type(self)(self.measures, self.sources, spans)

    def window(self, number: int) -> Self:
        return type(self)(self.measures, self.sources, self.spans.window(number))


@dataclass(frozen=True)
class _Values:
    """One value for each value of a dimension, all over one span."""

    measures: Measures
    sources: frozenset[int]
    spans: Spans
    length: int
    cells: Cells = field(default_factory=dict)

    def __len__(self) -> int:
        return self.length

    def column(self, column: Column) -> Floats:
        span = self.spans.pieces[0]
        return self.cells[column, span] if span else np.full(self.length, np.nan)

    def count(self, of: Counted) -> Floats:
        return np.repeat(covered_days(self.measures, self.sources, self.spans, of), self.length)

    def moved(self, to: str) -> Self:
        return self._over(self.spans.previous if to == "previous" else self.spans.year_ago)

    def window(self, number: int) -> Self:
        return self._over(self.spans.window(number))

    def _over(self, spans: Spans) -> Self:
        return type(self)(self.measures, self.sources, spans, self.length, self.cells)


class _Asking(_Values):
    """Notes what would be asked."""

    def __init__(
        self, measures: Measures, sources: frozenset[int], spans: Spans, length: int, asked: dict[Cell, None]
    ) -> None:
        super().__init__(measures, sources, spans, length)
        self._asked = asked

    def column(self, column: Column) -> Floats:
        if span := self.spans.pieces[0]:
            self._asked[column, span] = None
        return np.full(self.length, np.nan)

    def _over(self, spans: Spans) -> Self:
        return type(self)(self.measures, self.sources, spans, self.length, self._asked)


def covered_days(measures: Measures, sources: frozenset[int], spans: Spans, of: Counted) -> Floats:
    """Return how many days of each span, or how many working days, the sources cover; NaN where none."""
    covered = measures.span_of(sources)
    if covered is None:
        return np.full(len(spans), np.nan)
    first, last = (day.toordinal() - EPOCH for day in covered)
    begin, end = np.maximum(spans.first, first), np.minimum(spans.last, last) + 1
    if of == "working_days":
        passed = np.concatenate([[0], np.cumsum(measures.calendar.working(covered))])
        days = passed[np.clip(end - first, 0, last - first + 1)] - passed[np.clip(begin - first, 0, last - first + 1)]
    else:
        days = end - begin
    return np.where(end > begin, days, np.nan).astype(np.float64)


def sequence(values: Sequence[float | None]) -> Floats:
    """Return optional values as an array, NaN for None."""
    return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
