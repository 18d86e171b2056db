"""One pass over what a zipped workbook really inflates to: its size, its range, its broken cells.

The reader of cells gives nothing for an error such as #REF!, for a formula without a saved value and, in
a column of numbers or dates, for words such as "n/a", as it does for a blank; and it makes room for every
cell up to the furthest. This pass tells them apart.
"""

import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from dash_kpi.errors import Refused
from dash_kpi.ingest.addresses import column_of, letters, position
from dash_kpi.ingest.sniff import DAMAGED

INFLATED_BYTES = 1 << 30
CELLS = 40_000_000
COLUMNS = 16_384  # of a sheet; a cell beyond is a lie
SMALL_BYTES = 8 << 20
_SUSPICIOUS_RATIO = 150
_PIECE = 1 << 20
_LONGEST_CELL = 4 << 20
_KEPT_CELLS = 20_000

_LATER_COLUMN = re.compile(rb' r="[A-Z]{2}')
_FAR_COLUMN = re.compile(rb'<c r="([A-Z]{2,9})\d+"[^>]*[^/>]>|<c r="([A-Z]{2,9})\d+">')
_ROW = re.compile(rb'<row [^>]*?\br="(\d+)"')
_HIDDEN_ROW = re.compile(rb'<row [^>]*?\br="(\d+)"[^>]*?\bhidden="(?:1|true)"[^>]*(?<!/)>')
_NO_VALUE = re.compile(rb"(?:</f>|<f[^>]*/>)\s*(?:</c>|<v\s*/>|<v>\s*</v>)")
_REFERENCE = re.compile(rb'\br="([A-Z]{1,3}\d{1,7})"')
_VALUE = re.compile(rb"<v>([^<]{1,20})</v>")
# The texts that the reader takes for blanks.
_NO_VALUE_WORDS = rb"#N/A N/A|#N/A|#NA|-1\.#IND|-1\.#QNAN|-NaN|-nan|1\.#IND|1\.#QNAN|N/A|NA|NULL|NaN|None|n/a|nan|null"
_WORD = re.compile(rb"<t(?: [^>]*)?>\s*(" + _NO_VALUE_WORDS + rb")\s*</t>")
_RESULT = re.compile(rb"<v>\s*(?:" + _NO_VALUE_WORDS + rb")\s*</v>")
_INLINE_WORD = re.compile(
    rb'<c [^>]*t="(?:inlineStr|str)"[^>]*>\s*(?:<f[^>]*>[^<]*</f>|<f[^>]*/>)?\s*(?:<is>\s*<t(?: [^>]*)?>|<v>)\s*('
    + _NO_VALUE_WORDS
    + rb")\s*</"
)
_STRINGS = "sharedstrings.xml"


@dataclass(slots=True)
class SheetScan:
    """What one sheet's markup shows: broken cells by (row, column), and the furthest row and column.

    `errors` also holds the words that the reader takes for blanks.
    """

    errors: dict[tuple[int, int], str] = field(default_factory=dict)
    formulas: set[tuple[int, int]] = field(default_factory=set)
    last_row: int = 0
    last_column: int = 25
    has_formulas: bool = False
    hidden_rows: set[int] = field(default_factory=set)  # as the sheet counts, those without cells aside

    @property
    def is_too_wide(self) -> bool:
        """Tell whether the range up to the furthest cell is too large to make room for, or no sheet has it."""
        return self.last_row * (self.last_column + 1) > CELLS or self.last_column >= COLUMNS

    @property
    def corner(self) -> str:
        """Return the address of the furthest row and column."""
        return f"{letters(self.last_column)}{self.last_row}"


def is_quick(path: Path) -> bool:
    """Tell whether the pass should come before anything else: it is cheap, or the file is suspicious."""
    with zipfile.ZipFile(path) as archive:
        sizes = [(info.file_size, max(info.compress_size, 1)) for info in archive.infolist()]
    return sum(size for size, _ in sizes) <= SMALL_BYTES or any(
        size > SMALL_BYTES and size / packed > _SUSPICIOUS_RATIO for size, packed in sizes
    )


def scan(path: Path, limit: int = INFLATED_BYTES) -> dict[str, SheetScan]:
    """Inflate everything once and return what each sheet's member shows; raise Refused for a bomb."""
    found: dict[str, SheetScan] = {}
    left = limit
    try:
        with zipfile.ZipFile(path) as archive:
            for info in archive.infolist():
                is_sheet = "worksheets/" in info.filename and info.filename.endswith(".xml")
                sheet = found.setdefault(info.filename, SheetScan()) if is_sheet else None
                left -= _inflate(archive, info, left, sheet)
            words = _words_of(archive)
            for member, sheet in found.items() if words else ():
                _find_words(archive, member, words, sheet)
    except (zipfile.BadZipFile, zlib.error, OSError, ValueError, NotImplementedError, EOFError) as error:
        raise Refused(DAMAGED) from error
    return found


