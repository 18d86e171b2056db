"""Profiles against hand-worked tables, the test against scipy, and heatmaps."""

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy import stats

from dash_kpi.kpis.calendar import Calendar
from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import Grain, next_start
from dash_kpi.kpis.statistics.change_points import change_points
from dash_kpi.kpis.statistics.distribution import boxes
from dash_kpi.kpis.statistics.heatmaps import month_by_year, weekday_by_week
from dash_kpi.kpis.statistics.seasonality import Cycle, kruskal_wallis, profile
from dash_kpi.kpis.timeline import Timeline

WEEK = np.array([2, 1, 1, 1, 1, 0.5, 1])


def timeline(values: Floats, grain: Grain, first: date = date(2024, 1, 1)) -> Timeline:
    starts = tuple(next_start(first, grain, place) for place in range(len(values)))
    return Timeline(grain, starts, np.asarray(values, dtype=np.float64), np.ones(len(values), dtype=bool))


def test_a_usual_monday_is_a_factor_of_the_level() -> None:
    answer = profile(timeline(100 * np.tile(WEEK, 8), "day"), "weekday")
    assert answer is not None
    assert answer.values == pytest.approx(tuple(WEEK))  # their product is 1 already
    assert (answer.best, answer.worst) == ("Monday", "Saturday")
    assert "100% above the level around it; Saturday the lowest, 50% below." in answer.sentence


def test_negative_months_give_differences_on_a_slope() -> None:
    season = np.arange(12) - 5.5
    answer = profile(timeline(np.tile(season, 5) + 2 * np.arange(60) - 50, "month"), "month")
    assert answer is not None
    assert not answer.is_multiplicative
    assert answer.values == pytest.approx(tuple(season))
    assert answer.best == "December"


def test_months_of_days_are_means_that_ignore_their_length() -> None:
    days = timeline(np.full(365 * 4, 3.0), "day")
    answer = profile(days, "month")
    assert answer is not None
    assert answer.values == pytest.approx((1.0,) * 12)
    assert not answer.has_season


def test_the_test_is_scipys_with_ties() -> None:
    rng = np.random.default_rng(6)
    values, groups = rng.integers(0, 9, 70).astype(np.float64), np.arange(70) % 7
    expected = stats.kruskal(*(values[groups == group] for group in range(7)))
    assert kruskal_wallis(values, groups)[0] == pytest.approx(expected.pvalue)


@pytest.mark.parametrize(("grain", "cycle", "length"), [("day", "weekday", 140), ("month", "month", 48)])
def test_noise_seldom_has_a_season(grain: Grain, cycle: Cycle, length: int) -> None:
    rng, found = np.random.default_rng(8), 0
    for _ in range(60):
        steps = rng.normal(size=length)
        for place in range(1, length):
            steps[place] += 0.4 * steps[place - 1]
        answer = profile(timeline(steps, grain), cycle)
        found += answer is not None and answer.has_season
    assert found <= 3  # 0.6 expected of 60


@pytest.mark.parametrize("values", [[], [1.0], [np.nan] * 60, [0.0] * 60, [1e300, -1e300] * 30])
@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter", "year"])
@pytest.mark.parametrize("cycle", ["weekday", "month", "quarter"])
def test_poor_series_give_a_sentence_or_nothing(values: list[float], grain: Grain, cycle: Cycle) -> None:
    answer = profile(timeline(np.array(values, dtype=np.float64), grain), cycle)
    assert answer is None or answer.sentence.endswith(".")


def test_heatmaps_have_none_where_nothing_is() -> None:
    days = weekday_by_week(timeline(np.array([1.0, np.nan, 3]), "day", date(2024, 1, 6)))  # from a Saturday
    assert days is not None
    assert days.columns == (date(2024, 1, 1), date(2024, 1, 8))
    assert (days.cells[5], days.cells[6], days.cells[0]) == ((1.0, None), (None, None), (None, 3.0))
    months = month_by_year(timeline(np.array([1.0, 2]), "month", date(2023, 12, 1)))
    assert months is not None
    assert (months.cells[11], months.cells[0]) == ((1.0, None), (None, 2.0))
    assert month_by_year(timeline(np.array([1.0]), "day")) is None


def test_the_parts_of_a_year_are_those_of_the_calendar() -> None:
    july = Calendar(year_start=7)
    quarters = timeline(100 * np.tile([2.0, 1.0, 1.0, 1.0], 6), "quarter", date(2019, 7, 1))
    answer = profile(replace(quarters, calendar=july), "quarter")
    assert answer is not None
    assert answer.best == "Q1"

    whole_weeks = Calendar(week_start=6, year_start=2, weeks="4-4-5")
    starts = [whole_weeks.start_of(date(2020, 2, 10), "month")]
    while len(starts) < 48:
        starts.append(whole_weeks.next_start(starts[-1], "month"))
    values = 100 * np.tile([1.0] * 2 + [3.0] + [1.0] * 9, 4)
    months = Timeline("month", tuple(starts), values, np.ones(48, dtype=bool), whole_weeks)
    answer = profile(months, "month")
    assert answer is not None
    assert (answer.best, set(answer.counts)) == ("P3", {3})
    assert (
        change_points(replace(months, values=np.where(np.arange(48) < 30, 100.0, 300.0) + np.arange(48) % 3))
        .points[0]
        .sentence.startswith(f"From {whole_weeks.label(starts[30], 'month')} on, ")
    )
    assert [box.label for box in boxes(months, "month").boxes] == [f"P{number}" for number in range(1, 13)]
    assert {box.count for box in boxes(months, "month").boxes} == {4}
