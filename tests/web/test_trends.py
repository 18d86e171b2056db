import io
from datetime import date, timedelta

import openpyxl
import pytest
from flask.testing import FlaskClient

from dash_kpi.storage.database import Database
from tests.builders import commit_rows, sale


@pytest.fixture(autouse=True)
def sales(database: Database) -> None:
    days = [date(2025, 1, 1) + timedelta(days=number) for number in range(60)]
    commit_rows(database, "a.xlsx", [sale(day, 100.0 + day.day, Region="=N") for day in days])


def test_the_api_tells_trend_and_forecast(client: FlaskClient) -> None:
    answer = client.get("/api/v1/trends?kpi=revenue&by=day").json

    assert (answer["kpi"], answer["by"], answer["trend"]["periods"]) == ("revenue", "day", 60)
    assert answer["forecast"]["points"][0]["period"] == "2025-03-02"


def test_a_panel_is_a_csv_file(client: FlaskClient) -> None:
    answer = client.get("/api/v1/trends.csv?grain=day&period=30d&layers=none&section=history")

    assert answer.headers["Content-Disposition"] == "attachment; filename=revenue-history-2025-01-31-2025-03-01.csv"
    lines = answer.get_data(as_text=True).splitlines()
    assert lines[0].startswith("\ufeffDay,Revenue")
    assert lines[1].split(",")[:2] == ["31 Jan 2025", "131.0"]
    segments = client.get("/api/v1/trends.csv?grain=day&show=segments&section=segments").get_data(as_text=True)
    assert segments.splitlines()[0].endswith("Period,'=N")


def test_a_section_is_a_workbook_with_a_chart_and_its_sources(client: FlaskClient) -> None:
    answer = client.get("/api/v1/trends.xlsx?grain=day&show=segments")

    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    assert book.sheetnames[-1] == "Sources"
    sheet = book.worksheets[0]
    assert sheet["A1"].value == "Revenue by Region"
    assert len(sheet._charts) == 1


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("trends?kpi=revenu", "did you mean 'revenue'"),
        ("trends?by=hour", "by = 'hour'"),
        ("trends?from=2025-01-01", "two ends"),
        ("trends.csv?section=nonsense", "none of history"),
        ("trends.xlsx?show=seasons&grain=year", "no number to export"),
    ],
)
def test_what_is_asked_wrongly_is_refused(client: FlaskClient, address: str, said: str) -> None:
    answer = client.get(f"/api/v1/{address}")

    assert answer.status_code in (404, 422)
    assert said in answer.json["error"]
