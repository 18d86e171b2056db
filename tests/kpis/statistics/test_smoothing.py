"""Smoothing, totals to date, growth and volatility, against pandas and tables worked out by hand."""

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.kpis.statistics.smoothing import exponential, growth, moving_average, to_date, volatility
from tests.kpis.statistics.series import noise, timeline

GAPS = st.lists(st.one_of(st.just(np.nan), st.floats(-1e6, 1e6)), max_size=60)


@given(GAPS, st.sampled_from([1, 2, 7, 14, 30]))
def test_moving_averages_agree_with_pandas(values: list[float], window: int) -> None:
    known = pd.Series(values, dtype=float).rolling(window, min_periods=(window + 1) // 2).mean()
    assert moving_average(np.array(values), window) == pytest.approx(known.to_numpy(), nan_ok=True, abs=1e-6)


@given(GAPS, st.floats(0.05, 1))
def test_exponential_smoothing_agrees_with_pandas_where_there_is_a_value(values: list[float], alpha: float) -> None:
    series = pd.Series(values, dtype=float)
    known = series.ewm(alpha=alpha).mean().where(series.notna())
    assert exponential(np.array(values), alpha=alpha) == pytest.approx(known.to_numpy(), nan_ok=True, abs=1e-5)


def test_a_span_is_an_alpha() -> None:
    values = noise(1, 20)
    assert exponential(values, span=9).tolist() == exponential(values, alpha=0.2).tolist()


def test_totals_begin_anew_with_each_group_and_say_what_is_missing() -> None:
    found = to_date(
        timeline("month", [1, 2, 3, np.nan, 5, 6, 7]), [date(2004, 11, 1), date(2005, 3, 1), date(2005, 6, 1)]
    )
    assert found.values.tolist() == pytest.approx([1, 3, 3, np.nan, 8, 6, 13], nan_ok=True)
    assert found.is_partial.tolist() == [True, True, False, True, True, False, False]


def test_there_is_no_total_before_the_first_group() -> None:
    found = to_date(timeline("month", [1, 2, 3]), [date(2005, 2, 1)])
    assert found.values.tolist() == pytest.approx([np.nan, 2, 5], nan_ok=True)


def test_growth_says_why_there_is_none() -> None:
    found = growth(timeline("month", [100, 110, 0, 5, np.nan, 4, -2, 1, 9], cut=[8]))
    assert found.values.tolist() == pytest.approx(
        [np.nan, 0.1, -1, np.nan, np.nan, np.nan, -1.5, 1.5, np.nan], nan_ok=True
    )
    nothing = "no complete period to compare with"
    assert found.reasons == (
        nothing, None, None, "the value to compare with is zero", "no value in this period", nothing,
        None, None, "this period is not complete",
    )  # fmt: skip


def test_growth_in_points_is_the_difference_also_from_zero() -> None:
    found = growth(timeline("month", [0, 0.2, 0.15]), in_points=True)
    assert found.values.tolist() == pytest.approx([np.nan, 0.2, -0.05], nan_ok=True)


@pytest.mark.parametrize(("grain", "back"), [("week", 52), ("month", 12), ("quarter", 4), ("year", 1)])
def test_the_year_before_is_as_many_periods_back(grain: str, back: int) -> None:
    values = np.arange(1.0, 61)
    found = growth(timeline(grain, values), "year")  # type: ignore[arg-type]
    assert found.values[back:] == pytest.approx(values[back:] / values[:-back] - 1)
    assert np.isnan(found.values[:back]).all()


def test_a_leap_day_is_compared_with_the_28th() -> None:
    days = timeline("day", np.arange(1.0, 800), start=date(2023, 2, 1))
    at = days.starts.index(date(2024, 2, 29))
    earlier = days.values[days.starts.index(date(2023, 2, 28))]
    assert growth(days, "year").values[at] == pytest.approx(days.values[at] / earlier - 1)


def test_volatility_agrees_with_numpy() -> None:
    values = 100 + 0.5 * np.arange(40) + noise(2, 40)
    left = values - np.polyval(np.polyfit(np.arange(40), values, 1), np.arange(40))
    found = volatility(timeline("month", values))
    assert found.of_changes == pytest.approx(np.std(values[1:] / values[:-1] - 1, ddof=1))
    assert found.around_trend == pytest.approx(np.std(left, ddof=2) / values.mean())
    usual = 100 * np.median(np.abs(values[1:] / values[:-1] - 1))
    assert found.sentence.startswith(f"From one month to the next it typically moves by {usual:.2f} %, ")


def test_one_huge_change_is_not_typical() -> None:
    found = volatility(timeline("month", [100.0, 101, 100, 99, 100, 1, 100, 101, 100, 101]))
    assert "typically moves by 1 %," in found.sentence


def test_volatility_needs_seven_periods_and_a_mean_that_is_not_zero() -> None:
    assert volatility(timeline("week", [1.0, 2, 3])).reason == "too little history: 3 of 7 weeks"
    assert volatility(timeline("week", [-1.0, 1] * 6)).around_trend is None
