"""What reading a file yields: plain values that travel from the reading child to the worker.

`as_json` is the stable shape that `dash-kpi ingest --json` prints for one file.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

Aggregation = Literal["sum", "mean", "count", "distinct", "last"]
Layout = Literal["rows", "months_across", "values_across", "statement"]
Part = Literal["date", "measure", "dimension", "left_out"]
Grain = Literal["day", "week", "month", "quarter", "year"]

LIST_SHEET = "Refused cells"  # the sheet that we add to a copy of a workbook, which is never a source
LIST_TITLE = "Refused cells, listed by Dash KPI"  # in its first cell

# One measure of one day: ISO date, measure, sum of its values, how many values there were.
Daily = tuple[str, str, float, int]


@dataclass(frozen=True, slots=True)
class Measure:
    """A numeric column, or one that follows from others (`derived` then holds the formula)."""

    column: str | None
    aggregation: Aggregation
    total: float | None
    derived: str | None = None


@dataclass(frozen=True, slots=True)
class Dimension:
    """A column to slice by, and how many distinct values it has."""

    column: str
    values: int


@dataclass(frozen=True, slots=True)
class DateColumn:
    """The date column, its first and last day (ISO), and the notation it was read in."""

    column: str
    min: str
    max: str
    format: str


@dataclass(frozen=True, slots=True)
class ColumnPart:
    """The part that one column of the sheet plays, under which name, and why."""

    index: int
    heading: str
    part: Part
    name: str | None = None
    aggregation: Aggregation | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Warning:  # noqa: A001  the word that people see
    """Something a person should know; `cells` are addresses ("B7"), `count` may exceed their number.

    `data` is what a program needs to do what the message proposes, as plain JSON.
    """

    code: str
    message: str
    cells: tuple[str, ...] = ()
    count: int = 0
    data: dict[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the warning as it is kept and printed."""
        plain = {"code": self.code, "message": self.message, "cells": list(self.cells), "count": self.count}
        return plain if self.data is None else plain | {"data": self.data}


@dataclass(frozen=True, slots=True)
class TableReading:
    """One table of a file: what was found in it, or why it was refused.

    A loaded table has its cleaned rows in `snapshot`, a Parquet file (zstd) with the columns
    `sheet_row` (integer, as the spreadsheet counts), `date` (DATE), one DOUBLE column per measure,
    named as in `measures`, and one VARCHAR column per dimension, named as in `dimensions`.
    `daily` holds the same measures summed by day. `refusals` is a Parquet file beside the snapshot, None
    where no cell was refused: `sheet_row`, `sheet_column` (from 0), `address`, `heading`, `content` and `code`.
    `daily` holds the same measures summed by day. `header` is what tables with the same columns have in
    common (`rules.signature` of its headings), `parts` what became of
    each column.
    """

    sheet: str | None
    status: Literal["loaded", "refused"]
    reason: str | None = None
    header_row: int | None = None
    layout: Layout = "rows"
    grain: Grain | None = None
    rows_read: int = 0
    rows_loaded: int = 0
    rows_refused: int = 0
    date: DateColumn | None = None
    measures: dict[str, Measure] = field(default_factory=dict)
    dimensions: dict[str, Dimension] = field(default_factory=dict)
    warnings: tuple[Warning, ...] = ()
    snapshot: Path | None = None
    refusals: Path | None = None
    daily: tuple[Daily, ...] = ()
    header: str | None = None
    parts: tuple[ColumnPart, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the table as `dash-kpi ingest --json` prints it."""
        return {
            "sheet": self.sheet,
            "status": self.status,
            "reason": self.reason,
            "header_row": self.header_row,
            "layout": self.layout,
            "grain": self.grain,
            "rows_read": self.rows_read,
            "rows_loaded": self.rows_loaded,
            "rows_refused": self.rows_refused,
            "date": self.date and {name: getattr(self.date, name) for name in DateColumn.__slots__},
            "measures": {
                name: {
                    "column": m.column,
                    "aggregation": m.aggregation,
                    "total": m.total,
                    "derived": m.derived,
                }
                for name, m in self.measures.items()
            },
            "dimensions": {name: {"column": d.column, "values": d.values} for name, d in self.dimensions.items()},
            "warnings": [warning.as_json() for warning in self.warnings],
        }


@dataclass(frozen=True, slots=True)
class FileReading:
    """Every table of one file, in the order of its sheets."""

    tables: tuple[TableReading, ...]
