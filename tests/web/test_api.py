"""The API answers what the command line answers, and refuses what it does not understand."""

import csv
import io
from datetime import date

import openpyxl
import pytest
from flask.testing import FlaskClient
from sqlalchemy import update

from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Ingest
from tests.builders import commit_rows, sale

D1 = date(2025, 1, 1)


@pytest.fixture(autouse=True)
def sales(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(D1, 10, Region="=1+1"), sale(D1, -90, Region="Süd")])


def test_rows_are_given_with_what_they_come_to(client: FlaskClient) -> None:
    answer = client.get("/api/v1/rows?kpi=revenue&limit=1").json

    assert (answer["value"], answer["foot"]["rows"], answer["foot"]["value"], answer["pages"]) == (-80, 2, -80, 2)
    assert answer["rows"] == [
        {
            "file": "a.xlsx", "sheet": None, "row": 3, "cells": {}, "date": "2025-01-01",
            "dimensions": {"Region": "Süd"}, "measures": {"revenue": -90.0},
        }
    ]  # fmt: skip


def test_kpis_and_revisions_are_those_of_the_command_line(client: FlaskClient, database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(D1, 11)])

    then = client.get("/api/v1/kpis?kpi=revenue&as_of=1&by=month").json
    revisions = client.get("/api/v1/revisions?limit=1&page=2").json["revisions"]

    assert then["kpis"][0]["points"] == [{"period": "2025-01", "value": -80.0}]
    assert [row["number"] for row in revisions] == [1]


@pytest.mark.parametrize(
    ("query", "status", "said"),
    [
        ("kpi=revenu", 404, "did you mean 'revenue'"),
        ("as_of=9", 404, "There is no revision 9"),
        ("as_of=now", 422, "as_of = 'now' is no whole number"),
        ("from=2025-13-01", 422, "from = '2025-13-01' is no day"),
        ("from=9999-12-31", 422, "from = 9999-12-31 is not between the years 1600 and 2400."),
        ("where=Region", 422, "is not written like Region=North"),
        ("limit=0", 422, "limit = '0'"),
    ],
)
def test_what_is_asked_wrongly_is_refused(client: FlaskClient, query: str, status: int, said: str) -> None:
    for address in ("/api/v1/rows", "/api/v1/rows.csv") if "limit" not in query else ("/api/v1/rows",):
        answer = client.get(f"{address}?{query}")

        assert answer.status_code == status
        assert said in answer.json["error"]


def test_no_text_of_a_csv_is_a_formula_and_no_number_a_text(client: FlaskClient) -> None:
    answer = client.get("/api/v1/rows.csv?kpi=revenue&from=2025-01-01")

    assert answer.headers["Content-Disposition"] == "attachment; filename=rows-revenue-2025-01-01.csv"
    assert list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff")))) == [
        ["File", "Sheet", "Row", "Date", "Region", "revenue"],
        ["a.xlsx", "", "3", "2025-01-01", "Süd", "-90.0"],
        ["a.xlsx", "", "2", "2025-01-01", "'=1+1", "10.0"],
    ]


def test_no_text_of_a_workbook_is_a_formula(client: FlaskClient) -> None:
    with client.get("/api/v1/rows.xlsx?kpi=revenue") as answer:
        sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).active

    assert sheet is not None
    cell = sheet["E3"]
    assert (cell.value, cell.data_type, cell.quotePrefix) == ("=1+1", "s", True)
    assert [sheet[name].value for name in ("F2", "F3")] == [-90, 10]


def test_the_original_is_downloaded_under_its_name(client: FlaskClient, database: Database) -> None:
    settings, sha256 = database.settings, "ab" * 32
    with database.writing() as session:
        session.execute(update(Ingest).values(sha256=sha256))
    settings.originals.mkdir()
    (settings.originals / sha256).write_bytes(b"<script>")

    with client.get("/api/v1/originals/1") as answer:
        assert (answer.data, answer.mimetype) == (b"<script>", "application/octet-stream")
        assert answer.headers["Content-Disposition"] == "attachment; filename=a.xlsx"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert client.get("/api/v1/originals/2").status_code == 404


def test_the_difference_needs_two_revisions_that_exist(client: FlaskClient, database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(D1, 11)])

    assert client.get("/api/v1/diff?from=1&to=2").json["kpis"][0]["after"] == 11
    assert client.get("/api/v1/diff?from=1").status_code == 422
    assert client.get("/api/v1/diff?from=1&to=7").status_code == 404
