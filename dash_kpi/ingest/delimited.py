"""Text files with separated values: their encoding, their delimiter, and their rows as a raw table.

A row counts as a spreadsheet counts it: a blank line is a row, a line break inside quotes is none.
"""

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

import duckdb
import numpy as np
from charset_normalizer import from_bytes

from dash_kpi.errors import Refused
from dash_kpi.ingest.addresses import letters
from dash_kpi.ingest.header_row import HeaderRow
from dash_kpi.ingest.package import PEEK_ROWS, Grid
from dash_kpi.ingest.raw import RawTable, columns_of
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.ingest.tables.cells import Cell, Cells

_DELIMITERS = ",;\t|"
_SAMPLE_BYTES = 1 << 18
_CHUNK_ROWS = 50_000
_COLUMNS = 2_000
MOST_CELLS = 6_000_000  # that are taken apart one by one
_COLUMNS_WITHOUT_HEADING = 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_HIGH, _FIRST_OF_GB, _LAST_HANGUL = 0x80, 0xA0, 0xC8
_FEWEST_HIGH = 12
_USUAL_RUN = 1.5
_SIGN_RUNS = re.compile(r"[^\x00-\x7f]+")
_HIGH_RUNS = re.compile(rb"[\x80-\xff]+")
NOT_A_TABLE = "The file is not a table: it holds no rows of separated values."


class Delimited:
    """An open text file of separated values."""

    def __init__(self, path: Path) -> None:
        """Recognise the encoding and the delimiter; refuse what is no text."""
        self._path = path
        self._encoding = _encoding_of(path)
        sample = self._sample()
        if "\x00" in sample:
            raise Refused("The file is not a table: it holds binary data.")
        if not sample.strip():
            raise Refused("The file is empty.")
        if len(sample) >= _SAMPLE_BYTES // 4 and not {"\n", "\r"} & set(sample):
            raise Refused("The file is not a table: its first line is too long to be a row of headings.")
        self._skips_hint = sample.lower().startswith("sep=") and "\n" in sample
        self._delimiter = sample[4] if self._skips_hint else _delimiter_of(sample)

    def peek(self, most: int = PEEK_ROWS) -> Grid:
        """Return the texts of the first rows."""
        grid: Grid = {}
        for row, cells in self._rows():
            grid[row] = {column: text for column, cell in enumerate(cells) if (text := cell.strip())}
            if len(grid) >= most:
                break
        return grid

    def cells(self) -> Cells:
        """Return every cell, as text."""
        rows: list[list[Cell]] = []
        count = 0
        for row, texts in self._rows():
            count += min(len(texts), _COLUMNS)
            if count > MOST_CELLS:
                raise Refused(f"The file is too large for a table of this form: it has over {MOST_CELLS:,} cells.")
            rows += [[]] * (row - 1 - len(rows))
            rows.append([text.strip() or None for text in texts[:_COLUMNS]])
        return Cells(rows, has_types=False, prefers_comma=self._delimiter == ";")

    def read(self, header: HeaderRow, connection: duckdb.DuckDBPyConnection) -> RawTable:
        """Read everything below the headings into the table "raw"; every column is text."""
        width = max(header.headings, default=0) + 1
        widest = min(width + _COLUMNS_WITHOUT_HEADING, _COLUMNS)
        cut: list[int] = []
        connection.execute("DROP TABLE IF EXISTS raw")
        below = (one for one in self._rows() if one[0] > header.row)
        first = True
        while chunk := list(islice(below, _CHUNK_ROWS)):
            wanted = max(len(cells) for _, cells in chunk)
            if first:
                width = min(max(width, wanted), widest)
                fields = ", ".join(f"c{column} VARCHAR" for column in range(width))
                connection.execute(f"CREATE TABLE raw (sheet_row BIGINT, {fields})")
                first = False
            elif wanted > width:
                width = _widen(connection, width, min(wanted, widest))
            cut += [row for row, cells in chunk if len(cells) > widest]
            _insert(connection, chunk, width)
        if first:
            raise Refused("The table has headings, but no rows below them.")
        columns = columns_of(connection, range(width), [header.heading(column) for column in range(width)])
        return RawTable(
            connection,
            columns,
            header.row,
            has_cells=False,
            prefers_comma=self._delimiter == ";",
            notes=_cut_rows(cut, widest),
        )

    def _sample(self) -> str:
        with self._path.open("rb") as file:
            content = file.read(_SAMPLE_BYTES)
        try:
            return codecs.getincrementaldecoder(self._encoding)("strict").decode(content)
        except UnicodeError as error:
            raise Refused("The file is not a table: it holds binary data.") from error

    def _rows(self) -> Iterator[tuple[int, list[str]]]:
        """Yield the number and the cells of each row that has any."""
        with self._path.open(encoding=self._encoding, errors="replace", newline="") as file:
            reader = csv.reader(file, delimiter=self._delimiter)
            try:
                for row, cells in enumerate(reader, start=1):
                    if cells and not (row == 1 and self._skips_hint):
                        yield row, cells
            except csv.Error as error:
                raise Refused(f"{NOT_A_TABLE[:-1]}, or a quotation mark is never closed.") from error


