"""Workbooks written by hand: what no program for spreadsheets would write, and a hostile person might."""

import struct
import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path

MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PACKAGE = "http://schemas.openxmlformats.org/package/2006"

SHEET, STRINGS, WORKBOOK = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml", "xl/workbook.xml"
HEAD = (
    '<row r="1"><c r="A1" t="inlineStr"><is><t>Date</t></is></c><c r="B1" t="inlineStr"><is><t>Region</t></is></c>'
    '<c r="C1" t="inlineStr"><is><t>Revenue</t></is></c></row>'
)


def text_cell(reference: str, value: str) -> str:
    return f'<c r="{reference}" t="inlineStr"><is><t>{value}</t></is></c>'


def rows(region: str = "North") -> str:
    """Return 28 rows of sales below the headings."""
    return "".join(
        f'<row r="{row}">{text_cell(f"A{row}", f"2025-01-{row - 1:02}")}{text_cell(f"B{row}", region)}'
        f'<c r="C{row}"><v>{row * 1.5}</v></c></row>'
        for row in range(2, 30)
    )


def sheet(content: str, before: str = "", dimension: str = "") -> str:
    """Return the markup of a sheet; `before` stands before its root."""
    return f'<?xml version="1.0"?>{before}<worksheet {MAIN}>{dimension}<sheetData>{content}</sheetData></worksheet>'


def workbook_part(name: str = "Sales", before: str = "") -> str:
    return (
        f'<?xml version="1.0"?>{before}<workbook {MAIN} xmlns:r="{OFFICE}">'
        f'<sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets></workbook>'
    )


def package(path: Path, parts: Mapping[str, str | bytes]) -> Path:
    """Write a workbook of one sheet; `parts` stand in the place of the ordinary ones, or beside them."""
    overrides = "".join(
        f'<Override PartName="/{part}" ContentType="{TYPES}.{kind}+xml"/>'
        for part, kind in ((WORKBOOK, "sheet.main"), (SHEET, "worksheet"), (STRINGS, "sharedStrings"))
    )
    everything: dict[str, str | bytes] = {
        "[Content_Types].xml": f'<Types xmlns="{PACKAGE}/content-types"><Default Extension="rels" '
        f'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{overrides}</Types>',
        "_rels/.rels": _relations(("officeDocument", WORKBOOK)),
        "xl/_rels/workbook.xml.rels": _relations(("worksheet", SHEET[3:]), ("sharedStrings", STRINGS[3:])),
        WORKBOOK: workbook_part(),
        SHEET: sheet(HEAD + rows()),
        STRINGS: f'<sst {MAIN} count="0" uniqueCount="0"/>',
        **parts,
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in everything.items():
            archive.writestr(name, content)
    return path


def _relations(*targets: tuple[str, str]) -> str:
    found = "".join(
        f'<Relationship Id="rId{number}" Type="{OFFICE}/{kind}" Target="{target}"/>'
        for number, (kind, target) in enumerate(targets, start=1)
    )
    return f'<Relationships xmlns="{PACKAGE}/relationships">{found}</Relationships>'


def inflate_member(path: Path, member: str, start: bytes, piece: bytes, times: int) -> Path:
    """Let a member of a zip inflate to a start and many repetitions of a piece, without deflating all of it."""
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = squeeze.compress(start) + squeeze.flush(zlib.Z_FULL_FLUSH)
    again = squeeze.compress(piece) + squeeze.flush(zlib.Z_FULL_FLUSH)  # stands for itself: it can be repeated
    packed = first + again * times + squeeze.flush()
    with zipfile.ZipFile(path) as archive:
        contents = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in contents.items():
            archive.writestr(name, packed if name == member else content, zipfile.ZIP_STORED)
        place = archive.getinfo(member).header_offset
    content = bytearray(path.read_bytes())
    directory = content.find(b"PK\x01\x02")
    while content[directory + 46 : directory + 46 + len(member)] != member.encode():
        directory = content.find(b"PK\x01\x02", directory + 1)
    size = (len(start) + len(piece) * times) & 0xFFFFFFFF
    for at, method, sizes in ((place, 8, 18), (directory, 10, 20)):
        struct.pack_into("<H", content, at + method, zipfile.ZIP_DEFLATED)
        struct.pack_into("<II", content, at + sizes, len(packed), size)
    path.write_bytes(content)
    return path
