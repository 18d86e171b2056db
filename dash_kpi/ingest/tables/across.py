"""Layouts whose amounts run across the columns: by period, and by segment."""

import re
from dataclasses import dataclass, replace
from datetime import date

from dash_kpi.ingest.dates import read_dates
from dash_kpi.ingest.headings import understand
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.ingest.tables.blocks import Block
from dash_kpi.ingest.tables.cells import Cells
from dash_kpi.ingest.tables.heads import Heads
from dash_kpi.ingest.tables.hints import is_actual, is_comparison, names_measure, words_around
from dash_kpi.ingest.tables.periods import ORDER, Period, by_steps, ended, period_of, split_period
from dash_kpi.ingest.tables.records import records_of
from dash_kpi.ingest.tables.table import UNNAMED, Table, ValueColumn, left_out_columns, unnamed
from dash_kpi.ingest.tables.totals import is_total_word, names_total, sums_to

_ENDED = re.compile(r"\W*(\d{1,2}|three|six|nine|twelve) months?(?: period)? ended\W*\Z")
_TRIPLE = re.compile(r"\d{1,2}[./-]\d{1,2}[./-](?:\d\d|\d{4})\Z")
_COUNTS = {"three": 3, "six": 6, "nine": 9, "twelve": 12}


class _Dated(Exception):
    """Say that every row has a date of its own."""


@dataclass(frozen=True, slots=True)
class Head:
    """What the headings above one column say."""

    column: int
    period: Period | None
    words: tuple[str, ...]
    months: int = 0  # that it says it lasts
    text: str | None = None  # a day whose order only the others tell

    @property
    def is_total(self) -> bool:
        """Tell whether the column is called a total."""
        return any(is_total_word(word) for word in self.words)


def periods_across(cells: Cells, block: Block, heads: Heads, is_wanted: bool) -> Table | None:
    """Recognise a table with labels down the side and periods across."""
    return across(cells, block, heads, is_wanted, None)


def across(cells: Cells, block: Block, heads: Heads, is_wanted: bool, statement_column: int | None) -> Table | None:
    """Return the table whose columns are periods; None where they are not, or every row has its own date."""
    amounts = [head_of(heads, column) for column in amount_columns(cells, block, heads)]
    found = _as_one_grain([head for head in amounts if head.period is not None])
    periods = {head.period for head in found}
    is_of_one = (
        len(periods) == 1 and len(found) == len(amounts) and all(period and period.is_whole for period in periods)
    )
    if not periods or (len(periods) < 2 and not is_of_one and not is_wanted):
        return None
    labels = labels_of(cells, block, heads, {head.column for head in amounts})
    try:
        row_period = _row_period(cells, heads, block, labels, found, is_wanted)
    except _Dated:
        return None
    table = _with_values(cells, block, heads, amounts, found, labels, statement_column)
    doubt = _doubt([head for head in amounts if head.period is not None])
    return None if table is None else replace(table, row_period=row_period, notes=(*table.notes, *doubt))


def values_across(cells: Cells, block: Block, heads: Heads, is_wanted: bool) -> Table | None:
    """Recognise a table with dates down the side and segments across, whose amounts are all of one measure.

    A column of totals that are their sums proves it, or a heading above them, or a title "Sales by manager".
    """
    amounts = [head_of(heads, column) for column in amount_columns(cells, block, heads)]
    labels = labels_of(cells, block, heads, {head.column for head in amounts})
    if not any(is_dated(cells, heads, block, column) for column in labels):
        return None
    parts = [head for head in amounts if not head.is_total and not names_total(" ".join(head.words))]
    totals = [head for head in amounts if head not in parts]
    around = words_around(cells, block, heads)
    shared = _shared_word(parts)
    names = [_without(head.words, shared) for head in parts]
    if len(parts) < 2 or (not is_wanted and any(map(_is_no_segment, names))):
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
        outlined=records.outlined,
        measure=measure,
        segment=around.segment() or "Group",
        around=around,
        notes=(
            *left_out_columns((head.column, heads.heading(head.column), "sums other columns") for head in totals),
            *records.notes(cells, block, heads),
            *unnamed(measure),
        ),
    )


def _is_no_segment(name: str) -> bool:
    meaning = understand(name)
    return names_measure(name) or (meaning.is_code and not meaning.names_entity)


# What the columns are


def amount_columns(cells: Cells, block: Block, heads: Heads) -> list[int]:
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
    if head_of(heads, column).period is not None and period_of(heads.paths[column][-1]) is not None:
        return False
    meaning = understand(heads.heading(column))
    numbers = [cells.number(row, column) for row in range(heads.first, block.bottom + 1)]
    has_fractions = any(number is not None and not number.is_integer() for number in numbers)
    if meaning.is_code and not (meaning.names_entity and has_fractions):
        return True
    seen = [cells.at(row, column) for row in range(heads.first, block.bottom + 1) if cells.at(row, column) is not None]
    return bool(seen) and all(isinstance(cell, float) and period_of(cell) is not None for cell in seen)


def head_of(heads: Heads, column: int) -> Head:
    """Return what the headings above a column say."""
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
    whole = ended(period, months) if period is not None and months else period
    last = heads.paths[column][-1] if heads.paths.get(column) else None
    text = last if isinstance(last, str) and _TRIPLE.match(last) and not months else None
    return Head(column, whole, tuple(words), months, text)


def _without_spans(heads: list[Head]) -> list[Head]:
    """Return the columns that do not sum others up to a day: "9 Months Ended" beside "3 Months Ended"."""
    shortest = min((head.months for head in heads if head.months), default=0)
    return [head for head in heads if head.months == shortest or head.months in (0, 12)]


