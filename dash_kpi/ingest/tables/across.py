"""Layouts whose amounts run across the columns: by period, by segment, and income statements."""

import re
from dataclasses import dataclass, replace

from dash_kpi.ingest.headings import CANONICAL, understand
from dash_kpi.ingest.tables.blocks import Block
from dash_kpi.ingest.tables.cells import Cells
from dash_kpi.ingest.tables.heads import Heads
from dash_kpi.ingest.tables.hints import heads_measures, is_actual, is_comparison, names_measure, words_around
from dash_kpi.ingest.tables.periods import ORDER, Period, by_steps, ended, period_of, split_period
from dash_kpi.ingest.tables.records import records_of
from dash_kpi.ingest.tables.table import UNNAMED, Table, ValueColumn, left_out_columns, unnamed
from dash_kpi.ingest.tables.totals import is_total_word, names_total, sums_to

_STATEMENT = frozenset(CANONICAL) | {"margin"}
_STATEMENT_NEEDS = frozenset({"revenue", "cogs", "profit", "expenses"})
_ENDED = re.compile(r"\W*(\d{1,2}|three|six|nine|twelve) months?(?: period)? ended\W*\Z")
_COUNTS = {"three": 3, "six": 6, "nine": 9, "twelve": 12}


class _Dated(Exception):
    """Say that every row has a date of its own."""


@dataclass(frozen=True, slots=True)
class _Head:
    """What the headings above one column say."""

    column: int
    period: Period | None
    words: tuple[str, ...]

    @property
    def is_total(self) -> bool:
        return any(is_total_word(word) for word in self.words)


def periods_across(cells: Cells, block: Block, heads: Heads, is_wanted: bool) -> Table | None:
    """Recognise a table with labels down the side and periods across."""
    return _across(cells, block, heads, is_wanted, None)


def statement(cells: Cells, block: Block, heads: Heads, is_wanted: bool) -> Table | None:
    """Recognise an income statement: labels that are measures down the side, periods across."""
    amounts = set(_amount_columns(cells, block, heads))
    labels = _labels(cells, block, heads, amounts)
    records = [
        row
        for row in range(heads.first, block.bottom + 1)
        if any(cells.at(row, column) is not None for column in amounts)
    ]
    meanings = {
        column: _STATEMENT
        & {understand(cells.text(row, column)).measure for row in records if cells.at(row, column) is not None}
        for column in labels
    }
    if not meanings:
        return None
    column = max(meanings, key=lambda at: (len(meanings[at]), at))
    known = meanings[column]
    is_told = heads_measures(labels[column])
    if not is_wanted and (len(known) < (1 if is_told else 2) or not known & _STATEMENT_NEEDS):
        return None
    table = _across(cells, block, heads, is_wanted, column)
    if table is None or any(value.measure or value.segment for value in table.values):
        return None
    return table


def _across(cells: Cells, block: Block, heads: Heads, is_wanted: bool, statement_column: int | None) -> Table | None:
    amounts = [_head(heads, column) for column in _amount_columns(cells, block, heads)]
    found = _as_one_grain([head for head in amounts if head.period is not None])
    periods = {head.period for head in found}
    is_of_one = (
        len(periods) == 1 and len(found) == len(amounts) and all(period and period.is_whole for period in periods)
    )
    if not periods or (len(periods) < 2 and not is_of_one and not is_wanted):
        return None
    labels = _labels(cells, block, heads, {head.column for head in amounts})
    try:
        row_period = _row_period(cells, heads, block, labels, found, is_wanted)
    except _Dated:
        return None
    table = _with_values(cells, block, heads, amounts, found, labels, statement_column)
    return None if table is None else replace(table, row_period=row_period)


