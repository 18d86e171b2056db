import zipfile
from pathlib import Path

import pytest

from dash_kpi.errors import Refused
from dash_kpi.ingest import inflation

HEAD = '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'


def package(path: Path, rows: str) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/worksheets/sheet1.xml", f"{HEAD}{rows}</sheetData></worksheet>")
    return path


def scanned(tmp_path: Path, rows: str) -> inflation.SheetScan:
    return inflation.scan(package(tmp_path / "book.xlsx", rows))["xl/worksheets/sheet1.xml"]


def test_errors_are_found_with_their_text(tmp_path: Path) -> None:
    seen = scanned(tmp_path, '<row r="7"><c r="B7" s="1" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>')

    assert seen.errors == {(7, 1): "#DIV/0!"}


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="C2"><f>A1</f></c>',
        '<c r="C2"><f>A1</f><v></v></c>',
        '<c r="C2"><f>A1</f><v/></c>',
        '<c r="C2"><f si="0"/></c>',
    ],
)
def test_formulas_without_a_saved_value_are_found(tmp_path: Path, cell: str) -> None:
    assert scanned(tmp_path, f'<row r="2">{cell}<c r="D2"><f>1</f><v>1</v></c></row>').formulas == {(2, 2)}


def test_a_formula_that_gives_an_empty_text_has_a_value(tmp_path: Path) -> None:
    assert scanned(tmp_path, '<row r="2"><c r="C2" t="str"><f>""</f><v></v></c></row>').formulas == set()


def test_cells_at_the_edges_of_the_pieces_are_found(tmp_path: Path) -> None:
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row}</v></c><c r="B{row}" t="e"><v>#N/A</v></c></row>'
        for row in range(1, 15_001)
    )

    assert len(scanned(tmp_path, rows).errors) == 15_000


def test_a_cell_in_the_far_corner_is_too_wide(tmp_path: Path) -> None:
    seen = scanned(tmp_path, '<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>')

    assert seen.is_too_wide
    assert seen.corner == "XFD1048576"


def test_a_million_rows_of_a_few_columns_are_not_too_wide(tmp_path: Path) -> None:
    assert not scanned(tmp_path, '<row r="1048576"><c r="Z1048576"><v>1</v></c></row>').is_too_wide


def test_a_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    path = package(tmp_path / "bomb.xlsx", "<v>0</v>" * 4_000_000)

    assert inflation.is_quick(path)
    with pytest.raises(Refused, match="unpacks to more than"):
        inflation.scan(path, limit=8 << 20)


def test_a_truncated_archive_is_damaged(tmp_path: Path) -> None:
    path = package(tmp_path / "book.xlsx", "<row/>" * 1000)
    content = bytearray(path.read_bytes())
    content[60:80] = b"\xff" * 20
    path.write_bytes(content)

    with pytest.raises(Refused, match="damaged"):
        inflation.scan(path)
