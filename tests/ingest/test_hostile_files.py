"""Broken, odd and hostile files: each ends in loaded tables or in one clear sentence."""

import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from random import Random

import pytest

from dash_kpi.errors import Refused
from dash_kpi.ingest.addresses import letters
from dash_kpi.ingest.child import Limits, read_in_child, warm_up
from dash_kpi.ingest.sniff import DAMAGED
from tests.ingest.conftest import SHARED
from tests.ingest.packages import (
    HEAD,
    MAIN,
    SHEET,
    STRINGS,
    WORKBOOK,
    inflate_member,
    package,
    rows,
    sheet,
    text_cell,
    workbook_part,
)

PARSER_WORDS = re.compile(r"Traceback|Error|calamine|fastexcel|duckdb|panick|zipfile|/", re.IGNORECASE)


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    warm_up()


@pytest.mark.parametrize("family", ["calamine", "exceldatareader", "openspout"])
def test_every_hostile_file_ends_in_tables_or_a_sentence(shared_data: Path, tmp_path: Path, family: str) -> None:
    for path in sorted((shared_data / "hostile" / family).iterdir()):
        sentence = _sentence(path, tmp_path)
        assert sentence.endswith("."), path.name
        assert not PARSER_WORDS.search(sentence), (path.name, sentence)
    assert [left for left in tmp_path.iterdir() if left.suffix != ".parquet"] == []


def test_protected_files_are_called_protected(shared_data: Path, tmp_path: Path) -> None:
    protected = [path for path in (shared_data / "hostile").rglob("*") if re.search("pass_?protected|_pwd_", path.name)]

    assert {_sentence(path, tmp_path) for path in protected} == {
        "The file is protected with a password. Save a copy without one and load that."
    }


ENTITIES = (
    "<!DOCTYPE lol ["
    + "".join(f'<!ENTITY l{number} "{"lol" if not number else f"&l{number - 1};" * 10}">' for number in range(10))
    + "]>"
)
FOREIGN = '<!DOCTYPE x [<!ENTITY x SYSTEM "file:///etc/passwd">]>'
FAR = "Sheet 'Sales' reaches as far as cell {}, which is too large to open. Delete the cells far away from the table."
DAMAGED_SHEET = "Sheet 'Sales' is damaged and cannot be read."
LOADED = "Loaded."


def _one_far(reference: str) -> str:
    row = re.sub("[A-Z]", "", reference)
    return sheet(f'{HEAD}{rows()}<row r="{row}"><c r="{reference}"><v>1</v></c></row>')


def _wide(columns: int) -> str:
    """Return a sheet with a date, an amount and very many texts."""
    heads = "".join(text_cell(f"{letters(column)}1", f"h{column}") for column in range(3, columns))
    return sheet(f"{HEAD.removesuffix('</row>')}{heads}</row>{rows()}")


@pytest.mark.parametrize(
    ("parts", "sentence"),
    [
        ({}, LOADED),
        ({SHEET: _one_far("XFD1048576")}, FAR.format("XFD1048576")),
        ({SHEET: _one_far("ZZZZ40")}, FAR.format("ZZZZ40")),
        ({SHEET: _one_far("A4294967295")}, FAR.format("Z4294967295")),
        ({SHEET: _one_far("A0")}, DAMAGED_SHEET),
        ({SHEET: sheet(HEAD + rows(), dimension='<dimension ref="A1:A2"/>')}, LOADED),
        ({SHEET: sheet(HEAD + rows(), dimension='<dimension ref="A1:XFD1048576"/>')}, LOADED),
        ({SHEET: sheet(HEAD + rows(), dimension='<dimension ref="nonsense"/>')}, DAMAGED_SHEET),
        ({SHEET: sheet(HEAD + rows("&l9;"), before=ENTITIES)}, DAMAGED_SHEET),
        ({STRINGS: f"{ENTITIES}<sst {MAIN}><si><t>&l9;</t></si></sst>"}, DAMAGED),
        ({WORKBOOK: workbook_part("&l9;", ENTITIES)}, DAMAGED),
        ({SHEET: sheet(HEAD + rows("&x;"), before=FOREIGN)}, DAMAGED_SHEET),
        ({WORKBOOK: workbook_part("&x;", FOREIGN)}, DAMAGED),
        ({"../../etc/x": "evil", "/etc/x": "evil"}, LOADED),
        ({SHEET: _wide(16_384)}, "Sheet 'Sales' has 16,384 columns; 1,000 can be read."),
        ({SHEET: _wide(1_200)}, "Sheet 'Sales' has 1,200 columns; 1,000 can be read."),
        (
            {SHEET: sheet(f'{HEAD}{rows()}<row r="40">{"<c><v>1</v></c>" * 100_000}</row>')},
            "Sheet 'Sales' has 100,000 columns; 1,000 can be read.",
        ),
    ],
    ids=[
        "plain", "the last cell", "a column beyond", "a row beyond", "row 0", "a range too small", "a range too large",
        "a range that is none", "entities in the sheet", "entities in the strings", "entities in the workbook",
        "a foreign entity in the sheet", "a foreign entity in the workbook", "names that lead out",
        "16,384 columns", "1,200 columns", "100,000 cells",
    ],
)  # fmt: skip
def test_a_workbook_that_no_program_would_write(parts: dict[str, str], sentence: str, tmp_path: Path) -> None:
    assert _sentence(package(tmp_path / "hostile.xlsx", parts), _clean(tmp_path)) == sentence


