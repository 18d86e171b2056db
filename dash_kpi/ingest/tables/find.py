"""Find the tables of a sheet and decide the layout of each."""

from collections.abc import Callable
from dataclasses import replace

from dash_kpi.ingest.reading import Layout
from dash_kpi.ingest.rules import NO_RULES, Rules
from dash_kpi.ingest.tables import across, plain_rows, statements
from dash_kpi.ingest.tables.blocks import Block, blocks
from dash_kpi.ingest.tables.calendars import why_calendar
from dash_kpi.ingest.tables.cells import Cells
from dash_kpi.ingest.tables.day_heads import with_days
from dash_kpi.ingest.tables.heads import Heads, heads_of
from dash_kpi.ingest.tables.hints import scale_note
from dash_kpi.ingest.tables.marks import marks_note
from dash_kpi.ingest.tables.table import Table

# The layouts, in the order in which they are tried; the first that recognises the block reads it.
Recogniser = Callable[[Cells, Block, Heads, bool], Table | None]
LAYOUTS: dict[Layout, Recogniser] = {
    "statement": statements.statement,
    "months_across": across.periods_across,
    "values_across": across.values_across,
    "rows": plain_rows.rows,
}


def find_tables(
    cells: Cells, rules: Rules | None = None, rules_of: Callable[[int], Rules] | None = None
) -> list[Table]:
    """Return the tables of a sheet from top to bottom.

    `rules` may say where the first begins, and its layout; what stands above it is then no table. `rules_of` gives
    those of the others, by their place.
    """
    cells = with_days(cells)
    found: list[Table] = []
    for block in _meant(cells, blocks(cells), rules):
        told = rules if not found else rules_of(len(found)) if rules_of else None
        table = _table(cells, block, told if told and _is_meant(block, told) else NO_RULES)
        if table is not None:
            found.append(_with_notes(cells, table))
    return found


def _table(cells: Cells, block: Block, told: Rules) -> Table | None:
    heads = heads_of(cells, block, None if told.header_row is None else told.header_row - 1, told.header_rows)
    table = None if heads is None else _recognised(cells, block, heads, told.layout)
    if table is None or heads is None or told.layout or not (refusal := why_calendar(cells, block, heads)):
        return table
    return replace(table, refusal=refusal)


def _meant(cells: Cells, found: list[Block], rules: Rules | None) -> list[Block]:
    """Return the blocks from the one on whose row of headings a person has named; a title may be that row."""
    if rules is None or rules.header_row is None:
        return found
    row = rules.header_row - 1
    kept = [block for block in found if block.bottom > row]
    if not kept or kept[0].top <= row or row >= len(cells.rows) or not (filled := cells.filled(row)):
        return kept or found
    first = kept[0]
    wider = replace(first, top=row, left=min(first.left, *filled), right=max(first.right, *filled))
    return [wider, *kept[1:]]


def _is_meant(block: Block, rules: Rules) -> bool:
    return rules.header_row is None or block.top <= rules.header_row - 1 <= block.bottom


def _with_notes(cells: Cells, table: Table) -> Table:
    units = "" if table.heads.units is None else " ".join(cells.text(table.heads.units, at) for at in table.heads.paths)
    notes = (*scale_note(table.around, f" {units} "), *marks_note(cells, table.block))
    return replace(table, notes=(*table.notes, *notes)) if notes else table


def _recognised(cells: Cells, block: Block, heads: Heads, layout: Layout | None) -> Table | None:
    if layout is not None:
        return LAYOUTS[layout](cells, block, heads, True) or plain_rows.rows(cells, block, heads, True)
    return next((table for read in LAYOUTS.values() if (table := read(cells, block, heads, False))), None)