def _cut_rows(rows: list[int], widest: int) -> tuple[Finding, ...]:
    """Return the warning about rows that have many more cells than there are headings."""
    if not rows:
        return ()
    what = "1 row has" if len(rows) == 1 else f"{len(rows):,} rows have"
    cells = tuple(f"{letters(widest)}{row}" for row in rows[:200])
    return (Finding("cells_left_out", f"{what} more cells than there are headings.", cells, len(rows)),)


def _insert(connection: duckdb.DuckDBPyConnection, chunk: list[tuple[int, list[str]]], width: int) -> None:
    padded = (cells if len(cells) == width else (cells + [""] * width)[:width] for _, cells in chunk)
    columns: Iterable[tuple[str, ...]] = zip(*padded, strict=True)
    arrays = {f"c{column}": np.array(texts, dtype=object) for column, texts in enumerate(columns)}
    connection.register("chunk", {"sheet_row": np.array([row for row, _ in chunk]), **arrays})
    values = ", ".join(f"nullif(trim(c{column}, ' \t\n\r\u00a0'), '')" for column in range(width))
    connection.execute(f"INSERT INTO raw SELECT sheet_row, {values} FROM chunk")  # noqa: S608
    connection.unregister("chunk")


def _widen(connection: duckdb.DuckDBPyConnection, width: int, wanted: int) -> int:
    for column in range(width, wanted):
        connection.execute(f"ALTER TABLE raw ADD COLUMN c{column} VARCHAR")
    return wanted


def _encoding_of(path: Path) -> str:
    with path.open("rb") as file:
        content = file.read(_SAMPLE_BYTES)
        for bom, name in _BOMS:
            if content.startswith(bom):
                return name
        if b"\x00" in content[:4096]:
            return _wide_encoding(content[:4096])
        try:
            codecs.getincrementaldecoder("utf-8")("strict").decode(content)
            while more := file.read(1 << 22):
                if not more.isascii():
                    path.read_text(encoding="utf-8")
                    break
        except UnicodeDecodeError:
            return _legacy_encoding(content)
    return "utf-8"


def _wide_encoding(content: bytes) -> str:
    """Return the UTF-16 that text with zeros in every other byte is written in; refuse other zeros."""
    even, odd = content[::2].count(0), content[1::2].count(0)
    if odd > 0.4 * len(content) / 2 > even:
        return "utf-16-le"
    if even > 0.4 * len(content) / 2 > odd:
        return "utf-16-be"
    raise Refused("The file is not a table: it holds binary data.")


def _legacy_encoding(content: bytes) -> str:
    if east_asian := _east_asian_encoding(content):
        return east_asian
    best = from_bytes(content[: 1 << 15], cp_isolation=["cp1252", "cp1250", "cp1251", "cp1254", "cp1253"]).best()
    return best.encoding if best else "cp1252"


def _east_asian_encoding(content: bytes) -> str | None:
    """Return the encoding of two bytes a sign that explains the whole content, None where single bytes do as well.

    Japanese begins most signs with bytes that other encodings hardly use; Chinese and Korean fill both bytes from
    A1 up, so that such bytes come in runs of an even length, which words of other scripts do not.
    """
    high = [byte for byte in content if byte >= _HIGH]
    content = content[: content.rfind(b"\n") + 1] or content
    if sum(byte < _FIRST_OF_GB for byte in high) * 3 > len(high) and _decodes(content, "cp932"):
        runs = _SIGN_RUNS.findall(content.decode("cp932"))
        # A lone sign before a letter is a curly apostrophe or a euro sign of Western Europe.
        return "cp932" if sum(map(len, runs)) >= _USUAL_RUN * len(runs) else None
    if len(high) < _FEWEST_HIGH or not _decodes(content, "gb2312"):
        return None
    is_korean = all(byte <= _LAST_HANGUL for run in _HIGH_RUNS.findall(content) for byte in run[::2])
    return "cp949" if is_korean and _decodes(content, "euc_kr") else "gb18030"


def _decodes(content: bytes, encoding: str) -> bool:
    try:
        content.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _delimiter_of(sample: str) -> str:
    """Return the delimiter that splits the most rows of the sample into the same number of cells."""
    complete = sample if len(sample) < _SAMPLE_BYTES // 4 else sample.rpartition("\n")[0]
    best, best_score = ",", 0.0
    for delimiter in _DELIMITERS:
        if delimiter not in complete:
            continue
        try:
            reader = csv.reader(io.StringIO(complete, newline=""), delimiter=delimiter)
            widths = Counter(len(cells) for cells in islice(reader, 200) if cells)
        except csv.Error:
            continue
        width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
        score = count / widths.total() * min(width, 10) if width > 1 else 0.0
        if score > best_score:
            best, best_score = delimiter, score
    return best
