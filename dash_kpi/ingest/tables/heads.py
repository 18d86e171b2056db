"""The rows of headings of a block, and what they say of each column."""

import re
from dataclasses import dataclass

from dash_kpi.ingest.header_row import find_header
from dash_kpi.ingest.months import plain
from dash_kpi.ingest.tables.blocks import Block, is_title_line
from dash_kpi.ingest.tables.cells import Cell, Cells, spread
from dash_kpi.ingest.tables.periods import period_of, split_period

_DEEPEST = 15  # rows from the top of a block in which headings begin
_MOST_ROWS = 4  # of headings
_UNIT = re.compile(
    r"[(\[]?\s*(?:in\s+)?(?:[a-z]{3}|€|\$|£|¥|%|[kmt]?[€$£]|[€$£]\s?(?:m|k|bn|mn|mio|'?000s?)|(?:m|mio|mn|bn)\.?\s?(?:€|£|\$|eur|usd|gbp|chf)|t?eur|[km]?usd|tsd\.?(?:\s*eur|\s*€)?|mio\.?(?:\s*eur|\s*€)?|thousands?|millions?"
    r"|units?|pcs|pieces|stk\.?|stuck|st\.?|kg|g|t|l|ml|m2|m²|m|km|h|hours?|days?|#|no\.?|000s?|'000|k)\s*[)\]]?\Z"
)


@dataclass(frozen=True, slots=True)
class Heads:
    """The rows of headings, from `top` to `bottom`, the `units` row below them, and where the rows begin.

    `paths` gives each column's texts from the uppermost row of headings down, blanks left out.
    """

    top: int
    bottom: int
    units: int | None
    paths: dict[int, tuple[Cell, ...]]

    @property
    def first(self) -> int:
        """Return the first row below the headings."""
        return (self.bottom if self.units is None else self.units) + 1

    def heading(self, column: int) -> str:
        """Return a column's heading: its lowest text where no other column has it, else all: "2023 / Q1 / North"."""
        path = self.paths.get(column, ())
        if path and len(path) > 1 and sum(other[-1] == path[-1] for other in self.paths.values()) == 1:
            return _shown(path[-1])
        texts: list[str] = []
        for cell in self.paths.get(column, ()):
            text = _shown(cell)
            if text and text not in texts:
                texts.append(text)
        return " / ".join(texts)


def heads_of(cells: Cells, block: Block, bottom: int | None = None, depth: int | None = None) -> Heads | None:
    """Return the headings of a block, None where it has none; a person may have said which rows they are."""
    if bottom is None:
        bottom = _bottom(cells, block)
    if bottom is None or not block.top <= bottom < block.bottom:
        return None
    filled = _filled(cells, block)
    top = max(block.top, bottom - depth + 1) if depth else _top(cells, block, bottom, filled)
    units = bottom + 1 if _is_units(cells, block, bottom + 1) else None
    return Heads(top, bottom, units, _paths(cells, block, top, bottom, filled))


def period_columns(cells: Cells, block: Block, row: int) -> list[int]:
    """Return the columns whose cell in a row names a period, if enough of the row does."""
    found, others, amounts = [], 0, 0
    for column in range(block.left, block.right + 1):
        cell = cells.at(row, column)
        if cell is None:
            continue
        if period_of(cell) is not None or (isinstance(cell, str) and split_period(cell)[0] is not None):
            found.append(column)
        elif cells.kind(row, column) == "number":
            amounts += 1
        else:
            others += 1
    if amounts or len(found) < 2 or others > max(4, len(found)):
        return []
    return found


def _bottom(cells: Cells, block: Block) -> int | None:
    """Return the lowest row of headings: the one above the rows of values."""
    deepest = min(block.top + _DEEPEST, block.bottom)
    periods = [row for row in range(block.top, deepest + 1) if _heads_periods(cells, block, row)]
    grid = {
        row + 1: texts
        for row in range(block.top, min(block.top + 60, block.bottom + 1))
        if (
            texts := {c: cells.text(row, c) for c in range(block.left, block.right + 1) if cells.at(row, c) is not None}
        )
    }
    plain_header = find_header(grid)
    candidates = [*periods, *([plain_header.row - 1] if plain_header else [])]
    if not candidates:
        return None
    row = _last_of_first(cells, block, periods) if periods else candidates[0]
    while row < min(deepest, block.bottom - 1) and _is_lower_heading(cells, block, row + 1):
        row += 1
    return row


def _last_of_first(cells: Cells, block: Block, rows: list[int]) -> int:
    """Return the lowest of the rows of periods that have no amounts between them: others repeat the headings."""
    last = rows[0]
    for row in rows[1:]:
        between = ((at, c) for at in range(last + 1, row) for c in range(block.left + 1, block.right + 1))
        if any(cells.kind(at, c) == "number" and period_of(cells.at(at, c)) is None for at, c in between):
            break
        last = row
    return last


