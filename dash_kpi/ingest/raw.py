"""The rows of one table as they were in the file, in a DuckDB table, with the sheet's row numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from dash_kpi.ingest.addresses import letters
from dash_kpi.ingest.dates import looks_like_dates
from dash_kpi.ingest.reading import Layout
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.ingest.tables.hints import NO_WORDS, Words

DATE = "date"  # the part of a column, beside the names of measures
NO_PLACE = -1
_WIDEST = 1 << 14  # columns of a sheet
_TYPES = {"VARCHAR": "text", "BOOLEAN": "truth", "INTERVAL": "duration", "TIME": "duration"}


@dataclass(frozen=True, slots=True)
class RawColumn:
    """One column: where it stands in the sheet, what it is called, and what its cells hold.

    A column that was looked up stands in no cell of the sheet: `key` is the column it was looked up by.
    """

    index: int
    heading: str
    kind: str
    key: int | None = None

    @property
    def name(self) -> str:
        """Return the column's name inside DuckDB."""
        return f"c{self.index}"

    @property
    def place(self) -> int:
        """Return the column of the sheet to look at."""
        return self.index if self.key is None else self.key

    @property
    def letters(self) -> str:
        """Return the letters of the column to look at."""
        return letters(self.place)


def place_of(row: int, column: int) -> int:
    """Write a cell, by its row and column from 0, as one number."""
    return row * _WIDEST + column


@dataclass(frozen=True, slots=True)
class Places:
    """Where the records of a table are that was built from cells: `sheet_row` of "raw" counts them from 1.

    `rows` are the rows of the sheet, counted from 1. `cells` gives for a column and each record the cell that
    the value came from, as `place_of` writes it; it is empty where a record is a row of the sheet.
    """

    rows: Sequence[int]
    cells: Mapping[int, Sequence[int]] = field(default_factory=dict)

    def address(self, column: int, record: int) -> str:
        """Return the address of a column's value in a record, of the record's row where it has none."""
        if not self.cells:
            return f"{letters(column)}{self.rows[record - 1]}"
        place = self.cells[column][record - 1] if column in self.cells else NO_PLACE
        if place == NO_PLACE:
            return f"{self.rows[record - 1]}"
        row, at = divmod(place, _WIDEST)
        return f"{letters(at)}{row + 1}"


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table of a file: the DuckDB table "raw" with `sheet_row` and the columns.

    `broken` holds what became a blank on the way, by (row, column): the text of an error, or "" for a
    formula without a saved value. `has_cells` is false for text files, where nothing is typed.
    `notes` are what opening the file already found. `is_1904` says that serial numbers of days count
    from 1904, `fiscal_year_start` is the month in which fiscal years start.
    """

    connection: duckdb.DuckDBPyConnection
    columns: tuple[RawColumn, ...]
    header_row: int
    has_cells: bool = True
    prefers_comma: bool = False
    broken: dict[tuple[int, int], str] = field(default_factory=dict)
    notes: tuple[Finding, ...] = ()
    places: Places | None = None  # None: the records are the rows of the sheet
    known: Mapping[int, str] = field(default_factory=dict)  # columns whose part finding the table has shown
    left_out: int = 0  # rows below the headings that are no records and not in "raw"
    layout: Layout = "rows"
    around: Words = NO_WORDS  # the words around the table
    is_1904: bool = False
    fiscal_year_start: int = 1

    def address(self, column: int, record: int) -> str:
        """Return the address of a column's cell in a record, by its number in `sheet_row`."""
        return f"{letters(column)}{record}" if self.places is None else self.places.address(column, record)

    def rows(self, query: str, *parameters: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query over "raw"."""
        return self.connection.execute(query, parameters or None).fetchall()


def connect(memory_bytes: int, directory: Path) -> duckdb.DuckDBPyConnection:
    """Return a connection of its own that keeps to a limit of memory and spills into a directory."""
    return duckdb.connect(
        config={
            "threads": 2,
            "memory_limit": f"{memory_bytes >> 20}MiB",
            "temp_directory": str(directory),
            "preserve_insertion_order": True,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
        }
    )


def every_row_has_date(table: RawTable) -> bool:
    """Tell whether a column has a date in every row: then no row below the headings is a total, a note or a heading."""
    dates = [column for column in table.columns if column.kind == "date"]
    texts = [column for column in table.columns if column.kind == "text"]
    fields = [f"count({column.name})" for column in dates]
    fields += [f"count_if(regexp_matches({column.name}, '[0-9]'))" for column in texts]
    if not fields:
        return False
    rows, *counts = table.rows(f"SELECT count(*), {', '.join(fields)} FROM raw")[0]  # noqa: S608
    full = [column for column, count in zip((*dates, *texts), counts, strict=True) if count == rows]
    return any(column.kind == "date" or _holds_dates(table, column) for column in full)


def _holds_dates(table: RawTable, column: RawColumn) -> bool:
    return looks_like_dates([text for (text,) in table.rows(f"SELECT {column.name} FROM raw LIMIT 200")], False)  # noqa: S608


def columns_of(
    connection: duckdb.DuckDBPyConnection, indexes: Sequence[int], headings: Sequence[str]
) -> tuple[RawColumn, ...]:
    """Return the columns of the table "raw" with the kinds that DuckDB gives them."""
    types = {name: str(kind) for name, kind, *_ in connection.execute("DESCRIBE raw").fetchall()}
    return tuple(
        RawColumn(index, heading, _kind(types[f"c{index}"])) for index, heading in zip(indexes, headings, strict=True)
    )


def _kind(type_name: str) -> str:
    if type_name.startswith(("TIMESTAMP", "DATE")):
        return "date"
    return _TYPES.get(type_name, "number")
