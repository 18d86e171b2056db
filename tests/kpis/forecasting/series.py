"""Timelines for tests."""

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt

from dash_kpi.kpis.forecasting.history import History, future_starts, history_of
from dash_kpi.kpis.periods import Grain, next_start
from dash_kpi.kpis.timeline import Timeline


def timeline(
    grain: Grain, values: Sequence[float] | npt.NDArray[np.float64], start: date = date(2024, 1, 1), cut: int = 0
) -> Timeline:
    """Return these values by period; the last `cut` of them are not whole."""
    starts = tuple(next_start(start, grain, step) for step in range(len(values)))
    whole = np.arange(len(values)) < len(values) - cut
    return Timeline(grain, starts, np.asarray(values, dtype=np.float64), whole)


def history(grain: Grain, values: Sequence[float] | npt.NDArray[np.float64], horizon: int) -> History:
    """Return the history of these values."""
    line = timeline(grain, values)
    return history_of(line, future_starts(line, horizon))


def seasonal(periods: int, season: int, seed: int = 1, noise: float = 0.05) -> npt.NDArray[np.float64]:
    """Return a growing series with a season in proportion."""
    at = np.arange(periods)
    wave = 1 + 0.3 * np.sin(2 * np.pi * at / season)
    random = np.random.default_rng(seed)
    values: npt.NDArray[np.float64] = (100 + 0.2 * at) * wave * np.exp(noise * random.normal(size=periods))
    return values
