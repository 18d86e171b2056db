"""Tables as workbooks to download, in which no text becomes a formula; apart, for what writes them is large."""

import tempfile
from collections.abc import Iterable, Sequence
from typing import Any

import openpyxl
from flask import Response, send_file
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from dash_kpi.errors import Refused
from dash_kpi.web.tables import FORMULA, XLSX, Row

ERROR = "#"  # a text such as #N/A would be taken for an error
NARROWEST = 12  # characters: a day, an amount
MOST_SHEET_ROWS = 1_048_575  # below the headings


def xlsx_answer(heads: Sequence[str], rows: Iterable[Row], name: str) -> Response:
    """Return a table as a workbook. Raises Refused when it has more rows than a sheet can have."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet("Rows")
    sheet.freeze_panes = "A2"
    for column, head in enumerate(heads, 1):
        sheet.column_dimensions[get_column_letter(column)].width = max(NARROWEST, len(head) + 3)
    sheet.append([_head(sheet, head) for head in heads])
    for count, row in enumerate(rows):
        if count == MOST_SHEET_ROWS:
            raise Refused(f"A sheet has room for {MOST_SHEET_ROWS:,} rows, and there are more; take CSV.")
        sheet.append([_cell(sheet, value) for value in row])
    file = tempfile.TemporaryFile()  # noqa: SIM115  Flask closes it when it is sent
    book.save(file)
    file.seek(0)
    return send_file(file, mimetype=XLSX, as_attachment=True, download_name=name)


def _head(sheet: Any, text: str) -> Any:
    cell = WriteOnlyCell(sheet, ILLEGAL_CHARACTERS_RE.sub("", text))
    cell.data_type, cell.font = "s", Font(bold=True)
    return cell


def _cell(sheet: Any, value: Any) -> Any:
    """Return a value for the sheet; a text that could be a formula is marked as a text."""
    if not isinstance(value, str):
        return value
    value = ILLEGAL_CHARACTERS_RE.sub("", value)
    if not value.startswith((*FORMULA, ERROR)):
        return value
    cell = WriteOnlyCell(sheet, value)
    cell.data_type = "s"
    cell.quotePrefix = value.startswith(FORMULA)
    return cell
