"""An export as a workbook for people who work with workbooks: formats, frozen heads, charts that Excel draws, sources.

Apart from what answers requests, for openpyxl is large and few ask for workbooks.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import UTC, date
from typing import Any

import openpyxl
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from dash_kpi.errors import Refused
from dash_kpi.reporting.tables import Export, Format, Table
from dash_kpi.ui.format import SYMBOLS
from dash_kpi.web.report_charts import chart_of
from dash_kpi.web.sheet_names import sheet_names
from dash_kpi.web.tables import FORMULA

MOST_ROWS = 1_048_000  # of one sheet, with room for title and heads
MOST_MEASURED = 500  # rows looked at for the width of a column
NARROWEST, WIDEST = 9, 48  # characters
A4 = 9
SOURCES = "Sources"
AUTHOR = "Dash KPI"

TITLE = Font(bold=True, size=14)
BOLD = Font(bold=True)
FAINT = Font(color="566075")
HEAD_FILL = PatternFill("solid", start_color="E8F0FC")
HEAD_LINE = Border(bottom=Side("thin", color="7F8A9D"))
LEFT, RIGHT = Alignment("left", "top"), Alignment("right", "top")
WRAPPED = Alignment("left", "top", wrap_text=True)
FORMATS: dict[Format, str] = {
    "text": "General",
    "date": "yyyy-mm-dd",
    "integer": "#,##0",
    "number": "#,##0.####;-#,##0.####",
    "percent": "0.00%",
    "duration": "#,##0.##",
    "ratio": "0.00",
    "change": "+0.0%;-0.0%;0.0%",
    "points": '+0.0%" points";-0.0%" points";0.0%" points"',
}


def workbook(export: Export) -> io.BytesIO:
    """Return an export as an xlsx file, open at its beginning. Raises Refused where a table is larger than a sheet."""
    book = openpyxl.Workbook(write_only=True)
    book.properties.title = _clean(export.title)
    book.properties.creator = AUTHOR
    names = sheet_names([*(table.title for table in export.tables), SOURCES])
    for position, (name, table) in enumerate(zip(names, export.tables, strict=False)):
        _write_table(book.create_sheet(name), export, position, table)
    _write_sources(book.create_sheet(names[-1]), export)
    file = io.BytesIO()
    book.save(file)
    file.seek(0)
    return file


def number_format(kind: Format, currency: str, values: Sequence[Any] = ()) -> str:
    """Return how Excel writes a value; whole numbers are written without a decimal point."""
    if kind == "currency":
        symbol = SYMBOLS.get(currency, f"{currency} " if currency else "")
        shown = f'"{symbol}"' if symbol else ""
        return f"{shown}#,##0.00;-{shown}#,##0.00"
    if kind == "number" and all(value is None or float(value).is_integer() for value in values):
        return FORMATS["integer"]
    return FORMATS[kind]


def _write_table(sheet: Any, export: Export, position: int, table: Table) -> None:
    if len(table.rows) > MOST_ROWS:
        raise Refused(f"A sheet has room for {MOST_ROWS:,} rows, and there are {len(table.rows):,}; take CSV.")
    titles = [table.title, *export.subtitle, *([table.note] if table.note else [])]
    head = len(titles) + 2  # a blank line between
    _prepare(sheet, head, _widths(table))
    last = head + len(table.rows)
    sheet.auto_filter.ref = f"A{head}:{get_column_letter(len(table.heads))}{max(last, head)}"
    for line in _titles(sheet, titles):
        sheet.append(line)
    sheet.append([_head(sheet, text, table.formats[at]) for at, text in enumerate(table.heads)])
    for row in _cells(sheet, export, table):
        sheet.append(row)
    at = head
    for chart in export.charts:
        if chart.table == position and table.rows:
            drawn = chart_of(chart, table, sheet, head, _format_of_chart(chart.columns[0], table, export))
            sheet.add_chart(drawn, f"{get_column_letter(len(table.heads) + 2)}{at}")
            at += 20  # rows that a chart takes


def _format_of_chart(column: int, table: Table, export: Export) -> str:
    kind = table.format_at(0, column)
    written = number_format(kind, export.currency, [row[column] for row in table.rows])
    return written.replace(".00", "") if kind == "currency" else written


def _prepare(sheet: Any, head: int, widths: Sequence[float]) -> None:
    """Set up what must stand before the first row: widths, the frozen head, and how the sheet is printed."""
    for at, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(at)].width = width
    sheet.freeze_panes = f"A{head + 1}"
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = A4
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = f"{head}:{head}"
    sheet.oddFooter.left.text = "&A"
    sheet.oddFooter.right.text = "&P / &N"


def _titles(sheet: Any, titles: Sequence[str]) -> Iterator[list[Any]]:
    for at, text in enumerate(titles):
        yield [_text(sheet, text, TITLE if at == 0 else FAINT)]
    yield []


def _head(sheet: Any, text: str, kind: Format | tuple[Format, ...]) -> Any:
    cell = _text(sheet, text, BOLD, LEFT if kind in ("text", "date") else RIGHT)
    cell.fill, cell.border = HEAD_FILL, HEAD_LINE
    return cell


def _cells(sheet: Any, export: Export, table: Table) -> Iterator[list[Any]]:
    reasons = {(reason.row, reason.column): reason.text for reason in table.reasons}
    columns = list(zip(*table.rows, strict=True)) or [()] * len(table.heads)
    plain = {
        at: number_format(kind, export.currency, columns[at] if kind == "number" else ())
        for at, kind in enumerate(table.formats)
        if isinstance(kind, str)
    }
    for number, row in enumerate(table.rows):
        line = []
        for at, value in enumerate(row):
            kind = table.format_at(number, at)
            cell = value_cell(sheet, value, plain.get(at) or number_format(kind, export.currency, [value]))
            if reason := reasons.get((number, at)):
                cell.comment = Comment(_clean(reason), AUTHOR, height=80, width=260)
            line.append(cell)
        yield line


def value_cell(sheet: Any, value: Any, written: str) -> Any:
    """Return a value as a cell: a date as a date, a number in its format, a text as a text, nothing as nothing."""
    if isinstance(value, str):
        return _text(sheet, value, None, LEFT)
    cell = WriteOnlyCell(sheet, value)
    if value is not None:
        cell.number_format = written
        cell.alignment = LEFT if isinstance(value, date) else RIGHT
    return cell


def _text(sheet: Any, text: str, font: Font | None = None, alignment: Alignment | None = None) -> Any:
    """Return a text as a cell that stays a text, whatever it begins with."""
    cell = WriteOnlyCell(sheet, _clean(text))
    cell.data_type = "s"  # openpyxl would take "=…" for a formula and "#N/A" for an error
    cell.quotePrefix = text.startswith(FORMULA)
    if font:
        cell.font = font
    if alignment:
        cell.alignment = alignment
    return cell


def _clean(text: str) -> str:
    return str(ILLEGAL_CHARACTERS_RE.sub("", text))


def _widths(table: Table) -> list[float]:
    """Return the widths of the columns, from what the first rows will show."""
    widths = []
    for at, head in enumerate(table.heads):
        shown = (_length(row[at]) for row in table.rows[:MOST_MEASURED])
        widths.append(float(min(WIDEST, max(NARROWEST, len(head) + 4, *shown, 0) + 2)))
    return widths


def _length(value: Any) -> int:
    if isinstance(value, int | float):
        return len(f"{value:,.2f}") + 2
    return len(str(value)) if value is not None else 0


def _write_sources(sheet: Any, export: Export) -> None:
    """List the files and revisions that the numbers came from, what was filtered, and what each KPI is."""
    _prepare(sheet, 1, (34, 40, 14, 60))
    sheet.append([_text(sheet, f"{SOURCES} and definitions", TITLE)])
    sheet.print_title_rows = None
    for line in _titles(sheet, [export.title, *export.subtitle]):
        sheet.append(line)
    sheet.append([_head(sheet, text, "text") for text in ("File", "Sheet", "Revision", "Read at (UTC)")])
    for one in export.sources:
        read_at = one.read_at.astimezone(UTC).replace(tzinfo=None, microsecond=0) if one.read_at else None
        cells = [(one.file, ""), (one.sheet, ""), (one.revision, "0"), (read_at, "yyyy-mm-dd hh:mm")]
        sheet.append([value_cell(sheet, value, written) for value, written in cells])
    sheet.append([])
    sheet.append([_head(sheet, text, "text") for text in ("KPI", "Worked out as", "Unit", "What it says")])
    for kpi in export.definitions:
        words = (kpi.label, kpi.formula, kpi.unit, kpi.description)
        sheet.append([_text(sheet, text, None, WRAPPED) for text in words])
