"""Workbooks as Excel writes them (shared strings, styled dates, cell references), only faster than any library."""

import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from benchmarks.sales import AMOUNTS, HEADINGS, TEXTS, Sales

EXCEL_DAY_ZERO = np.datetime64("1899-12-30")
ROWS_AT_ONCE = 20_000
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PREFIX = "application/vnd.openxmlformats-officedocument.spreadsheetml."
DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/>'
    f'<Override PartName="/xl/workbook.xml" ContentType="{PREFIX}sheet.main+xml"/>'
    f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{PREFIX}worksheet+xml"/>'
    f'<Override PartName="/xl/styles.xml" ContentType="{PREFIX}styles+xml"/>'
    f'<Override PartName="/xl/sharedStrings.xml" ContentType="{PREFIX}sharedStrings+xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{MAIN}" xmlns:r="{RELATIONS}">'
    '<sheets><sheet name="Sales" sheetId="1" r:id="rId1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{PACKAGE}/relationships">'
    f'<Relationship Id="rId1" Type="{RELATIONS}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="rId2" Type="{RELATIONS}/styles" Target="styles.xml"/>'
    f'<Relationship Id="rId3" Type="{RELATIONS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    "xl/styles.xml": f'<styleSheet xmlns="{MAIN}"><fonts count="1"><font><sz val="11"/><name val="Calibri"/></font>'
    '</fonts><fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/>'
    '</fill></fills><borders count="1"><border/></borders>'
    '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>'
    '<cellXfs count="3"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/>'
    '<xf numFmtId="14" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/>'
    '<xf numFmtId="4" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>',
}
TEXT_CELL, DATE_CELL, AMOUNT_CELL = (
    '<c r="{column}%d" t="s"><v>%d</v></c>',
    '<c r="{column}%d" s="1"><v>%d</v></c>',
    '<c r="{column}%d" s="2"><v>%s</v></c>',
)


def write_workbook(path: Path, sold: Sales) -> Path:
    """Write the sales as a workbook of one sheet, and return its path."""
    strings = [*HEADINGS, *(text for texts in TEXTS.values() for text in texts)]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in PARTS.items():
            package.writestr(name, DECLARATION + content)
        items = "".join(f"<si><t>{text}</t></si>" for text in strings)
        package.writestr(
            "xl/sharedStrings.xml", f'{DECLARATION}<sst xmlns="{MAIN}" uniqueCount="{len(strings)}">{items}</sst>'
        )
        with package.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for piece in _sheet(sold):
                sheet.write(piece.encode())
    return path


def _sheet(sold: Sales) -> Iterator[str]:
    yield f'{DECLARATION}<worksheet xmlns="{MAIN}"><dimension ref="A1:J{len(sold) + 1}"/><sheetData>'
    yield _heading_row()
    yield from _rows(sold)
    yield "</sheetData></worksheet>"


def _heading_row() -> str:
    return _row_format([TEXT_CELL] * len(HEADINGS)) % (
        1,
        *(item for place in range(len(HEADINGS)) for item in (1, place)),
    )


def _rows(sold: Sales) -> Iterator[str]:
    form = _row_format([DATE_CELL, *[TEXT_CELL] * len(TEXTS), *[AMOUNT_CELL] * len(AMOUNTS)])
    first, serials = len(HEADINGS), (sold.days - EXCEL_DAY_ZERO).astype(np.int64)
    codes = []
    for name, texts in TEXTS.items():
        codes.append(sold.codes[name] + first)
        first += len(texts)
    for start in range(0, len(sold), ROWS_AT_ONCE):
        part = slice(start, start + ROWS_AT_ONCE)
        amounts = [list(map(repr, sold.amounts[name][part].tolist())) for name in AMOUNTS]
        cells = zip(serials[part].tolist(), *(column[part].tolist() for column in codes), *amounts, strict=True)
        yield "".join(
            form % (row, *(item for value in values for item in (row, value)))
            for row, values in enumerate(cells, start=start + 2)
        )


def _row_format(cells: list[str]) -> str:
    return '<row r="%d">' + "".join(cell.format(column="ABCDEFGHIJ"[at]) for at, cell in enumerate(cells)) + "</row>"
