"""What the command line and the API tell about a KPI."""

from datetime import date

import pytest

from dash_kpi.errors import NotFound, Refused
from dash_kpi.reporting.trends.told import told, told_view
from dash_kpi.storage.database import MAIN, Database


def test_everything_is_told_of_one_kpi(sold: Database) -> None:
    found = told(sold, MAIN, told_view("revenue", "day"))

    assert (found["kpi"], found["by"], found["trend"]["direction"]) == ("revenue", "day", "stable")
    assert [(one["period"], one["kind"]) for one in found["anomalies"]] == [("2025-02-05", "spike")]
    assert found["forecast"]["points"][0]["period"] == "2025-03-01"
    assert any("Sunday the lowest" in sentence for sentence in found["seasons"])


def test_what_does_not_exist_is_refused(sold: Database) -> None:
    with pytest.raises(NotFound, match="revenu"):
        told(sold, MAIN, told_view("revenu", None))
    with pytest.raises(NotFound, match="Shape"):
        told(sold, MAIN, told_view(None, None, filters=(("Shape", ("round",)),)))
    with pytest.raises(Refused, match="two ends"):
        told_view(None, None, start=date(2025, 1, 1))


def test_without_data_nothing_is_told(database: Database) -> None:
    assert told(database, MAIN, told_view(None, None))["kpi"] is None
