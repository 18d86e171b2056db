"""Level shifts: where a KPI moved to another level and stayed there."""

from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt

from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import Grain
from dash_kpi.kpis.statistics.adjusted import adjusted
from dash_kpi.kpis.statistics.pelt import pelt
from dash_kpi.kpis.statistics.persistence import autocorrelation
from dash_kpi.kpis.statistics.wording import percentage, points, too_little
from dash_kpi.kpis.timeline import Timeline

FEWEST = 16  # periods
SHORTEST: dict[Grain, int] = {"day": 7, "week": 4, "month": 4, "quarter": 4, "year": 4}  # stretch of one level
MOST_BLOCKS = 1_500
ALLOWED = 0.01  # the chance, over all positions, at which a shift is believed
STEADIEST = 0.9  # the most that noise is taken to persist while cutting
STEADIEST_LEFT = 0.98  # and afterwards, around the levels
WANDERING = 0.95  # a noise that persists more than this has no level to shift from
CLIPPED_VARIANCE = 0.9205  # of a standard normal variable clipped at two
SPIKE = 3.0  # robust standard deviations from the median of seven at which a value is pulled in

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class ChangePoint:
    """One shift: the first period of the new level, the level on either side, and how sure it is."""

    at: int
    start: date
    before: float
    after: float
    relative: float | None  # of the size of the level before; None where that is zero
    confidence: float  # 1 less the chance that noise alone shows as much anywhere in the series
    sentence: str


@dataclass(frozen=True, slots=True)
class ChangePoints:
    """The shifts of a timeline in order, and the levels they divide, for a chart; `reason` where none can be told."""

    points: tuple[ChangePoint, ...]
    levels: Floats
    sentence: str
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Noise:
    """The short-term noise around the levels: its standard deviation, and its autocorrelation."""

    deviation: float
    persistence: float

    @property
    def long_run(self) -> float:
        """The variance that the mean of n values has, times n."""
        return self.deviation**2 * (1 + self.persistence) / (1 - self.persistence)


def change_points(timeline: Timeline, *, in_points: bool = False) -> ChangePoints:
    """Return the level shifts of a timeline.

    Seasons of three rounds are removed and single spikes pulled in (Hampel 1974, "The influence curve and
    its role in robust
    estimation"). PELT then cuts the values, with and without a common slope, whichever costs less, so that
    steady growth is no staircase. A cut costs 3 log n (Zhang & Siegmund 2007, "A modified Bayes information
    criterion") times the long-run variance of the noise, which is told from differences, so that shifts do
    not count as noise (Chakar, Lebarbier, Lévy-Leduc & Robin 2017, "A robust approach for estimating
    change-points in the mean of an AR(1) process"). Shifts stay whose chance, times the number of positions
    (Bonferroni), is below 1 %. Beyond 1,500 periods, means of neighbours are cut and the place then refined.
    Limits: on noise without a shift, white or moderately persistent, fewer than 5 of 100 series raise a false
    alarm (up to 15 where each period resembles the last at 0.8); a lasting shift of four standard deviations
    is found to within two periods from about 60 periods on; a slow or a short change is not a shift.
    """
    present = np.flatnonzero(timeline.usable)
    nothing = np.full(len(timeline), np.nan)
    if len(present) < FEWEST:
        reason = too_little(len(present), FEWEST, timeline.grain)
        return ChangePoints((), nothing, f"Level shifts cannot be told: {reason}.", reason)
    scale = float(np.abs(timeline.values[present]).max()) or 1.0
    scaled = Timeline(timeline.grain, timeline.starts, timeline.values / scale, timeline.whole, timeline.calendar)
    values = _without_spikes(adjusted(scaled, rounds=3).values)
    cuts, slope = _segmented(values, _noise(values), SHORTEST[timeline.grain])
    flat = values - slope * np.arange(len(values))
    cuts = _believed(flat, cuts)
    if not cuts and _noise_around(flat, ()).persistence > WANDERING:
        reason = "it wanders too freely to have a level that could shift"
        return ChangePoints((), nothing, f"Level shifts cannot be told: {reason}.", reason)
    levels = _levels(values, cuts, slope) * scale
    found = tuple(
        _described(timeline, cut, levels, 1 - _odds(flat, cuts, number), in_points) for number, cut in enumerate(cuts)
    )
    count = "no level shift" if not found else "1 level shift" if len(found) == 1 else f"{len(found)} level shifts"
    latest = f" {found[-1].sentence}" if found else ""
    return ChangePoints(found, levels, f"{count.capitalize()} found.{latest}")


def _segmented(values: Floats, noise: Noise, shortest: int) -> tuple[tuple[int, ...], float]:
    """Return the cheapest cuts and the slope that goes with them: none, or one for all stretches."""
    at = np.arange(len(values), dtype=np.float64)
    present = np.flatnonzero(~np.isnan(values))
    penalty = 3 * np.log(len(present)) * max(noise.long_run, 1e-18)
    flat = _cut(values, penalty, shortest)
    best, choice = _cost(values, flat, penalty), (flat, 0.0)
    for slope in (_slope(values, ()), _slope(values, flat)):
        for _ in range(3):
            cuts = _cut(values - slope * at, penalty, shortest)
            slope = _slope(values, cuts)
            cost = _cost(values - slope * at, cuts, penalty) + penalty
            if cost < best:
                best, choice = cost, (cuts, slope)
    return choice


