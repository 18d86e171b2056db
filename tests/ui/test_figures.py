from dataclasses import replace
from datetime import date, timedelta
from typing import get_args

import plotly.graph_objects as go
import pytest

from dash_kpi.kpis.periods import Grain
from dash_kpi.reporting.values import Restatement, Unit
from dash_kpi.ui import figures
from tests.ui.examples import SERIES


@pytest.mark.parametrize("grain", get_args(Grain))
@pytest.mark.parametrize("unit", get_args(Unit))
@pytest.mark.parametrize("length", [1, 4, 60])
def test_every_trend_is_a_valid_figure(grain, unit, length):
    days = tuple(date(2025, 1, 6) + timedelta(days=7 * at) for at in range(length))
    labels = tuple(str(day) for day in days)
    series = replace(SERIES, grain=grain, unit=unit, periods=days, labels=labels, values=(1.5,) * length)
    go.Figure(figures.trend(series, "EUR"))


def test_the_figure_without_data_is_valid():
    go.Figure(figures.empty())


def test_the_comparison_lies_behind_and_says_which_period_it_stands_for():
    behind, line, *_ = figures.trend(SERIES)["data"]
    assert behind["customdata"] == ("Jan 2024", "Feb 2024", "Mar 2024")
    assert behind["y"] == [9_000, 8_000, 7_000, None]
    assert line["name"] == "Revenue"


def test_without_a_comparison_there_is_only_the_kpi():
    (line,) = figures.trend(replace(SERIES, comparison=(), incomplete=frozenset()))["data"]
    assert line["y"] == [10_000, None, 30_000, 4_000]


def test_a_period_that_is_cut_short_is_dotted_and_hollow():
    _, line, connector, hollow = figures.trend(SERIES)["data"]
    assert line["y"][3] is None
    assert connector["y"] == [None, None, 30_000, 4_000]
    assert connector["line"]["dash"] == "dot"
    assert hollow["marker"]["symbol"] == "circle-open"
    assert "incomplete" in hollow["hovertemplate"]


def test_no_figure_brings_a_template():
    assert "template" not in figures.trend(SERIES)["layout"]


def test_a_restated_period_is_marked_where_its_value_stands():
    series = replace(SERIES, restated=(Restatement(date(2025, 3, 1), 7, 29_000.0, 30_000.0),))
    figure = figures.trend(series, "EUR")
    *_, marked = figure["data"]
    go.Figure(figure)
    assert marked["y"] == [None, None, 30_000, None]
    assert marked["customdata"][2] == "restated by revision 7, was €29,000.00"


def test_the_pointer_finds_the_period_it_is_at_and_no_other():
    laid = figures.trend(SERIES)["layout"]
    assert (laid["hovermode"], laid["meta"]) == ("x", {"periods": 4})
    assert "hoverdistance" not in laid


def test_a_single_period_stands_in_the_middle():
    one = replace(SERIES, periods=SERIES.periods[:1], labels=("Jan 2025",), values=(5.0,), comparison=())
    figure = figures.trend(replace(one, incomplete=frozenset()))
    assert figure["data"][0]["marker"]["size"] == 12
    assert figure["layout"]["xaxis"]["tickvals"] == ["2025-01-01"]
