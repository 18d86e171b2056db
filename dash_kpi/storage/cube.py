"""What a KPI takes, by one dimension or several together, from the snapshots; never more groups than are asked for."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dash_kpi.kpis.evaluate import Cell
from dash_kpi.kpis.measures import Floats, Measures
from dash_kpi.storage.breakdown import aggregate
from dash_kpi.storage.database import Database
from dash_kpi.storage.filters import Filters, condition
from dash_kpi.storage.identifiers import quoted
from dash_kpi.storage.sources import FILE, SourceState

OTHERS = None  # stands for the values that are not told apart; "" is a blank cell

Groups = list[tuple[str | None, ...]]


def sums_by(
    database: Database,
    sources: Sequence[SourceState],
    dimension: str,
    cells: Sequence[Cell],
    filters: Filters,
    measures: Measures,
    most: int,
) -> tuple[list[str | None], Mapping[Cell, Floats]]:
    """Sum or count columns over their spans for the `most` largest values of a dimension, and OTHERS together.

    The largest are those with the largest sums, whatever their sign. The cells must be sums and counts; then all
    values together are the whole. An array of a cell has NaN where a value has no row.
    """
    if not sources or not cells:
        return [], {cell: np.empty(0) for cell in cells}
    asked, given = _columns(sources, cells, measures)
    names = [f"c{at}" for at in range(len(cells))]
    size = " + ".join(f"coalesce(abs({name}), 0)" for name in names)
    rows, passed = _rows(database, sources, filters)
    query = (
        f"WITH grouped AS (SELECT {_value(dimension)} AS value, {asked} FROM {rows} GROUP BY value), "  # noqa: S608  names are quoted
        f"ranked AS (SELECT *, row_number() OVER (ORDER BY {size} DESC, value) AS place FROM grouped) "
        f"SELECT CASE WHEN place <= {int(most)} THEN value END AS kept, {', '.join(f'sum({n})' for n in names)} "
        "FROM ranked GROUP BY kept ORDER BY min(place)"
    )
    groups, table = _fetched(database, query, [*given, *passed], 1, cells)
    return [value for (value,) in groups], table


def sums_by_several(
    database: Database,
    sources: Sequence[SourceState],
    kept: Mapping[str, Sequence[str]],
    cells: Sequence[Cell],
    filters: Filters,
    measures: Measures,
) -> tuple[Groups, Mapping[Cell, Floats]]:
    """Sum or count columns for every combination of the values of dimensions that are `kept`, OTHERS for the rest."""
    if not sources or not cells:
        return [], {cell: np.empty(0) for cell in cells}
    asked, given = _columns(sources, cells, measures)
    values = [
        f"CASE WHEN {_value(name)} IN ({', '.join('?' * len(some))}) THEN {_value(name)} END AS v{at}"
        for at, (name, some) in enumerate(kept.items())
    ]
    rows, passed = _rows(database, sources, filters)
    query = f"SELECT {', '.join(values)}, {asked} FROM {rows} GROUP BY {', '.join(f'v{at}' for at in range(len(kept)))}"  # noqa: S608
    named = [value for some in kept.values() for value in some]
    return _fetched(database, query, [*named, *given, *passed], len(kept), cells)


def without_each(
    database: Database,
    sources: Sequence[SourceState],
    dimension: str,
    values: Sequence[str],
    cells: Sequence[Cell],
    filters: Filters,
    measures: Measures,
) -> Mapping[Cell, Floats]:
    """Aggregate columns, in whatever way, over all rows but those of a value, for each of these values in turn.

    Rows of sources without the dimension have none of the values; one source at least must have it.
    """
    if not sources or not cells or not values:
        return {cell: np.full(len(values), np.nan) for cell in cells}
    asked, given = _columns(sources, cells, measures)
    having = ", ".join(str(source.id) for source in sources if dimension == FILE or dimension in source.dimensions)
    differs = f"(names.source NOT IN ({having}) OR {_value(dimension)} <> gone.value)"
    joined = f"JOIN (SELECT unnest(?::VARCHAR[]) AS value) AS gone ON {differs}"
    rows, passed = _rows(database, sources, filters, joined)
    paths, *rest = passed
    names, wheres = rest[:3], rest[3:]
    query = f"SELECT gone.value, {asked} FROM {rows} GROUP BY gone.value"  # noqa: S608  names are quoted
    groups, table = _fetched(database, query, [*given, paths, *names, list(values), *wheres], 1, cells)
    at = {value: place for place, (value,) in enumerate(groups)}
    order = [at.get(value, -1) for value in values]
    return {cell: np.append(found, np.nan)[order] for cell, found in table.items()}


def frequent(
    database: Database, sources: Sequence[SourceState], dimension: str, filters: Filters, most: int
) -> list[str]:
    """Return the values of a dimension with the most rows."""
    if not sources:
        return []
    rows, passed = _rows(database, sources, filters)
    query = (
        f"SELECT {_value(dimension)} AS value FROM {rows} GROUP BY value "  # noqa: S608  names are quoted
        f"ORDER BY count(*) DESC, value LIMIT {int(most)}"
    )
    return [value for (value,) in database.snapshots.rows(query, passed)]


def _value(dimension: str) -> str:
    return "names.file" if dimension == FILE else f"coalesce({quoted(dimension)}, '')"


def _columns(sources: Sequence[SourceState], cells: Sequence[Cell], measures: Measures) -> tuple[str, list[Any]]:
    asked = [aggregate(cell, sources, measures) for cell in cells]
    return ", ".join(f"{sql} AS c{at}" for at, (sql, _) in enumerate(asked)), [v for _, values in asked for v in values]


def _rows(
    database: Database, sources: Sequence[SourceState], filters: Filters, joined: str = ""
) -> tuple[str, list[Any]]:
    """Write what stands after FROM, and what it is given: paths, three lists of names, the filters' values."""
    where, values = condition(filters)
    sql = (
        "read_parquet(?, union_by_name = true, filename = true) AS rows "
        "JOIN (SELECT unnest(?::VARCHAR[]) AS snapshot, unnest(?::VARCHAR[]) AS file, unnest(?::BIGINT[]) AS source) "
        f"AS names ON parse_filename(rows.filename) = names.snapshot {joined} WHERE {where}"
    )
    paths = [database.snapshots.path_of(source.snapshot) for source in sources]
    return sql, [paths, [s.snapshot for s in sources], [s.file for s in sources], [s.id for s in sources], *values]


def _fetched(
    database: Database, query: str, given: list[Any], leading: int, cells: Sequence[Cell]
) -> tuple[Groups, Mapping[Cell, Floats]]:
    rows = list(database.snapshots.rows(query, given))
    table = np.array([row[leading:] for row in rows], dtype=np.float64).reshape(len(rows), len(cells))
    return [row[:leading] for row in rows], {cell: table[:, place] for place, cell in enumerate(cells)}
