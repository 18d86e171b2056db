"""The layout "rows": a record in each row below the headings."""

from datetime import date

from dash_kpi.ingest.addresses import letters
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.ingest.tables.blocks import Block
from dash_kpi.ingest.tables.cells import Cells, text_of
from dash_kpi.ingest.tables.heads import Heads
from dash_kpi.ingest.tables.hints import words_around
from dash_kpi.ingest.tables.periods import ORDER, period_of
from dash_kpi.ingest.tables.records import outlined_rows, units_row, unlike_totals
from dash_kpi.ingest.tables.table import MOST_ADDRESSES, Table, left_out_rows
from dash_kpi.ingest.tables.totals import Totals, is_total_word, names_total, total_rows

MOST_ROWS_OF_SUMS = 20_000  # in longer tables a row that sums others is known by its words alone

_MOST_FACTS, _LEAST_PERIODS = 12, 3


def rows(cells: Cells, block: Block, heads: Heads, is_wanted: bool) -> Table | None:
    """Read a block as records; every block with headings is one."""
    below = range(heads.first, block.bottom + 1)
    labels = {
        column: heads.heading(column)
        for column in range(block.left, block.right + 1)
        if column in heads.paths or any(cells.at(row, column) is not None for row in below)
    }
    repeated = {row for row in below if _repeats(cells, row, heads)}
    notes = {row for row in below if row not in repeated and len(labels) > 2 and _is_note(cells, block, row)}
    body = [row for row in below if row not in repeated | notes and cells.filled(row)]
    dated = _date_columns(cells, block, body)
    facts = _facts(cells, body, block.left)
    notes |= facts
    body = [row for row in body if row not in facts]
    carried = _carried(cells, block, body)
    coarser = _coarser(cells, body, dated) | {row for row in body if carried and row not in carried[1]}
    judged = _totals(cells, block, [row for row in body if row not in coarser], dated)
    totals = judged.rows | coarser
    records = [row for row in body if row not in totals]
    grouped = _grouped(cells, block, records, totals)
    return Table(
        block,
        heads,
        "rows",
        labels,
        left_out=frozenset(repeated | notes | totals),
        outlined=judged.rows & outlined_rows(cells, body, _text_columns(cells, block, body)),
        around=words_around(cells, block, heads),
        grouped_by=grouped,
        carried=carried,
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
            *unlike_totals(block, judged.unlike),
            *units_row(heads, block),
            *(note for column in grouped for note in _said_grouped(cells, heads, records, column)),
        ),
    )


def _facts(cells: Cells, body: list[int], column: int) -> set[int]:
    """Return the rows about a series above it: its code, its unit, the day of its release, then periods to the end."""
    first = next((at for at, row in enumerate(body) if period_of(cells.at(row, column)) is not None), 0)
    if not first or first > _MOST_FACTS or len(body) - first < _LEAST_PERIODS:
        return set()
    is_series = all(period_of(cells.at(row, column)) is not None for row in body[first:])
    return set(body[:first]) if is_series else set()


def _carried(cells: Cells, block: Block, body: list[int]) -> tuple[int, dict[int, str]] | None:
    """Return the column whose months take their year from a row above them, and the period of each such row.

    This is how a pivot table with years above months looks when it was pasted as values.
    """
    for column in range(block.left, block.right + 1):
        periods = {row: period for row in body if (period := period_of(cells.at(row, column))) is not None}
        if len(periods) + 1 < len(body) or not body or body[0] not in periods:
            continue
        years = {row for row, period in periods.items() if period.part == "year"}
        parts = {row: period for row, period in periods.items() if not period.is_whole}
        if not years or not parts or body[0] not in years or len(years) + len(parts) != len(periods):
            continue
        year, found = periods[body[0]], {}
        for row, period in periods.items():
            year = period if row in years else year
            whole = period.within(year)
            if row in parts and whole is not None and whole.is_whole:
                found[row] = whole.text
        return column, found
    return None


