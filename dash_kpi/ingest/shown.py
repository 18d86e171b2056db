"""The first rows of a sheet as a person sees them: dates as dates, errors as errors.

Called in the child: it opens files that may be hostile.
"""

import re
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

from dash_kpi.ingest.delimited import Delimited
from dash_kpi.ingest.package import FirstCells, Grid, elements, first_cells, sheet_parts
from dash_kpi.ingest.sniff import Kind

_DATE_FORMATS = frozenset((*range(14, 23), *range(27, 37), 45, 46, 47, *range(50, 59)))  # built into Excel
_LITERALS = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.')
_LATEST_SERIAL = 2_958_466


def shown_sheets(path: Path, kind: Kind) -> dict[str, bool]:
    """Return the sheets of a workbook in their order, and whether each is hidden; none for a text file."""
    if kind == "text":
        return {}
    if parts := sheet_parts(path) if kind == "xlsx" else {}:
        return {name: part.is_hidden for name, part in parts.items()}
    with CalamineWorkbook.from_path(path) as book:
        return {sheet.name: sheet.visible != SheetVisibleEnum.Visible for sheet in book.sheets_metadata}


def shown_rows(path: Path, kind: Kind, sheet: str, most: int) -> Grid:
    """Return the texts of the first rows of a sheet that have any; empty where they cannot be shown."""
    if kind == "text":
        return Delimited(path).peek(most)
    parts = sheet_parts(path) if kind == "xlsx" else {}
    if sheet in parts:
        cells = first_cells(path, parts[sheet].member, most)
        return _texts(cells, path) if cells else {}
    try:
        with CalamineWorkbook.from_path(path) as book:
            rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False, nrows=2 * most)
    except CalamineError:
        return {}
    grid = {row: _filled(cells) for row, cells in enumerate(rows, start=1)}
    return dict([(row, cells) for row, cells in grid.items() if cells][:most])


def _filled(cells: list[Any]) -> dict[int, str]:
    return {column: text for column, cell in enumerate(cells) if (text := _text(cell))}


def _text(cell: Any) -> str:
    """Return a typed cell as a person reads it."""
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return f"{cell:.15g}"
    if isinstance(cell, datetime):
        return _moment(cell)
    return str(cell).strip() if isinstance(cell, str | int | date | time | timedelta) else ""


def _moment(value: datetime) -> str:
    return f"{value:%Y-%m-%d}" if value.time() == time.min else f"{value:%Y-%m-%d %H:%M}"


def _texts(cells: FirstCells, path: Path) -> Grid:
    dates, epoch = _date_styles(path)
    for (row, column), style in cells.numbers.items():
        if text := cells.grid.get(row, {}).get(column):
            cells.grid[row][column] = _number(text, epoch if style in dates else None)
    for (row, column), text in cells.errors.items():
        cells.grid.setdefault(row, {})[column] = text
    return dict(sorted(cells.grid.items()))


def _number(text: str, epoch: datetime | None) -> str:
    try:
        value = float(text)
    except ValueError:
        return text
    if epoch is None or not 0 <= value < _LATEST_SERIAL:
        return f"{value:.15g}"
    moment = epoch + timedelta(seconds=round(value * 86_400))
    return f"{moment:%H:%M}" if value < 1 else _moment(moment)


def _date_styles(path: Path) -> tuple[frozenset[int], datetime]:
    """Return the styles that show a number as a date, and the day from which the workbook counts."""
    try:
        with zipfile.ZipFile(path) as archive:
            names = {name.lower().rpartition("/")[2]: name for name in archive.namelist()}
            book = dict(elements(archive, names["workbook.xml"]))
            is_1904 = book.get("workbookPr", {}).get("date1904", "0") in ("1", "true")
            styles = list(elements(archive, names["styles.xml"]))
    except (KeyError, OSError, zipfile.BadZipFile, expat.ExpatError, ValueError):
        return frozenset(), datetime(1899, 12, 30)
    own = {
        int(one["numFmtId"])
        for name, one in styles
        if name == "numFmt" and re.search("[dmyh]", _LITERALS.sub("", one.get("formatCode", "")).lower())
    }
    section, formats = "", []
    for name, one in styles:
        if name.startswith("cell") and name != "cellStyle":
            section = name
        elif name == "xf" and section == "cellXfs":
            formats.append(int(one.get("numFmtId", 0)))
    dates = frozenset(style for style, number in enumerate(formats) if number in own or number in _DATE_FORMATS)
    return dates, datetime(1904, 1, 1) if is_1904 else datetime(1899, 12, 30)
