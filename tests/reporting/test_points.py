"""Points: what `dash-kpi kpis --json` prints."""

from datetime import date

import pytest

from dash_kpi.errors import NotFound
from dash_kpi.reporting.points import Question, points
from dash_kpi.storage.database import MAIN, Database
from tests.builders import commit_rows, sale

D = [date(2025, 1, 1), date(2025, 1, 31), date(2025, 3, 1)]


@pytest.fixture
def sold(database: Database) -> Database:
    commit_rows(
        database, "a.xlsx", [sale(D[0], 10, 4, Region="N"), sale(D[1], 20, 5, Region="S"), sale(D[2], 5, 5, Region="N")]
    )
    return database


def test_a_total_spans_all_data(sold: Database) -> None:
    answer = points(sold, MAIN, Question(kpis=("revenue", "growth_rate")))

    assert answer["kpis"][0]["points"] == [{"period": "2025-01-01/2025-03-01", "value": 35.0}]
    assert answer["kpis"][1]["points"][0]["value"] is None


def test_a_month_without_rows_is_null(sold: Database) -> None:
    answer = points(sold, MAIN, Question(kpis=("revenue",), by="month"))

    assert answer["kpis"][0]["points"] == [
        {"period": "2025-01", "value": 30.0},
        {"period": "2025-02", "value": None},
        {"period": "2025-03", "value": 5.0},
    ]


def test_a_filter_narrows_the_rows(sold: Database) -> None:
    answer = points(sold, MAIN, Question(kpis=("profit",), filters=(("Region", ("N",)),)))

    assert answer["kpis"][0]["points"][0]["value"] == 6


def test_a_comparison_has_points_of_its_own(sold: Database) -> None:
    answer = points(sold, MAIN, Question(kpis=("revenue",), start=D[2], end=D[2], compare="previous", by="day"))

    assert answer["kpis"][0]["compare"]["points"] == [{"period": "2025-02-28", "value": None}]


def test_an_unknown_name_is_answered_with_the_one_that_was_meant(sold: Database) -> None:
    with pytest.raises(NotFound, match="No KPI named 'revnue'; did you mean 'revenue'"):
        points(sold, MAIN, Question(kpis=("revnue",)))
    with pytest.raises(NotFound, match="No dimension named 'region'; did you mean 'Region'"):
        points(sold, MAIN, Question(filters=(("region", ("N",)),)))


def test_no_data_has_no_kpis(database: Database) -> None:
    assert points(database, MAIN, Question())["kpis"] == []
