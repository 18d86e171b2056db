"""What was to be expected of each period, and how far from it is unusual, from what came before it alone.

The page Trends looks back and knows what came after; an alert does not. Here every period is judged as it was when
it was the newest, so that a backtest gives what would have happened.
"""

from typing import NamedTuple

import numpy as np

from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.statistics.expectations import HALF_WINDOW, kinds_in_year
from dash_kpi.kpis.statistics.robust import MAD_TO_DEVIATION, Integers, row_medians
from dash_kpi.kpis.statistics.sensitivity import MAD_EFFICIENCY, PRIOR_TAIL, Noise, Sensitivity
from dash_kpi.kpis.timeline import Timeline

FEWEST = 8  # remainders, below which nothing is called usual
SAME_KIND = 8  # earlier periods of the same kind that tell what is usual for it
MEMORY = 90  # remainders that tell how much is usual


class Bands(NamedTuple):
    """What was expected of each period, and the bounds of what is usual: NaN where history was too short."""

    expected: Floats
    low: Floats
    high: Floats


def running_bands(timeline: Timeline, sensitivity: Sensitivity) -> Bands:
    """Return for each period what was usual by then.

    Level: the median of the periods before it; season: the median of how the last periods of its kind (weekday, month)
    lay to their level; noise: the scaled MAD of the remainders so far, with the quantile of a Student t as in
    `sensitivity.py`. Of values that were all above zero until then the ratios are judged, of others the differences.
    """
    values = timeline.judged()
    kinds = kinds_in_year(timeline)
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.where(values > 0, np.log(values), np.nan)
    plain = _bands(values, kinds, timeline, sensitivity)
    ratios = Bands(*(np.exp(np.clip(one, -700, 700)) for one in _bands(logs, kinds, timeline, sensitivity)))
    smallest = np.minimum.accumulate(np.nan_to_num(values, nan=np.inf)) if len(values) else values
    was_positive = np.concatenate([[True], smallest[:-1] > 0]) if len(values) else np.zeros(0, dtype=bool)
    return Bands(*(np.where(was_positive, ratio, one) for ratio, one in zip(ratios, plain, strict=True)))


def _bands(values: Floats, kinds: Integers, timeline: Timeline, sensitivity: Sensitivity) -> Bands:
    window = 2 * HALF_WINDOW[timeline.grain]
    season = _season(values - _before(values, window), kinds)
    expected = _before(values - season, window) + season
    remainder = values - expected
    past = _windows(np.abs(remainder), MEMORY)
    counts = np.sum(~np.isnan(past), axis=1)
    scale = MAD_TO_DEVIATION * row_medians(past)
    limits = {count: _limit(count, sensitivity) for count in np.unique(counts).tolist() if count >= FEWEST}
    reach = np.array([limits.get(count, np.nan) for count in counts.tolist()]) * np.where(scale > 0, scale, np.nan)
    return Bands(np.where(counts >= FEWEST, expected, np.nan), expected - reach, expected + reach)


def _limit(count: int, sensitivity: Sensitivity) -> float:
    return Noise(0.0, 1.0, 1 / (1 / PRIOR_TAIL + 1 / max(MAD_EFFICIENCY * count, 1))).limit(sensitivity)


def _before(values: Floats, window: int) -> Floats:
    return row_medians(_windows(values, window))


def _windows(values: Floats, window: int) -> Floats:
    """Return for each period those before it, NaN before the first."""
    padded = np.concatenate([np.full(window, np.nan), values])
    return np.lib.stride_tricks.sliding_window_view(padded, window)[: len(values)]


def _season(detrended: Floats, kinds: Integers) -> Floats:
    """Return what was usual for the kind of each period by then; 0 before there were two of its kind."""
    season = np.zeros(len(detrended))
    for kind in np.unique(kinds):
        at = np.flatnonzero(kinds == kind)
        past = _windows(detrended[at], SAME_KIND)
        known = np.sum(~np.isnan(past), axis=1) >= 2
        season[at] = np.where(known, np.nan_to_num(row_medians(past)), 0.0)
    return season
