"""Each section of the page Trends: its numbers are those of the data, and what cannot be said has a reason."""

from datetime import date, timedelta

import pytest

from dash_kpi.kpis.definition import Definition, Target
from dash_kpi.reporting.trends.page import trends
from dash_kpi.reporting.trends.view import SECTIONS, TrendsView
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import KpiDefinition
from tests.builders import NOW, commit_rows, sale
from tests.reporting.trends.conftest import SPIKE, Ask, panel, revenue, said


def test_the_history_marks_what_is_unusual_in_what_is_shown(ask: Ask) -> None:
    page = ask("grain=day&period=custom&from=2025-02-01&to=2025-02-28")
    series = panel(page, "history")

    (found,) = series.findings
    assert (found.start, found.last, found.kind, found.value) == (SPIKE, SPIKE, "spike", 500)
    assert "above a usual Wednesday" in found.reason
    assert series.values.line.values[4] == 500
    assert ask("grain=day&layers=none").panels[0].findings == ()


def test_averages_look_back_beyond_what_is_shown(ask: Ask) -> None:
    page = ask("grain=day&period=custom&from=2025-02-01&to=2025-02-28&layers=ma7")

    (average,) = panel(page, "history").values.layers.averages
    week = [revenue(date(2025, 1, 26 + number)) for number in range(6)] + [revenue(date(2025, 2, 1))]
    assert average.values[0] == pytest.approx(sum(week) / 7)


def test_a_smoothed_line_forgets_gradually(ask: Ask) -> None:
    page = ask("grain=day&period=custom&from=2025-02-01&to=2025-02-28&layers=smooth")

    (smoothed,) = panel(page, "history").values.layers.averages
    days = [date(2025, 2, 1) - timedelta(days=age) for age in range(200)]
    weights = [0.75**age for age in range(200)]  # alpha = 2 / (7 + 1)
    expected = sum(weight * revenue(day) for weight, day in zip(weights, days, strict=True)) / sum(weights)
    assert smoothed.values[0] == pytest.approx(expected)
    assert smoothed.named("day") == "Exponential smoothing"


def test_a_period_that_is_cut_short_has_no_average(ask: Ask) -> None:
    values = panel(ask("grain=week&period=90d&layers=ma7"), "history").values

    assert values.line.starts[-1] == date(2025, 2, 24)
    assert values.line.values[-1] is not None
    assert values.layers.averages[0].values[-1] is None


def test_the_comparison_of_the_bar_is_drawn_where_it_is_asked_for(ask: Ask) -> None:
    query = "grain=day&period=custom&from=2025-02-01&to=2025-02-28&compare=year"

    layers = panel(ask(f"{query}&layers=comparison"), "history").values.layers
    assert layers.comparison[:2] == (revenue(date(2024, 2, 1)), revenue(date(2024, 2, 2)))
    assert layers.comparison_labels[0] == "1 Feb 2024"
    assert panel(ask(query), "history").values.layers.comparison == ()


def test_a_forecast_is_drawn_where_the_end_of_the_data_is_shown(ask: Ask) -> None:
    latest = panel(ask("grain=day&period=30d"), "history")
    expected = latest.values.layers.expected
    assert expected is not None
    assert expected.starts[0] == date(2025, 3, 1)
    assert len(expected.starts) == 15
    assert [band.level for band in expected.bands] == [80, 95]

    earlier = panel(ask("grain=day&period=custom&from=2024-03-01&to=2024-03-31"), "history")
    assert earlier.values.layers.expected is None
    assert "after the period that is shown" in said(earlier, "Forecast")


def test_a_filter_moves_the_forecast_too(ask: Ask) -> None:
    whole, south = (panel(ask(f"grain=day&period=30d{more}"), "history") for more in ("", "&where=Region%3DSouth"))

    assert south.values.layers.expected.values[0] == pytest.approx(whole.values.layers.expected.values[0] / 4, rel=0.05)


def test_the_trend_looks_at_the_window_that_was_chosen(ask: Ask) -> None:
    query = "grain=day&period=custom&from=2024-12-01&to=2025-02-28"

    assert "over the last 90 days" in said(panel(ask(query), "history"), "Trend")
    assert "over the last 40 days" in said(panel(ask(f"{query}&window=40"), "history"), "Trend")
    assert "over the last 425 days" in said(panel(ask(f"{query}&window=all"), "history"), "Trend")


def test_growth_is_against_the_period_and_the_year_before(ask: Ask) -> None:
    page = ask("show=growth&grain=month&period=custom&from=2025-01-01&to=2025-02-28")

    before, year_ago = panel(page, "growth").values.lines
    february, january = (sum(revenue(date(2025, month, day)) for day in range(1, 29)) for month in (2, 1))
    january += sum(revenue(date(2025, 1, day)) for day in (29, 30, 31))
    assert before.values[1] == pytest.approx(february / january - 1)
    last_year = sum(revenue(date(2024, 2, day)) for day in range(1, 30))
    assert year_ago.values[1] == pytest.approx(february / last_year - 1)


def test_the_year_to_date_is_set_against_the_same_part_of_the_last(ask: Ask) -> None:
    running = panel(ask("show=growth&grain=month&period=all"), "to_date")

    this, last = running.values.lines
    assert (this.label, last.label) == ("2025", "2024")
    assert (len(this.values), len(last.values)) == (2, 12)
    assert this.starts == last.starts[:2]
    change = this.values[1] / last.values[1] - 1
    assert said(running, "To date").startswith(f"Up to Feb 2025 it is {abs(change):.1%} above")


