"""Daily measures: what KPIs are computed from."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt

from dash_kpi.kpis.calendar import CIVIL, EPOCH, Calendar, Days, Grain
from dash_kpi.kpis.formulas.tree import Column, Condition

MOST_KNOWN = 2000  # aggregates that are remembered with their measures

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Conditions = tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Daily:
    """One measure by source and day, in that order: arrays of one length.

    `days` are counted from 1970; `totals` are sums of values, `counts` how many there were.
    """

    sources: Integers
    days: Integers
    totals: Floats
    counts: Integers

    def at(self, places: npt.NDArray[Any]) -> "Daily":
        """Return the entries at some places, or those that a mask lets through."""
        return Daily(self.sources[places], self.days[places], self.totals[places], self.counts[places])


def daily(sources: npt.ArrayLike, days: npt.ArrayLike, totals: npt.ArrayLike, counts: npt.ArrayLike) -> Daily:
    """Return a measure from rows in any order; days are counted from 1970, or what numpy takes for dates."""
    at = np.asarray(days)
    if at.dtype != np.int64:
        at = at.astype("datetime64[D]").astype(np.int64)
    owners = np.asarray(sources, dtype=np.int64)
    order = np.lexsort((at, owners))
    values = np.asarray(totals, dtype=np.float64)
    return Daily(owners[order], at[order], values[order], np.asarray(counts, dtype=np.int64)[order])


def joined(parts: Sequence[Daily]) -> Daily:
    """Put together what different sources, or different days, have of one measure."""
    sources, days, totals, counts = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("sources", "days", "totals", "counts")
    )
    return daily(sources, days, totals, counts)


class Rows(Protocol):
    """What only the rows themselves can answer; `where` are conditions of a formula."""

    def daily(self, measure: str, where: Conditions) -> Daily | None:
        """Return a measure by source and day over the rows that pass."""

    def extremes(self, measure: str, which: str, where: Conditions) -> Daily | None:
        """Return the least ("min") or the largest ("max") value by source and day, in the place of totals."""

    def filled(self, dimension: str, where: Conditions) -> Daily | None:
        """Return how many cells of a dimension are filled, by source and day, as counts."""

    def occurrences(self, column: Column, sources: frozenset[int]) -> "Occurrences | None":
        """Return on which days each value of a dimension or measure occurs in these sources."""


@dataclass(frozen=True, slots=True)
class Occurrences:
    """On which days values occur: arrays of one length, in the order of days.

    `counts` values occur on `days` of which the last occurrence before was on `previous` (long ago: never).
    """

    days: Integers
    previous: Integers
    counts: Integers

    def distinct(self, spans: "Stretches") -> Floats:
        """Count the distinct values over spans, NaN where there is none: those that last occurred before the span.

        Of the spans in the order of their ends each adds what is new to a tally by days, so that overlapping windows
        cost no more than others.
        """
        if not len(self.days):
            return np.full(len(spans.first), np.nan)
        begin = int(self.days[0])
        tally = np.zeros(int(self.days[-1]) - begin + 2, dtype=np.int64)  # the first place: never before
        place = np.clip(self.previous - begin + 1, 0, None)
        until = np.searchsorted(self.days, spans.last, side="right")
        before = np.concatenate([[0], np.cumsum(self.counts)])[np.searchsorted(self.days, spans.first, side="left")]
        found, done = np.full(len(spans.first), np.nan), 0
        for at in np.argsort(until, kind="stable"):
            np.add.at(tally, place[done : until[at]], self.counts[done : until[at]])
            done = max(done, int(until[at]))
            known = tally[: max(1, int(spans.first[at]) - begin + 1)].sum()
            count = known - before[at]
            found[at] = count if count > 0 and spans.last[at] >= spans.first[at] else np.nan
        return found


@dataclass(frozen=True)
class Measures:
    """The daily measures of a workspace, ready to be summed over any spans."""

    columns: Mapping[str, Daily] = field(default_factory=dict)
    aggregations: Mapping[str, str] = field(default_factory=dict)  # a measure without one is a sum
    span: Days | None = None  # the days that the sources cover, whatever the filter
    calendar: Calendar = CIVIL
    dimensions: Mapping[str, frozenset[int]] = field(default_factory=dict)  # the sources that have each
    rows: Rows | None = None
    grains: Mapping[int, Grain] = field(default_factory=dict)  # of each source; one without has days
    spans: Mapping[int, Days] = field(default_factory=dict)  # the days that each source covers
    _known: dict[Any, Any] = field(default_factory=dict, compare=False, repr=False)

    def __contains__(self, measure: object) -> bool:
        """Tell whether any source has the measure."""
        return measure in self.columns

    def aggregations_of(self) -> dict[str, str]:
        """Return how each measure that is there aggregates."""
        return {name: self.aggregations.get(name, "sum") for name in self.columns}

    def sources_of(self, measure: str) -> frozenset[int]:
        """Return the sources that have the measure."""

        def find() -> frozenset[int]:
            column = self.columns.get(measure)
            return frozenset(np.unique(column.sources).tolist()) if column else frozenset()

        return cast(frozenset[int], self._remembered(("sources", measure), find))

    def span_of(self, sources: frozenset[int]) -> Days | None:
        """Return the days that these sources cover: another that goes on later says nothing of what they hold."""
        covered = [self.spans[source] for source in sources if source in self.spans]
        if not covered:
            return self.span
        return Days(min(days.start for days in covered), max(days.end for days in covered))

    def over(self, column: Column, spans: "Stretches", sources: frozenset[int]) -> Floats:
        """Aggregate a measure or dimension over spans: NaN where one has no value.

        It is remembered: half of the KPIs ask for the same revenue.
        """
        key = (column, spans.first.tobytes(), spans.last.tobytes(), sources)
        return cast(Floats, self._remembered(key, lambda: self._over(column, spans, sources)))

    def last_days(self, column: Column, span: Days, sources: frozenset[int]) -> dict[int, int]:
        """Return for each source the last day of a span on which a measure has a value, counted from 1970."""
        found = self._daily(column, sources)
        if found is None:
            return {}
        inside = (found.days >= span.start.toordinal() - EPOCH) & (found.days <= span.end.toordinal() - EPOCH)
        return dict(zip(found.sources[inside].tolist(), found.days[inside].tolist(), strict=True))  # in order of days

    def _over(self, column: Column, spans: "Stretches", sources: frozenset[int]) -> Floats:
        if column.aggregate == "distinct":
            return self._distinct(column, spans, sources)
        found = self._daily(column, sources)
        values = np.full(len(spans.first), np.nan) if found is None else aggregated(column.aggregate, found, spans)
        values.flags.writeable = False
        return values

    def _distinct(self, column: Column, spans: "Stretches", sources: frozenset[int]) -> Floats:
        rows = self.rows
        key = ("occurrences", column, sources)
        found = self._remembered(key, lambda: rows.occurrences(column, sources) if rows else None)
        return found.distinct(spans) if found else np.full(len(spans.first), np.nan)

    def _daily(self, column: Column, sources: frozenset[int]) -> Daily | None:
        """Return what a column is aggregated from: of these sources, in the order of days where that is of use."""

        def find() -> Daily | None:
            whole = self._whole(column)
            if whole is None:
                return None
            if not set(np.unique(whole.sources).tolist()) <= sources:
                whole = whole.at(np.isin(whole.sources, list(sources)))
            return whole if column.aggregate == "last" else whole.at(np.argsort(whole.days, kind="stable"))

        return cast(Daily | None, self._remembered(("daily", column, sources), find))

    def _whole(self, column: Column) -> Daily | None:
        if column.is_dimension:
            return self.rows.filled(column.name, column.where) if self.rows else None
        if column.aggregate in ("min", "max"):
            return self.rows.extremes(column.name, column.aggregate, column.where) if self.rows else None
        if column.where:
            return self.rows.daily(column.name, column.where) if self.rows else None
        return self.columns.get(column.name)

    def _remembered(self, key: Any, find: Callable[[], Any]) -> Any:
        if key in (known := self._known):
            return known[key]
        if len(known) >= MOST_KNOWN:
            object.__setattr__(self, "_known", {})  # a thread that still reads the old one keeps it
        self._known[key] = found = find()
        return found


class Stretches(Protocol):
    """Spans of days, counted from 1970, both ends included; one that is missing ends before it begins."""

    @property
    def first(self) -> Integers:
        """The first day of each."""

    @property
    def last(self) -> Integers:
        """The last day of each."""


def aggregated(aggregate: str | None, column: Daily, spans: Stretches) -> Floats:
    """Aggregate daily values over spans: NaN where a span has none."""
    if aggregate == "last":
        return _last(column, spans)
    begin = np.searchsorted(column.days, spans.first, side="left")
    end = np.searchsorted(column.days, spans.last, side="right")
    if aggregate in ("min", "max"):
        ufunc, empty = (np.minimum, np.inf) if aggregate == "min" else (np.maximum, -np.inf)
        values = _reduced(ufunc, column.totals, begin, end, empty)
        return np.where(end > begin, values, np.nan)
    counts = _reduced(np.add, column.counts.astype(np.float64), begin, end, 0.0)
    if aggregate == "count":
        return np.where(counts > 0, counts, np.nan)
    if len(begin) == 1:  # the number that people compare with their workbook: right to the last digit
        totals = np.array([math.fsum(column.totals[begin[0] : end[0]].tolist())])
    else:
        totals = _reduced(np.add, column.totals, begin, end, 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(counts > 0, totals / counts if aggregate == "mean" else totals, np.nan)


def _last(column: Daily, spans: Stretches) -> Floats:
    """Add up, over the sources, what each had on its last day within the span: stocks are not added over time."""
    values, has_any = np.zeros(len(spans.first)), np.zeros(len(spans.first), dtype=bool)
    for source in np.unique(column.sources):
        own = column.at(column.sources == source)
        at = np.searchsorted(own.days, spans.last, side="right") - 1
        has = (at >= 0) & (own.days[np.maximum(at, 0)] >= spans.first)
        values[has] += own.totals[at[has]]
        has_any |= has
    return np.where(has_any, values, np.nan)


def _reduced(ufunc: np.ufunc, values: Floats, begin: Integers, end: Integers, empty: float) -> Floats:
    """Reduce stretches of an array, which may overlap."""
    bounds = np.stack([begin, np.maximum(begin, end)], axis=1).ravel()
    reduced = ufunc.reduceat(np.append(values, empty), bounds)[::2] if len(bounds) else np.empty(0)
    return np.where(end > begin, reduced, empty)
