"""Footnote marks beside numbers and periods: "1 300 (r)", "520*", "60p", "2023 (p)"."""

import re
from collections.abc import Sequence
from dataclasses import replace

from dash_kpi.ingest.addresses import letters
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.ingest.tables.blocks import Block
from dash_kpi.ingest.tables.cells import Cell, Cells, kind_of
from dash_kpi.ingest.tables.periods import period_of

_DEEPEST = 40  # rows in which headings that are periods are looked for
_MOST_ADDRESSES = 200
_FLAGS = "a-fnprsuvxz"  # of the statistical offices: provisional, revised, estimated, break in series …
_SURE = re.compile(
    rf"(.*[\d€$£%)])\s*(?:\((?:[{_FLAGS}]{{1,2}}|\d)\)|\[\d\]|[*†‡]+\)?|[¹²³⁴-⁹]+[)⁾]?)\Z", re.IGNORECASE
)
_LETTER = re.compile(rf"(-?[\d.,\s\u00a0]*\d)\s*[{_FLAGS}]\Z")
_PERIOD = re.compile(
    rf"(.*\w\.?)\s*(?:\((?:[{_FLAGS}]{{1,2}}|\d)\)|[*†‡]+\)?|[¹²³⁴-⁹]+[)⁾]?|(?<=\d)\s[prs])\Z", re.IGNORECASE
)


def without_marks(cells: Cells) -> Cells:
    """Return the cells without their footnote marks, and where there were some on numbers.

    A letter right behind a number is a mark only below a heading that is a period; elsewhere "60p" is a name.
    """
    changed: dict[int, list[Cell]] = {}
    marked: list[tuple[int, int]] = []
    dated: set[int] = set()
    for at, row in enumerate(cells.rows):
        for column, cell in enumerate(row):
            if not isinstance(cell, str):
                if at < _DEEPEST and cell is not None and period_of(cell) is not None:
                    dated.add(column)
                continue
            if at < _DEEPEST and (heading := _period(cell)) is not None:
                dated.add(column)
                if heading != cell:
                    changed.setdefault(at, list(row))[column] = heading
            elif (number := _number(cell, column in dated)) is not None:
                changed.setdefault(at, list(row))[column] = number
                marked.append((at, column))
    if not changed:
        return cells
    rows: Sequence[Sequence[Cell]] = [changed.get(at, row) for at, row in enumerate(cells.rows)]
    return replace(cells, rows=rows, marked=tuple(marked))


def marks_note(cells: Cells, block: Block) -> tuple[Finding, ...]:
    """Say which numbers of a block had a footnote mark."""
    found = [
        (row, column)
        for row, column in cells.marked
        if block.top <= row <= block.bottom and block.left <= column <= block.right
    ]
    if not found:
        return ()
    what = "1 number had" if len(found) == 1 else f"{len(found):,} numbers had"
    said = (
        f"{what} a footnote mark beside it, and was read without."
        if len(found) == 1
        else (f"{what} a footnote mark beside them, and were read without.")
    )
    cells_of = tuple(f"{letters(column)}{row + 1}" for row, column in found[:_MOST_ADDRESSES])
    return (Finding("footnote_mark", said, cells_of, len(found)),)


def _period(text: str) -> str | None:
    """Return the text of a period without its mark, None where it is no period."""
    if len(text) > 30:
        return None
    if period_of(text) is not None:
        return text
    found = _PERIOD.match(text)
    return found[1].strip() if found and period_of(found[1].strip()) is not None else None


def _number(text: str, is_dated: bool) -> str | None:
    """Return the text of a number without its mark, None where there is none."""
    if len(text) > 30 or not any(sign.isdigit() for sign in text) or text[-1] in "0123456789":
        return None
    found = _SURE.match(text) or (_LETTER.match(text) if is_dated else None)
    bare = found[1].strip() if found else None
    return bare if bare and kind_of(bare) == "number" and kind_of(text) != "number" else None
