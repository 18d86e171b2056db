"""A copy of a file with its refused cells marked, to be mended and dropped back. It runs in a child."""

import re
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from dash_kpi.errors import Refused
from dash_kpi.ingest.cached import cached_values, put_back
from dash_kpi.ingest.delimited import Delimited
from dash_kpi.ingest.reading import LIST_SHEET, LIST_TITLE
from dash_kpi.ingest.sniff import kind_of
from dash_kpi.ingest.tables.cells import Cells
from dash_kpi.ingest.workbook import Workbook

MOST_COMMENTS = 5_000  # each is drawn by the spreadsheet when it opens the file; the others are only coloured
_FILL = PatternFill("solid", start_color="FFFFD8A8")
_BOLD = Font(bold=True)
_LINK = Font(color="FF1D5FC2", underline="single")
_HEADS = ("Sheet", "Cell", "Column", "Content", "Reason")
_AUTHOR = "Dash KPI"
_FURTHER = re.compile(r"(.*) \(table \d+\)")

OnProgress = Callable[[str, float], None]


@dataclass(frozen=True, slots=True)
class Marks:
    """The refused cells of one table, in a Parquet file."""

    sheet: str | None
    refusals: Path


@dataclass(frozen=True, slots=True)
class _Mark:
    sheet: str | None
    row: int
    column: int  # from 0
    address: str
    heading: str
    content: str | None
    reason: str


def write_marked(
    original: Path | None,
    marks: Sequence[Marks],
    reasons: Mapping[str, str],
    note: str,
    target: Path,
    on_progress: OnProgress,
) -> None:
    """Write the copy, or without an original only the list of its refused cells, as a workbook.

    Raises Refused where the file cannot be copied.
    """
    found = [mark for one in marks for mark in _marks(one, reasons)]
    on_progress("marking", 0.3)
    if original is None:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        _add_list(book, found, note, has_links=False)
        book.save(target)
    elif kind_of(original) == "xlsx":
        _mark_copy(original, found, note, target)
    else:
        _write_raw(original, found, note, target)
    on_progress("saving", 1.0)


def _marks(one: Marks, reasons: Mapping[str, str]) -> Iterable[_Mark]:
    with duckdb.connect() as connection:
        fields = "sheet_row, sheet_column, address, heading, content, code"
        rows = connection.execute(f"SELECT {fields} FROM read_parquet(?)", [str(one.refusals)]).fetchall()  # noqa: S608
    for row, column, address, heading, content, code in rows:
        yield _Mark(one.sheet, row, column, address, heading, content, reasons.get(code, code))


def _mark_copy(original: Path, found: Sequence[_Mark], note: str, target: Path) -> None:
    """Mark the cells in a copy; what formulas gave is put back, for openpyxl writes formulas without values."""
    with zipfile.ZipFile(original) as archive:
        has_macros = b"macroEnabled" in archive.read("[Content_Types].xml")
    try:
        with original.open("rb") as file:  # a name without a suffix would be refused
            book = openpyxl.load_workbook(file, keep_vba=has_macros)
    except (InvalidFileException, KeyError, ValueError, TypeError, AttributeError, zipfile.BadZipFile) as error:
        raise Refused("The workbook cannot be copied: it holds something that only Excel can write.") from error
    names = [sheet.title for sheet in book.worksheets]
    found = [replace(mark, sheet=_sheet_of(names, mark.sheet)) for mark in found]
    for mark in found:
        if mark.sheet is not None:
            _colour(book[mark.sheet].cell(mark.row, mark.column + 1))
    _comment(book, found)
    _add_list(book, found, note)
    book.save(target)
    put_back(target, cached_values(original))