def _cut(values: Floats, penalty: float, shortest: int) -> tuple[int, ...]:
    """Cut the values; a long series by the means of blocks, each cut then moved to where it costs least."""
    size = -(-len(values) // MOST_BLOCKS)
    padded = np.concatenate([values, np.full(-len(values) % size, np.nan)]).reshape(-1, size)
    weights = (~np.isnan(padded)).sum(axis=1).astype(np.float64)
    means = np.where(np.isnan(padded), 0, padded).sum(axis=1) / np.maximum(weights, 1)
    cuts = [cut * size for cut in pelt(means, weights, penalty, max(-(-shortest // size), 2))]
    if size == 1:
        return tuple(cuts)
    edges = [0, *cuts, len(values)]
    for number in range(1, len(edges) - 1):
        edges[number] = _refined(values, edges[number - 1], edges[number], edges[number + 1], size)
    return tuple(edges[1:-1])


def _refined(values: Floats, begin: int, cut: int, end: int, reach: int) -> int:
    near = range(max(cut - reach, begin + 2), min(cut + reach + 1, end - 1))
    return min(near, key=lambda at: _squares(values[begin:at]) + _squares(values[at:end]), default=cut)


def _squares(values: Floats) -> float:
    found = values[~np.isnan(values)]
    return float(((found - found.mean()) ** 2).sum()) if len(found) else 0.0


def _cost(values: Floats, cuts: tuple[int, ...], penalty: float) -> float:
    return sum(_squares(part) for part in np.split(values, cuts)) + penalty * len(cuts)


def _slope(values: Floats, cuts: tuple[int, ...]) -> float:
    """Return the slope that all stretches share, by least squares within them."""
    rise = width = 0.0
    for part in np.split(values, cuts):
        at = np.flatnonzero(~np.isnan(part))
        if len(at) > 1:
            centred = at - at.mean()
            rise, width = rise + float(centred @ part[at]), width + float(centred @ centred)
    return rise / width if width else 0.0


def _noise(values: Floats) -> Noise:
    """Tell the noise from the differences one and two periods apart, which few shifts touch."""
    found = values[~np.isnan(values)]
    one, two = (_robust(found[lag:] - found[:-lag]) for lag in (1, 2))
    if not one:
        return Noise(0.0, 0.0)
    persistence = min(max((two / one) ** 2 - 1, 0.0), STEADIEST)
    return Noise(one / np.sqrt(2 * (1 - persistence)), persistence)


def _robust(differences: Floats) -> float:
    """Return a standard deviation in which no difference counts for more than two robust ones."""
    spread = 1.4826 * float(np.median(np.abs(differences)))
    clipped = np.clip(differences, -2 * spread, 2 * spread) if spread else differences
    return float(np.sqrt((clipped**2).mean() / CLIPPED_VARIANCE))


def _noise_around(values: Floats, cuts: tuple[int, ...]) -> Noise:
    """Tell the noise from what the levels leave, its autocorrelation freed from the bias of their fitting."""
    left = values - _levels(values, cuts, 0.0)
    count, parts = int((~np.isnan(left)).sum()), len(cuts) + 1
    first = autocorrelation(left, 1)
    first += parts * (1 + 3 * first) / count
    deviation = np.sqrt(float(np.nansum(left**2)) / max(count - parts, 1))
    return Noise(deviation, min(max(first, 0.0), STEADIEST_LEFT))


def _without_spikes(values: Floats) -> Floats:
    """Replace values far from the median of the seven around them by that median."""
    padded = np.concatenate([np.full(3, np.nan), values, np.full(3, np.nan)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, 7)
    is_empty = np.isnan(windows).all(axis=1)
    middles = np.full(len(values), np.nan)
    middles[~is_empty] = np.nanmedian(windows[~is_empty], axis=1)
    away = np.abs(values - middles)
    spread = 1.4826 * float(np.nanmedian(away))
    return np.where(away > SPIKE * spread, middles, values) if spread else values


def _believed(values: Floats, cuts: tuple[int, ...]) -> tuple[int, ...]:
    """Drop the least certain cut until all are certain enough."""
    while cuts:
        odds = [_odds(values, cuts, number) for number in range(len(cuts))]
        worst = int(np.argmax(odds))
        if odds[worst] < ALLOWED:
            break
        cuts = cuts[:worst] + cuts[worst + 1 :]
    return cuts


def _odds(values: Floats, cuts: tuple[int, ...], number: int) -> float:
    """Return the chance that noise alone shows as large a step at any position."""
    from scipy import special

    edges = (0, *cuts, len(values))
    sides = [values[edges[number + side] : edges[number + side + 1]] for side in (0, 1)]
    before, after = (side[~np.isnan(side)] for side in sides)
    if not len(before) or not len(after):
        return 1.0
    around = _noise_around(values, cuts)
    factor = (1 + around.persistence) / (1 - around.persistence)
    count = int((~np.isnan(values)).sum())
    error = np.sqrt(max(around.long_run, 1e-18) * (1 / len(before) + 1 / len(after)))
    z = abs(after.mean() - before.mean()) / error
    degrees = max(count / factor - len(cuts) - 1, 1)
    return min(count * 2 * float(special.stdtr(degrees, -z)), 1.0)


def _levels(values: Floats, cuts: tuple[int, ...], slope: float) -> Floats:
    at = np.arange(len(values), dtype=np.float64)
    levels = np.split(values - slope * at, cuts)
    return np.concatenate([np.full(len(part), np.nanmean(part)) for part in levels]) + slope * at


def _described(timeline: Timeline, at: int, levels: Floats, confidence: float, in_points: bool) -> ChangePoint:
    before, after = float(levels[at - 1]), float(levels[at])
    relative = (after - before) / abs(before) if before else None
    size = points(after - before) if in_points else percentage(relative) if relative is not None else ""
    way = "higher" if after > before else "lower"
    when = f"{'the ' if timeline.grain == 'week' else ''}{timeline.label(timeline.starts[at])}"
    sentence = f"From {when} on, {f'about {size} ' if size else ''}{way} than before."
    return ChangePoint(at, timeline.starts[at], before, after, relative, confidence, sentence)
