"""Daily measures: what KPIs are computed from."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from dash_kpi.kpis.periods import Days

MOST_KNOWN = 2000  # aggregates that are remembered with their measures

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Daily:
    """One measure by source and day, in that order: arrays of one length.

    `days` are counted from 1970; `totals` are sums of values, `counts` how many there were.
    """

    sources: Integers
    days: Integers
    totals: Floats
    counts: Integers


def daily(sources: npt.ArrayLike, days: npt.ArrayLike, totals: npt.ArrayLike, counts: npt.ArrayLike) -> Daily:
    """Return a measure from rows in any order; days are anything that numpy takes for dates."""
    at = np.asarray(days, dtype="datetime64[D]").astype(np.int64)
    owners = np.asarray(sources, dtype=np.int64)
    order = np.lexsort((at, owners))
    values = np.asarray(totals, dtype=np.float64)
    return Daily(owners[order], at[order], values[order], np.asarray(counts, dtype=np.int64)[order])


@dataclass(frozen=True)
class Measures:
    """The daily measures of a workspace, ready to be summed over any periods."""

    columns: Mapping[str, Daily] = field(default_factory=dict)
    aggregations: Mapping[str, str] = field(default_factory=dict)  # a measure without one is a sum
    span: Days | None = None  # the days that the sources cover, whatever the filter
    _known: dict[Any, Floats] = field(default_factory=dict, compare=False, repr=False)
    _sources: dict[str, frozenset[int]] = field(default_factory=dict, compare=False, repr=False)

    def __contains__(self, measure: object) -> bool:
        """Tell whether any source has the measure."""
        return measure in self.columns

    def sources_of(self, measure: str) -> frozenset[int]:
        """Return the sources that have the measure."""
        if measure not in self._sources:
            column = self.columns.get(measure)
            self._sources[measure] = frozenset(np.unique(column.sources).tolist()) if column else frozenset()
        return self._sources[measure]

    def over(self, measure: str, edges: Integers, sources: frozenset[int] | None = None) -> Floats:
        """Aggregate a measure over consecutive periods: NaN where a period has no value.

        `edges` are n + 1 ascending days since 1970, the first day of each period and the day after
        the last; the result has n values. `sources` narrows to these sources. It is remembered: half
        of the KPIs ask for the same revenue.
        """
        key = (measure, edges.tobytes(), sources)
        if key not in self._known:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            self._known[key] = self._over(measure, edges, sources)
        return self._known[key]

    def _over(self, measure: str, edges: Integers, sources: frozenset[int] | None) -> Floats:
        column, periods = self.columns[measure], len(edges) - 1
        position = np.searchsorted(edges, column.days, side="right") - 1
        inside = (position >= 0) & (position < periods)
        if sources is not None and not self.sources_of(measure) <= sources:
            inside &= np.isin(column.sources, list(sources))
        at = position[inside]
        counts = np.bincount(at, weights=column.counts[inside], minlength=periods)
        if periods == 1:  # the number that people compare with their workbook: right to the last digit
            totals = np.array([math.fsum(column.totals[inside].tolist())])
        else:
            totals = np.bincount(at, weights=column.totals[inside], minlength=periods)
        is_mean = self.aggregations.get(measure) == "mean"
        with np.errstate(divide="ignore", invalid="ignore"):
            values: Floats = np.where(counts > 0, totals / counts if is_mean else totals, np.nan)
        values.flags.writeable = False
        return values
