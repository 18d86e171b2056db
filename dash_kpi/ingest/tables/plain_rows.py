"""The layout "rows": a record in each row below the headings."""

from dash_kpi.ingest.tables.blocks import Block
from dash_kpi.ingest.tables.cells import Cells
from dash_kpi.ingest.tables.heads import Heads
from dash_kpi.ingest.tables.hints import words_around
from dash_kpi.ingest.tables.periods import period_of
from dash_kpi.ingest.tables.table import Table, left_out_rows
from dash_kpi.ingest.tables.totals import is_total_word, names_total, total_rows

MOST_ROWS_OF_SUMS = 20_000  # in longer tables a row that sums others is known by its words alone


def rows(cells: Cells, block: Block, heads: Heads, is_wanted: bool) -> Table | None:
    """Read a block as records; every block with headings is one."""
    labels = {
        column: heads.heading(column)
        for column in range(block.left, block.right + 1)
        if column in heads.paths
        or any(cells.at(row, column) is not None for row in range(heads.first, block.bottom + 1))
    }
    body = range(heads.first, block.bottom + 1)
    repeated = {row for row in body if _repeats(cells, row, heads)}
    notes = {row for row in body if row not in repeated and len(labels) > 2 and _is_note(cells, block, row)}
    totals = _totals(cells, block, [row for row in body if row not in repeated | notes and cells.filled(row)])
    units = () if heads.units is None else (heads.units,)
    return Table(
        block,
        heads,
        "rows",
        labels,
        left_out=frozenset(repeated | notes | totals),
        around=words_around(cells, block, heads),
        notes=(
            *left_out_rows(
                "total_row_left_out", "row that sums others was", "rows that sum others were", totals, block.left
            ),
            *left_out_rows("note_row_left_out", "row of words was", "rows of words were", notes, block.left),
            *left_out_rows(
                "repeated_header",
                "repeated row of headings was",
                "repeated rows of headings were",
                repeated,
                block.left,
            ),
            *left_out_rows("unit_row", "row of units was", "rows of units were", units, block.left),
        ),
    )


def _repeats(cells: Cells, row: int, heads: Heads) -> bool:
    """Tell whether a row repeats the headings, as on every printed page."""
    filled = cells.filled(row)
    return len(filled) > 1 and all(
        column in heads.paths
        and isinstance(cells.at(row, column), str)
        and cells.at(row, column) == heads.paths[column][-1]
        for column in filled
    )


def _is_note(cells: Cells, block: Block, row: int) -> bool:
    """Tell whether a row holds one text and nothing else, and no word for a total."""
    filled = [column for column in cells.filled(row) if block.left <= column <= block.right]
    return len(filled) == 1 and cells.kind(row, filled[0]) == "text" and not is_total_word(cells.text(row, filled[0]))


def _totals(cells: Cells, block: Block, body: list[int]) -> set[int]:
    """Return the rows that sum others: those without a date, or with a total's word alone."""
    dated = _date_columns(cells, block, body)
    is_short = len(body) <= MOST_ROWS_OF_SUMS
    judged = []
    for row in body:
        words = _words(cells, block, row, any(_is_date(cells, row, column) for column in dated))
        numbers = [cells.number(row, column) for column in range(block.left, block.right + 1)] if is_short else []
        judged.append((row, words, numbers))
    return total_rows(judged)


def _words(cells: Cells, block: Block, row: int, has_date: bool) -> str:
    texts = [
        cells.text(row, column) for column in range(block.left, block.right + 1) if cells.kind(row, column) == "text"
    ]
    whole = next((text for text in texts if is_total_word(text)), None)
    if whole is not None:
        return "a record" if has_date and len(texts) > 1 else whole
    if has_date:
        return "a record"
    return next((text for text in texts if names_total(text)), "a record" if texts else "")


def _date_columns(cells: Cells, block: Block, body: list[int]) -> list[int]:
    found = []
    for column in range(block.left, block.right + 1):
        seen = [row for row in body[:200] if cells.at(row, column) is not None]
        if seen and sum(_is_date(cells, row, column) for row in seen) * 2 > len(seen):
            found.append(column)
    return found


def _is_date(cells: Cells, row: int, column: int) -> bool:
    cell = cells.at(row, column)
    return cells.kind(row, column) == "date" or (isinstance(cell, str) and period_of(cell) is not None)
