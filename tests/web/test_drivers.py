from datetime import date

import pytest
from flask.testing import FlaskClient

from dash_kpi.storage.database import Database
from tests.builders import commit_rows, sale


@pytest.fixture(autouse=True)
def sales(database: Database) -> None:
    rows = [sale(date(2025, month, 1), 10 * month, Region=region) for month in (1, 2) for region in ("N", "S")]
    commit_rows(database, "a.xlsx", rows)


def test_the_api_says_why_a_kpi_moved(client: FlaskClient) -> None:
    answer = client.get("/api/v1/drivers?kpi=revenue&by=Region&from=2025-02-01&to=2025-02-28").json

    assert (answer["before"], answer["after"], answer["change"]) == (None, 40, None)
    answer = client.get("/api/v1/drivers?kpi=revenue&by=Region&from=2025-02-01&to=2025-03-04").json
    assert (answer["before"], answer["after"], answer["change"]) == (20, 40, 20)
    assert [(part["value"], part["change"]) for part in answer["parts"]] == [("N", 10), ("S", 10)]


@pytest.mark.parametrize(
    ("query", "said"),
    [("kpi=revenu", "did you mean 'revenue'"), ("from=2025-02-01", "two ends"), ("compare=none", "compare = 'none'")],
)
def test_what_is_asked_wrongly_is_refused(client: FlaskClient, query: str, said: str) -> None:
    answer = client.get(f"/api/v1/drivers?{query}")

    assert answer.status_code in (404, 422)
    assert said in answer.json["error"]
