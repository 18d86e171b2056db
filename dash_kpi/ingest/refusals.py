"""The cells that gave no value: where each stands, what it holds and why; a Parquet file beside the snapshot.

While a file is read they are rows of the DuckDB table "refusals", by record and raw column.
"""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from dash_kpi.ingest.addresses import position
from dash_kpi.ingest.raw import RawColumn, RawTable
from dash_kpi.storage.file_names import refusals_name

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
    table: RawTable, column: RawColumn, cells: str, codes: Mapping[tuple[str | None, str | None], str]
) -> None:
    """Keep the cells of a column that `cells` selects as sheet_row, text and error; `codes` gives their reasons."""
    if not codes:
        return
    known = {
        "known_text": np.array([text for text, _ in codes], dtype=object),
        "known_error": np.array([error for _, error in codes], dtype=object),
        "code": np.array(list(codes.values()), dtype=object),
    }
    table.connection.register("known", known)
    table.connection.execute(
        f"INSERT INTO refusals SELECT sheet_row, ?, ?, left(coalesce(text, error), {_LONGEST}), code "  # noqa: S608
        f"FROM ({cells}) JOIN known ON text IS NOT DISTINCT FROM known_text::VARCHAR "
        "AND error IS NOT DISTINCT FROM known_error::VARCHAR "
        f"ORDER BY sheet_row LIMIT {MOST_REFUSALS}",
        [column.index, column.heading],
    )
    table.connection.unregister("known")


def note_broken(table: RawTable, column: RawColumn) -> None:
    """Keep the cells of a column that became blanks: an error, a word for nothing, a formula without a value."""
    table.connection.execute(
        "INSERT INTO refusals SELECT sheet_row, broken.c, ?, broken.error, "  # noqa: S608
        "CASE WHEN broken.error = '' THEN 'formula_without_value' "
        "WHEN starts_with(broken.error, '#') THEN 'error_cell' ELSE 'placeholder' END "
        "FROM broken JOIN raw ON broken_row = sheet_row JOIN clean USING (sheet_row) "
        f"WHERE broken.c = ? AND raw.{column.name} IS NULL LIMIT {MOST_REFUSALS}",
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
