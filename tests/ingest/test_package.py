import zipfile
from pathlib import Path

from dash_kpi.ingest.package import PEEK_ROWS, first_rows, sheet_parts
from tests.ingest.conftest import MakeWorkbook


def test_sheets_are_found_by_their_names(workbook: MakeWorkbook) -> None:
    parts = sheet_parts(workbook(North=[["a"]], South=[["b"]]))

    assert {name: part.member for name, part in parts.items()} == {
        "North": "xl/worksheets/sheet1.xml",
        "South": "xl/worksheets/sheet2.xml",
    }


def test_the_first_rows_are_where_the_sheet_shows_them(workbook: MakeWorkbook) -> None:
    path = workbook(["Date", "Sales"], ["x", 5.5], top=3, left=2)

    assert first_rows(path, "xl/worksheets/sheet1.xml") == {3: {1: "Date", 2: "Sales"}, 4: {1: "x", 2: "5.5"}}


def test_only_the_first_rows_are_looked_at(workbook: MakeWorkbook) -> None:
    grid = first_rows(workbook(*[[number] for number in range(500)]), "xl/worksheets/sheet1.xml")

    assert grid is not None
    assert len(grid) == PEEK_ROWS


def test_markup_that_declares_entities_is_not_looked_at(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("sheet.xml", '<!DOCTYPE a [<!ENTITY b "c">]><worksheet/>')

    assert first_rows(path, "sheet.xml") is None
