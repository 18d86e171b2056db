"""Files that a password opens: opened for as long as they are read, and only with the right one."""

import io
import re
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from msoffcrypto.format.ooxml import OOXMLFile

from dash_kpi.errors import Protected, Refused
from dash_kpi.ingest import jobs, sniff
from dash_kpi.ingest.load import Loaded, load
from dash_kpi.ingest.protected import UNSUPPORTED, open_into, opened
from dash_kpi.storage.database import MAIN, Database

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SECRET = "Müller & Söhne: 7 €"  # noqa: S105
MEMORY = 2 << 30


def protected_workbook(path: Path, password: str = SECRET) -> Path:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.append(["Date", "Region", "Revenue"])
    for day in range(1, 29):
        book.active.append([date(2025, 1, day), "North", day])
    book.save(plain := io.BytesIO())
    with path.open("wb") as file:
        OOXMLFile(plain).encrypt(password, file)
    return path


def read(database: Database, path: Path, password: str | None) -> Loaded:
    job = jobs.claim(database, jobs.enqueue(database, MAIN, path, NOW), NOW)
    assert job is not None
    return load(database, job, password=password)


def test_a_protected_file_is_read_with_its_password_and_stays_as_it_is(database: Database) -> None:
    path = protected_workbook(database.settings.inbox / "a.xlsx")
    before = path.read_bytes()

    assert read(database, path, SECRET).outcome == "loaded"
    assert path.read_bytes() == before
    assert [left.suffix for left in database.settings.snapshots.iterdir()] == [".parquet"]
    written = [file.read_bytes() for file in database.settings.instance.rglob("*") if file.is_file()]
    assert not any(SECRET.encode() in content for content in written)


@pytest.mark.parametrize(
    ("password", "sentence"),
    [(None, sniff.PASSWORD), ("guess", "The password is not right."), ("", "The password is not right.")],
    ids=["none", "wrong", "empty"],
)
def test_without_the_right_password_it_stays_closed(database: Database, password: str | None, sentence: str) -> None:
    path = protected_workbook(database.settings.inbox / "a.xlsx")

    assert read(database, path, password).reason == sentence
    assert list(database.settings.snapshots.iterdir()) == []


def test_a_password_that_is_not_needed_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("Date;Revenue\n2025-01-01;1\n", "utf-8")

    with opened(path, SECRET, tmp_path, 10, MEMORY) as content:
        assert content == path


def test_a_file_that_says_it_is_protected_and_is_none_is_damaged(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le") * 100)

    with pytest.raises(Refused) as refusal:
        open_into(tmp_path / "opened", path, SECRET, 20, MEMORY)
    assert str(refusal.value) in {sniff.DAMAGED, UNSUPPORTED}


def test_opening_takes_no_longer_than_it_may(tmp_path: Path) -> None:
    path = protected_workbook(tmp_path / "a.xlsx")

    with pytest.raises(Refused, match=r"^Opening took longer than 0\.01 seconds and was stopped\.$"):
        open_into(tmp_path / "opened", path, SECRET, 0.01, MEMORY)


def test_real_files_of_every_cipher_are_opened_or_told_apart(shared_data: Path, tmp_path: Path) -> None:
    for path in sorted((shared_data / "hostile").rglob("*_pwd_password.xls*")):
        if re.search("AES192|DES|xor", path.name):
            with pytest.raises(Refused, match="in a way that cannot be opened here"):
                open_into(tmp_path / "opened", path, "password", 60, MEMORY)
            continue
        open_into(tmp_path / "opened", path, "password", 60, MEMORY)
        with pytest.raises(Protected, match="not right"):
            open_into(tmp_path / "opened", path, "guess", 60, MEMORY)


def test_an_open_document_with_a_password_is_refused_whatever_the_password(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "hostile" / "calamine" / "pass_protected.ods"

    with pytest.raises(Protected, match="Save a copy without one") as refusal, opened(path, "x", tmp_path, 20, MEMORY):
        pass
    assert not refusal.value.can_be_opened


def test_the_password_is_in_no_argument(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[list[str]] = []
    run = subprocess.run

    def watch(command: list[str], **options: object) -> object:
        seen.append(command)
        return run(command, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(subprocess, "run", watch)
    open_into(tmp_path / "opened", protected_workbook(tmp_path / "a.xlsx"), SECRET, 30, MEMORY)

    assert not any(SECRET in argument for argument in seen[0])
