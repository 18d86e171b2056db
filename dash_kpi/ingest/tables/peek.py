"""A first look at a large sheet: the texts of its first rows, as cells."""

from datetime import timedelta
from itertools import pairwise

from dash_kpi.ingest.dates import SERIAL_ZERO
from dash_kpi.ingest.package import Grid
from dash_kpi.ingest.tables.cells import Cell, Cells

_SERIALS = range(20_000, 80_000)
_STEPS = frozenset({1, 7, *range(28, 32), *range(89, 93), 365, 366})


def cells_of(grid: Grid) -> Cells:
    """Return a grid of texts as cells; markup does not tell days from their serial numbers, their steps do."""
    rows: list[list[Cell]] = []
    for row in range(1, max(grid, default=0) + 1):
        texts = grid.get(row, {})
        rows.append(_with_days([_cell(texts.get(column)) for column in range(max(texts, default=-1) + 1)]))
    return Cells(rows)


def _cell(text: str | None) -> Cell:
    if text is None:
        return None
    try:
        return float(text) if text[-1].isdigit() else text
    except ValueError:
        return text


def _with_days(cells: list[Cell]) -> list[Cell]:
    serials = [int(cell) for cell in cells if isinstance(cell, float) and cell.is_integer() and int(cell) in _SERIALS]
    if len(serials) < 3 or not all(later - earlier in _STEPS for earlier, later in pairwise(serials)):
        return cells
    return [
        SERIAL_ZERO + timedelta(days=int(cell)) if isinstance(cell, float) and int(cell) in serials else cell
        for cell in cells
    ]
