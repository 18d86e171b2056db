"""What formulas ask of the rows themselves: filters of their own, distinct counts, least and largest values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from dash_kpi.kpis.calendar import EPOCH
from dash_kpi.kpis.formulas.tree import Column, Condition
from dash_kpi.kpis.measures import Daily, Floats, Integers
from dash_kpi.storage.identifiers import quoted
from dash_kpi.storage.snapshots import Filters, Snapshots, condition
from dash_kpi.storage.sources import SourceState


@dataclass(frozen=True, slots=True)
class FormulaRows:
    """The rows of some sources that the filters of a view let through."""

    snapshots: Snapshots
    sources: Sequence[SourceState]
    filters: Filters

    def daily(self, measure: str, where: tuple[Condition, ...]) -> Daily | None:
        """Return a measure by source and day over the rows that pass."""
        return self._daily(measure, where, "sum")

    def extremes(self, measure: str, which: str, where: tuple[Condition, ...]) -> Daily | None:
        """Return the least ("min") or the largest ("max") value by source and day, in the place of totals."""
        return self._daily(measure, where, which)

    def counted(self, column: Column, first: Integers, last: Integers, sources: frozenset[int]) -> Floats:
        """Count the values, or the distinct values, of a dimension or measure over spans of days since 1970."""
        counts = np.full(len(first), np.nan)
        files = [
            self.snapshots.path_of(source.snapshot)
            for source in self._having(column.where)
            if source.id in sources and column.name in (*source.aggregations, *source.dimensions)
        ]
        if not files:
            return counts
        where, values = condition((*self.filters, *column.where))
        distinct = "DISTINCT" if column.aggregate == "distinct" else ""
        query = (
            f"WITH found AS (SELECT {distinct} date, {quoted(column.name)} AS value "  # noqa: S608  names are quoted
            f"FROM read_parquet(?, union_by_name = true) WHERE {where} AND {quoted(column.name)} IS NOT NULL), "
            "spans AS (SELECT unnest(?::INTEGER[]) AS place, unnest(?::DATE[]) AS first, unnest(?::DATE[]) AS last) "
            f"SELECT place, count({distinct} value) FROM spans JOIN found ON date BETWEEN first AND last GROUP BY place"
        )
        spans = [list(range(len(first))), _days(first), _days(last)]
        for place, count in self.snapshots.rows(query, [files, *values, *spans]):
            counts[place] = count
        return counts

    def _daily(self, measure: str, where: tuple[Condition, ...], function: str) -> Daily | None:
        files = {source.snapshot: source.id for source in self._having(where) if measure in source.aggregations}
        if not files:
            return None
        return self.snapshots.daily(files, [measure], (*self.filters, *where), function).get(measure)

    def _having(self, where: tuple[Condition, ...]) -> list[SourceState]:
        """Return the sources that have the dimensions which rows are told apart by."""
        wanted = {one.dimension for one in where}
        return [source for source in self.sources if wanted <= set(source.dimensions)]


def _days(numbers: Integers) -> list[date]:
    return [date.fromordinal(int(number) + EPOCH) for number in numbers]
