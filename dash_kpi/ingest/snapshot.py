"""Write the cleaned rows as a Parquet file, and sum them by day."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import duckdb

from dash_kpi.ingest.reading import Daily
from dash_kpi.storage.identifiers import quoted


@dataclass(frozen=True, slots=True)
class Target:
    """Where the snapshots go, and whom to tell how far the work is."""

    directory: Path
    on_progress: Callable[[str, float], None]


def write_snapshot(connection: duckdb.DuckDBPyConnection, columns: Sequence[str], directory: Path) -> Path:
    """Write the loaded rows of "clean" under a new name and return it; a half-written file never has it."""
    final = directory / f"{uuid4().hex}.parquet"
    partial = final.with_suffix(".partial")
    fields = ", ".join(map(quoted, ("sheet_row", "date", *columns)))
    try:
        connection.execute(
            f"COPY (SELECT {fields} FROM clean WHERE is_loaded) TO '{_literal(partial)}' "  # noqa: S608
            "(FORMAT parquet, COMPRESSION zstd)"
        )
        partial.rename(final)
    finally:
        partial.unlink(missing_ok=True)
    return final


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
    """Return each measure's sum, or its mean, over the loaded rows."""
    fields = ", ".join(
        f"fsum({quoted(name)})" + (f" / nullif(count({quoted(name)}), 0)" if aggregation == "mean" else "")
        for name, aggregation in aggregations.items()
    )
    found = connection.execute(f"SELECT {fields} FROM clean WHERE is_loaded").fetchone()  # noqa: S608
    return dict(zip(aggregations, found or (), strict=True))


def _literal(path: Path) -> str:
    return str(path).replace("'", "''")
