"""What the page Trends shows for an answer."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from dash_kpi.alerting.thresholds.limit_lines import LimitLine
from dash_kpi.kpis.forecasting.outlook import Ending
from dash_kpi.reporting.chart_values import Line, Progress, TimeSeries
from dash_kpi.reporting.trends.values import Finding, Named, Panel, Said, TrendsPage
from dash_kpi.reporting.trends.view import TrendsView
from dash_kpi.reporting.values import Span
from dash_kpi.ui.trends.page import SLOTS, limited, noted, rendered

CLOSED, OPENED = (False,) * SLOTS, (True,) * SLOTS
DAY = date(2025, 3, 1)


def line(days: int) -> Line:
    starts = tuple(DAY + timedelta(days=number) for number in range(days))
    return Line("Revenue <b>", "day", starts, tuple(map(str, starts)), tuple(map(float, range(days))), "currency")


def page(query: str = "", days: int = 3, **changed: Any) -> TrendsPage:
    finding = Finding(DAY, DAY, "1 Mar 2025", "drop", 0.0, 10.0, "3.4 times the usual distance below a usual Saturday")
    panel = Panel(
        "history", "Revenue by day", "time_series", TimeSeries(line(days)), (Said("Trend", "Stable."),), (finding,)
    )
    answer = TrendsPage(
        revision=3,
        view=TrendsView.from_query(query),
        span=Span(DAY, DAY + timedelta(days=days - 1), "1 – 3 Mar 2025"),
        grain="day",
        kpi=Named("revenue", "Revenue", "currency"),
        kpis=(Named("revenue", "Revenue", "currency"), Named("units", "Units", "number")),
        dimensions=("Region",),
        dimension="Region",
        panels=(panel,),
    )
    return replace(answer, **changed)


def test_a_panel_has_its_words_its_findings_and_its_exports() -> None:
    parts = rendered(page(), (), "EUR", CLOSED)["parts"]

    assert "Stable." in parts["caption-0"]
    assert "Revenue &lt;b&gt;" in parts["caption-0"]
    assert "3.4 times the usual distance below a usual Saturday" in parts["findings-0"]
    assert (
        "/rows?period=custom&amp;from=2025-03-01&amp;to=2025-03-01&amp;grain=day&amp;kpi=revenue" in parts["findings-0"]
    )
    assert "/api/v1/trends.csv?section=history" in parts["menu-0"]
    assert parts["table-0"] == parts["title-1"] == ""


def test_a_chart_over_time_can_be_zoomed_and_says_when_it_is_thinned() -> None:
    shown, long = rendered(page(), (), "EUR", CLOSED), rendered(page(days=2000), (), "EUR", OPENED)

    layout = shown["figures"][0]["layout"]
    assert (layout["dragmode"], layout["xaxis"]["fixedrange"], layout["yaxis"]["fixedrange"]) == ("zoom", False, True)
    assert "Thinned" not in shown["parts"]["caption-0"]
    assert "Thinned for the screen: of 2,000 days" in long["parts"]["caption-0"]
    assert "The last 400 of 2,000 rows" in long["parts"]["table-0"]


def test_sections_are_links_that_keep_the_view() -> None:
    tabs = rendered(page("kpi=units&show=growth&period=30d"), (), "", CLOSED)["parts"]["tabs"]

    assert 'href="/trends?period=30d&amp;kpi=units"' in tabs
    assert tabs.count('aria-current="true"') == 1


@pytest.mark.parametrize(
    ("query", "has", "has_not"),
    [
        ("", ["trends-sensitivity", "trends-window", 'aria-pressed="true"'], ["trends-by", "trends-reset"]),
        ("show=together", ["trends-add"], ["trends-window"]),
        ("show=segments", ["trends-by"], ["trends-layer"]),
        ("from=2025-03-01&to=2025-03-03&zoomed=12m", ["trends-reset"], []),
        ("zoomed=12m", [], ["trends-reset"]),
    ],
)
def test_choices_are_those_of_the_section(query: str, has: list[str], has_not: list[str]) -> None:
    choices = rendered(page(query), (), "", CLOSED)["parts"]["choices"]

    assert all(name in choices for name in has)
    assert not any(name in choices for name in has_not)


def test_a_panel_of_words_alone_has_no_chart_and_nothing_to_export() -> None:
    words = Panel("to_date", "To date", "together", said=(Said("To date", "It is no sum."),))
    shown = rendered(page(panels=(words,)), (), "", OPENED)

    assert shown["figures"][0]["data"] == []
    assert 'data-kind="words"' in shown["parts"]["title-0"]
    assert shown["parts"]["menu-0"] == ""


def test_what_is_expected_at_the_end_is_told_in_the_unit_of_the_kpi() -> None:
    ending = Ending(expected=3100.0, low80=3000.0, high80=3200.0)
    target = Panel("target", "Target", "bullet", Progress("Revenue", "currency", 2100.0, 3000.0), ending=ending)

    caption = rendered(page(panels=(target,)), (), "EUR", CLOSED)["parts"]["caption-0"]
    assert "In 4 of 5 cases it ends between €3,000 and €3,200." in caption


def test_without_data_the_page_teaches() -> None:
    nothing = TrendsPage(0, TrendsView())
    shown = noted(rendered(nothing, (), "", CLOSED), nothing, ())

    assert shown["state"] == "page empty"
    assert "No numbers yet" in shown["parts"]["empty"]
    assert shown["listed"] == ""


def test_limits_of_thresholds_lie_over_the_history_only() -> None:
    lines = (LimitLine("revenue", "day", 1.5), LimitLine("units", "day", 7.0))

    def levels(query: str) -> list[float]:
        answer = page(query)
        shown = limited(rendered(answer, (), "EUR", CLOSED), answer, lines, "EUR")
        return [line["y0"] for line in shown["figures"][0]["layout"].get("shapes", [])]

    assert levels("") == [1.5]
    assert levels("show=growth") == []
