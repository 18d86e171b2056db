"""What can be exported: tables of plain values, with what a reader needs to trust them."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

Value = str | float | int | date | None
Format = Literal["text", "date", "integer", "currency", "number", "percent", "duration", "ratio", "change", "points"]
# `change` is relative (0.042 = +4.2 %), `points` the difference of two percentages (0.012 = 1.2 points).


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a cell is empty, or what a reader should know of its value; positions count from 0."""

    row: int
    column: int
    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """One table. A format holds for a whole column, or is a tuple with one for each row.

    A value that does not exist is None, never 0.
    """

    title: str
    heads: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    formats: tuple[Format | tuple[Format, ...], ...]
    note: str | None = None
    reasons: tuple[Reason, ...] = ()

    def format_at(self, row: int, column: int) -> Format:
        """Return the format of one cell."""
        found = self.formats[column]
        return found[row] if isinstance(found, tuple) else found


@dataclass(frozen=True, slots=True)
class Chart:
    """How columns of a table are drawn: `columns` against the column `labels`, the first `most` rows at most."""

    table: int  # position among the tables of the export
    kind: Literal["line", "bar"]
    title: str
    columns: tuple[int, ...]
    labels: int = 0
    grain: str | None = None  # the labels are the first days of such periods
    most: int | None = None


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A table of a file that the numbers came from, the revision that brought it, and when (UTC)."""

    file: str
    sheet: str | None
    revision: int
    read_at: datetime | None


@dataclass(frozen=True, slots=True)
class Definition:
    """What a KPI is: how it is worked out, in which unit, and what it says."""

    label: str
    formula: str
    unit: str
    description: str


@dataclass(frozen=True, slots=True)
class Export:
    """Everything that one export holds; `subtitle` says period, comparison, filters and revision, a line each."""

    title: str
    subtitle: tuple[str, ...]
    tables: tuple[Table, ...]
    charts: tuple[Chart, ...] = ()
    sources: tuple[SourceFile, ...] = ()
    definitions: tuple[Definition, ...] = ()
    currency: str = ""  # code, e.g. EUR; empty where nobody said
    name: str = "export"  # of the file, without its suffix
