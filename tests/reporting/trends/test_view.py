"""The state of the page Trends in the URL."""

import pytest

from dash_kpi.reporting.trends.view import DEFAULT_LAYERS, TrendsView


@pytest.mark.parametrize(
    "query",
    [
        "",
        "kpi=revenue&kpi=units&show=together&style=bar",
        "grain=day&by=Region&layers=ma7%2Cforecast&sensitivity=high&window=all",
        "period=custom&from=2025-01-01&to=2025-02-01&layers=none&window=90&zoomed=2024-01-01..2025-02-01",
    ],
)
def test_a_query_is_read_back_to_the_same_view(query: str) -> None:
    view = TrendsView.from_query(query)

    assert TrendsView.from_query(view.to_query()) == view


def test_the_first_kpi_is_the_main_one_and_each_counts_once() -> None:
    view = TrendsView.from_query("kpi=revenue&kpi=units&kpi=revenue&kpi=")

    assert (view.view.kpi, view.others) == ("revenue", ("units",))


def test_what_is_not_understood_has_its_default() -> None:
    view = TrendsView.from_query("show=nonsense&style=pie&sensitivity=!&window=-3&zoomed=<b>&layers=")

    assert view == TrendsView()
    assert view.layers == DEFAULT_LAYERS
    assert TrendsView.from_query("layers=ma7,nonsense").layers == ("ma7",)
