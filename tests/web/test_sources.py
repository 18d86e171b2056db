"""The sources for programs."""

import io
from datetime import UTC, datetime

import openpyxl
import pytest
from flask.testing import FlaskClient

from dash_kpi.ingest import jobs
from dash_kpi.ingest.load import load
from dash_kpi.storage.database import MAIN, Database

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def source(database: Database) -> int:
    path = database.settings.inbox / "größe & mehr.csv"
    rows = "".join(f"2025-01-{day:02},{day}\n" for day in range(1, 29))
    path.write_text(f"Date,Sales\n{rows}soon,4\n", "utf-8")
    job = jobs.claim(database, jobs.enqueue(database, MAIN, path, NOW), NOW)
    assert job is not None
    load(database, job)
    return 1


def test_the_report_is_json(client: FlaskClient, source: int) -> None:
    answer = client.get(f"/api/v1/sources/{source}/quality?reason=unreadable_date").json

    assert answer is not None
    assert (answer["rows_loaded"], answer["rows_refused"], answer["last_day"]) == (28, 1, "2025-01-28")
    assert answer["cells"]["cells"] == [
        {"address": "A30", "heading": "Date", "content": "soon", "code": "unreadable_date"}
    ]


def test_the_marked_workbook_comes_under_the_name_of_the_file(client: FlaskClient, source: int) -> None:
    answer = client.get(f"/api/v1/sources/{source}/quality.xlsx")

    assert answer.headers["Content-Disposition"] == "attachment; filename*=UTF-8''gr%C3%B6%C3%9Fe%20%26%20mehr.xlsx"
    assert openpyxl.load_workbook(io.BytesIO(answer.data)).sheetnames == ["Table", "Refused cells"]


def test_an_unknown_source_is_a_sentence(client: FlaskClient, source: int) -> None:
    for address in ("quality", "quality.xlsx"):
        answer = client.get(f"/api/v1/sources/99/{address}")
        assert (answer.status_code, answer.json) == (404, {"error": "No source named '99'."})
