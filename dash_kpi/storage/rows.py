"""The rows behind a number, from the snapshots."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from dash_kpi.kpis.measures import Daily, daily
from dash_kpi.kpis.periods import Days
from dash_kpi.storage.database import Database
from dash_kpi.storage.filters import Conditions, condition
from dash_kpi.storage.identifiers import quoted
from dash_kpi.storage.sources import SourceState

# Where a record is no row of the sheet, its snapshot has the address of each measure's cell.
CELLS = "SELECT NULL::MAP(VARCHAR, VARCHAR) AS sheet_cells WHERE false"


@dataclass(frozen=True, slots=True)
class Choice:
    """Which rows: those of the sources, over the span, that the filters let through and that hold a measure.

    Every source must have the filters' dimensions; what else it lacks is blank.
    """

    sources: tuple[SourceState, ...]
    measures: tuple[str, ...]
    dimensions: tuple[str, ...]
    span: Days
    filters: Conditions = ()


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One record as it was read, and where it stands; `cells` are addresses, None where only the row is known."""

    source: SourceState
    row: int
    cells: tuple[str | None, ...]  # of each measure
    day: date
    measures: tuple[float | None, ...]
    dimensions: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Sums:
    """What rows add up to: how many they are, how many know their cells, and each measure by source and day."""

    rows: int = 0
    placed: int = 0
    measures: Mapping[str, Daily] = field(default_factory=dict)  # one without any value is left out


def sums(database: Database, choice: Choice) -> Sums:
    """Count the rows, and sum their measures exactly."""
    query, values = _query(database, choice)
    if not query:
        return Sums()
    aggregates = ", ".join(f"fsum(m{i}), count(m{i})" for i in range(len(choice.measures)))
    counts = "source, date::VARCHAR, count(*), count(sheet_cells)"
    grouped = f"SELECT {counts}, {aggregates} FROM ({query}) GROUP BY source, date"  # noqa: S608  names are quoted
    found = list(database.snapshots.rows(grouped, values))
    columns: dict[str, Daily] = {}
    for place, name in enumerate(choice.measures):
        total, count = 4 + 2 * place, 5 + 2 * place
        held = [(row[0], row[1], row[total], row[count]) for row in found if row[count]]
        if held:
            columns[name] = daily(*zip(*held, strict=True))
    return Sums(sum(row[2] for row in found), sum(row[3] for row in found), columns)


def rows(database: Database, choice: Choice, most: int | None = None, after: int = 0) -> Iterator[SheetRow]:
    """Yield the rows, those with the largest value of the first measure first; `most` of them, `after` so many."""
    query, values = _query(database, choice)
    if not query:
        return
    order = ", ".join(f"abs(m{i}) DESC NULLS LAST" for i in range(len(choice.measures)))
    limit = "" if most is None else f" LIMIT {int(most)} OFFSET {int(after)}"
    sources = {source.id: source for source in choice.sources}
    ordered = f"{query} ORDER BY {order}, place, sheet_row, date{limit}"
    for source, _place, row, places, day, *rest in database.snapshots.rows(ordered, values):
        measures, dimensions = rest[: len(choice.measures)], rest[len(choice.measures) :]
        cells = tuple((places or {}).get(name) for name in choice.measures)
        yield SheetRow(sources[source], row, cells, day, tuple(measures), tuple(dimensions))


def _query(database: Database, choice: Choice) -> tuple[str, list[Any]]:
    """Select the rows of every source, one part for each: sources differ in their columns."""
    where, given = condition(choice.filters)
    values: list[Any] = []
    parts = []
    for place, source in enumerate(choice.sources):
        held = [name for name in choice.measures if name in source.aggregations]
        if not held:
            continue
        fields = [
            f"{source.id} AS source, {place} AS place, sheet_row, sheet_cells, date",
            *(_field(name, name in held, "DOUBLE", f"m{i}") for i, name in enumerate(choice.measures)),
            *(_field(name, name in source.dimensions, "VARCHAR", f"d{i}") for i, name in enumerate(choice.dimensions)),
        ]
        has_value = " OR ".join(f"{quoted(name)} IS NOT NULL" for name in held)
        parts.append(
            f"SELECT {', '.join(fields)} FROM (SELECT * FROM read_parquet(?) UNION ALL BY NAME {CELLS}) "  # noqa: S608  names are quoted
            f"WHERE date BETWEEN DATE '{choice.span.start}' AND DATE '{choice.span.end}' AND ({has_value}) AND {where}"
        )
        values += [database.snapshots.path_of(source.snapshot), *given]
    return " UNION ALL ".join(parts), values


def _field(name: str, is_there: bool, kind: str, alias: str) -> str:
    return f"{quoted(name) if is_there else 'NULL'}::{kind} AS {alias}"
