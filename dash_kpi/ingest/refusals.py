"""The cells that gave no value: where each stands, what it holds and why; a Parquet file beside the snapshot.

While a file is read they are rows of the DuckDB table "refusals".
"""

from collections.abc import Iterable
from pathlib import Path

import duckdb

from dash_kpi.ingest.raw import RawColumn, RawTable
from dash_kpi.storage.files import refusals_name

MOST_REFUSALS = 100_000  # kept of one table; what is only blank is the first to be left out
_LONGEST = 500  # characters


def begin(connection: duckdb.DuckDBPyConnection) -> None:
    """Forget the refusals of the table before."""
    connection.execute(
        "CREATE OR REPLACE TEMP TABLE refusals "
        "(sheet_row BIGINT, sheet_column BIGINT, address VARCHAR, heading VARCHAR, content VARCHAR, code VARCHAR)"
    )


def note_column(
    table: RawTable, column: RawColumn, cells: str, codes: tuple[str, str], placeholders: Iterable[str]
) -> None:
    """Keep the cells of a column that `cells` selects as sheet_row, text and error.

    `codes` are the reasons of a blank and of an unreadable cell.
    """
    blank, unreadable = codes
    table.connection.execute(
        f"INSERT INTO refusals SELECT sheet_row, ?, ? || sheet_row, ?, left(coalesce(text, error), {_LONGEST}), "  # noqa: S608
        "CASE WHEN list_contains(?::VARCHAR[], text) THEN 'placeholder' WHEN text IS NOT NULL THEN ? "
        "WHEN error IS NULL THEN ? WHEN error = '' THEN 'formula_without_value' ELSE 'error_cell' END "
        f"FROM ({cells}) ORDER BY sheet_row LIMIT {MOST_REFUSALS}",
        [column.index, column.letters, column.heading, list(placeholders), unreadable, blank],
    )


def note_broken(table: RawTable, column: RawColumn) -> None:
    """Keep the cells of a column that hold an error or a formula without a value."""
    table.connection.execute(
        "INSERT INTO refusals SELECT broken_row, broken.c, ? || broken_row, ?, broken.error, "  # noqa: S608
        "CASE broken.error WHEN '' THEN 'formula_without_value' ELSE 'error_cell' END "
        f"FROM broken JOIN clean ON broken_row = sheet_row WHERE broken.c = ? LIMIT {MOST_REFUSALS}",
        [column.letters, column.heading, column.index],
    )


def write_refusals(connection: duckdb.DuckDBPyConnection, snapshot: Path, most: int = MOST_REFUSALS) -> Path | None:
    """Write the refusals beside the snapshot of their table; None where there are none."""
    found = connection.execute("SELECT count(*) FROM refusals").fetchone()
    if not found or not found[0]:
        return None
    final = snapshot.with_name(refusals_name(snapshot.name))
    literal = str(final).replace("'", "''")
    connection.execute(
        "COPY (SELECT * FROM (SELECT * FROM refusals "  # noqa: S608
        f"ORDER BY code = 'missing_value', sheet_row, sheet_column LIMIT {most}) "
        f"ORDER BY sheet_row, sheet_column) TO '{literal}' (FORMAT parquet, COMPRESSION zstd)"
    )
    return final
