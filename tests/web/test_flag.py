from datetime import UTC, datetime

from flask.testing import FlaskClient

from dash_kpi.ingest import jobs
from dash_kpi.storage.database import Database


def test_a_page_that_knows_the_flag_is_told_nothing_new(client: FlaskClient) -> None:
    first = client.get("/api/flag")

    again = client.get("/api/flag", headers={"If-None-Match": first.headers["ETag"]})

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
