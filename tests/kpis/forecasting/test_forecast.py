"""Forecasts: what is chosen, what is said, and what is refused."""

import json
from datetime import date

import numpy as np
import pytest

from dash_kpi.kpis.forecasting.forecast import Bounds, Forecast, forecast
from dash_kpi.kpis.forecasting.history import future_starts
from dash_kpi.kpis.forecasting.rehearsal import origins_of
from dash_kpi.kpis.periods import Grain
from tests.kpis.forecasting.series import history, seasonal, timeline

GAPPY = [1.0, np.nan, np.nan] * 20
RANDOM = np.random.default_rng(11)


def test_a_seasonal_series_is_forecast_closely() -> None:
    values = seasonal(72, 12, noise=0.01)
    found = forecast(timeline("month", values[:60]), 12)
    assert np.array(found.mean) == pytest.approx(values[60:], rel=0.06)
    assert found.starts[0] == date(2029, 1, 1)
    assert found.mase is not None
    assert found.mase < 1
    assert f"did best in {found.rehearsals} rehearsals; its typical error one month ahead was" in found.sentence


def test_a_period_that_is_cut_short_is_forecast_and_not_used() -> None:
    values = [*seasonal(40, 12), 3.0]
    assert forecast(timeline("month", values, cut=1), 3) == forecast(timeline("month", values[:-1]), 3)


@pytest.mark.parametrize(
    ("grain", "values", "reason"),
    [
        ("week", [1.0] * 5, "Too little history for a forecast: 5 of 12 weeks with a value."),
        ("day", [], "Too little history for a forecast: 0 of 21 days with a value."),
        ("month", [np.nan] * 30, "Too little history for a forecast: 0 of 12 months with a value."),
        ("week", GAPPY, "Too many gaps for a forecast: only 20 of the last 58 weeks have a value."),
    ],
    ids=["five weeks", "nothing", "only gaps", "mostly gaps"],
)  # fmt: skip
def test_too_little_is_said_with_what_is_there_and_what_is_needed(
    grain: Grain, values: list[float], reason: str
) -> None:
    found = forecast(timeline(grain, values))
    assert (found.reason, found.mean) == (reason, ())


ODD: dict[str, np.ndarray] = {
    "constant": np.full(60, 7.0),
    "zeros": np.zeros(60),
    "intermittent": np.where(RANDOM.random(60) < 0.2, 5.0, 0.0),
    "negative": RANDOM.normal(-5, 3, 60),
    "gaps": np.where(RANDOM.random(60) < 0.2, np.nan, RANDOM.normal(50, 3, 60)),
    "infinite": np.where(np.arange(60) % 9 == 4, np.inf, RANDOM.normal(50, 3, 60)),
    "huge": 1e300 * RANDOM.uniform(0.5, 1, 60),
    "tiny": 1e-300 * RANDOM.uniform(0.5, 1, 60),
    "one jump": np.where(np.arange(60) == 57, 1e9, 5.0),
    "explosive": np.exp(10.0 * np.arange(60)),
    "only the last": np.where(np.arange(60) == 59, 5.0, 0.0),
    "step": np.where(np.arange(60) < 30, 10.0, 20.0),
}


@pytest.mark.parametrize("grain", ["day", "week", "month", "quarter", "year"])
@pytest.mark.parametrize("name", ODD)
def test_odd_series_give_finite_numbers_in_order(grain: Grain, name: str) -> None:
    found = forecast(timeline(grain, ODD[name], start=date(1960, 1, 4 if grain == "week" else 1)))
    rows = np.array([found.low95, found.low80, found.mean, found.high80, found.high95])
    assert np.isfinite(rows).all()
    assert (np.diff(rows, axis=0) >= 0).all()
    assert rows.size
    assert found.sentence


def test_what_never_changed_is_said_to() -> None:
    found = forecast(timeline("week", [3.0] * 30))
    assert set(found.mean) == set(found.low95) == {3.0}
    assert found.sentence == "It has not changed in 30 weeks; the forecast is the same value, without an interval."


def test_what_was_never_negative_stays_so_unless_told() -> None:
    values = np.abs(np.random.default_rng(4).normal(0, 1, 60))
    assert min(forecast(timeline("day", values), 20).low95) == 0
    assert min(forecast(timeline("day", values), 20, bounds=Bounds()).low95) < 0
    assert max(forecast(timeline("day", values), 20, bounds=Bounds(0, 1)).high95) == 1


def test_twenty_years_of_days_use_the_newest_and_say_so() -> None:
    found = forecast(timeline("day", np.random.default_rng(1).normal(50, 5, 7300), start=date(2005, 1, 1)))
    assert found.notes == ("Only the last 1,100 of 7,300 days are used.",)


def test_a_short_history_says_what_it_cannot_show() -> None:
    found = forecast(timeline("month", seasonal(14, 12)), 12)
    assert found.notes == (
        "No seasonal pattern could be learnt: 14 of 18 months are there. "
        "If there is one, the intervals are too narrow.",
        "It reaches 7 months ahead, not 12: 14 months are known, and half of that is the most.",
    )


def test_a_season_that_was_seen_too_seldom_is_named() -> None:
    (note,) = forecast(timeline("month", seasonal(24, 12)), 12).notes
    assert note == "Its season was seen 2.0 times; before 2.5 times the intervals may be too narrow."
    assert forecast(timeline("month", seasonal(36, 12)), 12).notes == ()


def test_weekdays_that_never_have_a_value_are_named() -> None:
    values = 100 + np.random.default_rng(2).normal(0, 5, 70)
    values[np.arange(70) % 7 == 6] = np.nan  # the first day is a Monday
    notes = forecast(timeline("day", values)).notes
    assert "There is usually no value on a Sunday; what is forecast for it would be one." in notes


def test_a_calendar_gives_what_is_known_of_the_future() -> None:
    days = np.arange(300)
    holiday = (days % 23 == 4).astype(np.float64)
    values = 100 + np.random.default_rng(9).normal(0, 2, 300) - 70 * holiday
    line = timeline("day", values[:276])
    calendar = holiday[: 276 + len(future_starts(line, 24))]
    found = forecast(line, 24, calendar=calendar)
    closed = holiday[276:300] == 1
    assert np.array(found.mean)[closed].max() < 60 < np.array(found.mean)[~closed].min()
    with pytest.raises(ValueError, match="The calendar has 10 rows"):
        forecast(line, 24, calendar=calendar[:10])


def test_the_end_of_the_calendar_is_a_reason() -> None:
    line = timeline("year", np.arange(1.0, 31.0), start=date(9970, 1, 1))
    assert forecast(line).reason == "The calendar ends before the forecast would begin."


def test_rehearsals_of_days_start_on_every_weekday() -> None:
    origins = origins_of(history("day", seasonal(400, 7), 30))
    assert len(set((origins % 7).tolist())) == 7
    assert len(origins) <= 48


def test_it_is_stored_as_plain_values() -> None:
    found = forecast(timeline("month", seasonal(40, 12)), 6)
    assert Forecast.from_json(json.loads(json.dumps(found.as_json(), allow_nan=False))) == found
