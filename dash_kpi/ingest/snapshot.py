"""Write the cleaned rows as a Parquet file, and sum them by day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import duckdb
import numpy as np

from dash_kpi.ingest.raw import Places, RawTable
from dash_kpi.ingest.reading import Daily
from dash_kpi.storage.identifiers import quoted

CELLS = "sheet_cells"  # of a snapshot: the address of each measure's cell, where a record is no row of the sheet


@dataclass(frozen=True, slots=True)
class Target:
    """Where the snapshots go, and whom to tell how far the work is."""

    directory: Path
    on_progress: Callable[[str, float], None]


def write_snapshot(table: RawTable, columns: Sequence[str], sources: Mapping[str, int], directory: Path) -> Path:
    """Write the loaded rows of "clean" under a new name and return it; a half-written file never has it.

    `sources` gives the raw column of each measure, for the addresses of cells that are not in a row of their own.
    """
    final = directory / f"{uuid4().hex}.parquet"
    partial = final.with_suffix(".partial")
    fields = ", ".join(map(quoted, ("date", *columns)))
    place, joined = "sheet_row", "clean"
    if table.places is not None:
        place, joined = _register_places(table, table.places, sources), "clean JOIN places USING (sheet_row)"
    try:
        table.connection.execute(
            f"COPY (SELECT {place}, {fields} FROM {joined} WHERE is_loaded) TO '{_literal(partial)}' "  # noqa: S608
            "(FORMAT parquet, COMPRESSION zstd)"
        )
        partial.rename(final)
    finally:
        partial.unlink(missing_ok=True)
    return final


def _register_places(table: RawTable, places: Places, sources: Mapping[str, int]) -> str:
    """Create the table "places" and return the fields that say where a record is in the sheet."""
    records = range(1, len(places.rows) + 1)
    arrays = {"sheet_row": np.array(records), "place": np.array(places.rows, dtype=np.int64)}
    if places.cells:
        arrays |= {
            f"a{column}": np.array([places.address(column, record) for record in records], dtype=object)
            for column in sources.values()
        }
    table.connection.register("found", arrays)
    table.connection.execute("CREATE OR REPLACE TEMP TABLE places AS SELECT * FROM found").fetchall()
    table.connection.unregister("found")
    if not places.cells:
        return "place::BIGINT AS sheet_row"
    pairs = ", ".join(f"{_text(name)}: a{column}" for name, column in sources.items())
    return f"place::BIGINT AS sheet_row, MAP {{{pairs}}} AS {CELLS}"


def daily_sums(connection: duckdb.DuckDBPyConnection, measures: Sequence[str]) -> tuple[Daily, ...]:
    """Return for each day and measure the exact sum and the count of its values."""
    fields = ", ".join(f"fsum({quoted(name)}), count({quoted(name)})" for name in measures)
    days = connection.execute(
        f"SELECT date::VARCHAR, {fields} FROM clean WHERE is_loaded GROUP BY date ORDER BY date"  # noqa: S608
    ).fetchall()
    return tuple(
        (day, name, float(sums[2 * place]), int(sums[2 * place + 1]))
        for day, *sums in days
        for place, name in enumerate(measures)
        if sums[2 * place + 1]
    )


def totals(connection: duckdb.DuckDBPyConnection, aggregations: Mapping[str, str]) -> dict[str, float | None]:
    """Return each measure's sum, its mean, or what it comes to on its last day, over the loaded rows."""
    fields = ", ".join(_total(quoted(name), aggregation) for name, aggregation in aggregations.items())
    found = connection.execute(f"SELECT {fields} FROM clean WHERE is_loaded").fetchall()[0]  # noqa: S608
    return dict(zip(aggregations, found, strict=True))


def _total(column: str, aggregation: str) -> str:
    if aggregation == "last":
        last = f"SELECT max(date) FROM clean WHERE is_loaded AND {column} IS NOT NULL"  # noqa: S608  names are quoted
        return f"fsum({column}) FILTER (date = ({last}))"
    return f"fsum({column})" + (f" / nullif(count({column}), 0)" if aggregation == "mean" else "")


def _literal(path: Path) -> str:
    return str(path).replace("'", "''")


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def daily_of(snapshot: Path, measures: Sequence[str]) -> tuple[Daily, ...]:
    """Return the daily sums of a snapshot that was written before, the same that `daily_sums` gave then."""
    with duckdb.connect(":memory:") as connection:
        connection.execute(
            f"CREATE VIEW clean AS SELECT *, true AS is_loaded FROM read_parquet('{_literal(snapshot)}')"  # noqa: S608
        )
        return daily_sums(connection, measures)
