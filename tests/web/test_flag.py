from datetime import UTC, datetime

import pytest
from flask.testing import FlaskClient

from dash_kpi.ingest import jobs
from dash_kpi.settings import Settings
from dash_kpi.storage.database import Database

EARLY, ORDINARY = "/api/flag", "/api/flag?ordinary"


@pytest.mark.parametrize("url", [EARLY, ORDINARY])
def test_a_page_that_knows_the_flag_is_told_nothing_new(client: FlaskClient, url: str) -> None:
    first = client.get(url)

    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})

    assert first.json is not None
    assert first.json["revision"] == 0
    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_the_flag_moves_when_a_file_is_about_to_be_read(client: FlaskClient, database: Database) -> None:
    known = client.get("/api/flag").headers["ETag"]
    jobs.enqueue(database, "main", database.settings.inbox / "sales.xlsx", datetime.now(UTC))

    answer = client.get("/api/flag", headers={"If-None-Match": known})

    assert answer.json is not None
    assert [job["file"] for job in answer.json["jobs"]] == ["sales.xlsx"]


def test_the_early_answer_is_the_ordinary_one(client: FlaskClient) -> None:
    early, ordinary = client.get(EARLY), client.get(ORDINARY)

    assert early.data == ordinary.data
    assert dict(early.headers) == dict(ordinary.headers)
    assert client.head(EARLY).data == b""


def test_a_database_that_fails_is_reported_the_ordinary_way(client: FlaskClient, settings: Settings) -> None:
    empty = Database(settings.model_copy(update={"database_url": "sqlite://"}))
    client.application.extensions["dash_kpi"] = empty

    answer = client.get(EARLY)
    empty.close()

    assert answer.status_code == 500
    assert answer.json is not None
    assert "Something went wrong here" in answer.json["error"]
