import io
import os
from pathlib import Path
from urllib.parse import quote

import pytest
from flask.testing import FlaskClient
from msoffcrypto.format.ooxml import OOXMLFile
from openpyxl import Workbook
from sqlalchemy import select
from werkzeug.test import TestResponse

from dash_kpi.errors import Refused
from dash_kpi.ingest.sniff import kind_of
from dash_kpi.settings import load_settings
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Ingest
from dash_kpi.web.uploads import FORGOTTEN_SECONDS, HIDDEN, PASSWORD_HEADER, receive

CSV = b"Date;Revenue\n2026-01-01;10\n2026-01-02;20\n"


def workbook() -> bytes:
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Date", "Revenue"])
    book.save(content := io.BytesIO())
    return content.getvalue()


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def send(client: FlaskClient, name: str, body: bytes) -> TestResponse:
    return client.post("/api/uploads", query_string={"name": name}, data=body)


def test_an_upload_lands_in_the_inbox_and_queues_its_reading(visitor: FlaskClient, database: Database) -> None:
    answer = send(visitor, "売上.csv", CSV)

    assert answer.status_code == 202
    assert answer.json is not None
    assert (answer.json["file"], answer.json["replaces"]) == ("売上.csv", False)
    assert (database.settings.inbox / "売上.csv").read_bytes() == CSV
    with database.reading() as session:
        job = session.get_one(Ingest, answer.json["job"])
    assert (job.path, job.status) == ("inbox/売上.csv", "queued")


def test_the_same_name_replaces_the_file_and_says_so(visitor: FlaskClient, database: Database) -> None:
    send(visitor, "sales.xlsx", workbook())

    answer = send(visitor, "sales.xlsx", CSV)

    assert answer.json is not None
    assert answer.json["replaces"] is True
    assert (database.settings.inbox / "sales.xlsx").read_bytes() == CSV


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"%PDF-1.7 ...", "The file is a PDF document, not a workbook."),
        (b"\x89PNG\r\n\x1a\n" + b"\0" * 50, "The file is a picture, not a workbook."),
        (b"MZ\x90\x00" + b"\0" * 50, "The file is a program, not a workbook."),
        (b"", "The file is empty."),
    ],
    ids=["pdf", "picture", "program", "empty"],
)
def test_what_is_no_workbook_is_refused_with_a_sentence_and_leaves_nothing(
    visitor: FlaskClient, database: Database, body: bytes, sentence: str
) -> None:
    answer = send(visitor, "sales.xlsx", body)

    assert (answer.status_code, answer.json) == (422, {"error": sentence})
    assert files_in(database.settings.inbox) == []
    with database.reading() as session:
        assert session.scalars(select(Ingest)).all() == []


def test_a_refused_file_leaves_the_one_before_it_alone(visitor: FlaskClient, database: Database) -> None:
    send(visitor, "sales.csv", CSV)

    send(visitor, "sales.csv", b"%PDF-1.7")

    assert (database.settings.inbox / "sales.csv").read_bytes() == CSV


@pytest.mark.parametrize("name", ["", "..", "~$", None])
def test_an_upload_without_a_name_is_refused(visitor: FlaskClient, name: str | None) -> None:
    answer = visitor.post("/api/uploads", query_string={"name": name} if name is not None else {}, data=CSV)

    assert answer.status_code == 422
    assert answer.json is not None
    assert "no name for a file" in answer.json["error"]


def test_a_name_that_is_a_folder_is_refused(visitor: FlaskClient, database: Database) -> None:
    (database.settings.inbox / "sales").mkdir()

    answer = send(visitor, "sales", CSV)

    assert answer.status_code == 422
    assert files_in(database.settings.inbox) == ["sales"]


@pytest.mark.parametrize("is_declared", [True, False], ids=["declared", "undeclared"])
def test_a_file_over_the_limit_is_refused_whatever_its_length_claims_to_be(
    visitor: FlaskClient, database: Database, is_declared: bool
) -> None:
    small = Database(load_settings(instance=database.settings.instance, upload_mb=1))
    visitor.application.extensions["dash_kpi"] = small
    body = io.BytesIO(b"1;2\n" * 2**19)
    claim = {} if is_declared else {"environ_overrides": {"wsgi.input_terminated": True}, "content_length": None}

    answer = visitor.post("/api/uploads?name=large.csv", input_stream=body, **claim)  # type: ignore[arg-type]
    small.close()

    assert answer.status_code == 413
    assert answer.json == {"error": "The file is larger than 1 MB, the most that can be uploaded."}
    assert files_in(database.settings.inbox) == []


def test_uploads_may_be_larger_than_every_other_body(visitor: FlaskClient, database: Database) -> None:
    assert send(visitor, "large.csv", b"1;2\n" * 2**19).status_code == 202
    assert (
        visitor.post("/_dash-update-component", data=b"{" * 2**21, content_type="application/json").status_code == 413
    )


class CutOff(io.BytesIO):
    def read(self, size: int | None = -1, /) -> bytes:
        return super().read(size) or self.fail()

    def fail(self) -> bytes:
        raise ConnectionResetError("the browser went away")


def test_an_upload_that_is_cut_off_leaves_nothing_behind(tmp_path: Path) -> None:
    with pytest.raises(ConnectionResetError):
        receive(CutOff(CSV), tmp_path / "sales.csv")

    assert files_in(tmp_path) == []


def test_an_upload_that_is_shorter_than_it_claims_to_be_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="cut off"):
        receive(io.BytesIO(CSV), tmp_path / "sales.csv", len(CSV) + 1)

    assert files_in(tmp_path) == []


def test_the_part_of_a_killed_process_is_removed_by_a_later_upload(tmp_path: Path) -> None:
    old, young = tmp_path / f"{HIDDEN}old", tmp_path / f"{HIDDEN}young"
    for part in (old, young):
        part.write_bytes(b"half")
    os.utime(old, (0, os.stat(old).st_mtime - FORGOTTEN_SECONDS - 60))  # noqa: PTH116

    receive(io.BytesIO(CSV), tmp_path / "sales.csv")

    assert files_in(tmp_path) == [young.name, "sales.csv"]


def send_protected(client: FlaskClient, body: bytes, password: str | None = None) -> TestResponse:
    headers = {} if password is None else {PASSWORD_HEADER: quote(password)}
    return client.post("/api/uploads", query_string={"name": "secret.xlsx"}, data=body, headers=headers)


def test_a_protected_file_asks_for_its_password_and_is_kept_open(visitor: FlaskClient, database: Database) -> None:
    encrypted = io.BytesIO()
    OOXMLFile(io.BytesIO(workbook())).encrypt("Größe 5", encrypted)

    asked = send_protected(visitor, encrypted.getvalue())
    wrong = send_protected(visitor, encrypted.getvalue(), "guess")
    assert files_in(database.settings.inbox) == []
    right = send_protected(visitor, encrypted.getvalue(), "Größe 5")

    assert (asked.status_code, asked.json and asked.json["protected"]) == (422, True)
    assert wrong.json == {"error": "The password is not right.", "protected": True}
    assert right.status_code == 202
    assert files_in(database.settings.inbox) == ["secret.xlsx"]
    assert kind_of(database.settings.inbox / "secret.xlsx") == "xlsx"
