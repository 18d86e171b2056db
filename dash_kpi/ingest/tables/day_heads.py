"""Headings 1, 2, 3 … 31 are days where a title, or the name of the sheet or the file, says which month."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from dash_kpi.ingest.tables.cells import Cell, Cells
from dash_kpi.ingest.tables.hints import Words

_DEEPEST = 15  # rows in which such headings are looked for
_LEAST_DAYS = 28


def with_days(cells: Cells) -> Cells:
    """Return the cells with such headings as dates."""
    found = next(((at, run) for at, row in enumerate(cells.rows[:_DEEPEST]) if (run := _run(row))), None)
    if found is None:
        return cells
    at, run = found
    titles = [" ".join(cells.text(row, column) for column in cells.filled(row)) for row in range(at - 1, -1, -1)]
    texts = (*titles, cells.sheet or "", cells.file)
    month, _ = Words(texts, texts).period()
    if month is None or month.part != "month" or month.year is None or month.number is None:
        return cells
    rows = list(cells.rows)
    rows[at] = [_day(month.year, month.number, cell) if column in run else cell for column, cell in enumerate(rows[at])]
    return replace(cells, rows=rows)


def _run(row: Sequence[Cell]) -> range | None:
    """Return the columns of the numbers 1, 2, 3 … that fill a month."""
    for start, cell in enumerate(row):
        if cell != 1.0 or isinstance(cell, bool):
            continue
        length = 0
        while start + length < len(row) and row[start + length] == float(length + 1):
            length += 1
        return range(start, start + min(length, 31)) if length >= _LEAST_DAYS else None
    return None


def _day(year: int, month: int, cell: Cell) -> Cell:
    try:
        return date(year, month, int(cell)) if isinstance(cell, float) else cell
    except ValueError:  # the 31st of a shorter month
        return cell
