"""Rehearsals: what the models would have forecast earlier, and how wrong that would have been."""

from dataclasses import dataclass
from math import gcd

import numpy as np

from dash_kpi.kpis.forecasting.history import NEEDED, History
from dash_kpi.kpis.forecasting.models import MODELS
from dash_kpi.kpis.measures import Floats, Integers

MOST_REHEARSALS = 48
TIE = 0.01  # a model that is not better by more than this share is not better


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """One model: its forecasts from each origin (O, H), and ahead from the end of the past (H)."""

    name: str
    forecasts: Floats
    ahead: Floats

    def errors(self, actual: Floats) -> Floats:
        """Return how far the values came out above the forecasts, NaN where there is none yet."""
        return actual - self.forecasts


def origins_of(history: History) -> Integers:
    """Return from how many known periods the rehearsals start, the same for every model.

    At most `MOST_REHEARSALS`, evenly spread; their distance shares no factor with the season, so that
    daily data is not rehearsed on Mondays only.
    """
    periods, season = len(history), history.season
    first = max(2 * NEEDED[history.grain] // 3, periods // 3)
    if season > 1:
        first = max(periods // 3, 2 * season if periods >= 3 * season else season + 2)
    step = -(-(periods - first) // MOST_REHEARSALS)
    while gcd(step, season) > 1:
        step += 1
    return np.arange(periods - 1, first - 1, -step)[::-1]


def actual_of(history: History, origins: Integers) -> Floats:
    """Return the values that came after each origin (O, H), NaN beyond the end of the past and in gaps."""
    padded = np.concatenate([history.values, np.full(history.horizon, np.nan)])
    actual: Floats = padded[origins[:, None] + np.arange(history.horizon)[None, :]]
    return actual


def best_of(history: History, origins: Integers) -> Rehearsed:
    """Return the model with the smallest error.

    The error is MASE (Hyndman and Koehler, 2006, Another look at measures of forecast accuracy). Ties
    go to the simpler one, the earlier in `MODELS`. The mean of the best two was tried: it rehearses
    better than it forecasts (`benchmarks/forecast.py`), for there are more pairs than models to choose from.
    """
    actual = actual_of(history, origins)
    tried = [_rehearsed(history, origins, name) for name in MODELS]
    errors = [_error(one, actual) for one in tried]
    return next(one for one, error in zip(tried, errors, strict=True) if error <= min(errors) * (1 + TIE))


def scale_of(history: History) -> float:
    """Return what MASE is a multiple of: the mean change from one season to the next."""
    values, season = history.values, history.season
    change = np.abs(values[season:] - values[:-season])
    return float(np.nanmean(change)) if np.isfinite(change).any() else 0.0


def _rehearsed(history: History, origins: Integers, name: str) -> Rehearsed:
    forecasts = MODELS[name].rehearse(history, np.append(origins, len(history)))
    return Rehearsed(name, forecasts[:-1], forecasts[-1])


def _error(rehearsed: Rehearsed, actual: Floats) -> float:
    """Return the mean absolute error over all steps of all rehearsals."""
    errors = np.abs(rehearsed.errors(actual))
    return float(np.nanmean(errors)) if np.isfinite(errors).any() else np.inf
