"""Files to read: made by the tests, or shared beside the repository and skipped where they are not."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from dash_kpi.ingest.reader import read_file
from dash_kpi.ingest.reading import FileReading, TableReading

SHARED = Path(__file__).parents[2] / "../shared/data"

Read = Callable[[Path], FileReading]
ReadTable = Callable[[Path], TableReading]
MakeWorkbook = Callable[..., Path]
MakeText = Callable[..., Path]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real files."""
    if not SHARED.is_dir():
        pytest.skip("the shared data are not here")
    return SHARED.resolve()


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return a reader of files that stores beside the test."""
    directory = tmp_path / "snapshots"
    directory.mkdir()
    return lambda path: read_file(path, directory, lambda phase, fraction: None)


@pytest.fixture
def read_table(read: Read) -> ReadTable:
    """Return a reader of files that have one table."""

    def one(path: Path) -> TableReading:
        (table,) = read(path).tables
        return table

    return one


@pytest.fixture
def workbook(tmp_path: Path) -> MakeWorkbook:
    """Return a maker of workbooks from sheets of rows; `top` and `left` move the first cell."""

    def make(*rows: Sequence[Any], top: int = 1, left: int = 1, **sheets: Iterable[Sequence[Any]]) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.worksheets[0])
        for name, content in (sheets or {"Sheet": rows}).items():
            sheet = book.create_sheet(name)
            for row, cells in enumerate(content, start=top):
                for column, cell in enumerate(cells, start=left):
                    sheet.cell(row, column, cell)
        path = tmp_path / "book.xlsx"
        book.save(path)
        return path

    return make


@pytest.fixture
def text(tmp_path: Path) -> MakeText:
    """Return a maker of text files."""

    def make(content: str, encoding: str = "utf-8", name: str = "data.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content.encode(encoding))
        return path

    return make
