"""Trends: lines and tests against scipy, statsmodels and tables worked out by hand; the words; the false alarms."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.kpis.statistics.mann_kendall import mann_kendall
from dash_kpi.kpis.statistics.slopes import least_squares, theil_sen
from dash_kpi.kpis.statistics.trend import trend
from tests.kpis.statistics.series import noise, timeline

SERIES = st.lists(st.integers(-1000, 1000), min_size=8, max_size=40)


def test_theil_sen_agrees_with_scipy() -> None:
    from scipy import stats

    for seed in range(5):
        values = noise(seed, 60) + 0.05 * np.arange(60)
        line, known = theil_sen(values), stats.theilslopes(values)
        assert (line.slope, line.low, line.high) == pytest.approx((known[0], known[2], known[3]))


def test_least_squares_agree_with_statsmodels() -> None:
    import statsmodels.api as sm

    values = noise(3, 50) + 0.1 * np.arange(50)
    fit = sm.OLS(values, sm.add_constant(np.arange(50))).fit()
    line = least_squares(values)
    assert (line.slope, line.low, line.high) == pytest.approx((fit.params[1], *fit.conf_int()[1]))
    assert line.fitted == pytest.approx(fit.fittedvalues)


def test_mann_kendall_agrees_with_a_table_worked_out_by_hand() -> None:
    # Pairs: 3<5 3=3 3<7 3<7 3<8 | 5>3 5<7 5<7 5<8 | 3<7 3<7 3<8 | 7=7 7<8 | 7<8: 12 rise, 1 falls.
    # Variance: (6 * 5 * 17 - two ties of two, 2 * 1 * 9 each) / 18 = (510 - 36) / 18.
    test = mann_kendall(np.array([3.0, 5, 3, 7, 7, 8]))
    assert (test.score, test.variance) == (11, pytest.approx(474 / 18))


def test_mann_kendall_agrees_with_kendalls_tau_of_scipy() -> None:
    from scipy import stats

    values = np.round(noise(5, 40), 1)
    known = stats.kendalltau(np.arange(40), values, method="asymptotic", variant="c").pvalue
    score, variance = mann_kendall(values).score, mann_kendall(values).variance
    assert 2 * stats.norm.sf(abs(score) / np.sqrt(variance)) == pytest.approx(known)


def test_the_seasonal_score_is_the_sum_over_the_seasons() -> None:
    values = noise(6, 48)
    each = [mann_kendall(values[at::12]) for at in range(12)]
    together = mann_kendall(values, season=12)
    assert together.score == sum(test.score for test in each)
    assert together.variance == pytest.approx(sum(test.variance for test in each))


@given(SERIES)
def test_the_other_way_round_the_sign_turns(values: list[int]) -> None:
    forth = np.array(values, dtype=np.float64)
    back = forth[::-1]
    assert theil_sen(back).slope == pytest.approx(-theil_sen(forth).slope)
    assert least_squares(back).slope == pytest.approx(-least_squares(forth).slope, abs=1e-9)
    assert mann_kendall(back).score == -mann_kendall(forth).score


@given(SERIES, st.floats(0.01, 1000), st.integers(-(10**6), 10**6))
def test_another_unit_changes_the_slope_by_its_factor_and_no_verdict(
    values: list[int], factor: float, more: int
) -> None:
    plain = np.array(values, dtype=np.float64)
    assert theil_sen(plain * factor + more).slope == pytest.approx(theil_sen(plain).slope * factor, abs=1e-6)
    assert mann_kendall(plain * 4 + more) == mann_kendall(plain)


def test_many_days_are_thinned_to_nearly_the_same_line() -> None:
    from scipy import stats

    values = noise(8, 1_900) + 0.001 * np.arange(1_900)
    known = stats.theilslopes(values)
    line = theil_sen(values)
    assert line.slope == pytest.approx(known[0], rel=0.02)
    assert (line.low, line.high) == pytest.approx((known[2], known[3]), rel=0.05)


def test_a_rise_is_called_increasing_with_its_pace_and_its_chance() -> None:
    rising = trend(timeline("month", 100 * (1 + 0.012 * (np.arange(24) - 11.5))))
    assert rising.sentence == (
        "Increasing: about 1.2 % a month over the last 24 months"
        " (chance alone would show this in about 3 of 1,000 cases)."
    )
    assert rising.relative_per_year == pytest.approx(0.144)
    assert rising.robust is not None
    assert rising.robust.fitted == pytest.approx(100 * (1 + 0.012 * (np.arange(24) - 11.5)))


def test_a_percentage_rises_in_points() -> None:
    rising = trend(timeline("month", 0.2 + 0.003 * np.arange(20)), in_points=True)
    assert rising.sentence.startswith("Increasing: about 0.3 points a month over the last 20 months")


def test_a_window_leaves_out_what_came_before_and_what_is_cut_short() -> None:
    values = np.concatenate([np.linspace(100, 50, 40), np.linspace(50, 60, 12), [3]])
    window = trend(timeline("week", values, cut=[52]), last=12)
    assert (window.direction, window.periods) == ("increasing", 12)
    assert window.robust is not None
    assert np.isnan(window.robust.fitted).sum() == 41 - 1


def test_a_season_is_not_a_trend() -> None:
    season = np.tile([0, 1, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12], 5) * 10.0
    assert trend(timeline("month", 500 + season + noise(2, 60)), last=12).direction == "stable"
    assert trend(timeline("month", 500 + season[:12] + noise(2, 12))).caution is not None


def test_a_trend_beneath_a_large_season_is_found() -> None:
    season = np.tile([0, 9, 3, 40, 50, 6, 7, 80, 9, 10, 11, 12], 3) * 10.0
    found = trend(timeline("month", 500 + season + 2 * np.arange(36) + noise(2, 36)))
    assert found.direction == "increasing"
    assert found.robust is not None
    assert found.robust.low < 2 < found.robust.high


@pytest.mark.parametrize("persistence", [0.0, 0.6])
def test_noise_is_called_a_trend_in_about_one_of_twenty_series(persistence: float) -> None:
    verdicts = [trend(timeline("month", 100 + noise(seed, 60, persistence))).direction for seed in range(200)]
    assert sum(verdict != "stable" for verdict in verdicts) <= 16


def test_too_little_history_is_said() -> None:
    short = trend(timeline("week", [1.0, 2, 3, 4, 5]))
    assert short.direction is None
    assert short.sentence == "No trend can be told: too little history: 5 of 8 weeks."


def test_one_value_throughout_is_stable() -> None:
    assert trend(timeline("month", [4.0] * 12)).sentence == "Stable: the same value over the last 12 months."
