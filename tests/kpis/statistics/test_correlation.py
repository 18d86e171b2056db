"""Correlations: what goes together is found at its lag, two trends or two seasons are not."""

import numpy as np
import pytest

from dash_kpi.kpis.statistics.correlation import benjamini_hochberg, correlation, correlations, matrix
from tests.kpis.statistics.series import noise, timeline


def test_adjusted_p_values_agree_with_scipy() -> None:
    from scipy import stats

    p_values = np.random.default_rng(1).uniform(size=20) ** 3
    assert benjamini_hochberg(p_values) == pytest.approx(stats.false_discovery_control(p_values))


def test_a_kpi_that_follows_another_is_found_at_its_lag_and_said_without_a_cause() -> None:
    leader = noise(1, 122, 0.5)
    follower = leader[:-2] + 0.7 * noise(2, 120)
    found = correlation(("orders", timeline("week", follower)), ("visits", timeline("week", leader[2:])))
    assert found.lag == 2
    assert found.is_significant
    assert found.sentence == (
        f"Moves with visits, two weeks later (r = {found.r:.2f}); that does not say that one causes the other."
    )


def test_seen_from_the_other_side_the_lag_turns() -> None:
    leader = noise(1, 122, 0.5)
    follower = timeline("week", -leader[:-2] + 0.7 * noise(2, 120))
    found = correlation(("visits", timeline("week", leader[2:])), ("orders", follower))
    assert found.lag == -2
    assert found.sentence.startswith("Moves against orders, two weeks earlier (r = -0.")


def test_two_trends_two_seasons_and_two_walks_do_not_go_together_more_often_than_chance() -> None:
    season, growing = 5 * np.sin(np.arange(104) / 52 * 2 * np.pi), np.arange(104)
    alarms = 0
    for seed in range(50):
        one, two = (noise(seed * 2 + side, 104).cumsum() + season + growing for side in (0, 1))
        alarms += correlation(("one", timeline("week", one)), ("two", timeline("week", two))).is_significant
    assert alarms <= 5


def test_the_r_of_white_noise_is_nearly_pearsons() -> None:
    from scipy import stats

    one = noise(3, 300)
    two = one + noise(4, 300)
    found = matrix({"one": timeline("day", one), "two": timeline("day", two)})
    assert found.r[0, 1] == found.r[1, 0] == pytest.approx(stats.pearsonr(one, two).statistic, abs=0.04)
    assert found.r[0, 0] == 1
    assert found.p_values[0, 1] < 1e-9


def test_another_unit_changes_nothing() -> None:
    one, two = noise(5, 90, 0.4), noise(6, 90)
    plain = correlation(("a", timeline("day", one)), ("b", timeline("day", two)))
    scaled = correlation(("a", timeline("day", one * 1e6)), ("b", timeline("day", 5 - two * 1e-3)))
    assert scaled.r == pytest.approx(-(plain.r or 0), abs=1e-6)


def test_the_most_certain_pair_comes_first_and_one_without_variance_last() -> None:
    base = noise(7, 100)
    kpis = {"a": base, "flat": np.ones(100), "b": base + 0.1 * noise(8, 100), "c": noise(9, 100)}
    found = correlations({name: timeline("day", values) for name, values in kpis.items()})
    assert (found[0].first, found[0].second) == ("a", "b")
    assert found[-1].reason == "one of the two hardly varies, or has too little history"


def test_only_the_periods_that_both_have_count() -> None:
    one = noise(10, 100)
    early, late = timeline("week", one), timeline("week", one[60:], start=timeline("week", one).starts[60])
    found = correlation(("early", early), ("late", late))
    assert found.lag == 0
    assert found.periods <= 40