def _as_one_grain(heads: list[Head]) -> list[Head]:
    """Return the columns with periods; first days of months stand for their months."""
    heads = _in_one_order(_without_spans(heads))
    periods = by_steps([head.period for head in heads if head.period is not None])
    return [replace(head, period=period) for head, period in zip(heads, periods, strict=True)]


def _in_one_order(heads: list[Head]) -> list[Head]:
    """Return days that are written as texts as all of them together say: 01.01.2024, 02.01.2024, … are days."""
    orders = _orders(heads)
    if not orders:
        return heads
    days = min(orders, key=_likeliness)
    return [
        replace(head, period=Period("day", day.year, day=day)) if head.text and (day := days.get(head.text)) else head
        for head in heads
    ]


def _orders(heads: list[Head]) -> list[dict[str, date]]:
    """Return the ways to read headings that are all days as texts: day or month first, or both."""
    texts = [head.text or "" for head in heads]
    if len(texts) < 2 or not all(texts):
        return []
    is_dotted = all(re.match(r"\d{1,2}\.\d{1,2}\.", text) for text in texts)
    orders = [read_dates(texts, first, False, is_decided=True).values for first in (False, True)]
    both = [days for days in orders if len(days) == len(set(texts))]
    return both if both and not is_dotted else orders[:1]


def _likeliness(days: dict[str, date]) -> tuple[bool, int]:
    """Rank an order of day and month, the likeliest first: first days of months, then days near to one another."""
    found = days.values()
    return not all(day.day == 1 for day in found), (max(found) - min(found)).days if found else 0


def _doubt(heads: list[Head]) -> tuple[Finding, ...]:
    """Say that nothing shows whether the day or the month comes first in headings that are days."""
    if len(_orders(heads)) < 2:
        return ()
    text, day = heads[0].text, min(_orders(heads), key=_likeliness)[heads[0].text or ""]
    said = f"Nothing in the headings shows whether the day or the month comes first; '{text}' was read as {day}."
    return (Finding("ambiguous_day_month", said),)


def labels_of(cells: Cells, block: Block, heads: Heads, amounts: set[int]) -> dict[int, str]:
    """Return the columns of a row's own words with their headings."""
    found = {}
    for column in range(block.left, block.right + 1):
        is_used = any(cells.at(row, column) is not None for row in range(heads.first, block.bottom + 1))
        # Marks without a heading, right of the amounts, are remarks on them; so is what a gap parts from them.
        is_remark = bool(amounts) and (
            (column > min(amounts) and column not in heads.paths)
            or (column > max(amounts) and _has_gap(cells, block, heads, max(amounts), column))
        )
        if column not in amounts and is_used and not is_remark:
            found[column] = heads.heading(column)
    return found


def _has_gap(cells: Cells, block: Block, heads: Heads, left: int, right: int) -> bool:
    """Tell whether a column between two others is blank."""
    rows = range(heads.top, block.bottom + 1)
    return any(all(cells.at(row, column) is None for row in rows) for column in range(left + 1, right))


def is_dated(cells: Cells, heads: Heads, block: Block, column: int) -> bool:
    """Tell whether most cells of a column are periods."""
    seen = [cells.at(row, column) for row in range(heads.first, block.bottom + 1) if cells.at(row, column) is not None]
    return bool(seen) and sum(period_of(cell) is not None for cell in seen) * 10 >= 6 * len(seen)


def _row_period(
    cells: Cells, heads: Heads, block: Block, labels: dict[int, str], found: list[Head], is_wanted: bool
) -> int | None:
    """Return the label column that completes the periods across.

    Raise _Dated where the rows have whole dates themselves.
    """
    for column in labels:
        if not is_dated(cells, heads, block, column):
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
    amounts: list[Head],
    found: list[Head],
    labels: dict[int, str],
    statement_column: int | None,
) -> Table | None:
    finest = min((head.period.part for head in found if head.period), key=ORDER.index)
    if finest == "day" and any(head.period and head.period.part == "month" for head in found):
        finest = "month"
    left: list[tuple[Head, str]] = [
        (head, f"is of {head.months} months" if head.months else "is of no period")
        for head in amounts
        if head.column not in {one.column for one in found}
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
        outlined=records.outlined,
        measure=measure,
        around=around,
        statement_column=statement_column,
        notes=(*columns, *records.notes(cells, block, heads), *(unnamed(measure) if is_unnamed else ())),
    )


def _values(kept: list[Head]) -> tuple[ValueColumn, ...]:
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


def _crosses(kept: list[Head], measures: set[str]) -> bool:
    """Tell whether every column has one of the measures among its words: they cross with the segments."""
    return all(any(word in measures for word in head.words) for head in kept)


def _shared_word(parts: list[Head]) -> str | None:
    """Return the words that all columns share: the heading of their group."""
    if not parts or any(len(head.words) < 2 for head in parts):
        return None
    first = parts[0].words[0]
    return first if all(head.words[0] == first for head in parts) else None


def _without(words: tuple[str, ...], shared: str | None) -> str:
    return " / ".join(word for word in words if word != shared) or " / ".join(words)


def _adds_up(cells: Cells, heads: Heads, block: Block, parts: list[Head], total: Head) -> bool:
    rows = [row for row in range(heads.first, block.bottom + 1) if cells.number(row, total.column) is not None]
    fits = sum(
        sums_to(cells.number(row, total.column), [cells.number(row, head.column) for head in parts]) for row in rows
    )
    return bool(rows) and fits * 10 >= 8 * len(rows)
