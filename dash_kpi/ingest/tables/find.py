"""Find the tables of a sheet and decide the layout of each."""

from collections.abc import Callable
from dataclasses import replace

from dash_kpi.ingest.reading import Layout
from dash_kpi.ingest.rules import Rules
from dash_kpi.ingest.tables import across, plain_rows, statements
from dash_kpi.ingest.tables.blocks import Block, blocks
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


def find_tables(cells: Cells, rules: Rules | None = None) -> list[Table]:
    """Return the tables of a sheet from top to bottom; `rules` may say where the first begins, and its layout."""
    cells = with_days(cells)
    found: list[Table] = []
    for block in blocks(cells):
        wanted = rules if rules and not found and _is_meant(block, rules) else None
        heads = heads_of(
            cells,
            block,
            None if wanted is None or wanted.header_row is None else wanted.header_row - 1,
            wanted.header_rows if wanted else None,
        )
        if heads is None:
            continue
        table = _recognised(cells, block, heads, wanted.layout if wanted else None)
        if table is not None:
            found.append(_with_notes(cells, table))
    return found


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