def _heads_periods(cells: Cells, block: Block, row: int) -> bool:
    """Tell whether a row names periods above columns of amounts, as against a row of days and amounts."""
    columns = period_columns(cells, block, row)
    if not columns:
        return False
    amounts = 0
    for column in columns:
        below = [cells.kind(at, column) for at in range(row + 1, min(row + 25, block.bottom + 1))]
        numbers = sum(
            kind == "number" and period_of(cells.at(row + 1 + n, column)) is None for n, kind in enumerate(below)
        )
        amounts += numbers * 2 >= sum(kind != "blank" for kind in below) and numbers > 0
    return amounts * 2 >= len(columns) and amounts >= 2


def _is_lower_heading(cells: Cells, block: Block, row: int) -> bool:
    """Tell whether a row below one of headings holds more of them: several texts, no value, values below."""
    columns = [c for c in range(block.left, block.right + 1) if cells.at(row, c) is not None]
    if len(columns) < 2 or any(cells.kind(row, c) in ("number", "date") for c in columns):
        return False
    if _is_units(cells, block, row):
        return False
    below = [c for c in columns if cells.kind(row + 1, c) == "number"]
    return len(below) >= 2 and len(below) * 2 >= len(columns)


def _is_units(cells: Cells, block: Block, row: int) -> bool:
    """Tell whether a row only names units: "EUR", "(in thousands)", "pcs"."""
    if row >= block.bottom:
        return False
    texts = [cells.text(row, c) for c in range(block.left, block.right + 1) if cells.at(row, c) is not None]
    return bool(texts) and all(_UNIT.match(plain(text)) or _UNIT.match(text.lower()) for text in texts)


def _top(cells: Cells, block: Block, bottom: int, filled: dict[tuple[int, int], Cell]) -> int:
    """Return the uppermost row of headings that belongs to the lowest one."""
    top = bottom
    for row in range(bottom - 1, max(block.top, bottom - _MOST_ROWS) - 1, -1):
        columns = [c for c in range(block.left, block.right + 1) if cells.at(row, c) is not None]
        spread_over = {c for c in range(block.left, block.right + 1) if (row, c) in filled}
        if not columns or any(cells.kind(row, c) == "number" and period_of(cells.at(row, c)) is None for c in columns):
            break
        if row == block.top and _is_pair_title(cells, block, row, bottom, spread_over):
            break
        if len(columns) == 1 and not _heads_some(cells, block, row, columns[0], bottom, spread_over):
            break
        top = row
    return top


def _is_pair_title(cells: Cells, block: Block, row: int, bottom: int, spread_over: set[int]) -> bool:
    """Tell whether a row says a period for the whole table: "Week of", 8 January 2024."""
    return (
        not spread_over
        and cells.at(bottom, block.left) is not None
        and is_title_line(cells, row, block.left, block.right)
        and len(cells.filled(row)) > 1
    )


def _heads_some(cells: Cells, block: Block, row: int, column: int, bottom: int, spread_over: set[int]) -> bool:
    """Tell whether a single text in a row heads some of the columns, and is no title of them all."""
    lower = [c for c in range(block.left, block.right + 1) if cells.at(bottom, c) is not None]
    if spread_over:
        return len(spread_over) + 1 < len(lower)
    return column != block.left and column > min(lower)


def _filled(cells: Cells, block: Block) -> dict[tuple[int, int], Cell]:
    return {
        (row, column): value
        for row, column, value in spread(cells)
        if block.top <= row <= block.bottom and block.left <= column <= block.right
    }


def _paths(
    cells: Cells, block: Block, top: int, bottom: int, filled: dict[tuple[int, int], Cell]
) -> dict[int, tuple[Cell, ...]]:
    """Return the headings above each column; a group's text goes on to the right until the next one."""
    paths: dict[int, list[Cell]] = {column: [] for column in range(block.left, block.right + 1)}
    for row in range(top, bottom + 1):
        current: Cell = None
        is_group_row = row < bottom and not any((row, column) in filled for column in paths)
        for column in paths:
            cell = cells.at(row, column)
            if cell is None:
                cell = filled.get((row, column))
            if cell is None and is_group_row and column > block.left and cells.at(bottom, column) is not None:
                cell = current
            elif cell is not None:
                current = cell if column > block.left else None
            if cell is not None and cell not in paths[column]:
                paths[column].append(cell)
    return {column: tuple(path) for column, path in paths.items() if path}


def _shown(cell: Cell) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if (period := period_of(cell)) is not None and not isinstance(cell, str):
        return period.text
    return " ".join(str(cell).split()) if cell is not None else ""
