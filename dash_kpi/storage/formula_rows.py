"""What formulas ask of the rows themselves: filters of their own, distinct counts, least and largest values."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dash_kpi.kpis.formulas.tree import Column, Condition
from dash_kpi.kpis.measures import Daily, Occurrences
from dash_kpi.storage.database import Database
from dash_kpi.storage.filters import Filters, condition
from dash_kpi.storage.identifiers import quoted
from dash_kpi.storage.sources import SourceState

NEVER = -(2**31)  # days since 1970, before any


@dataclass(frozen=True, slots=True)
class FormulaRows:
    """The rows of some sources that the filters of a view let through."""

    database: Database
    sources: Sequence[SourceState]
    filters: Filters

    def daily(self, measure: str, where: tuple[Condition, ...]) -> Daily | None:
        """Return a measure by source and day over the rows that pass."""
        return self._daily(measure, where, "sum")

    def extremes(self, measure: str, which: str, where: tuple[Condition, ...]) -> Daily | None:
        """Return the least ("min") or the largest ("max") value by source and day, in the place of totals."""
        return self._daily(measure, where, which)

    def filled(self, dimension: str, where: tuple[Condition, ...]) -> Daily | None:
        """Return how many cells of a dimension are filled, by source and day, as counts."""
        files = {s.snapshot: s.id for s in self._having(where) if dimension in s.dimensions}
        return (
            self.database.snapshots.daily(files, [dimension], (*self.filters, *where), "count").get(dimension)
            if files
            else None
        )

    def occurrences(self, column: Column, sources: frozenset[int]) -> Occurrences | None:
        """Return on which days each value of a dimension or measure occurs in these sources."""
        files = [
            self.database.snapshots.path_of(source.snapshot)
            for source in self._having(column.where)
            if source.id in sources and column.name in (*source.aggregations, *source.dimensions)
        ]
        if not files:
            return None
        where, values = condition((*self.filters, *column.where))
        name = quoted(column.name)
        query = (
            f"WITH found AS (SELECT DISTINCT date, {name} AS value "  # noqa: S608  names are quoted
            f"FROM read_parquet(?, union_by_name = true) WHERE {where} AND {name} IS NOT NULL), "
            "seen AS (SELECT date, lag(date) OVER (PARTITION BY value ORDER BY date) AS before FROM found) "
            f"SELECT date - DATE '1970-01-01' AS day, coalesce(before - DATE '1970-01-01', {NEVER}) AS previous, "
            "count(*) AS number FROM seen GROUP BY ALL ORDER BY day"
        )
        with self.database.snapshots.cursor() as cursor:
            table = cursor.execute(query, [files, *values]).fetchnumpy()
        return Occurrences(*(np.asarray(table[part]).astype(np.int64) for part in ("day", "previous", "number")))

    def _daily(self, measure: str, where: tuple[Condition, ...], function: str) -> Daily | None:
        files = {source.snapshot: source.id for source in self._having(where) if measure in source.aggregations}
        if not files:
            return None
        return self.database.snapshots.daily(files, [measure], (*self.filters, *where), function).get(measure)

    def _having(self, where: tuple[Condition, ...]) -> list[SourceState]:
        """Return the sources that have the dimensions which rows are told apart by."""
        wanted = {one.dimension for one in where}
        return [source for source in self.sources if wanted <= set(source.dimensions)]
