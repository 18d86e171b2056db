"""The preview of a sheet under rules that are not saved yet: read in a child, nothing is kept."""

import re
import threading
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from dash_kpi.errors import Refused
from dash_kpi.ingest.child import Limits, OnProgress, private_folder, run_in_child
from dash_kpi.ingest.package import Grid
from dash_kpi.ingest.previewed import Preview, RowPart, ShownRow
from dash_kpi.ingest.reading import ColumnPart, TableReading
from dash_kpi.ingest.rules import Instructions, Rules

MOST_ROWS = 100
MOST_COLUMNS = 60
MOST_SECONDS = 30.0  # that a person waits in vain; longer files are read by the worker
MOST_BLANK_ROWS = 3  # in a row that are shown one by one
PATIENCE_SECONDS = 20.0
NOTHING_TOLD = Instructions()
_LARGE_BYTES = 2 << 20  # of a workbook of which only one sheet is read for a preview
MADE_COLUMNS = 1 << 14  # the place of the first column that no sheet can have
LEFT_OUT: dict[str, RowPart] = {
    "total_row_left_out": "total",
    "note_row_left_out": "note",
    "repeated_header": "header",
}
_AT_ONCE = threading.BoundedSemaphore(2)  # each may take much memory


def preview(
    path: Path, sheet: str | None, rules: Rules, directory: Path, limits: Limits, told: Instructions = NOTHING_TOLD
) -> Preview:
    """Return what a sheet shows and gives under these rules; without a name, the first visible one.

    `told` has what a reading is told besides. The sheet of a text file is "". Raises Refused.
    """
    if not path.is_file():
        raise Refused("The file is not there any more, so that its rows cannot be shown.")
    if not _AT_ONCE.acquire(timeout=PATIENCE_SECONDS):
        raise Refused("Others look at previews at this moment; try it again.")
    try:
        shorter = replace(limits, seconds=min(limits.seconds, MOST_SECONDS))
        with private_folder(directory) as private:
            found: Preview = run_in_child(_look, (path, sheet, rules, private, told), private, shorter)
            return found
    finally:
        _AT_ONCE.release()


# In the child


def _look(path: Path, sheet: str | None, rules: Rules, private: Path, told: Instructions, _: OnProgress) -> Preview:
    from dash_kpi.ingest import reader, shown  # large, and only the children need them
    from dash_kpi.ingest.sniff import kind_of

    kind = kind_of(path)
    link = private / f"shown.{kind}"  # parsers believe the suffix
    link.symlink_to(path.resolve())
    sheets = shown.shown_sheets(link, kind)
    if sheet is None:
        sheet = next((name for name, is_hidden in sheets.items() if not is_hidden), next(iter(sheets), ""))
    place = _place_of(sheet, sheets)
    if sheets and place not in sheets:
        raise Refused(f"There is no sheet '{sheet}' in the workbook any more.")
    # The other sheets of a small workbook are read too: this one may gain from looking values up in them.
    is_large = path.stat().st_size > _LARGE_BYTES
    others = {name: Rules(is_read=False) for name in sheets if is_large and name != place}
    instructions = replace(told, by_sheet={**others, sheet: rules}, by_header={})
    read = reader.read_tables(path, private, lambda phase, fraction: None, instructions)
    tables = [table for table in read if (table.sheet or "") == sheet]
    grid = shown.shown_rows(link, kind, place, MOST_ROWS)
    width = min(max((max(cells) + 1 for cells in grid.values() if cells), default=0), MOST_COLUMNS)
    return Preview(
        sheet=sheet,
        sheets=sheets,
        rows=tuple(_rows(grid, width, tables, rules)),
        columns=tuple(_columns(width, grid, tables)),
        tables=tuple(replace(table, snapshot=None, daily=()) for table in tables),
        more_columns=sum(width <= part.index < MADE_COLUMNS for table in tables[:1] for part in table.parts),
        more_rows=len(grid) >= MOST_ROWS,
    )


def _place_of(table: str, sheets: Iterable[str]) -> str:
    """Return the sheet in which a table is: it is named like the sheet, with its number where it is not the first."""
    if table in sheets or not (found := re.fullmatch(r"(?:(.+) \()?table \d+\)?", table)):
        return table
    return found[1] or ""


def _columns(width: int, grid: Grid, tables: list[TableReading]) -> Iterable[ColumnPart]:
    """Yield the part of each column that is shown, then the columns that the layout makes out of cells across."""
    parts = {part.index: part for table in tables for part in table.parts}
    is_across = any(table.layout != "rows" for table in tables)
    for index in range(width):
        is_blank = all(index not in cells for cells in grid.values())
        why = (
            "it is blank" if is_blank else "its cells are read across" if is_across else "it is no column of the table"
        )
        yield parts.get(index) or ColumnPart(index, "", "left_out", reason=why)
    yield from (part for index, part in sorted(parts.items()) if index >= MADE_COLUMNS)


def _rows(grid: Grid, width: int, tables: list[TableReading], rules: Rules) -> Iterable[ShownRow]:
    loaded = _loaded_rows(tables, max(grid, default=0))
    left_out = {row: part for table in tables for row, part in _rows_left_out(table)}
    headers = _header_rows(tables, rules)
    last = 0
    for number, cells in grid.items():
        yield from _blank_rows(last + 1, number - 1)
        last = number
        yield ShownRow(
            number, _part(number, headers, loaded, left_out), tuple(cells.get(column, "") for column in range(width))
        )


def _part(number: int, headers: set[int], loaded: set[int], left_out: dict[int, RowPart]) -> RowPart:
    if number in headers:
        return "header"
    if number in loaded:
        return "data"
    if number in left_out:
        return left_out[number]
    if headers and number < min(headers):
        return "title"
    return "refused" if loaded else "unread"


def _header_rows(tables: Iterable[TableReading], rules: Rules) -> set[int]:
    count = rules.header_rows or 1
    return {
        row for table in tables if table.header_row for row in range(table.header_row - count + 1, table.header_row + 1)
    }


def _blank_rows(first: int, last: int) -> Iterable[ShownRow]:
    if last - first >= MOST_BLANK_ROWS:
        yield ShownRow(first, "blank", until=last)
    else:
        yield from (ShownRow(number, "blank") for number in range(first, last + 1))


def _rows_left_out(table: TableReading) -> Iterable[tuple[int, RowPart]]:
    """Yield the rows that are no records, as the warnings name them."""
    for warning in table.warnings:
        if part := LEFT_OUT.get(warning.code):
            yield from ((int(found[0]), part) for address in warning.cells if (found := re.search(r"\d+\Z", address)))


def _loaded_rows(tables: Iterable[TableReading], last: int) -> set[int]:
    """Return the rows of the sheet, up to one, that are in the snapshots."""
    import duckdb

    with duckdb.connect() as connection:
        return {
            row
            for table in tables
            if table.snapshot is not None
            for (row,) in connection.execute(
                "SELECT DISTINCT sheet_row FROM read_parquet(?) WHERE sheet_row <= ?", [str(table.snapshot), last]
            ).fetchall()
        }
