"""What a person should know about the rows and cells of a table that was cleaned."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial

import numpy as np

from dash_kpi.ingest import refusals
from dash_kpi.ingest.addresses import MOST_ADDRESSES
from dash_kpi.ingest.cleaning import CleanTable
from dash_kpi.ingest.columns import LEFT_OUT, DateSource, Mapping
from dash_kpi.ingest.dates import is_day
from dash_kpi.ingest.doubts import cost_doubts, date_doubts, number_doubts, rate_doubts, spelling_doubts
from dash_kpi.ingest.flags import flag_doubts
from dash_kpi.ingest.number_words import is_number_word
from dash_kpi.ingest.numbers import NumberTexts
from dash_kpi.ingest.placeholders import is_placeholder
from dash_kpi.ingest.profile import Profile
from dash_kpi.ingest.raw import RawColumn, RawTable
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.ingest.rivals import rival_doubts
from dash_kpi.ingest.suspicions import suspicions

_SENTENCES = {
    "missing_date": "{cells} of column '{column}' {are} blank, so that {rows} no date.",
    "missing_amount": "{cells} of column '{column}' {are} blank.",
    "missing_value": "{cells} of column '{column}' {are} blank.",
    "placeholder": "{cells} of column '{column}' {hold} a placeholder such as '{example}' in place of a value.",
    "unreadable_number": "{cells} of column '{column}' {are} not {a_number}, such as '{example}'.",
    "unreadable_date": "{cells} of column '{column}' {are} not {a_date} that can be read, such as '{example}'.",
    "number_word": "{cells} of column '{column}' {hold} a number in words, such as '{example}', and {are} not read.",
    "other_notation": "{cells} of column '{column}' {contradict} the notation of the others, such as '{example}', "
    "and {are} not read.",
    "mangled_numbers": "{cells} of column '{column}' {hold} a date such as '{example}' in place of a number: a program "
    "has probably turned a number like 5.1 into a day. The number is lost; take it from the original.",
    "error_cell": "{cells} of column '{column}' {hold} an error such as '{example}'.",
    "formula_without_value": "{cells} of column '{column}' {hold} a formula without a saved value; "
    "open the workbook in Excel and save it.",
}


@dataclass(slots=True)
class _Group:
    count: int = 0
    rows: list[int] = field(default_factory=list)
    example: str = ""


def findings(table: RawTable, mapping: Mapping, source: DateSource, cleaned: CleanTable) -> tuple[Finding, ...]:
    """Return the warnings about a cleaned table, those about rows first."""
    _register_broken(table)
    refusals.begin(table)
    column = source.columns[0].column
    found = [*table.notes, *_total_rows(table)]
    found += _column(table, column, "date", source.expression, "missing_date", lambda text: "unreadable_date")
    found += date_doubts(table, source, cleaned)
    counts = _unread_counts(table, mapping)
    for measure in mapping.measures:
        if counts[measure.name]:
            blank = "missing_amount" if measure.name in cleaned.amounts else "missing_value"
            one = measure.profile
            found += _column(
                table, one.column, f'"{measure.name}"', one.column.name, blank, partial(_number_code, one.numbers)
            )
        found += number_doubts(table, measure)
    found += rate_doubts(mapping, cleaned)
    found += rival_doubts(table, mapping, table.known)
    found += cost_doubts(table, mapping)
    found += flag_doubts(mapping, cleaned)
    for one in mapping.dimensions.values():
        found += _broken_cells(table, one.column)
    found += spelling_doubts(mapping, cleaned)
    found += suspicions(table, mapping, source, cleaned)
    found += [_left_out(one, reason) for one, reason in mapping.left_out]
    return tuple(found)


def _register_broken(table: RawTable) -> None:
    table.connection.execute("CREATE OR REPLACE TEMP TABLE broken (broken_row BIGINT, c BIGINT, error VARCHAR)")
    if not table.broken:
        return
    rows, columns = zip(*table.broken, strict=True)
    cells = {
        "r": np.array(rows),
        "c": np.array(columns),
        "e": np.array(list(table.broken.values()), dtype=object),
    }
    table.connection.register("cells", cells)
    table.connection.execute("INSERT INTO broken SELECT r, c, e FROM cells")
    table.connection.unregister("cells")


def _unread_counts(table: RawTable, mapping: Mapping) -> dict[str, int]:
    """Return how many cells of each measure gave no number, totals aside."""
    names = [measure.name for measure in mapping.measures]
    fields = ", ".join(f'count(*) - count("{name}")' for name in names)
    counts = table.rows(f"SELECT {fields} FROM clean WHERE NOT is_total")[0]  # noqa: S608
    return dict(zip(names, counts, strict=True))


def _total_rows(table: RawTable) -> Iterable[Finding]:
    rows = [row for (row,) in table.rows("SELECT sheet_row FROM clean WHERE is_total ORDER BY 1")]
    if rows:
        what = "1 row that sums others was" if len(rows) == 1 else f"{len(rows):,} rows that sum others were"
        cells = tuple(table.address(table.columns[0].index, row) for row in rows[:MOST_ADDRESSES])
        yield Finding("total_row_left_out", f"{what} left out.", cells, len(rows))


def _column(
    table: RawTable,
    column: RawColumn,
    cleaned_name: str,
    expression: str,
    blank: str,
    code_of: Callable[[str], str],
) -> list[Finding]:
    """Return a warning for each reason why cells of a column gave no value; `code_of` judges a text."""
    groups: dict[str, _Group] = {}
    cells = (
        f"SELECT sheet_row, {expression}::VARCHAR AS text, error "  # noqa: S608
        f"FROM (SELECT sheet_row FROM clean WHERE {cleaned_name} IS NULL AND NOT is_total) JOIN raw USING (sheet_row) "
        f"LEFT JOIN broken ON broken_row = sheet_row AND c = {column.index}"
    )
    found = table.rows(
        "SELECT text, error, count(*), min(sheet_row), "  # noqa: S608
        f"list(sheet_row ORDER BY sheet_row)[:{MOST_ADDRESSES}] FROM ({cells}) GROUP BY ALL ORDER BY 3 DESC, 4"
    )
    codes = {(text, error): _reason(text, error, blank, code_of) for text, error, *_ in found}
    refusals.note_column(table, column, cells, codes)
    for text, error, count, _, rows in found:
        group = groups.setdefault(codes[text, error], _Group(example=(text or error or "")[:40]))
        group.count += count
        group.rows += rows
    return [_warning(table, code, column, group) for code, group in groups.items()]


def _reason(text: str | None, error: str | None, blank: str, code_of: Callable[[str], str]) -> str:
    if text is not None:
        return "placeholder" if is_placeholder(text) else code_of(text)
    if error is None:
        return blank
    if error and not error.startswith("#"):
        return "placeholder"
    return "error_cell" if error else "formula_without_value"


def _number_code(numbers: NumberTexts | None, text: str) -> str:
    """Return why a text is no number."""
    if is_number_word(text):
        return "number_word"
    if numbers is not None and text in numbers.contradicting:
        return "other_notation"
    return "mangled_numbers" if is_day(text) else "unreadable_number"


def _broken_cells(table: RawTable, column: RawColumn) -> Iterable[Finding]:
    if not any(index == column.index for _, index in table.broken):
        return
    groups: dict[str, _Group] = {}
    for row, error in table.rows(
        "SELECT sheet_row, broken.error FROM broken JOIN raw ON broken_row = sheet_row "  # noqa: S608
        f"JOIN clean USING (sheet_row) WHERE broken.c = ? AND raw.{column.name} IS NULL ORDER BY 1",
        column.index,
    ):
        group = groups.setdefault(_reason(None, error, "", str), _Group(example=error))
        group.count += 1
        group.rows.append(row)
    refusals.note_broken(table, column)
    yield from (_warning(table, code, column, group) for code, group in groups.items())


def _warning(table: RawTable, code: str, column: RawColumn, group: _Group) -> Finding:
    is_one = group.count == 1
    message = _SENTENCES[code].format(
        cells="1 cell" if is_one else f"{group.count:,} cells",
        are="is" if is_one else "are",
        hold="holds" if is_one else "hold",
        contradict="contradicts" if is_one else "contradict",
        rows="its row has" if is_one else "their rows have",
        a_number="a number" if is_one else "numbers",
        a_date="a date" if is_one else "dates",
        column=column.heading,
        example=group.example,
    )
    rows: Sequence[int] = sorted(group.rows)[:MOST_ADDRESSES]
    return Finding(code, message, tuple(table.address(column.place, row) for row in rows), group.count)


def _left_out(one: Profile, reason: str) -> Finding:
    heading = one.column.heading
    if one.kind in ("date", "date_text") and one.heading.measure and not one.heading.date_rank:
        return Finding(
            "mangled_numbers",
            f"Column '{heading}' was left out: it holds dates under a heading for numbers. A program has probably "
            "turned numbers like 5.1 into days. The numbers are lost; take them from the original.",
        )
    why = ", as the mapping says" if reason == LEFT_OUT else f": it {reason}"
    return Finding("column_left_out", f"Column '{heading}' was left out{why}.")
