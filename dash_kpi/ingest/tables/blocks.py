"""The blocks of a sheet: rectangles that can be a table each, with the titles above them."""

from dataclasses import dataclass, replace

from dash_kpi.ingest.tables.cells import Cells, Kind
from dash_kpi.ingest.tables.periods import period_of

_VALUES: tuple[Kind, ...] = ("number", "date")


@dataclass(frozen=True, slots=True)
class Block:
    """A rectangle of cells, all edges included, counted from 0.

    `titles` are the lines above it, `on_top` those above the first block of the sheet, where it is another one.
    """

    top: int
    left: int
    bottom: int
    right: int
    titles: tuple[str, ...] = ()
    on_top: tuple[str, ...] = ()

    @property
    def height(self) -> int:
        """Return how many rows it has."""
        return self.bottom - self.top + 1


def blocks(cells: Cells) -> list[Block]:
    """Return the blocks of a sheet from top to bottom, those side by side from left to right."""
    found: list[Block] = []
    titles: list[str] = []
    wordy: list[Block] = []  # bands of words, which are a table where there is no other
    for top, bottom in _bands(cells):
        band = _bounds(cells, top, bottom)
        if _is_title(cells, band):
            wordy += [band] if band.height > 1 and band.right > band.left else []
            titles += [text for row in range(top, bottom + 1) if (text := _line(cells, row, band))]
            continue
        if found and _continues(cells, found, band):
            found, titles = _extended(found, band), []  # a line between them named a group of rows
            continue
        for part in _stacked(cells, band):
            found += [replace(one, titles=tuple(titles)) for one in _side_by_side(cells, part)]
            titles = []
    on_top = found[0].titles if found else ()
    return [one if one.titles == on_top else replace(one, on_top=on_top) for one in found] or wordy


def _stacked(cells: Cells, band: Block) -> list[Block]:
    """Split a band where a title stands above headings that it had before: another table of the same kind."""
    tops = [band.top]
    seen: set[tuple[str, ...]] = set()
    for row in range(band.top, band.bottom):
        heads = _heading_texts(cells, row, band)
        if heads is None:
            continue
        is_title = row - 1 > tops[-1] and is_title_line(cells, row - 1, band.left, band.right)
        if heads in seen and is_title and _heading_texts(cells, row - 1, band) not in seen:
            tops.append(row - 1)
        seen.add(heads)
    bottoms = [*(top - 1 for top in tops[1:]), band.bottom]
    return [replace(band, top=top, bottom=bottom) for top, bottom in zip(tops, bottoms, strict=True)]


def _heading_texts(cells: Cells, row: int, band: Block) -> tuple[str, ...] | None:
    """Return the texts of a row that may be one of headings, None for any other; most rows are not."""
    if sum(isinstance(cell, str) for cell in cells.rows[row]) < 2 and not all(
        period_of(cell) is not None for cell in cells.rows[row] if isinstance(cell, float)
    ):
        return None
    filled = cells.filled(row)
    if len(filled) < 2 or any(_is_amount(cells, row, column) for column in filled if cells.kind(row, column) != "date"):
        return None
    return tuple(cells.text(row, column) for column in range(band.left, band.right + 1))


def is_title_line(cells: Cells, row: int, left: int, right: int) -> bool:
    """Tell whether a row is one text alone, or a text with a period beside it: "Week of", 8 January 2024."""
    filled = [column for column in cells.filled(row) if left <= column <= right]
    if len(filled) == 1:
        return filled[0] == left and (
            cells.kind(row, filled[0]) in ("text", "date") or period_of(cells.at(row, filled[0])) is not None
        )
    return (
        filled == [left, left + 1]
        and cells.kind(row, left) == "text"
        and period_of(cells.at(row, left)) is None
        and period_of(cells.at(row, left + 1)) is not None
    )


def _bands(cells: Cells) -> list[tuple[int, int]]:
    """Return the runs of rows that have cells."""
    runs: list[tuple[int, int]] = []
    for row, values in enumerate(cells.rows):
        if all(value is None for value in values):
            continue
        if runs and runs[-1][1] == row - 1:
            runs[-1] = (runs[-1][0], row)
        else:
            runs.append((row, row))
    return runs


def _bounds(cells: Cells, top: int, bottom: int) -> Block:
    columns = {column for row in range(top, bottom + 1) for column in cells.filled(row)}
    return Block(top, min(columns), bottom, max(columns))


def _is_title(cells: Cells, band: Block) -> bool:
    """Tell whether a band only says something: short lines of one or two cells, none of them an amount."""
    for row in range(band.top, band.bottom + 1):
        filled = cells.filled(row)
        if len(filled) > 2 or (len(filled) == 2 and band.height > 3):
            return False
        if any(cells.kind(row, column) == "number" and period_of(cells.at(row, column)) is None for column in filled):
            return False
    return True


