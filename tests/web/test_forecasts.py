"""The API says where KPIs are heading as the command line does."""

from datetime import date, timedelta

import pytest
from flask.testing import FlaskClient

from dash_kpi.storage.database import Database
from tests.builders import commit_rows, sale

FIRST = date(2025, 1, 6)


@pytest.fixture(autouse=True)
def _sales(database: Database) -> None:
    rows = [sale(FIRST + timedelta(at), 100.0 + at % 7, Region="North") for at in range(60)]
    commit_rows(database, "a.xlsx", rows)


def test_a_forecast_has_points_and_outlooks(client: FlaskClient) -> None:
    answer = client.get("/api/v1/forecast?kpi=revenue&by=day&periods=2&line=500&where=Region=North").json
    kpi = answer["kpis"][0]
    assert (answer["revision"], answer["filters"]) == (1, {"Region": ["North"]})
    assert [point["period"] for point in kpi["points"]] == ["2025-03-07", "2025-03-08"]
    assert set(kpi["points"][0]) == {"period", "value", "low80", "high80", "low95", "high95"}
    assert [one["period"] for one in kpi["outlooks"]] == ["month", "quarter", "year"]
    assert (kpi["line"]["expected"], kpi["line"]["value"]) == (None, 500)


@pytest.mark.parametrize("query", ["line=high", "line=nan", "periods=0", "periods=401", "by=total", "as_of=9", "kpi=x"])
def test_what_is_asked_wrongly_is_refused(client: FlaskClient, query: str) -> None:
    found = client.get(f"/api/v1/forecast?{query}")
    assert found.status_code in (404, 422)
    assert "Traceback" not in found.text
