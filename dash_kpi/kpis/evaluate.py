"""Evaluating KPIs: over a whole span, or over every period of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.measures import Floats, Measures
from dash_kpi.kpis.periods import DAY, Days, Grain, next_start, starts_between

EPOCH = date(1970, 1, 1).toordinal()
Edges = npt.NDArray[np.int64]  # days since 1970: the first of each period, and the day after the last


@dataclass(frozen=True, slots=True)
class Basis:
    """The sources a KPI is computed from, and those left out because they lack one of its inputs."""

    sources: frozenset[int]
    left_out: frozenset[int]


def basis_of(kpi: Kpi, measures: Measures) -> Basis:
    """Say which sources a KPI takes.

    A formula over several measures takes only the sources that have all of them: the margin of a
    source with revenue and cost must not be diluted by the revenue of one that has no cost. Where no
    source has all, the measures stand in different sources on purpose, and every source counts.
    """
    having = [measures.sources_of(name) for name in kpi.inputs]
    every, paired = frozenset[int]().union(*having), frozenset.intersection(*having)
    return Basis(paired, every - paired) if paired else Basis(every, frozenset())


def over_span(kpi: Kpi, measures: Measures, span: Days, before: Days | None = None) -> float | None:
    """Return a KPI over a whole span, None where it has no value.

    `before` is the span that a KPI such as growth sets it against; without one it has no value.
    """
    earlier = _inputs(kpi, measures, _edges([before.start], before.end)) if before else None
    edges = _edges([span.start], span.end)
    return optional(formula(kpi, _inputs(kpi, measures, edges), _covered_days(measures, edges), earlier))[0]


def over_periods(kpi: Kpi, measures: Measures, span: Days, grain: Grain) -> tuple[float | None, ...]:
    """Return a KPI over every period that the span touches, the first and last cut where the span is.

    A KPI that needs the period before has it for the first period too, from before the span.
    """
    starts = starts_between(span, grain)
    edges = _edges([span.start, *starts[1:]], span.end)
    earlier = None
    if kpi.needs == "previous":
        earlier = _inputs(kpi, measures, _edges([next_start(starts[0], grain, -1), *starts[:-1]], starts[-1] - DAY))
    return optional(formula(kpi, _inputs(kpi, measures, edges), _covered_days(measures, edges), earlier))


def over_values(
    kpi: Kpi, measures: Measures, span: Days, inputs: Sequence[Floats], before: Sequence[Floats] | None = None
) -> tuple[float | None, ...]:
    """Return a KPI for every value of a dimension, from its inputs (one array each) over the span."""
    days = np.full(len(inputs[0]), _covered_days(measures, _edges([span.start], span.end))[0])
    return optional(formula(kpi, inputs, days, before))


def formula(kpi: Kpi, inputs: Sequence[Floats], days: Floats, before: Sequence[Floats] | None) -> Floats:
    """Apply a KPI's formula; what is not a finite number (a division by zero) has no value."""
    if kpi.needs == "previous":
        inputs = [inputs[0], before[0] if before else np.full_like(inputs[0], np.nan)]
    elif kpi.needs == "days":
        inputs = [*inputs, days]
    with np.errstate(all="ignore"):
        result = kpi.formula(*inputs)
    finite: Floats = np.where(np.isfinite(result), result, np.nan)
    return finite


def optional(values: Floats) -> tuple[float | None, ...]:
    """Return the values as Python numbers, None for NaN."""
    return tuple(None if value != value else value for value in values.tolist())


def _inputs(kpi: Kpi, measures: Measures, edges: Edges) -> list[Floats]:
    sources = basis_of(kpi, measures).sources
    return [measures.over(name, edges, sources) for name in kpi.inputs]


def _covered_days(measures: Measures, edges: Edges) -> Floats:
    """Return how many calendar days of each period the data covers."""
    if measures.span is None:
        return np.zeros(len(edges) - 1)
    first, end = _edges([measures.span.start], measures.span.end)
    days: Floats = np.maximum(np.minimum(edges[1:], end) - np.maximum(edges[:-1], first), 0).astype(np.float64)
    return days


def _edges(starts: Sequence[date], end: date) -> Edges:
    return np.array([*(day.toordinal() for day in starts), end.toordinal() + 1], dtype=np.int64) - EPOCH
