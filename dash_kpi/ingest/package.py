"""The parts of an .xlsx file: which member holds which sheet, and its first rows without the rest."""

import posixpath
import zipfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

from dash_kpi.ingest.addresses import position

PEEK_ROWS = 60
_PIECE = 1 << 16
_WHOLE_PART = 1 << 24

Grid = dict[int, dict[int, str]]


class _Enough(Exception):
    """Say that everything asked for has been read."""


class _Unsafe(ValueError):
    """Say that the markup declares entities, which no workbook needs."""


@dataclass(frozen=True, slots=True)
class SheetPart:
    """The member that holds a sheet, and whether a person who opens the workbook does not see it."""

    member: str
    is_hidden: bool
    is_chart: bool = False
    pivots: tuple[str, ...] = ()  # the ranges of its pivot tables, such as "A3:E20"


def sheet_parts(path: Path) -> dict[str, SheetPart]:
    """Return the part of each sheet by its name; empty where the package is unusual."""
    try:
        with zipfile.ZipFile(path) as archive:
            book = next(name for name in archive.namelist() if name.lower().endswith("workbook.xml"))
            folder, file = posixpath.split(book)
            targets = {
                attributes["Id"]: attributes["Target"]
                for name, attributes in elements(archive, f"{folder}/_rels/{file}.rels".lstrip("/"))
                if name == "Relationship" and {"Id", "Target"} <= attributes.keys()
            }
            return {
                attributes["name"]: SheetPart(
                    member := _joined(folder, targets[relation]),
                    attributes.get("state", "visible") != "visible",
                    "chartsheets/" in member,
                    _pivots(archive, member),
                )
                for name, attributes in elements(archive, book)
                if name == "sheet" and (relation := _relation(attributes)) in targets
            }
    except (StopIteration, KeyError, OSError, zipfile.BadZipFile, expat.ExpatError, ValueError):
        return {}


def has_data_model(path: Path) -> bool:
    """Tell whether the workbook has a Power Pivot model, whose rows stand in no sheet."""
    with suppress(OSError, zipfile.BadZipFile), zipfile.ZipFile(path) as archive:
        return any(name.lower().startswith("xl/model/") for name in archive.namelist())
    return False


def _pivots(archive: zipfile.ZipFile, member: str) -> tuple[str, ...]:
    """Return the ranges of the pivot tables of a sheet."""
    folder, file = posixpath.split(member)
    relations = f"{folder}/_rels/{file}.rels"
    if relations not in archive.NameToInfo:
        return ()
    targets = [
        _joined(folder, attributes["Target"])
        for name, attributes in elements(archive, relations)
        if name == "Relationship" and attributes.get("Type", "").endswith("/pivotTable")
    ]
    return tuple(
        attributes["ref"]
        for target in targets
        if target in archive.NameToInfo
        for name, attributes in elements(archive, target)
        if name == "location" and "ref" in attributes
    )


def counts_from_1904(path: Path) -> bool:
    """Tell whether the serial numbers of the workbook's days count from 1904, as old Macs did."""
    try:
        with zipfile.ZipFile(path) as archive:
            book = next(name for name in archive.namelist() if name.lower().endswith("workbook.xml"))
            return any(
                name == "workbookPr" and attributes.get("date1904", "0").lower() in ("1", "true", "on")
                for name, attributes in elements(archive, book)
            )
    except (StopIteration, KeyError, OSError, zipfile.BadZipFile, expat.ExpatError, ValueError):
        return False


@dataclass(frozen=True, slots=True)
class FirstCells:
    """The texts of a sheet's first rows; `numbers` are the styles of those that are numbers, `errors` apart."""

    grid: Grid
    numbers: dict[tuple[int, int], int]
    errors: dict[tuple[int, int], str]


def first_rows(path: Path, member: str) -> Grid | None:
    """Return the texts of a sheet's first rows, by row and column; None where that cannot be done."""
    found = first_cells(path, member, PEEK_ROWS)
    return found.grid if found else None


def first_cells(path: Path, member: str, most: int) -> FirstCells | None:
    """Return the cells of a sheet's first rows that have any; None where that cannot be done."""
    try:
        with zipfile.ZipFile(path) as archive:
            rows = _Rows(most)
            _parse(archive, member, rows.attach)
            strings = _shared_strings(archive, rows.needed)
    except (KeyError, OSError, zipfile.BadZipFile, expat.ExpatError, ValueError):
        return None
    for row, column, index in rows.shared:
        rows.grid[row][column] = strings.get(index, "")
    grid = {
        row: filled
        for row, cells in rows.grid.items()
        if (filled := {column: text.strip() for column, text in cells.items() if text.strip()})
    }
    return FirstCells(grid, rows.numbers, rows.errors)


