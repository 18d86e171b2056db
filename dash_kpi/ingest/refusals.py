"""The cells that gave no value: where each stands, what it holds and why; a Parquet file beside the snapshot.

While a file is read they are rows of the DuckDB table "refusals", by record and raw column.
"""

from collections.abc import Iterable
from pathlib import Path

import numpy as np

from dash_kpi.ingest.addresses import position
from dash_kpi.ingest.raw import RawColumn, RawTable
from dash_kpi.storage.files import refusals_name

MOST_REFUSALS = 100_000  # kept of one table; what is only blank is the first to be left out
_LONGEST = 500  # characters of a content
_FIELDS = "sheet_row, sheet_column, address, heading, content, code"


def begin(table: RawTable) -> None:
    """Forget the refusals of the table before."""
    table.connection.execute(
        "CREATE OR REPLACE TEMP TABLE refusals "
        "(record BIGINT, raw_column BIGINT, heading VARCHAR, content VARCHAR, code VARCHAR)"
    )


def note_column(
    table: RawTable, column: RawColumn, cells: str, codes: tuple[str, str], placeholders: Iterable[str]
) -> None:
    """Keep the cells of a column that `cells` selects as sheet_row, text and error.

    `codes` are the reasons of a blank and of an unreadable cell.
    """
    blank, unreadable = codes
    table.connection.execute(
        f"INSERT INTO refusals SELECT sheet_row, ?, ?, left(coalesce(text, error), {_LONGEST}), "  # noqa: S608
        "CASE WHEN list_contains(?::VARCHAR[], text) THEN 'placeholder' WHEN text IS NOT NULL THEN ? "
        "WHEN error IS NULL THEN ? WHEN error = '' THEN 'formula_without_value' ELSE 'error_cell' END "
        f"FROM ({cells}) ORDER BY sheet_row LIMIT {MOST_REFUSALS}",
        [column.index, column.heading, list(placeholders), unreadable, blank],
    )


def note_broken(table: RawTable, column: RawColumn) -> None:
    """Keep the cells of a column that hold an error or a formula without a value."""
    table.connection.execute(
        "INSERT INTO refusals SELECT broken_row, broken.c, ?, broken.error, "  # noqa: S608
        "CASE broken.error WHEN '' THEN 'formula_without_value' ELSE 'error_cell' END "
        f"FROM broken JOIN clean ON broken_row = sheet_row WHERE broken.c = ? LIMIT {MOST_REFUSALS}",
        [column.heading, column.index],
    )


def write_refusals(table: RawTable, snapshot: Path, most: int = MOST_REFUSALS) -> Path | None:
    """Write the refusals beside the snapshot of their table; None where there are none."""
    if not table.rows("SELECT count(*) FROM refusals")[0][0]:
        return None
    _register_addresses(table, most)
    final = snapshot.with_name(refusals_name(snapshot.name))
    literal = str(final).replace("'", "''")
    table.connection.execute(
        f"COPY (SELECT DISTINCT {_FIELDS} FROM kept JOIN addresses USING (record, raw_column) "  # noqa: S608
        f"ORDER BY sheet_row, sheet_column) TO '{literal}' (FORMAT parquet, COMPRESSION zstd)"
    )
    return final


def _register_addresses(table: RawTable, most: int) -> None:
    """Keep the most important refusals in "kept", and in "addresses" where in the sheet each of them is."""
    table.connection.execute(
        "CREATE OR REPLACE TEMP TABLE kept AS FROM refusals "
        f"ORDER BY code IN ('missing_value'), record, raw_column LIMIT {most}"
    )
    found = table.rows("SELECT DISTINCT record, raw_column FROM kept")
    addresses = [table.address(column, record) for record, column in found]
    places = [position(address) or (int(address), 0) for address in addresses]
    arrays = {
        "record": np.array([record for record, _ in found]),
        "raw_column": np.array([column for _, column in found]),
        "address": np.array(addresses, dtype=object),
        "sheet_row": np.array([row for row, _ in places]),
        "sheet_column": np.array([column for _, column in places]),
    }
    table.connection.register("places_found", arrays)
    table.connection.execute("CREATE OR REPLACE TEMP TABLE addresses AS FROM places_found")
    table.connection.unregister("places_found")