@pytest.mark.parametrize(
    ("member", "start", "piece", "times"),
    [
        (SHEET, sheet(HEAD + rows()).partition("</sheetData>")[0], '<row r="30"><c r="A30"><v>1</v></c></row>', 1200),
        (STRINGS, f"<sst {MAIN}>", "<si><t>a</t></si>", 4000),
        (STRINGS, f"<sst {MAIN}><si><t>", "a", 4000),
    ],
    ids=["a sheet", "shared strings of 4 GB", "one string of 4 GB"],
)
def test_a_file_that_inflates_to_gigabytes_is_refused(
    member: str, start: str, piece: str, times: int, tmp_path: Path
) -> None:
    mebibyte = (piece * ((1 << 20) // len(piece))).encode()
    bomb = inflate_member(package(tmp_path / "bomb.xlsx", {}), member, start.encode(), mebibyte, times)

    assert bomb.stat().st_size < 20 << 20
    assert _sentence(bomb, _clean(tmp_path)) == ("The file unpacks to more than 1 GiB and was not opened any further.")


SALES = "Date;Region;Revenue\n" + "".join(f"2025-01-{day:02};Zürich;{day}\n" for day in range(1, 29))
PAGE = "<table><tr><td>Date</td><td>Revenue</td></tr><tr><td>2025-01-01</td><td>1</td></tr></table>"
A_PAGE = "The file is a web page, not a workbook. Open it in Excel and save it as .xlsx."
SPREADSHEET_2003 = '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>'
XML_2003 = "The file is an XML Spreadsheet 2003. Open it in Excel and save it as .xlsx."
BINARY = "The file is not a table: it holds binary data."


@pytest.mark.parametrize(
    ("name", "content", "sentence"),
    [
        ("csv.xls", SALES.encode(), LOADED),
        ("tabs.xls", SALES.replace(";", "\t").encode("utf-16"), LOADED),
        ("le.csv", SALES.encode("utf-16-le"), LOADED),
        ("be.csv", SALES.encode("utf-16-be"), LOADED),
        ("le-bom.csv", b"\xff\xfe" + SALES.encode("utf-16-le"), LOADED),
        ("be-bom.csv", b"\xfe\xff" + SALES.encode("utf-16-be"), LOADED),
        ("page.xls", f"<html><body>{PAGE}</body></html>".encode(), A_PAGE),
        ("table.xls", PAGE.encode("utf-16"), A_PAGE),
        ("comment.xls", f"<!-- exported --><div>{PAGE}</div>".encode(), A_PAGE),
        ("archive.xls", f"MIME-Version: 1.0\nContent-Type: text/html\n\n{PAGE}".encode(), A_PAGE),
        ("2003.xls", SPREADSHEET_2003.encode(), XML_2003),
        ("2003-wide.xls", SPREADSHEET_2003.encode("utf-16"), XML_2003),
        ("nul.csv", SALES.replace("Zürich", "Z\0rich").encode(), BINARY),
        ("nothing-but-nul.csv", b"\0" * 5000, BINARY),
        ("empty.xlsx", b"", "The file is empty."),
        ("blank.csv", b"\n \n\n", "The file is empty."),
        ("mark.csv", b"\xff\xfe", "The file is empty."),
        (
            "wide.csv",
            f"Date;Revenue;{';'.join(map(str, range(100_000)))}\n2025-01-01;1\n".encode(),
            "The file is not a table: its first line is too long to be a row of headings.",
        ),
        (
            "quote.csv",
            b'Date;Revenue\n"' + b"x" * 300_000,
            "The file is not a table: it holds no rows of separated values, or a quotation mark is never closed.",
        ),
    ],
)
def test_a_text_is_read_or_called_by_its_name(name: str, content: bytes, sentence: str, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(content)

    assert _sentence(path, _clean(tmp_path)) == sentence


def test_whatever_a_valid_file_is_turned_into_it_ends_in_a_table_or_a_sentence(tmp_path: Path) -> None:
    random = Random(20_250_101)
    book = package(tmp_path / "book.xlsx", {})
    sources = [book.read_bytes(), SALES.encode(), SALES.encode("utf-16")]
    if (old := SHARED / "hostile/calamine/date.xls").is_file():
        sources.append(old.read_bytes())
    paths = []
    for number in range(200):
        paths.append(tmp_path / f"{number}.xls")
        paths[-1].write_bytes(_broken(sources[number % len(sources)], random))
    directory = _clean(tmp_path)

    with ThreadPoolExecutor(4) as threads:
        sentences = list(threads.map(lambda path: _sentence(path, directory), paths))

    assert all(sentence.endswith(".") and not PARSER_WORDS.search(sentence) for sentence in sentences), sentences
    assert LOADED in sentences
    assert [left for left in directory.iterdir() if left.suffix != ".parquet"] == []


def _broken(content: bytes, random: Random) -> bytes:
    """Cut a file short, or change some of its bytes."""
    changed = bytearray(content)
    if random.random() < 0.3:
        return bytes(changed[: random.randrange(len(changed))])
    for _ in range(random.choice([1, 1, 4, 20])):
        changed[random.randrange(len(changed))] = random.randrange(256)
    return bytes(changed)


def _clean(directory: Path) -> Path:
    """Return a folder for snapshots alone, in which nothing else may be left."""
    folder = directory / "snapshots"
    folder.mkdir()
    return folder


def _sentence(path: Path, directory: Path) -> str:
    try:
        reading = read_in_child(path, directory, Limits(120, 2 << 30), lambda phase, fraction: None)
    except Refused as refusal:
        return str(refusal)
    assert any(table.status == "loaded" for table in reading.tables)
    return "Loaded."
