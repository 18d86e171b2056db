"""Decompositions against statsmodels and against series that were put together by hand."""

from datetime import date

import numpy as np
import pytest
from statsmodels.tsa.seasonal import STL

from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import Grain, next_start
from dash_kpi.kpis.statistics.decomposition import Decomposition, NotDecomposed, decompose, strength
from dash_kpi.kpis.timeline import Timeline


def timeline(values: Floats, grain: Grain) -> Timeline:
    starts = tuple(next_start(date(2001, 1, 1), grain, place) for place in range(len(values)))
    return Timeline(grain, starts, values, np.ones(len(values), dtype=bool))


def monthly() -> Floats:
    season = np.tile(np.array([-6, -4, -2, 0, 2, 4, 6, 4, 2, 0, -2, -4], dtype=np.float64), 6)
    return season + np.arange(72) * 0.5 - 10 + np.random.default_rng(1).normal(0, 0.3, 72)


def test_one_season_is_statsmodels_robust_stl() -> None:
    values, answer = monthly(), decompose(timeline(monthly(), "month"))
    fit = STL(values, period=12, seasonal=11, robust=True).fit()
    assert isinstance(answer, Decomposition)
    np.testing.assert_allclose(answer.trend, fit.trend, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(answer.seasons[12], fit.seasonal, rtol=1e-6, atol=1e-8)
    assert answer.trend_strength > 0.95
    assert answer.season_strengths[12] > 0.95


def test_the_parts_of_positive_values_multiply_to_the_value() -> None:
    values = np.exp(monthly() / 10)
    answer = decompose(timeline(values, "month"))
    assert isinstance(answer, Decomposition)
    assert answer.is_multiplicative
    np.testing.assert_allclose(answer.trend * answer.seasons[12] * answer.remainder, values)


def test_gaps_are_filled_and_told() -> None:
    values = monthly()
    values[30] = np.nan
    answer = decompose(timeline(values, "month"))
    assert isinstance(answer, Decomposition)
    assert np.flatnonzero(answer.filled).tolist() == [30]
    assert answer.method.endswith("1 missing month filled in for this only.")


def test_both_seasons_of_20_years_of_days_are_found() -> None:
    day = np.arange(7300)
    yearly, weekly = 10 * np.sin(2 * np.pi * day / 365), np.where(day % 7 == 0, 6.0, -1.0)
    values = yearly + weekly + np.random.default_rng(4).normal(0, 1, 7300)
    answer = decompose(timeline(values, "day"))
    assert isinstance(answer, Decomposition)
    assert np.corrcoef(answer.seasons[365], yearly)[0, 1] > 0.98
    assert np.corrcoef(answer.seasons[7], weekly)[0, 1] > 0.98


def test_strength_by_hand() -> None:
    assert strength(np.array([1.0, -1, 1, -1]), np.array([1.0, 1, -1, -1])) == pytest.approx(0.5)
    assert strength(np.zeros(3), np.zeros(3)) == 0


@pytest.mark.parametrize(
    ("values", "grain", "sentence"),
    [
        (np.arange(20.0), "month", "Too little history: 20 of 24 months."),
        (np.full(9, np.nan), "day", "Too little history: 0 of 14 days."),
        (np.arange(20.0), "year", "Years have no season within them."),
        (np.where(np.arange(41) % 2, np.nan, 1.0), "day", ""),
    ],
)
def test_what_cannot_be_taken_apart_says_why(values: Floats, grain: Grain, sentence: str) -> None:
    answer = decompose(timeline(values, grain))
    assert isinstance(answer, NotDecomposed)
    assert answer.sentence == (sentence or "Too many gaps: 20 of 41 days have no value.")


def test_values_that_never_change_have_no_strength() -> None:
    answer = decompose(timeline(np.full(40, 5.0), "day"))
    assert isinstance(answer, Decomposition)
    assert (answer.trend_strength, answer.season_strengths[7]) == (0, 0)