def _line(cells: Cells, row: int, band: Block) -> str:
    return " ".join(cells.text(row, column) for column in range(band.left, band.right + 1) if cells.text(row, column))


def _continues(cells: Cells, found: list[Block], band: Block) -> bool:
    """Tell whether a band has no headings of its own and stands under the block before it."""
    left = min(block.left for block in found[-1:])
    right = max(block.right for block in found)
    if band.right < left or band.left > right:
        return False
    first = cells.filled(band.top)
    if found[-1].height < 2 and not _is_heading_row(cells, found[-1].top):
        return False
    if is_title_line(cells, band.top, band.left, band.right) and len(first) == 2 and band.height > 2:
        kinds = [cells.kind(band.top + 1, column) for column in cells.filled(band.top + 1)]
        if kinds.count("text") > 1 and "number" not in kinds:
            return False
    if len(first) > 1 and any(_is_amount(cells, band.top, column) for column in first):
        return True
    # One text alone is the name of a group of rows.
    below = band.top + 1
    return len(first) == 1 and band.height > 1 and any(_is_amount(cells, below, c) for c in cells.filled(below))


def _is_heading_row(cells: Cells, row: int) -> bool:
    """Tell whether a row that stands alone has headings: several cells, none of them an amount."""
    filled = cells.filled(row)
    return len(filled) > 1 and not any(
        cells.kind(row, column) == "number" and period_of(cells.at(row, column)) is None for column in filled[1:]
    )


def _is_amount(cells: Cells, row: int, column: int) -> bool:
    kind = cells.kind(row, column)
    return kind == "date" or (kind == "number" and period_of(cells.at(row, column)) is None)


def _extended(found: list[Block], band: Block) -> list[Block]:
    """Let the blocks above a band go on through it."""
    last = found[-1].bottom
    lowest = [block for block in found if block.bottom == last]
    rest = found[: len(found) - len(lowest)]
    grown = [replace(block, bottom=band.bottom) for block in lowest]
    if len(grown) == 1:
        grown = [replace(grown[0], left=min(grown[0].left, band.left), right=max(grown[0].right, band.right))]
    return rest + grown


def _side_by_side(cells: Cells, band: Block) -> list[Block]:
    """Split a band at its blank columns where every part is a table of its own."""
    used = {column for row in range(band.top, band.bottom + 1) for column in cells.filled(row)}
    parts: list[tuple[int, int]] = []
    for column in sorted(used):
        if parts and parts[-1][1] == column - 1:
            parts[-1] = (parts[-1][0], column)
        else:
            parts.append((column, column))
    if len(parts) < 2:
        return [band]
    whole = [_trimmed(cells, Block(band.top, left, band.bottom, right)) for left, right in parts]
    if _stand_alone(cells, whole):
        return whole
    return [band]


def _trimmed(cells: Cells, block: Block) -> Block:
    rows = [
        row
        for row in range(block.top, block.bottom + 1)
        if any(block.left <= column <= block.right for column in cells.filled(row))
    ]
    return replace(block, top=rows[0], bottom=rows[-1])


def _stand_alone(cells: Cells, parts: list[Block]) -> bool:
    """Tell whether each part has labels or dates first and amounts beside them.

    Parts of equal height of which only the first has dates are one table with a gap.
    """
    if not all(part.right > part.left and part.height > 1 and _has_labels(cells, part) for part in parts):
        return False
    heights = {(part.top, part.bottom) for part in parts}
    dated = [_has_dates(cells, part) for part in parts]
    return len(heights) > 1 or all(dated) or not any(dated)


def _has_labels(cells: Cells, part: Block) -> bool:
    below = range(part.top + 1, part.bottom + 1)
    firsts = [cells.kind(row, part.left) for row in below if cells.at(row, part.left) is not None]
    labels = sum(kind in ("text", "date") for kind in firsts) + sum(
        period_of(cells.at(row, part.left)) is not None for row in below if cells.kind(row, part.left) == "number"
    )
    amounts = any(_is_amount(cells, row, column) for row in below for column in range(part.left + 1, part.right + 1))
    return bool(firsts) and labels * 2 > len(firsts) and amounts


def _has_dates(cells: Cells, part: Block) -> bool:
    """Tell whether the first column, or a row of headings, names periods."""
    column = [period_of(cells.at(row, part.left)) for row in range(part.top, part.bottom + 1)]
    dates = sum(one is not None for one in column)
    if dates * 2 > part.height:
        return True
    for row in range(part.top, min(part.top + 3, part.bottom + 1)):
        heads = [period_of(cells.at(row, at)) for at in range(part.left, part.right + 1)]
        if sum(one is not None for one in heads) >= 2:
            return True
    return False
