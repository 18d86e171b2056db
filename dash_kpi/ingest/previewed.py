"""What a preview shows: plain values that travel from the child to the page."""

from dataclasses import dataclass
from typing import Literal

from dash_kpi.ingest.reading import ColumnPart, TableReading
from dash_kpi.ingest.rules import Rules

RowPart = Literal["title", "header", "data", "total", "note", "refused", "unread", "blank"]


@dataclass(frozen=True, slots=True)
class ShownRow:
    """One row as the sheet has it; one that stands for several blank rows ends at `until`."""

    number: int
    part: RowPart
    cells: tuple[str, ...] = ()
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """The first rows of a sheet, the part of each column and row, and what reading it gives.

    `sheets` tells of every sheet whether it is hidden. `more_columns` are to the right of those shown.
    `header` is by which other tables of the same columns are found; None where no headings were.
    """

    sheet: str  # with the number of the table, where it is not the first of its sheet
    sheets: dict[str, bool]
    rows: tuple[ShownRow, ...]
    columns: tuple[ColumnPart, ...]
    tables: tuple[TableReading, ...]
    more_columns: int = 0
    more_rows: bool = False

    @property
    def header(self) -> str | None:
        """Return the signature of the headings of the sheet's first table."""
        return next((table.header for table in self.tables if table.header), None)

    @property
    def is_loaded(self) -> bool:
        """Tell whether the sheet gives any row."""
        return any(table.status == "loaded" for table in self.tables)


@dataclass(frozen=True, slots=True)
class Saved:
    """The decision in force for a table: when and by whom it was made, and whether for every header like it."""

    at: str  # ISO, UTC
    by: str
    is_for_header: bool
    is_inferred: bool  # a decision to read the table as it is inferred
    versions: int


@dataclass(frozen=True, slots=True)
class Editor:
    """Everything that the mapping editor shows; without a preview, `reason` says why there is none."""

    file: str
    file_id: int
    sheet: str
    rules: Rules
    is_changed: bool  # the draft is not what is saved
    preview: Preview | None = None
    reason: str | None = None
    saved: Saved | None = None
    sources: int = 0  # that have this header, this table among them
    refused_sheets: frozenset[str] = frozenset()
