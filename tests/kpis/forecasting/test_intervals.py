"""Intervals: the quantile by hand, and how often they are right."""

import numpy as np
import pytest
from scipy import stats

from dash_kpi.kpis.forecasting.forecast import forecast
from dash_kpi.kpis.forecasting.intervals import Spread, coverage, paths_of, reach_of, spread_of
from dash_kpi.kpis.periods import Grain
from tests.kpis.forecasting.series import seasonal, timeline


def test_the_reach_is_the_conformal_quantile() -> None:
    scores = np.arange(1.0, 20.0)  # 19 of them: the ⌈20 · 0.8⌉ = 16th, the ⌈20 · 0.95⌉ = 19th
    assert reach_of(scores, 19, 0.8) == 16
    assert reach_of(scores, 19, 0.95) == 19


def test_too_few_errors_for_a_level_reach_as_far_as_students_t() -> None:
    scores = np.array([1.0, 1.0, 1.0, 1.0])
    assert reach_of(scores, 4, 0.95) == pytest.approx(stats.t.ppf(0.975, 4) * np.sqrt(1.25))


def test_few_errors_count_as_fewer_for_the_model_was_chosen_by_them() -> None:
    scores = np.array([[1.0], [-1.0], [1.0], [-1.0], [1.0], [-1.0]])  # six, of which four count
    reach = Spread(0.0, np.ones(1), 1.0, scores, 1).reach(0.95)
    assert reach == pytest.approx([stats.t.ppf(0.975, 4) * np.sqrt(1.25)])


@pytest.mark.parametrize(("grain", "season", "periods"), [("quarter", 4, 9), ("month", 12, 18)])
def test_intervals_of_short_seasonal_histories_are_not_too_narrow(grain: Grain, season: int, periods: int) -> None:
    inside80, inside95 = [], []
    for seed in range(30):
        values = seasonal(periods + season, season, seed)
        found = forecast(timeline(grain, values[:periods]), season)
        after = values[periods : periods + len(found.mean)]
        inside80.append(np.mean((after >= found.low80) & (after <= found.high80)))
        inside95.append(np.mean((after >= found.low95) & (after <= found.high95)))
    assert np.mean(inside80) >= 0.75
    assert np.mean(inside95) >= 0.92


def test_errors_in_proportion_to_the_value_are_recognised() -> None:
    random = np.random.default_rng(2)
    forecasts = random.uniform(10, 1000, (40, 3))
    errors = forecasts * random.normal(0, 0.1, (40, 3))
    spread = spread_of(forecasts, errors, 1, is_positive=True)
    small, large = spread.scale(np.array([[100.0] * 3, [1000.0] * 3]))
    assert spread.power == 1
    assert large / small == pytest.approx([10, 10, 10])


def test_a_path_that_ends_goes_on_as_the_nearest() -> None:
    scores = np.array([[1.0, 2.0, 3.0], [-1.1, -2.1, np.nan], [5.0, np.nan, np.nan]])
    paths = paths_of(Spread(0.0, np.ones(3), 1.0, scores, 1))
    assert paths.tolist() == [[1, 2, 3], [-1.1, -2.1, -3], [5, 2.1, 3]]  # those that were alike, turned over


def test_coverage_is_not_told_from_a_handful_of_rehearsals() -> None:
    assert coverage(np.ones((4, 1)), np.zeros((4, 1)), np.arange(4), 0.8, is_positive=True) is None


def test_intervals_are_right_about_as_often_as_they_say() -> None:
    inside80, inside95, within = [], [], []
    for seed in range(24):
        values = 50 + np.random.default_rng(seed).normal(0, 5, 90) + np.tile([0, 3, 6, 9, 6, 3, 0], 13)[:90]
        found = forecast(timeline("day", values[:76]), 14)
        after = values[76:]
        inside80.append(np.mean((after >= found.low80) & (after <= found.high80)))
        inside95.append(np.mean((after >= found.low95) & (after <= found.high95)))
        within.append(found.coverage80)
    assert 0.75 <= np.mean(inside80) <= 0.93
    assert 0.92 <= np.mean(inside95) <= 1.0
    assert np.mean(within) == pytest.approx(np.mean(inside80), abs=0.1)