def _joined(folder: str, target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(posixpath.join(folder, target))


def _relation(attributes: dict[str, str]) -> str:
    return next((value for name, value in attributes.items() if name.endswith(":id")), "")


def elements(archive: zipfile.ZipFile, member: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield the name and the attributes of every element of a part."""
    found: list[tuple[str, dict[str, str]]] = []

    def attach(parser: expat.XMLParserType) -> None:
        parser.StartElementHandler = lambda name, attributes: found.append((_local(name), attributes))

    _parse(archive, member, attach, _WHOLE_PART)
    return iter(found)


def _parse(
    archive: zipfile.ZipFile,
    member: str,
    attach: Callable[[expat.XMLParserType], None],
    limit: int | None = None,
) -> None:
    """Feed a member to a parser, piece by piece, until its handlers have enough."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse_doctype
    attach(parser)
    read = 0
    with archive.open(member) as part:
        try:
            while (piece := part.read(_PIECE)) and (limit is None or read < limit):
                read += len(piece)
                parser.Parse(piece, False)
        except _Enough:
            return


def _refuse_doctype(*_: object) -> None:
    raise _Unsafe("document type")


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _Rows:
    """Collect the cells of the first rows that have any."""

    def __init__(self, most: int) -> None:
        self.grid: Grid = {}
        self.numbers: dict[tuple[int, int], int] = {}
        self.errors: dict[tuple[int, int], str] = {}
        self._most, self._style = most, 0
        self.shared: list[tuple[int, int, int]] = []
        self._row = self._column = 0
        self._kind = ""
        self._text: list[str] = []
        self._is_text = False

    @property
    def needed(self) -> int:
        """Return the highest shared string that a cell refers to, -1 for none."""
        return max((index for _, _, index in self.shared), default=-1)

    def attach(self, parser: expat.XMLParserType) -> None:
        """Listen to the parser."""
        parser.StartElementHandler = self._start
        parser.EndElementHandler = self._end
        parser.CharacterDataHandler = self._characters

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        name = _local(name)
        if name == "row":
            self._row = int(attributes.get("r", self._row + 1))
            self._column = -1
        elif name == "c":
            place = position(attributes.get("r", ""))
            self._row, self._column = place or (self._row, self._column + 1)
            self._kind = attributes.get("t", "n")
            self._style = int(attributes.get("s", 0))
            self._text = []
        elif name in ("v", "t"):
            self._is_text = True

    def _end(self, name: str) -> None:
        name = _local(name)
        if name in ("v", "t"):
            self._is_text = False
        elif name == "c" and self._text:
            self._keep("".join(self._text))
        elif name == "sheetData" or (name == "row" and len(self.grid) >= self._most):
            raise _Enough

    def _characters(self, text: str) -> None:
        if self._is_text:
            self._text.append(text)

    def _keep(self, text: str) -> None:
        cells = self.grid.setdefault(self._row, {})
        if self._kind == "s":
            cells[self._column] = ""
            self.shared.append((self._row, self._column, int(text)))
        elif self._kind == "e":
            self.errors[self._row, self._column] = text
        else:
            cells[self._column] = text
            if self._kind == "n":
                self.numbers[self._row, self._column] = self._style


def _shared_strings(archive: zipfile.ZipFile, last: int) -> dict[int, str]:
    """Return the shared strings up to one index, without reading further."""
    if last < 0:
        return {}
    member = next(name for name in archive.namelist() if name.lower().endswith("sharedstrings.xml"))
    strings: dict[int, str] = {}
    parts: list[str] = []
    depth = {"t": 0, "rPh": 0}

    def start(name: str, _: dict[str, str]) -> None:
        if (name := _local(name)) in depth:
            depth[name] += 1

    def end(name: str) -> None:
        name = _local(name)
        if name in depth:
            depth[name] -= 1
        elif name == "si":
            strings[len(strings)] = "".join(parts)
            parts.clear()
            if len(strings) > last:
                raise _Enough

    def characters(text: str) -> None:
        if depth["t"] and not depth["rPh"]:
            parts.append(text)

    def attach(parser: expat.XMLParserType) -> None:
        parser.StartElementHandler, parser.EndElementHandler = start, end
        parser.CharacterDataHandler = characters

    _parse(archive, member, attach)
    return strings
