import zipfile
from pathlib import Path

import pytest

from dash_kpi.errors import Refused
from dash_kpi.ingest.sniff import kind_of
from tests.ingest.conftest import MakeText, MakeWorkbook


def test_a_workbook_is_known_by_its_content(workbook: MakeWorkbook, tmp_path: Path) -> None:
    disguised = workbook(["a"]).rename(tmp_path / "sales.csv")

    assert kind_of(disguised) == "xlsx"


def test_separated_values_are_text(text: MakeText) -> None:
    assert kind_of(text("Date;Sales\n2024-01-01;5\n", name="export.xls")) == "text"


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", "is empty"),
        (b"%PDF-1.7", "a PDF document"),
        (b"\x89PNG\r\n", "a picture"),
        (b"<html><table><tr><td>1</td></tr></table></html>", "a web page"),
        (
            b'<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
            "XML Spreadsheet 2003",
        ),
        (b"\xff\xfe<\x00h\x00t\x00m\x00l\x00>\x00", "a web page"),
        (b"PK\x03\x04 broken", "is damaged"),
        (b"\x09\x04\x06\x00\x00\x00", "older than Excel 97"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "protected with a password"),
        (
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes.fromhex("0908100000060500") + bytes(12) + b"\x2f\0\0\0",
            "protected with a password",
        ),
    ],
)
def test_what_is_no_readable_workbook_is_refused_with_its_reason(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "file.xls"
    path.write_bytes(content)

    with pytest.raises(Refused, match=sentence):
        kind_of(path)


@pytest.mark.parametrize(
    ("member", "content", "sentence"),
    [
        ("word/document.xml", "", "a Word document"),
        ("notes.txt", "", "holds no workbook"),
    ],
)
def test_an_archive_without_sheets_is_refused(tmp_path: Path, member: str, content: str, sentence: str) -> None:
    path = tmp_path / "file.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(member, content)

    with pytest.raises(Refused, match=sentence):
        kind_of(path)


def test_an_encrypted_open_document_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.ods"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("content.xml", "")
        archive.writestr("META-INF/manifest.xml", "<manifest:encryption-data/>")

    with pytest.raises(Refused, match="password"):
        kind_of(path)
