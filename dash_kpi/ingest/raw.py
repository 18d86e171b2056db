"""The rows of one table as they were in the file, in a DuckDB table, with the sheet's row numbers."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb

from dash_kpi.ingest.addresses import letters
from dash_kpi.ingest.reading import Warning as Finding

_TYPES = {"VARCHAR": "text", "BOOLEAN": "truth", "INTERVAL": "duration", "TIME": "duration"}


@dataclass(frozen=True, slots=True)
class RawColumn:
    """One column: where it stands in the sheet, what it is called, and what its cells hold."""

    index: int
    heading: str
    kind: str

    @property
    def name(self) -> str:
        """Return the column's name inside DuckDB."""
        return f"c{self.index}"

    @property
    def letters(self) -> str:
        """Return the column's letters in the sheet."""
        return letters(self.index)


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table of a file: the DuckDB table "raw" with `sheet_row` and the columns.

    `broken` holds what became a blank on the way, by (row, column): the text of an error, or "" for a
    formula without a saved value. `has_cells` is false for text files, where nothing is typed.
    `notes` are what opening the file already found.
    """

    connection: duckdb.DuckDBPyConnection
    columns: tuple[RawColumn, ...]
    header_row: int
    has_cells: bool = True
    prefers_comma: bool = False
    broken: dict[tuple[int, int], str] = field(default_factory=dict)
    notes: tuple[Finding, ...] = ()

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