def _coarser(cells: Cells, body: list[int], dated: list[int]) -> frozenset[int]:
    """Return the rows of years among rows of their months or quarters, which they sum.

    Where some do, years before the first month are of the same series, and left out too.
    """
    if not dated:
        return frozenset()
    periods = {row: period for row in body if (period := period_of(cells.at(row, dated[0]))) is not None}
    parts = {period.part for period in periods.values()}
    if len(parts) < 2:
        return frozenset()
    finest = min(parts, key=ORDER.index)
    years = {period.year for period in periods.values() if period.part == finest}
    coarser = {row: period for row, period in periods.items() if period.part != finest}
    return frozenset(coarser) if any(period.year in years for period in coarser.values()) else frozenset()


def _is_grouped(cells: Cells, body: list[int], column: int) -> bool:
    """Tell whether a date stands only in the first row of its group: in order, and never twice in a row."""
    if any(area.left <= column <= area.right and area.bottom > area.top for area in cells.merged):
        return False
    days = [cells.at(row, column) for row in body]
    known = [day for day in days if day is not None]
    if not days or days[0] is None or len(known) < 2 or len(known) > 0.7 * len(days):
        return False
    texts = [text_of(day) for day in known]
    is_in_order = sorted(texts) in (texts, texts[::-1]) or not all(isinstance(day, date) for day in known)
    return is_in_order and len(set(texts)) == len(texts)


def _grouped(cells: Cells, block: Block, records: list[int], totals: frozenset[int]) -> tuple[int, ...]:
    """Return the columns that are filled only where they change: dates, and labels that have subtotals."""
    found = []
    for column in range(block.left, block.right + 1):
        seen = [row for row in records if cells.at(row, column) is not None]
        if len(seen) < 2 or len(seen) == len(records) or seen[0] != records[0]:
            continue
        is_dated = all(_is_period(cells, row, column) for row in seen[:200])
        has_totals = any(names_total(cells.text(row, column)) for row in totals) and column < block.right
        if (is_dated and _is_grouped(cells, records, column)) or (has_totals and _is_label(cells, seen[0], column)):
            found.append(column)
    return tuple(found)


def _is_period(cells: Cells, row: int, column: int) -> bool:
    return _is_date(cells, row, column) or period_of(cells.at(row, column)) is not None


def _said_grouped(cells: Cells, heads: Heads, body: list[int], column: int) -> tuple[Finding, ...]:
    blank = [row for row in body if cells.at(row, column) is None]
    said = (
        f"Column '{heads.heading(column)}' is filled only where it changes: {len(blank):,} blanks take the date above."
    )
    cells_of = tuple(f"{letters(column)}{row + 1}" for row in blank[:MOST_ADDRESSES])
    return (Finding("filled_down", said, cells_of, len(blank)),)


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


def _totals(cells: Cells, block: Block, body: list[int], dated: list[int]) -> Totals:
    """Return the rows that sum others: those without a date, or with a total's word alone."""
    is_short = len(body) <= MOST_ROWS_OF_SUMS
    full = _full_columns(cells, block, body)
    texts = _text_columns(cells, block, body)
    judged = []
    for row in body:
        words = _words(cells, block, row, any(_is_date(cells, row, column) for column in dated))
        numbers = [cells.number(row, column) for column in range(block.left, block.right + 1)] if is_short else []
        is_whole = not words and all(cells.at(row, column) is not None for column in full)
        judged.append((row, "a record" if is_whole else words, numbers))
    outlined = outlined_rows(cells, body, texts) if is_short else frozenset()
    return total_rows(judged, finds_parents=False, outlined=outlined)


def _full_columns(cells: Cells, block: Block, body: list[int]) -> list[int]:
    """Return the columns that nearly every row fills: a row that sums others leaves one of them blank."""
    return [
        column
        for column in range(block.left, block.right + 1)
        if sum(cells.at(row, column) is not None for row in body) * 10 >= 6 * len(body)
    ]


def _text_columns(cells: Cells, block: Block, body: list[int]) -> list[int]:
    return [
        column
        for column in range(block.left, block.right + 1)
        if any(_is_label(cells, row, column) for row in body[:50])
    ]


def _is_label(cells: Cells, row: int, column: int) -> bool:
    return cells.kind(row, column) in ("text", "date")


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
