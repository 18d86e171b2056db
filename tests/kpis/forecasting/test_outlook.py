"""Outlooks: the end of a period, the chance of missing a target, the day a line is crossed."""

from datetime import date

import numpy as np
import pytest

from dash_kpi.kpis.forecasting.forecast import Forecast
from dash_kpi.kpis.forecasting.outlook import crossing, draws, end_of_period

STARTS = tuple(date(2025, 3, day) for day in range(28, 32))


def of(*errors: tuple[float, ...], mean: tuple[float, ...] = (10.0, 20.0, 30.0, 40.0)) -> Forecast:
    """Return a forecast of the last four days of March."""
    return Forecast(
        "day", STARTS, mean, tuple(m - 5 for m in mean), tuple(m + 5 for m in mean),
        tuple(m - 9 for m in mean), tuple(m + 9 for m in mean), rehearsals=98, errors=errors,
    )  # fmt: skip


def test_a_month_ends_at_what_is_there_and_what_is_to_come() -> None:
    end = end_of_period(of((0.0,) * 4), STARTS[-1], "sum", so_far=300, target=500)
    assert (end.expected, end.low95, end.high95) == (400, 400, 400)
    assert end.chance_of_missing == 0.99  # never surer than 98 rehearsals allow: 99 of 100
    assert end.sentence == (
        "With 4 days to go, it is expected to end at 80 % of its target; the chance of missing it is 99 %."
    )
    assert end.limits == "What is there so far, and the forecast for each of the 4 days to come."


def test_a_mean_weighs_the_days_and_a_level_takes_the_last() -> None:
    found = of((0.0,) * 4)
    assert end_of_period(found, STARTS[-1], "mean", so_far=7, periods_so_far=6).expected == (7 * 6 + 100) / 10
    assert end_of_period(found, STARTS[-1], "last", so_far=7).expected == 40
    assert end_of_period(found, STARTS[1], "sum").expected == 30


def test_errors_that_go_together_add_up() -> None:
    outcomes = draws(of((1.0, 1.0, 1.0, 1.0))).sum(axis=1) - 100
    assert outcomes.std() == pytest.approx(4, rel=0.05)  # by themselves they would have made √4 = 2
    end = end_of_period(of((1.0,) * 4), STARTS[-1], "sum", target=100)
    assert end.chance_of_missing == pytest.approx(0.5, abs=0.03)
    assert end == end_of_period(of((1.0,) * 4), STARTS[-1], "sum", target=100)


def test_lower_can_be_better() -> None:
    end = end_of_period(of((0.0,) * 4), STARTS[-1], "sum", target=50, is_higher_better=False)
    assert end.chance_of_missing == 0.99
    assert "at 200 % of its target, which it should not exceed; the chance" in end.sentence


def test_a_period_that_is_over_is_certain() -> None:
    end = end_of_period(of((1.0,) * 4), date(2025, 3, 27), "sum", so_far=90, target=80)
    assert (end.expected, end.chance_of_missing) == (90, 0)
    assert end.sentence == "With nothing left to come, it ended at 112 % of its target: met."
    assert end_of_period(of(), date(2025, 3, 27), "sum").reason == "There is no value in this period yet."


def test_a_forecast_that_does_not_reach_says_so() -> None:
    end = end_of_period(of((1.0,) * 4), date(2025, 4, 30), "sum", so_far=90)
    assert (end.expected, end.reason) == (None, "The forecast reaches to 31 Mar 2025, the period to 30 Apr 2025.")
    weekly = Forecast("week", (date(2025, 3, 31),), *(((1.0,),) * 5))
    assert end_of_period(weekly, date(2025, 4, 2), "sum").reason == (
        "The last week goes on beyond the end of the period; a forecast by day can tell."
    )
    assert end_of_period(Forecast("day", reason="Too little."), STARTS[0], "sum").reason == "Too little."


@pytest.mark.parametrize(
    ("line", "side", "expected", "earliest", "words"),
    [
        (33, "above", STARTS[3], STARTS[2], "expected to be above the line on 31 Mar 2025; it could be from 30 Mar"),
        (42, "above", None, STARTS[3], "not expected to come above the line; it could from 31 Mar 2025 on."),
        (60, "above", None, None, "not expected to come above the line: even the interval stays below"),
        (12, "below", STARTS[0], STARTS[0], "below the line on 28 Mar 2025, the first day in which it could."),
    ],
    ids=["crossed later than it could", "only the interval", "neither", "at once"],
)  # fmt: skip
def test_a_line_is_crossed(line: float, side: str, expected: date, earliest: date, words: str) -> None:
    found = crossing(of((1.0,) * 4), line, side)  # type: ignore[arg-type]
    assert (found.expected, found.earliest) == (expected, earliest)
    assert words in found.sentence


def test_draws_keep_to_the_bounds() -> None:
    found = Forecast("day", STARTS[:1], (1.0,), (0.0,), (3.0,), (0.0,), (5.0,), bounds=(0.0, None), errors=((4.0,),))  # type: ignore[arg-type]
    bounded = Forecast.from_json(found.as_json())
    assert np.min(draws(bounded)) == 0
