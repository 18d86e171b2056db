"""Income statements: labels that are measures down the side, periods or segments across."""

import re
from collections.abc import Iterable

from dash_kpi.ingest.headings import CANONICAL, understand
from dash_kpi.ingest.tables.across import Head, across, amount_columns, head_of, is_dated, labels_of
from dash_kpi.ingest.tables.blocks import Block
from dash_kpi.ingest.tables.cells import Cells
from dash_kpi.ingest.tables.heads import Heads
from dash_kpi.ingest.tables.hints import heads_measures, names_measure, words_around
from dash_kpi.ingest.tables.records import records_of
from dash_kpi.ingest.tables.table import Table, ValueColumn, left_out_columns
from dash_kpi.ingest.tables.totals import names_total

_KNOWN = frozenset(CANONICAL) | {"margin"}
_NEEDED = frozenset({"revenue", "cogs", "profit", "expenses"})
_WEAK = 10  # the strength of a heading such as "Amount"
_ENOUGH_LINES = 3
_LINE = re.compile(
    r"\b(?:(?:opening|closing|beginning|ending|starting) (?:cash|bank|balance)|net (?:cash|income|profit|change|loss)"
    r"|gross (?:profit|margin)|cash (?:in|out|flow|received|paid)s?|cash ?flow|ebit(?:da)?|operating (?:income|profit)"
    r"|balance (?:brought|carried) forward|anfangsbestand|endbestand|saldo|solde|tresorerie)\b"
)


def statement(cells: Cells, block: Block, heads: Heads, is_wanted: bool) -> Table | None:
    """Recognise an income statement: labels that are measures down the side, periods or segments across."""
    amounts = set(amount_columns(cells, block, heads))
    labels = labels_of(cells, block, heads, amounts)
    records = [
        row
        for row in range(heads.first, block.bottom + 1)
        if any(cells.at(row, column) is not None for column in amounts)
    ]
    lines = {
        column: [cells.text(row, column) for row in records if cells.at(row, column) is not None] for column in labels
    }
    meanings = {column: _KNOWN & {understand(text).measure for text in texts} for column, texts in lines.items()}
    if not meanings:
        return None
    column = max(meanings, key=lambda at: (len(meanings[at]), at))
    known = meanings[column]
    is_told = heads_measures(labels[column]) or _are_lines(lines[column])
    if not is_wanted and (len(known) < (1 if is_told else 2) or not known & _NEEDED):
        return None
    table = across(cells, block, heads, is_wanted, column)
    if table is None and len(known) > 1 and len(set(lines[column])) == len(lines[column]):
        return _of_segments(cells, block, heads, labels, column)
    if table is None or any(value.measure or value.segment for value in table.values):
        return None
    return table


def _are_lines(texts: Iterable[str]) -> bool:
    """Tell whether labels are the lines of a statement of cash or profit, which must not be added up."""
    return sum(bool(_LINE.search(text.casefold())) for text in texts) >= _ENOUGH_LINES


def _of_segments(
    cells: Cells, block: Block, heads: Heads, labels: dict[int, str], statement_column: int
) -> Table | None:
    """Return a statement whose period stands in a title, with segments or one column of amounts across."""
    if any(is_dated(cells, heads, block, column) for column in labels):
        return None
    amounts = [head_of(heads, column) for column in amount_columns(cells, block, heads)]
    totals = [head for head in amounts if head.is_total or names_total(" ".join(head.words))]
    parts = [head for head in amounts if head not in totals] or totals[:1]
    if any(head.period or _is_measure(head, is_alone=len(parts) == 1) for head in parts):
        return None
    records = records_of(cells, block, heads, labels, [head.column for head in parts], measures_at=statement_column)
    around = words_around(cells, block, heads)
    left = [head for head in totals if head not in parts]
    return Table(
        block,
        heads,
        "statement",
        labels,
        tuple(ValueColumn(head.column, segment=" / ".join(head.words) if len(parts) > 1 else None) for head in parts),
        left_out=records.left_out,
        segment=around.segment() or "Group",
        around=around,
        statement_column=statement_column,
        notes=(
            *left_out_columns((head.column, heads.heading(head.column), "sums other columns") for head in left),
            *records.notes(cells, block, heads),
        ),
    )


def _is_measure(head: Head, *, is_alone: bool) -> bool:
    """Tell whether a column has a measure of its own; "Amount" above all amounts says nothing."""
    words = " ".join(head.words)
    return names_measure(words) and not (is_alone and understand(words).strength <= _WEAK)