def test_what_is_no_sum_is_not_added_up(ask: Ask) -> None:
    running = panel(ask("show=growth&kpi=profit_margin"), "to_date")

    assert running.values is None
    assert "no sum" in said(running, "To date")


def test_seasons_name_the_best_and_the_worst_day(ask: Ask) -> None:
    page = ask("show=seasons&grain=day&period=90d")

    weekday = panel(page, "weekday")
    assert weekday.values.levels[6] == pytest.approx(0.54, abs=0.03)
    assert "Sunday the lowest" in said(weekday, "By weekday")
    assert "strong" in said(weekday, "By week")
    assert len(panel(page, "calendar").values.rows) == 7
    assert panel(page, "months").values.values[1][0] == sum(revenue(date(2024, 2, day)) for day in range(1, 30))
    assert "Too little history" in said(panel(page, "month"), "By month")


def test_years_have_no_season(ask: Ask) -> None:
    (only,) = ask("show=seasons&grain=year&period=all").panels

    assert only.values is None
    assert "finer grain" in said(only, "Seasons")


def test_the_distribution_counts_whole_periods(ask: Ask) -> None:
    page = ask("show=distribution&grain=week&period=custom&from=2024-03-06&to=2024-06-02")

    counted = panel(page, "histogram")
    assert sum(counted.values.counts) == 12
    assert said(counted, "Left out").startswith("1 week cut short")
    assert [box.label for box in panel(page, "box_month").values.boxes] == ["Mar", "Apr", "May"]


def test_kpis_stand_together_and_links_are_no_causes(ask: Ask) -> None:
    page = ask("show=together&grain=day&kpi=revenue&kpi=cogs&period=90d")

    assert [line.label for line in panel(page, "together").values.lines] == ["Revenue", "Cost"]
    pairs = panel(page, "scatter").values
    assert pairs.regression == (pytest.approx(2), pytest.approx(0, abs=1e-6))
    assert pairs.correlation == pytest.approx(1)
    links = said(panel(page, "correlation"), "Revenue")
    assert "Moves with Cost, in the same day" in links
    assert "does not say that one causes the other" in links
    assert "Growth" in panel(page, "correlation").values.labels


def test_segments_add_up_to_the_whole_and_the_largest_is_first(ask: Ask) -> None:
    page = ask("show=segments&by=Region&grain=month&period=all")

    north, south = panel(page, "segments").values.lines
    assert (north.label, south.label) == ("North", "South")
    whole = panel(ask("grain=month&period=all"), "history").values.line
    assert [a + b for a, b in zip(north.values, south.values, strict=True)] == pytest.approx(list(whole.values))


def test_a_segment_of_a_ratio_is_its_own_ratio(ask: Ask) -> None:
    lines = panel(ask("show=segments&by=Region&kpi=profit_margin&period=all"), "segments").values.lines

    assert {value for line in lines for value in line.values} == {0.5}


def test_a_filter_on_the_dimension_keeps_its_values(ask: Ask) -> None:
    lines = panel(ask("show=segments&by=Region&where=Region%3DSouth"), "segments").values.lines

    assert [line.label for line in lines] == ["South"]


def test_a_long_period_by_day_is_not_refused(ask: Ask) -> None:
    assert "day" in ask("grain=day&period=all").grains
    assert ask("grain=day&period=custom&from=2000-01-01&to=2025-02-28").grain == "day"


def test_a_target_is_drawn_with_what_the_month_comes_to(database: Database) -> None:
    target = Definition("revenue", "Revenue", "revenue", "currency", target=Target(value=3100, per="month"))
    days = [date(2025, month, day) for month in (1, 2, 3) for day in range(1, 29)] + [
        date(2025, 1, d) for d in (29, 30, 31)
    ]
    commit_rows(database, "sales.xlsx", [sale(day, 100.0) for day in sorted(days) if day <= date(2025, 3, 21)])
    with database.writing() as session:
        row = {"name": "revenue", "definition": target.as_json(), "created_at": NOW, "created_by": "Anna"}
        session.add(KpiDefinition(workspace_id=1, valid_from=1, **row))

    page = trends(database, MAIN, TrendsView.from_query("grain=day&kpi=revenue"))

    progress = panel(page, "target")
    assert (progress.values.value, progress.values.target) == (2100, pytest.approx(3100))
    assert progress.values.expected == pytest.approx(3100, rel=0.02)
    assert progress.title == "Revenue in Mar 2025 against its target"
    (limit,) = panel(page, "history").values.layers.limits
    assert limit.label == "Target, on average"


@pytest.mark.parametrize("show", SECTIONS)
def test_without_data_there_is_no_span(database: Database, show: str) -> None:
    page = trends(database, MAIN, TrendsView.from_query(f"show={show}"))

    assert (page.span, page.panels) == (None, ())


@pytest.mark.parametrize("show", SECTIONS)
@pytest.mark.parametrize("query", ["", "grain=day&period=all", "kpi=profit_margin", "from=1990-01-01&to=1990-03-01"])
def test_one_row_is_enough_for_every_section(database: Database, show: str, query: str) -> None:
    commit_rows(database, "one.xlsx", [sale(date(2025, 1, 1), 5, 3, Region="North")])

    page = trends(database, MAIN, TrendsView.from_query(f"show={show}&{query}"))

    assert page.panels
    assert all(panel.values is not None or panel.said for panel in page.panels)


def test_a_kpi_that_the_data_does_not_have_says_so(ask: Ask) -> None:
    page = ask("kpi=nonsense&kpi=growth_rate")

    assert page.kpi is not None
    assert page.kpi.name == "revenue"
    assert [other.name for other in page.others] == ["growth_rate"]
