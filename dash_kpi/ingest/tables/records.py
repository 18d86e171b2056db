"""Which rows of a table whose amounts run across are records, and which only sum or say something."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from dash_kpi.ingest.addresses import letters
from dash_kpi.ingest.headings import understand
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.ingest.tables.blocks import Block
from dash_kpi.ingest.tables.cells import Cells
from dash_kpi.ingest.tables.heads import Heads
from dash_kpi.ingest.tables.table import left_out_rows
from dash_kpi.ingest.tables.totals import is_total_word, names_total, total_rows


@dataclass(frozen=True, slots=True)
class Records:
    """The rows that are no records: `words` hold no amount, `totals` sum others, `doubtful` may do so and count."""

    words: frozenset[int]
    totals: frozenset[int]
    doubtful: frozenset[int]
    unlike: frozenset[int] = frozenset()  # totals that no sum of the others is like
    outlined: frozenset[int] = frozenset()  # totals whose labels hold for the rows below them

    @property
    def left_out(self) -> frozenset[int]:
        """Return every row that is no record."""
        return self.words | self.totals

    def notes(self, cells: Cells, block: Block, heads: Heads) -> tuple[Finding, ...]:
        """Say which rows were left out, and which may have to be."""
        at = block.left
        spoken = {row for row in self.words if cells.filled(row)}
        return (
            *left_out_rows(
                "total_row_left_out", "row that sums others was", "rows that sum others were", self.totals, at
            ),
            *_doubts(cells, block, self.doubtful),
            *unlike_totals(block, self.unlike),
            *left_out_rows("note_row_left_out", "row without amounts was", "rows without amounts were", spoken, at),
            *units_row(heads, block),
        )


def records_of(
    cells: Cells,
    block: Block,
    heads: Heads,
    labels: dict[int, str],
    columns: Sequence[int],
    measures_at: int | None = None,
) -> Records:
    """Judge the rows below the headings; in the column `measures_at` the labels of a statement are its measures.

    A statement's rows are measures of their own: only a total's word alone makes one of them a total.
    """
    rows = range(heads.first, block.bottom + 1)
    words = frozenset(row for row in rows if not _has_amounts(cells, row, columns))
    records = [row for row in rows if row not in words]
    if measures_at is not None:
        alone = {row for row in records if is_total_word(cells.text(row, measures_at))}
        named = {row for row in alone if understand(cells.text(row, measures_at)).measure not in (None, "revenue")}
        return Records(words, frozenset(alone - named), frozenset())
    judged = [(row, _words(cells, row, labels), [cells.number(row, column) for column in columns]) for row in records]
    outlined = outlined_rows(cells, records, list(labels))
    totals = total_rows(judged, finds_parents=True, outlined=outlined)
    return Records(words, totals.rows, totals.doubtful, totals.unlike, outlined & totals.rows)


def outlined_rows(cells: Cells, records: Sequence[int], labels: Sequence[int]) -> frozenset[int]:
    """Return the rows whose label stands alone to the left of those of the row below, as in an outline."""
    found = set()
    for row, below in pairwise(records):
        own = [column for column in labels if cells.at(row, column) is not None]
        next_own = [column for column in labels if cells.at(below, column) is not None]
        if own and next_own and max(own) < min(next_own) and isinstance(cells.at(row, own[0]), str):
            found.add(row)
    return frozenset(found)


def unlike_totals(block: Block, rows: frozenset[int]) -> tuple[Finding, ...]:
    """Say which rows are called a total, but are like no sum of the records."""
    if not rows:
        return ()
    at = tuple(f"{letters(block.left)}{row + 1}" for row in sorted(rows))
    said = (
        f"The total in row {at[0][len(letters(block.left)) :]} is not the sum of the rows that were loaded: "
        "check whether some of them sum others, or are of another measure."
    )
    return (Finding("unlike_total", said, at, len(rows)),)


def units_row(heads: Heads, block: Block) -> tuple[Finding, ...]:
    """Say that a row of units was left out."""
    units = () if heads.units is None else (heads.units,)
    return left_out_rows("unit_row", "row of units was", "rows of units were", units, block.left)


def _doubts(cells: Cells, block: Block, rows: frozenset[int]) -> tuple[Finding, ...]:
    if not rows:
        return ()
    found = sorted(rows)
    example = next(
        text
        for column in range(block.left, block.right + 1)
        if (text := cells.text(found[0], column)) and names_total(text)
    )
    what = "1 row is" if len(found) == 1 else f"{len(found):,} rows are"
    said = f"{what} called a total, such as '{example}', but sums no rows here; counted like the others."
    return (Finding("maybe_total_row", said, tuple(f"{letters(block.left)}{row + 1}" for row in found), len(found)),)


def _has_amounts(cells: Cells, row: int, columns: Sequence[int]) -> bool:
    return any(cells.at(row, column) is not None or (row, column) in cells.broken for column in columns)


def _words(cells: Cells, row: int, labels: dict[int, str]) -> str:
    texts = [cells.text(row, column) for column in labels if cells.at(row, column) is not None]
    return next((text for text in texts if is_total_word(text) or names_total(text)), " ".join(texts))
