"""Tables as files to download: CSV and workbooks in which no text becomes a formula."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import Any

import openpyxl
from flask import Response, send_file
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from dash_kpi.errors import Refused

FORMULA = ("=", "+", "-", "@", "\t", "\r")  # what spreadsheets take for the beginning of a formula
LINES_AT_ONCE = 2_000
MOST_SHEET_ROWS = 1_048_575  # below the headings
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

Row = Sequence[Any]


def csv_answer(heads: Sequence[str], rows: Iterable[Row], name: str) -> Response:
    """Return a table as CSV, sent while it is read."""
    answer = Response(_csv(chain([heads], rows)), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


def _csv(rows: Iterator[Row]) -> Iterator[str]:
    yield "\ufeff"  # without it Excel takes UTF-8 for the code page of the machine
    while some := list(islice(rows, LINES_AT_ONCE)):
        text = io.StringIO()
        csv.writer(text).writerows([_defused(value) for value in row] for row in some)
        yield text.getvalue()


def _defused(value: Any) -> Any:
    return f"'{value}" if isinstance(value, str) and value.startswith(FORMULA) else value


def xlsx_answer(heads: Sequence[str], rows: Iterable[Row], name: str) -> Response:
    """Return a table as a workbook. Raises Refused when it has more rows than a sheet can have."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Rows")
    sheet.append([_cell(sheet, head) for head in heads])
    for count, row in enumerate(rows):
        if count == MOST_SHEET_ROWS:
            raise Refused(f"A sheet has room for {MOST_SHEET_ROWS:,} rows, and there are more; take CSV.")
        sheet.append([_cell(sheet, value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115  Flask closes it when it is sent
    book.save(file)
    file.seek(0)
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)


def _cell(sheet: Any, value: Any) -> Any:
    """Return a value for the sheet; a text that could be a formula is marked as a text."""
    if not isinstance(value, str):
        return value
    value = ILLEGAL_CHARACTERS_RE.sub("", value)
    if not value.startswith(FORMULA):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    cell.quotePrefix = True
    return cell