def _inflate(archive: zipfile.ZipFile, info: zipfile.ZipInfo, left: int, sheet: SheetScan | None) -> int:
    size = 0
    carried = b""
    with archive.open(info) as part:
        while piece := part.read(_PIECE):
            size += len(piece)
            if size > left:
                raise Refused(
                    f"The file unpacks to more than {INFLATED_BYTES >> 30} GiB and was not opened any further."
                )
            if sheet is not None:
                carried = _look(carried + piece, sheet)
    return size


def _look(content: bytes, sheet: SheetScan) -> bytes:
    """Look at the whole cells of the content and return the rest."""
    end = content.rfind(b"</c>")
    if end < 0:
        end = content.rfind(b"/>")
    if end < 0:
        return content if len(content) < _LONGEST_CELL else b""
    end += 4 if content.startswith(b"</c>", end) else 2
    rest = content[end:]
    content = content[:end]
    _measure(content, sheet)
    if b' t="e"' in content:
        _find_errors(content, sheet)
    # Only what holds such a word at all is looked at cell by cell.
    if (b't="inlineStr"' in content and _WORD.search(content)) or (b't="str"' in content and _RESULT.search(content)):
        _keep_words(content, _INLINE_WORD, sheet)
    # A formula that refers to another one's text comes after it and may not end in "</f>" itself.
    sheet.has_formulas = sheet.has_formulas or b"</f>" in content or b"<f " in content[:4096]
    if sheet.has_formulas:
        _find_formulas(content, sheet)
    return rest


def _measure(content: bytes, sheet: SheetScan) -> None:
    start = content.rfind(b"<row ")
    if start >= 0 and (row := _ROW.match(content, start)):
        sheet.last_row = max(sheet.last_row, int(row[1]))
    if b' hidden="' in content:
        sheet.hidden_rows.update(int(number) for number in _HIDDEN_ROW.findall(content))
    if not _LATER_COLUMN.search(content):
        return
    names = {one or other for one, other in _FAR_COLUMN.findall(content)}
    if names:
        sheet.last_column = max(sheet.last_column, *(column_of(name.decode()) for name in names))


def _find_errors(content: bytes, sheet: SheetScan) -> None:
    place = content.find(b' t="e"')
    while place >= 0 and len(sheet.errors) < _KEPT_CELLS:
        start = content.rfind(b"<c ", 0, place)
        end = content.find(b"</c>", place)
        at = _place(content, start, content.find(b">", place))
        if at:
            value = _VALUE.search(content, place, end if end > 0 else len(content))
            sheet.errors[at] = value[1].decode("utf-8", "replace") if value else "#N/A"
        place = content.find(b' t="e"', place + 1)


def _find_formulas(content: bytes, sheet: SheetScan) -> None:
    for found in _NO_VALUE.finditer(content):
        if len(sheet.formulas) >= _KEPT_CELLS:
            return
        start = content.rfind(b"<c ", 0, found.start())
        opening = content.find(b">", start)
        # An empty saved text is a value: the formula gives "".
        is_empty_text = b"<v" in found[0] and b't="str"' in content[start:opening]
        at = _place(content, start, opening)
        if at and not is_empty_text and at not in sheet.errors:
            sheet.formulas.add(at)


def _words_of(archive: zipfile.ZipFile) -> dict[bytes, str]:
    """Return the numbers of the shared strings that the reader takes for blanks."""
    member = next((name for name in archive.namelist() if name.lower().endswith(_STRINGS)), None)
    words: dict[bytes, str] = {}
    if member is None:
        return words
    before = 0
    for content in _pieces(archive, member, b"</si>"):
        for found in _WORD.finditer(content):
            index = before + _strings_in(content[: found.start()])
            words[str(index).encode()] = found[1].decode()
        before += _strings_in(content)
    return words


def _strings_in(content: bytes) -> int:
    return content.count(b"</si>") + content.count(b"<si/>")


def _find_words(archive: zipfile.ZipFile, member: str, words: dict[bytes, str], sheet: SheetScan) -> None:
    cell = re.compile(rb'<c [^>]*t="s"[^>]*>\s*<v>(' + b"|".join(words) + rb")</v>")
    for content in _pieces(archive, member, b"</c>"):
        _keep_words(content, cell, sheet, words)


def _keep_words(
    content: bytes, cell: re.Pattern[bytes], sheet: SheetScan, words: dict[bytes, str] | None = None
) -> None:
    for found in cell.finditer(content):
        if len(sheet.errors) >= _KEPT_CELLS:
            return
        at = _place(content, found.start(), content.find(b">", found.start()))
        if at:
            sheet.errors.setdefault(at, words[found[1]] if words else found[1].decode())


def _pieces(archive: zipfile.ZipFile, member: str, end: bytes) -> Iterator[bytes]:
    """Yield a member in pieces that each end where an element ends."""
    carried = b""
    with archive.open(member) as part:
        while piece := part.read(_PIECE):
            head, mark, carried = (carried + piece).rpartition(end)
            if mark:
                yield head + mark
            elif len(carried) > _LONGEST_CELL:
                return


def _place(content: bytes, start: int, end: int) -> tuple[int, int] | None:
    if start < 0 or end < 0:
        return None
    reference = _REFERENCE.search(content, start, end)
    return position(reference[1].decode()) if reference else None
