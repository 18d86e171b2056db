"""A table as it was found in a sheet: its rows, its columns, and the part each plays in its layout."""

from collections.abc import Iterable
from dataclasses import dataclass

from dash_kpi.ingest.addresses import letters
from dash_kpi.ingest.reading import Layout
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.ingest.tables.blocks import Block
from dash_kpi.ingest.tables.heads import Heads
from dash_kpi.ingest.tables.hints import NO_WORDS, Words
from dash_kpi.ingest.tables.periods import Period

MOST_ADDRESSES = 200
UNNAMED = "Value"  # the heading of amounts that nothing names


@dataclass(frozen=True, slots=True)
class ValueColumn:
    """A column of amounts in a table whose periods or segments run across.

    `period` is None where the row has the period, `measure` where the table has one for all.
    """

    column: int
    period: Period | None = None
    measure: str | None = None
    segment: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a sheet. Rows and columns are counted from 0.

    `labels` are the columns of a row's own words with their headings. In the layout "rows" they are all
    columns, and there are no `values`. `left_out` are rows that are no records, such as totals.
    `measure` names the amounts where nothing in the table does; `segment` heads the segments across;
    `around` are the words around the table, which may have its period.
    """

    block: Block
    heads: Heads
    layout: Layout
    labels: dict[int, str]
    values: tuple[ValueColumn, ...] = ()
    left_out: frozenset[int] = frozenset()
    measure: str = UNNAMED
    segment: str = "Group"
    around: Words = NO_WORDS
    carried: tuple[int, dict[int, str]] | None = (
        None  # a column, and the period of each row that the rows above complete
    )
    grouped_by: tuple[int, ...] = ()  # the columns that are filled only where they change
    row_period: int | None = None  # the label column that completes the periods across
    statement_column: int | None = None  # the label column whose texts are the measures
    outlined: frozenset[int] = frozenset()  # rows left out whose labels hold for the rows below them
    notes: tuple[Finding, ...] = ()
    refusal: str | None = None  # why it cannot be read

    @property
    def rows(self) -> Iterable[int]:
        """Return the rows of records."""
        return (row for row in range(self.heads.first, self.block.bottom + 1) if row not in self.left_out)

    @property
    def is_plain(self) -> bool:
        """Tell whether it is one row of headings with a record in every row below, and nothing else."""
        return (
            self.layout == "rows"
            and self.heads.top == self.heads.bottom
            and not (self.left_out or self.notes or self.carried or self.refusal)
        )


def unnamed(measure: str) -> tuple[Finding, ...]:
    """Return the finding that nothing says what the amounts are."""
    if measure != UNNAMED:
        return ()
    said = "Nothing on the sheet says what the amounts are; they were read as revenue. Name them in the mapping."
    return (Finding("unnamed_measure", said, (), 0),)


def hidden_rows(rows: Iterable[int], column: int) -> tuple[Finding, ...]:
    """Return the finding that rows, counted from 1, are hidden in the sheet and were read like the others."""
    found = sorted(rows)
    if not found:
        return ()
    what = (
        "1 row is hidden in the sheet and was"
        if len(found) == 1
        else f"{len(found):,} rows are hidden in the sheet and were"
    )
    cells = tuple(f"{letters(column)}{row}" for row in found[:MOST_ADDRESSES])
    return (Finding("hidden_rows", f"{what} read like the others.", cells, len(found)),)


def left_out_rows(code: str, one: str, many: str, rows: Iterable[int], column: int) -> tuple[Finding, ...]:
    """Return the finding about rows that were left out: "1 row of totals was …", "3 rows of totals were …"."""
    found = sorted(rows)
    if not found:
        return ()
    message = f"1 {one} left out." if len(found) == 1 else f"{len(found):,} {many} left out."
    cells = tuple(f"{letters(column)}{row + 1}" for row in found[:MOST_ADDRESSES])
    return (Finding(code, message, cells, len(found)),)


def left_out_columns(columns: Iterable[tuple[int, str, str]]) -> tuple[Finding, ...]:
    """Return a finding for each column that was left out, of (column, heading, reason)."""
    return tuple(
        Finding("column_left_out", f"Column {letters(at)} '{heading}' was left out: it {reason}.", (), 0)
        for at, heading, reason in columns
    )