def values_across(cells: Cells, block: Block, heads: Heads, is_wanted: bool) -> Table | None:
    """Recognise a table with dates down the side and segments across, whose amounts are all of one measure.

    A column of totals that are their sums proves it, or a heading above them, or a title "Sales by manager".
    """
    amounts = [_head(heads, column) for column in _amount_columns(cells, block, heads)]
    labels = _labels(cells, block, heads, {head.column for head in amounts})
    if not any(_is_dated(cells, heads, block, column) for column in labels):
        return None
    parts = [head for head in amounts if not head.is_total and not names_total(" ".join(head.words))]
    totals = [head for head in amounts if head not in parts]
    around = words_around(cells, block, heads)
    shared = _shared_word(parts)
    names = [_without(head.words, shared) for head in parts]
    if len(parts) < 2 or (not is_wanted and any(names_measure(name) or understand(name).is_code for name in names)):
        return None
    is_proven = len(totals) == 1 and _adds_up(cells, heads, block, parts, totals[0])
    if not (
        is_wanted
        or is_proven
        or (shared and names_measure(shared))
        or (around.measure() and (around.segment() or around.says_only_measure()))
    ):
        return None
    records = records_of(cells, block, heads, labels, [head.column for head in parts])
    measure = shared if shared and names_measure(shared) else around.measure() or shared or UNNAMED
    return Table(
        block,
        heads,
        "values_across",
        labels,
        tuple(ValueColumn(head.column, segment=name) for head, name in zip(parts, names, strict=True)),
        left_out=records.left_out,
        measure=measure,
        segment=around.segment() or "Group",
        around=around,
        notes=(
            *left_out_columns((head.column, heads.heading(head.column), "sums other columns") for head in totals),
            *records.notes(cells, block, heads),
            *unnamed(measure),
        ),
    )


# What the columns are


def _amount_columns(cells: Cells, block: Block, heads: Heads) -> list[int]:
    """Return the columns that hold numbers in most of their cells, codes aside."""
    found = []
    for column in range(block.left, block.right + 1):
        kinds = [cells.kind(row, column) for row in range(heads.first, block.bottom + 1)]
        numbers, filled = kinds.count("number"), len(kinds) - kinds.count("blank")
        if numbers and numbers * 2 >= filled and column in heads.paths and not _is_label(cells, block, heads, column):
            found.append(column)
    return found


def _is_label(cells: Cells, block: Block, heads: Heads, column: int) -> bool:
    """Tell whether numbers here are labels: codes, or years down the side."""
    if _head(heads, column).period is not None and period_of(heads.paths[column][-1]) is not None:
        return False
    if understand(heads.heading(column)).is_code:
        return True
    seen = [cells.at(row, column) for row in range(heads.first, block.bottom + 1) if cells.at(row, column) is not None]
    return bool(seen) and all(isinstance(cell, float) and period_of(cell) is not None for cell in seen)


def _head(heads: Heads, column: int) -> _Head:
    period: Period | None = None
    words: list[str] = []
    months = 0
    for cell in heads.paths.get(column, ()):
        if isinstance(cell, str) and (spell := _ENDED.match(cell.casefold())):
            months = _COUNTS.get(spell[1]) or int(spell[1])
            continue
        found, rest = split_period(cell) if isinstance(cell, str) else (period_of(cell), "")
        if found is not None:
            period = found if period is None else period.within(found) or found
        if rest:
            words.append(rest)
        elif found is None and cell is not None:
            words.append(str(cell))
    return _Head(column, ended(period, months) if period is not None and months else period, tuple(words))


def _as_one_grain(heads: list[_Head]) -> list[_Head]:
    """Return the columns with periods; first days of months stand for their months."""
    periods = by_steps([head.period for head in heads if head.period is not None])
    return [replace(head, period=period) for head, period in zip(heads, periods, strict=True)]


def _labels(cells: Cells, block: Block, heads: Heads, amounts: set[int]) -> dict[int, str]:
    found = {}
    for column in range(block.left, block.right + 1):
        is_used = any(cells.at(row, column) is not None for row in range(heads.first, block.bottom + 1))
        # Marks without a heading, right of the amounts, are remarks on them.
        is_remark = bool(amounts) and column > min(amounts) and column not in heads.paths
        if column not in amounts and is_used and not is_remark:
            found[column] = heads.heading(column)
    return found


def _is_dated(cells: Cells, heads: Heads, block: Block, column: int) -> bool:
    seen = [cells.at(row, column) for row in range(heads.first, block.bottom + 1) if cells.at(row, column) is not None]
    return bool(seen) and sum(period_of(cell) is not None for cell in seen) * 10 >= 6 * len(seen)