def _write_raw(original: Path, found: Sequence[_Mark], note: str, target: Path) -> None:
    """Write the cells of a file that is no .xlsx, each where it was, with the refused ones marked."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    titles: dict[str | None, str] = {}
    for name, cells in _sheets(original, target.parent):
        sheet = book.create_sheet(_title(name))
        titles[name] = sheet.title
        for row, values in enumerate(cells.rows, start=1):
            for column, value in enumerate(values, start=1):
                if value is not None:
                    sheet.cell(row, column, _writable(value))
    known = [name for name in titles if name is not None]
    named = [replace(mark, sheet=titles.get(_sheet_of(known, mark.sheet))) for mark in found]
    for mark in named:
        if mark.sheet is not None:
            _colour(book[mark.sheet].cell(mark.row, mark.column + 1))
    _comment(book, named)
    _add_list(book, named, note)
    book.save(target)


def _sheets(original: Path, directory: Path) -> Iterable[tuple[str | None, Cells]]:
    kind = kind_of(original)
    if kind == "text":
        yield None, Delimited(original).cells()
        return
    book = Workbook(original, kind, directory)
    for name in book.sheet_names:
        yield name, book.cells(name)


def _sheet_of(names: Sequence[str], sheet: str | None) -> str | None:
    """Return the sheet that a table stands on: a further table of a sheet is named after it."""
    if sheet is None or sheet in names:
        return sheet
    found = _FURTHER.fullmatch(sheet)
    return found[1] if found and found[1] in names else None


def _writable(value: Any) -> Any:
    if isinstance(value, str):
        return ILLEGAL_CHARACTERS_RE.sub("", value)
    is_known = value is None or isinstance(value, bool | int | float | datetime | date | time)
    return value if is_known else str(value)


def _title(sheet: str | None) -> str:
    """Return a name that a sheet may have, for a table without one too."""
    text = "".join("_" if letter in "[]:*?/\\" else letter for letter in sheet or "Table")
    return text[:31] or "Table"


def _colour(cell: Any) -> None:
    if isinstance(cell, Cell):  # the others are hidden behind a merged one
        cell.fill = _FILL


def _comment(book: openpyxl.Workbook, found: Sequence[_Mark]) -> None:
    for mark in found[:MOST_COMMENTS]:
        cell = book[mark.sheet].cell(mark.row, mark.column + 1) if mark.sheet in book.sheetnames else None
        if isinstance(cell, Cell):
            said = f"{cell.comment.text}\n" if cell.comment else ""
            cell.comment = Comment(f"{said}Dash KPI: {mark.reason}.", _AUTHOR, height=60, width=240)


def _add_list(book: openpyxl.Workbook, found: Sequence[_Mark], note: str, *, has_links: bool = True) -> None:
    """Add the sheet that lists the cells; it replaces the one of a copy that was made before."""
    if LIST_SHEET in book.sheetnames and book[LIST_SHEET]["A1"].value == LIST_TITLE:
        book.remove(book[LIST_SHEET])
    sheet: Worksheet = book.create_sheet(LIST_SHEET)
    for row, text in ((1, LIST_TITLE), (2, note)):
        sheet.cell(row, 1, text)
    sheet["A1"].font = _BOLD
    for column, (head, width) in enumerate(zip(_HEADS, (20, 10, 24, 40, 44), strict=True), start=1):
        sheet.cell(4, column, head).font = _BOLD
        sheet.column_dimensions[chr(64 + column)].width = width
    for row, mark in enumerate(found, start=5):
        said = (mark.sheet, mark.address, mark.heading, mark.content, mark.reason)
        for column, words in enumerate(said, start=1):
            if words is not None:
                cell = sheet.cell(row, column, ILLEGAL_CHARACTERS_RE.sub("", words))
                cell.data_type = "s"  # a content that begins with "=" is no formula
        if has_links and mark.sheet in book.sheetnames:
            quoted = str(mark.sheet).replace("'", "''")
            sheet.cell(row, 2).hyperlink = Hyperlink(ref="", location=f"'{quoted}'!{mark.address}")
            sheet.cell(row, 2).font = _LINK
    sheet.freeze_panes = "A5"
