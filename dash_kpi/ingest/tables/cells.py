"""The cells of a whole sheet, as its author sees them, and what each looks like."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import Any, Literal

from dash_kpi.ingest.dates import looks_like_dates
from dash_kpi.ingest.numbers import DOUBTFUL_CELL, looks_like_numbers, read_numbers
from dash_kpi.ingest.placeholders import is_placeholder

Cell = str | float | bool | date | datetime | time | timedelta | None
Kind = Literal["blank", "text", "number", "date"]


@dataclass(frozen=True, slots=True)
class Merged:
    """A merged range; rows and columns are counted from 0, all included."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Cells:
    """The cells of a sheet by row and column, both counted from 0.

    `broken` holds, by row and column, the text of an error, or "" for a formula without a saved value.
    """

    rows: Sequence[Sequence[Cell]]
    merged: tuple[Merged, ...] = ()
    broken: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: frozenset[int] = frozenset()  # rows, counted from 1, that a person does not see
    sheet: str | None = None
    file: str = ""  # its name without the suffix
    has_types: bool = True  # False: every cell is text, as in a CSV
    prefers_comma: bool = False
    is_1904: bool = False  # serial numbers of days count from 1904
    marked: tuple[tuple[int, int], ...] = ()  # numbers that had a footnote mark beside them

    def at(self, row: int, column: int) -> Cell:
        """Return a cell, None outside the sheet."""
        return self.rows[row][column] if row < len(self.rows) and column < len(self.rows[row]) else None

    def kind(self, row: int, column: int) -> Kind:
        """Say what a cell looks like, whether it is typed or written."""
        return kind_of(self.at(row, column))

    def text(self, row: int, column: int) -> str:
        """Return a cell as text, "" for a blank."""
        return text_of(self.at(row, column))

    def number(self, row: int, column: int) -> float | None:
        """Return a cell as a number, typed or written; None for anything else."""
        cell = self.at(row, column)
        if isinstance(cell, str):
            return _number_of(cell, self.prefers_comma)
        return cell if isinstance(cell, float) else None

    def filled(self, row: int) -> list[int]:
        """Return the columns of a row that are not blank."""
        return [column for column, cell in enumerate(self.rows[row]) if cell is not None]


def typed(rows: Sequence[Sequence[Any]]) -> list[list[Cell]]:
    """Return the rows of a reader of cells with blanks as None and texts without blanks around them."""
    return [[_tidy(cell) for cell in row] for row in rows]


def _tidy(cell: Any) -> Cell:
    if isinstance(cell, str):
        return cell.strip() or None
    if isinstance(cell, int) and not isinstance(cell, bool):
        return float(cell)
    found: Cell = cell
    return found


def kind_of(cell: Cell) -> Kind:
    """Say what a cell looks like, whether it is typed or written."""
    if cell is None:
        return "blank"
    if isinstance(cell, str):
        return _kind_of_text(cell)
    if isinstance(cell, float):
        return "number"
    return "date" if isinstance(cell, date) else "text"


@lru_cache(maxsize=65536)
def _number_of(text: str, prefers_comma: bool) -> float | None:
    return read_numbers([text], prefers_comma).values.get(text)


@lru_cache(maxsize=65536)
def _kind_of_text(text: str) -> Kind:
    if is_placeholder(text):
        return "blank"
    if looks_like_numbers([text]):
        return "number"
    return "date" if looks_like_dates([text], False) else "text"


def text_of(cell: Cell) -> str:
    """Return a cell as text: a whole number without decimals, a day without its midnight."""
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)
    if isinstance(cell, datetime):
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat(" ")
    return " ".join(cell.split()) if isinstance(cell, str) else str(cell)


def text_beside_texts(cell: Cell) -> str:
    """Return a cell as text in a column that has texts too: 1.234 as "1.2340", whose point no one can mistake."""
    text = text_of(cell)
    return f"{text}0" if isinstance(cell, float) and re.fullmatch(DOUBTFUL_CELL, text) else text


def spread(cells: Cells) -> Iterator[tuple[int, int, Cell]]:
    """Yield what merged texts and days mean for the blank cells they cover; an amount stands for itself alone."""
    for area in cells.merged:
        value = cells.at(area.top, area.left)
        if value is None or isinstance(value, float):
            continue
        for row in range(area.top, area.bottom + 1):
            for column in range(area.left, area.right + 1):
                if (row, column) != (area.top, area.left):
                    yield row, column, value
