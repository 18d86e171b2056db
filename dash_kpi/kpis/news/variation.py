"""How much a KPI usually varies from one stretch of periods to another."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.statistics.adjusted import YEAR_IN, adjusted
from dash_kpi.kpis.statistics.robust import spread
from dash_kpi.kpis.timeline import Timeline

FEWEST = 8  # periods
FEWEST_BEFORE = 4  # earlier comparisons of the same shape, not overlapping, from which a usual one is known
MOST_PERSISTENT = 0.9


@dataclass(frozen=True, slots=True)
class Variation:
    """A difference in units of what is usual, and how likely noise alone makes one as large."""

    score: float
    chance: float


def variation(timeline: Timeline, inside: Sequence[int], outside: Sequence[int]) -> Variation | None:
    """Judge the mean of some periods against the mean of others; None where the history is too short.

    The season is taken out where it is evident; periods that lie whole years apart are compared in pairs instead,
    which have the same season (Student 1908, "The probable error of a mean"). What is usual is the larger of two:
    the error that the noise between neighbouring periods gives such a difference (with the variance of a mean of
    dependent values: Bartlett 1946, "On the theoretical specification and sampling properties of autocorrelated
    time-series"), and the size (root mean square) of the same comparison made at every earlier moment. So a KPI that
    always grows by a tenth makes no news by doing so again. Limits: ratios are judged by the mean of their periods,
    not by the weighted one; earlier comparisons count only where there are four that do not overlap.
    """
    values = timeline.judged()
    if np.sum(~np.isnan(values)) < FEWEST:
        return None
    scale = float(np.nanmax(np.abs(values))) or 1.0
    scaled = Timeline(timeline.grain, timeline.starts, values / scale, timeline.whole, timeline.calendar)
    series = adjusted(scaled, rounds=2).values
    new, old = series[list(inside)], series[list(outside)]
    difference = float(np.nanmean(new) - np.nanmean(old))
    error = _error(series[: inside[0]] if inside[0] >= FEWEST else series, len(new), len(old))
    freedom = float(max(np.sum(~np.isnan(series)) - 2, 3))
    pairs = _pairs(scaled, inside, outside)
    if len(pairs) >= FEWEST:
        difference, error, freedom = float(pairs.mean()), _paired_error(pairs), float(len(pairs) - 1)
    earlier = _earlier(series, inside, outside)
    alone = len(earlier) / max(len(inside), len(outside), inside[0] - outside[0])
    if alone >= FEWEST_BEFORE:
        usual = float(np.sqrt(np.mean(earlier**2)))
        if usual > error:
            error, freedom = usual, max(alone, 3.0)
    if not error > 0:
        return None
    score = difference / error
    return Variation(score, _two_sided(score, freedom))


def tail(score: float, freedom: float) -> float:
    """Return how likely a value of a Student t is at least so many scaled MADs from the middle, on either side."""
    from scipy.special import stdtrit

    middle = float(stdtrit(freedom, 0.75) / stdtrit(1e6, 0.75))
    return _two_sided(score * middle, freedom)


def _two_sided(score: float, freedom: float) -> float:
    from scipy.special import stdtr

    return min(1.0, 2 * float(stdtr(freedom, -abs(score))))


def _error(series: Floats, new: int, old: int) -> float:
    one, two = (spread(series[lag:] - series[:-lag]) for lag in (1, 2))
    if not one > 0:
        return 0.0
    persistence = min(max((two / one) ** 2 - 1, 0.0), MOST_PERSISTENT) if two > 0 else 0.0
    deviation = one / np.sqrt(2 * (1 - persistence))
    return float(deviation * np.sqrt((1 + persistence) / (1 - persistence) * (1 / new + 1 / old)))


def _pairs(timeline: Timeline, inside: Sequence[int], outside: Sequence[int]) -> Floats:
    """Return the difference of each period from the one whole years before it; none where they lie otherwise."""
    lag, year = inside[0] - outside[0], YEAR_IN.get(timeline.grain)
    if not year or not lag or lag % year:
        return np.empty(0)
    earlier = set(outside)
    both = [at for at in inside if at - lag in earlier]
    values = timeline.judged()
    found: Floats = values[both] - values[[at - lag for at in both]]
    return found


def _paired_error(pairs: Floats) -> float:
    """Return the error of the mean of differences that may resemble their neighbours."""
    left = pairs - pairs.mean()
    squares = float(left @ left)
    if not squares:
        return 0.0
    first = float(left[1:] @ left[:-1]) / squares
    first += (1 + 3 * first) / len(pairs)  # it is too small in short series (Kendall 1954)
    persistence = min(max(first, 0.0), MOST_PERSISTENT)
    inflated = (1 + persistence) / (1 - persistence)
    return float(np.sqrt(squares / (len(pairs) - 1) / len(pairs) * inflated))


def _earlier(series: Floats, inside: Sequence[int], outside: Sequence[int]) -> Floats:
    """Return the same difference at every earlier moment that does not reach into the periods judged."""
    lag = inside[0] - outside[0]
    if lag <= 0:
        return np.empty(0)
    width, before = inside[-1] - inside[0] + 1, outside[-1] - outside[0] + 1
    first = np.arange(lag, max(inside[0] - width + 1, lag))
    found: Floats = _means(series, first, width) - _means(series, first - lag, before)
    return found[~np.isnan(found)]


def _means(series: Floats, first: np.ndarray[tuple[int], np.dtype[np.int64]], width: int) -> Floats:
    present = ~np.isnan(series)
    sums = np.concatenate([[0.0], np.cumsum(np.where(present, series, 0.0))])
    counts = np.concatenate([[0], np.cumsum(present)])
    last = np.minimum(first + width, len(series))
    number = counts[last] - counts[first]
    means: Floats = np.where(number > 0, (sums[last] - sums[first]) / np.maximum(number, 1), np.nan)
    return means
