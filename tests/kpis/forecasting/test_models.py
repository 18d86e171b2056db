"""The models: against values worked out by hand and by statsmodels, and blind to what comes later."""

import numpy as np
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.forecasting.theta import ThetaModel

from dash_kpi.kpis.forecasting import naive, regression, smoothing, theta
from dash_kpi.kpis.forecasting.models import MODELS
from tests.kpis.forecasting.series import history, seasonal


def test_the_last_season_is_repeated() -> None:
    past = history("quarter", [1, 2, 3, 4, 5, 6, 7, 8], horizon=6)
    assert naive.rehearse(past, np.array([5, 8])).tolist() == [
        [x / past.unit for x in (2, 3, 4, 5, 2, 3)],
        [x / past.unit for x in (5, 6, 7, 8, 5, 6)],
    ]


def test_a_gap_repeats_the_season_before_it() -> None:
    past = history("quarter", [1, 2, 3, 4, 5, np.nan, 7, 8], horizon=4)
    assert (naive.rehearse(past, np.array([8]))[0] * past.unit).tolist() == [5, 2, 7, 8]


@pytest.mark.parametrize("is_proportional", [False, True], ids=["additive", "proportional"])
def test_smoothing_with_given_parameters_is_that_of_statsmodels(is_proportional: bool) -> None:
    values = seasonal(48, 12)
    past = history("month", values, horizon=9)
    gamma = 0.0 if is_proportional else 0.15  # statsmodels divides by the new level, the book by the one before
    grid = smoothing.Grid(*(np.array([x]) for x in (0.3, 0.06, 0.94, gamma)), np.array([True]), np.array([5.0]))
    states = smoothing.run(past, np.array([48]), grid, is_proportional)[0]
    level, trend, season = smoothing._initial(past.filled()[:24], 12, grid, is_proportional)
    kind = "mul" if is_proportional else "add"
    theirs = ETSModel(
        past.values, error=kind, trend="add", damped_trend=True, seasonal=kind, seasonal_periods=12,
        initialization_method="known", initial_level=level[0], initial_trend=trend[0], initial_seasonal=season[:, 0],
    )  # fmt: skip
    fitted = theirs.smooth([0.3, 0.06, gamma, 0.94])
    assert smoothing.ahead(states, grid, 9, is_proportional)[:, 0] == pytest.approx(fitted.forecast(9), rel=1e-9)


def test_theta_ahead_is_that_of_statsmodels() -> None:
    values = 50 + np.cumsum(np.random.default_rng(3).normal(0.5, 1, 40))
    theirs = ThetaModel(values, deseasonalize=False).fit()
    slope, alpha = theirs.params["b0"], theirs.params["alpha"]
    level = theirs.forecast_components(1)["ses"].iloc[0]
    ours = theta.ahead(level, alpha, slope, 40, 5)
    assert ours == pytest.approx(theirs.forecast(5).to_numpy(), rel=1e-9)


def test_the_season_of_theta_is_found_by_hand() -> None:
    values = np.tile([8.0, 10.0, 12.0, 10.0], 5)
    assert theta.season_of(values, 4, is_proportional=True) == pytest.approx([0.8, 1.0, 1.2, 1.0])
    assert theta.season_of(values, 4, is_proportional=False) == pytest.approx([-2, 0, 2, 0])


def test_simple_smoothing_by_hand() -> None:
    level, alpha = smoothing.levels(np.array([[10.0, 14.0, np.nan, 12.0]]), np.array([0.5]))
    assert (level.tolist(), alpha.tolist()) == ([12.0], [0.5])  # 10 → 12 → 12 (nothing known) → 12


def test_regression_learns_what_a_holiday_costs() -> None:
    days = np.arange(420)
    holiday = (days % 31 == 5).astype(np.float64)
    values = 100 + 10 * np.sin(2 * np.pi * days / 7) - 60 * holiday
    past = history("day", values[:400], horizon=20)
    knowing = type(past)(past.grain, past.starts, past.values, past.unit, past.season, holiday[:, None])
    ahead = regression.rehearse(knowing, np.array([400]))[0] * past.unit
    assert ahead == pytest.approx(values[400:], abs=6)
    assert holiday[400:].sum() == 1


@pytest.mark.parametrize("name", MODELS)
def test_a_rehearsal_knows_nothing_of_what_comes_later(name: str) -> None:
    values = seasonal(60, 12)
    values[30] = np.nan
    other = values.copy()
    other[40:] *= np.random.default_rng(5).uniform(0.5, 2, 20)
    past, changed = (history("month", one, horizon=6) for one in (values, other))
    origins = np.array([30, 40, 60])
    ours, theirs = MODELS[name].rehearse(past, origins), MODELS[name].rehearse(changed, origins)
    assert ours[:2] * past.unit == pytest.approx(theirs[:2] * changed.unit, rel=1e-6)
    assert not np.allclose(ours[2] * past.unit, theirs[2] * changed.unit)
