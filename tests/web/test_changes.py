from datetime import date

import pytest
from flask.testing import FlaskClient

from dash_kpi.storage.database import Database
from tests.builders import commit_rows, sale


@pytest.fixture(autouse=True)
def sales(database: Database) -> None:
    wobble = (0, 3, -2, 4, 1, -3, 2, -1, 3, 0, -4, 2)
    months = [date(2023 + at // 12, at % 12 + 1, 1) for at in range(36)]
    rows = [sale(day, 300 if at == 35 else 100 + wobble[at % 12], Region="N") for at, day in enumerate(months)]
    commit_rows(database, "a.xlsx", rows, grain="month", rows_refused=2)


def test_the_api_says_what_changed(client: FlaskClient) -> None:
    found = client.get("/api/v1/changes?from=2025-12-01&to=2025-12-31").json

    assert found["looked_at"]["kpis"] >= 1
    assert found["changes"][0]["value"] == 300
    assert found["changes"][-1]["sentence"] == "a.xlsx: 2 rows refused and not in these numbers."
    assert all(client.get(one["link"]).status_code == 200 for one in found["changes"])


def test_what_is_asked_wrongly_is_refused(client: FlaskClient) -> None:
    answer = client.get("/api/v1/changes?period=decade")

    assert answer.status_code == 422
    assert "period = 'decade'" in answer.json["error"]


def test_what_changed_is_exported(client: FlaskClient) -> None:
    answer = client.get("/api/v1/overview.csv?part=changes&from=2025-12-01&to=2025-12-31")

    head, first, *_ = answer.text.splitlines()
    assert head.removeprefix("\ufeff").startswith("KPI,Kind,Period,Value")
    assert first.startswith("Revenue,")
