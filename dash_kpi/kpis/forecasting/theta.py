"""The Theta method: half of the long trend, and a level that follows."""

import numpy as np

from dash_kpi.kpis.forecasting.history import History
from dash_kpi.kpis.forecasting.smoothing import levels
from dash_kpi.kpis.measures import Floats, Integers

ALPHAS = np.array([0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.99])
SURE = 1.645  # standard errors: a season is taken out when its autocorrelation is beyond (90 %)
LEAST = 1e-9


def rehearse(history: History, origins: Integers) -> Floats:
    """Forecast from each origin by the Theta method, the season taken out before and put back after.

    Source: Assimakopoulos and Nikolopoulos (2000), The theta model: a decomposition approach to
    forecasting; in the closed form of Hyndman and Billah (2003), Unmasking the Theta method: simple
    exponential smoothing with half of the slope of a line through all values. Limits: one season that
    does not change; the trend is never damped.
    """
    values, horizon = history.filled(), history.horizon
    seasons = [season_of(values[:origin], history.season, history.is_positive) for origin in origins]
    table = np.full((len(origins), int(origins[-1])), np.nan)
    slopes = np.empty(len(origins))
    for row, origin in enumerate(origins):
        profile = np.resize(seasons[row], origin)
        table[row, :origin] = values[:origin] / profile if history.is_positive else values[:origin] - profile
        slopes[row] = np.polyfit(np.arange(origin), table[row, :origin], 1)[0]
    level, alpha = levels(table, ALPHAS)
    lines = np.array(
        [ahead(level[row], alpha[row], slopes[row], int(origin), horizon) for row, origin in enumerate(origins)]
    )
    profiles = np.array(
        [np.resize(np.roll(seasons[row], -origin), horizon) for row, origin in enumerate(origins.tolist())]
    )
    forecasts: Floats = lines * profiles if history.is_positive else lines + profiles
    return forecasts


def ahead(level: float, alpha: float, slope: float, known: int, horizon: int) -> Floats:
    """Return the level, and half of the slope for each period ahead."""
    steps = np.arange(horizon)
    return np.asarray(level + slope / 2 * (steps + (1 - (1 - alpha) ** known) / alpha), dtype=np.float64)


def season_of(values: Floats, m: int, is_proportional: bool) -> Floats:
    """Return the season (m) by classical decomposition, neutral where there is none that can be told from noise."""
    neutral = np.full(m, 1.0 if is_proportional else 0.0)
    if m == 1 or len(values) < 2 * m or not _is_seasonal(values, m):
        return neutral
    weights = np.ones(m) / m if m % 2 else np.array([0.5, *[1.0] * (m - 1), 0.5]) / m
    smooth = np.convolve(values, weights, mode="valid")
    first = len(weights) // 2
    inner = values[first : first + len(smooth)]
    rest = inner / np.maximum(smooth, LEAST) if is_proportional else inner - smooth
    at = (np.arange(len(rest)) + first) % m
    profile = np.bincount(at, weights=rest, minlength=m) / np.bincount(at, minlength=m)
    season: Floats = np.maximum(profile / profile.mean(), LEAST) if is_proportional else profile - profile.mean()
    return season


def _is_seasonal(values: Floats, m: int) -> bool:
    """Test the autocorrelation one season apart, as in the M3 competition's implementation (Bartlett's error)."""
    away = values - values.mean()
    square = float(away @ away)
    if square <= LEAST**2:
        return False
    correlations = np.array([away[lag:] @ away[:-lag] for lag in range(1, m + 1)]) / square
    error = np.sqrt((1 + 2 * (correlations[:-1] ** 2).sum()) / len(values))
    return bool(abs(correlations[-1]) > SURE * error)
