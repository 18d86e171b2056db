"""What a KPI takes, by the values of a dimension, from the snapshots."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dash_kpi.kpis.evaluate import Cell
from dash_kpi.kpis.measures import Floats, Measures
from dash_kpi.storage.database import Database
from dash_kpi.storage.filters import Filters, condition
from dash_kpi.storage.identifiers import quoted
from dash_kpi.storage.sources import FILE, SourceState

FUNCTIONS = {
    "mean": "avg({})",
    "min": "min({})",
    "max": "max({})",
    "count": "count({})",
    "distinct": "count(DISTINCT {})",
}
SUM = "sum({})"  # of "last" too, whose days are chosen beforehand

Query = tuple[str, list[Any]]


def by_value(
    database: Database,
    sources: Sequence[SourceState],
    dimension: str,
    cells: Sequence[Cell],
    filters: Filters,
    measures: Measures,
) -> tuple[list[str], Mapping[Cell, Floats]]:
    """Aggregate columns over their spans for each value of a dimension.

    The sources must have the dimension and the filters' dimensions. Returns the values, "" for blank, and for
    each cell an array with one number for each value, NaN where there is none.
    """
    if not sources or not cells:
        return [], {cell: np.empty(0) for cell in cells}
    value = "names.file" if dimension == FILE else f"coalesce({quoted(dimension)}, '')"
    asked = [aggregate(cell, sources, measures) for cell in cells]
    where, passed = condition(filters)
    query = (
        f"SELECT {value} AS value, {', '.join(sql for sql, _ in asked)} "  # noqa: S608  names are quoted
        "FROM read_parquet(?, union_by_name = true, filename = true) AS rows "
        "JOIN (SELECT unnest(?::VARCHAR[]) AS snapshot, unnest(?::VARCHAR[]) AS file, unnest(?::BIGINT[]) AS source) "
        f"AS names ON parse_filename(rows.filename) = names.snapshot WHERE {where} GROUP BY value"
    )
    paths = [database.snapshots.path_of(source.snapshot) for source in sources]
    names = [[source.snapshot for source in sources], [s.file for s in sources], [s.id for s in sources]]
    given = [one for _, values in asked for one in values]
    rows = list(database.snapshots.rows(query, [*given, paths, *names, *passed]))
    table = np.array([row[1:] for row in rows], dtype=np.float64).reshape(len(rows), len(cells))
    return [row[0] for row in rows], {cell: table[:, place] for place, cell in enumerate(cells)}


def aggregate(cell: Cell, sources: Sequence[SourceState], measures: Measures) -> Query:
    """Write one cell as SQL: an aggregate over the rows of its span that pass its conditions."""
    column, span = cell
    if not any(column.name in (*source.aggregations, *source.dimensions) for source in sources):
        return "NULL", []
    where, values = condition(column.where)
    if column.aggregate == "last":
        days = measures.last_days(column, span, frozenset(source.id for source in sources))
        ends = [f"(names.source = {source} AND date = DATE '1970-01-01' + {day})" for source, day in days.items()]
        where += f" AND ({' OR '.join(ends) or 'false'})"
    else:
        where += f" AND date BETWEEN DATE '{span.start}' AND DATE '{span.end}'"
    if any(not any(one.dimension in source.dimensions for source in sources) for one in column.where):
        return "NULL", []
    called = FUNCTIONS.get(column.aggregate or "", SUM).format(quoted(column.name))
    if column.aggregate in ("count", "distinct"):
        called = f"nullif({called} FILTER ({where}), 0)"
        return called, values
    return f"{called} FILTER ({where})", values