def _row_period(
    cells: Cells, heads: Heads, block: Block, labels: dict[int, str], found: list[_Head], is_wanted: bool
) -> int | None:
    """Return the label column that completes the periods across.

    Raise _Dated where the rows have whole dates themselves.
    """
    for column in labels:
        if not _is_dated(cells, heads, block, column):
            continue
        below = [
            period
            for row in range(heads.first, block.bottom + 1)
            if (period := period_of(cells.at(row, column))) is not None
        ]
        if all(_completes(head.period, below[0]) for head in found if head.period is not None):
            return column
        if not is_wanted and any(
            period.day is not None or period.part != "year" for period in below if period.is_whole
        ):
            raise _Dated
    return None


def _completes(across: Period, down: Period) -> bool:
    whole = across.within(down)
    return whole is not None and whole.is_whole and (not across.is_whole or not down.is_whole)


# Which columns are values


def _with_values(
    cells: Cells,
    block: Block,
    heads: Heads,
    amounts: list[_Head],
    found: list[_Head],
    labels: dict[int, str],
    statement_column: int | None,
) -> Table | None:
    finest = min((head.period.part for head in found if head.period), key=ORDER.index)
    if finest == "day" and any(head.period and head.period.part == "month" for head in found):
        finest = "month"
    left: list[tuple[_Head, str]] = [
        (head, "is of no period") for head in amounts if head.column not in {one.column for one in found}
    ]
    kept = []
    for head in found:
        if head.is_total or any(names_total(word) for word in head.words):
            left.append((head, "sums other columns"))
        elif head.period is not None and head.period.part != finest:
            left.append((head, f"is of a {head.period.part}, the others are of a {finest}"))
        elif any(is_comparison(word) and not is_actual(word) for word in head.words):
            left.append((head, "compares or foresees"))
        else:
            kept.append(head)
    if len(kept) < 1:
        return None
    around = words_around(cells, block, heads)
    values = _values(kept)
    records = records_of(cells, block, heads, labels, [value.column for value in values], measures_at=statement_column)
    corner = [heading for heading in labels.values() if names_measure(heading)]
    measure = around.measure() or (corner[0] if corner else UNNAMED)
    is_unnamed = statement_column is None and any(value.measure is None for value in values)
    columns = left_out_columns(
        (head.column, heads.heading(head.column), "sums other columns" if head.is_total else why) for head, why in left
    )
    return Table(
        block,
        heads,
        "months_across" if statement_column is None else "statement",
        labels,
        values,
        left_out=records.left_out,
        measure=measure,
        around=around,
        statement_column=statement_column,
        notes=(*columns, *records.notes(cells, block, heads), *(unnamed(measure) if is_unnamed else ())),
    )


def _values(kept: list[_Head]) -> tuple[ValueColumn, ...]:
    """Sort the words beside the periods into measures and segments."""
    distinct = {word for head in kept for word in head.words}
    measures = {word for word in distinct if names_measure(word)} | {
        word for word in distinct if is_actual(word) or understand(word).measure == "budget"
    }
    if len(distinct) > 1 and len(measures) * 2 < len(distinct) and not _crosses(kept, measures):
        measures = set()
    values = []
    for head in kept:
        named = [word for word in head.words if word in measures]
        others = [word for word in head.words if word not in measures]
        measure = next((word for word in reversed(named) if not is_actual(word)), None)
        if measures and not named and others:  # beside other measures, a word that we do not know is one too
            measure, others = " ".join(others), []
        values.append(ValueColumn(head.column, head.period, measure, " / ".join(others) or None))
    return tuple(values)


def _crosses(kept: list[_Head], measures: set[str]) -> bool:
    """Tell whether every column has one of the measures among its words: they cross with the segments."""
    return all(any(word in measures for word in head.words) for head in kept)


def _shared_word(parts: list[_Head]) -> str | None:
    """Return the words that all columns share: the heading of their group."""
    if not parts or any(len(head.words) < 2 for head in parts):
        return None
    first = parts[0].words[0]
    return first if all(head.words[0] == first for head in parts) else None


def _without(words: tuple[str, ...], shared: str | None) -> str:
    return " / ".join(word for word in words if word != shared) or " / ".join(words)


def _adds_up(cells: Cells, heads: Heads, block: Block, parts: list[_Head], total: _Head) -> bool:
    rows = [row for row in range(heads.first, block.bottom + 1) if cells.number(row, total.column) is not None]
    fits = sum(
        sums_to(cells.number(row, total.column), [cells.number(row, head.column) for head in parts]) for row in rows
    )
    return bool(rows) and fits * 10 >= 8 * len(rows)
