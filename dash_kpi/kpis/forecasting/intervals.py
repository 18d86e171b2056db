"""Intervals from what the rehearsals got wrong, and paths on which such errors go together."""

from dataclasses import dataclass
from math import ceil, sqrt

import numpy as np

from dash_kpi.kpis.measures import Floats, Integers

POWERS = (0.0, 0.5, 1.0)  # errors that do not grow with the value, with its root, with it
POOLED = 12  # errors at one step ahead count as many as this many of the smooth curve
SPENT = 2.0  # independent errors that choosing the model among several uses up
LEAST_SHARE = 0.05  # of the mean forecast: below it errors do not shrink further


@dataclass(frozen=True, slots=True)
class Spread:
    """How errors grow with the steps ahead (H) and with the forecast, and how far they reach.

    `scores` (O, H) are the rehearsed errors, each divided by what is usual at its step and size.
    """

    power: float
    growth: Floats
    floor: float
    scores: Floats
    step: int

    def scale(self, forecasts: Floats) -> Floats:
        """Return the usual size of an error of these forecasts (…, H)."""
        sized: Floats = self.growth * np.maximum(np.abs(forecasts), self.floor) ** self.power
        return sized

    def reach(self, level: float) -> Floats:
        """Return how many usual errors the interval of a level reaches to either side (H).

        The model was chosen by these errors, so they are smaller than those to come; as with every estimate
        that is fitted, that costs degrees of freedom, which is felt only where there are few.
        """
        counts = (~np.isnan(self.scores)).sum(axis=0)
        apart = np.maximum(1.0, np.arange(1, self.scores.shape[1] + 1) / self.step)
        independent = np.maximum(counts / apart, 1.0)
        pooled = np.abs(self.scores[~np.isnan(self.scores)])
        return reach_of(pooled, max(float(independent[0]) - SPENT, 1.0), level) * widening(independent, level)


def spread_of(forecasts: Floats, errors: Floats, step: int, is_positive: bool) -> Spread:
    """Learn the spread from rehearsals (O, H), `step` periods apart; NaN where a value is not known yet."""
    floor = LEAST_SHARE * float(np.nanmean(np.abs(forecasts))) or 1.0
    size = np.maximum(np.abs(forecasts), floor)
    found = []
    for power in POWERS if is_positive else POWERS[:1]:
        growth = _growth(np.abs(errors) / size**power)
        scale = growth * size**power
        with np.errstate(divide="ignore"):
            cost = float(np.nanmean(np.where(np.isnan(errors), np.nan, np.log(scale))))
        scores = np.divide(errors, scale, out=np.zeros_like(errors), where=scale > 0)
        scores[np.isnan(errors)] = np.nan
        found.append((cost + np.log(np.nanmean(np.abs(scores)) + 1e-300), Spread(power, growth, floor, scores, step)))
    return min(found, key=lambda one: one[0])[1]


def reach_of(scores: Floats, count: float, level: float) -> float:
    """Return the conformal quantile of absolute scores: the ⌈(n + 1)·level⌉-th smallest of n.

    Source: Vovk, Gammerman and Shafer (2005), Algorithmic Learning in a Random World; for several
    steps ahead Stankevičiūtė, Alaa and van der Schaar (2021), Conformal time-series forecasting.
    `count` is how many of the scores are independent. Where that is too few for the level, the
    quantile is that of Student's t with the scores' mean square. Limits: exact for errors that could
    as well have come in any order; after a break in the data they could not.
    """
    ordered = np.sort(scores)
    wanted = level * (1 + 1 / count)
    if wanted <= 1:
        return float(ordered[min(ceil(wanted * len(ordered)), len(ordered)) - 1])
    from scipy.special import stdtrit

    usual = float(np.sqrt(np.mean(scores**2)))
    student = float(stdtrit(count, 0.5 + level / 2)) * sqrt(1 + 1 / count)
    return max(float(ordered[-1]), usual * student)


def widening(independent: Floats, level: float) -> Floats:
    """Return how much farther an interval reaches where fewer independent errors were seen (H): Student's t."""
    from scipy.special import stdtrit

    factor = stdtrit(np.maximum(independent, 3.0), 0.5 + level / 2) * np.sqrt(1 + 1 / np.maximum(independent, 3.0))
    relative: Floats = np.maximum(factor / factor[0], 1.0)
    return relative


def coverage(forecasts: Floats, errors: Floats, origins: Integers, level: float, is_positive: bool) -> float | None:
    """Return the share of rehearsed values inside their interval, None where too few can be judged.

    Nothing is used before it was known: at each origin the interval is made from errors whose periods
    had passed by then.
    """
    steps = np.arange(1, errors.shape[1] + 1)
    hits: list[bool] = []
    gap = int(np.diff(origins).max()) if len(origins) > 1 else 1
    for at in range(len(origins) // 3, len(origins)):
        passed = origins[:at, None] + steps[None, :] <= origins[at]
        seen = np.where(passed, errors[:at], np.nan)
        if (~np.isnan(seen[:, 0])).sum() < 5:
            continue
        spread = spread_of(forecasts[:at], seen, gap, is_positive)
        inside = np.abs(errors[at]) <= spread.reach(level) * spread.scale(forecasts[at]) + 1e-12
        hits += inside[~np.isnan(errors[at])].tolist()
    return sum(hits) / len(hits) if len(hits) >= 10 else None


def paths_of(spread: Spread) -> Floats:
    """Return the rehearsed scores as whole paths (O, H): one that ends before the horizon goes on as the nearest.

    Errors one after another are alike: a path keeps that, where drawing each step by itself would not.
    """
    paths = spread.scores.copy()
    paths[np.isnan(paths[:, 0]), 0] = 0.0
    for step in range(1, paths.shape[1]):
        ended = np.isnan(paths[:, step])
        going = np.flatnonzero(~ended)
        for row in np.flatnonzero(ended):
            paths[row, step] = paths[row, step - 1]
            if len(going):
                both = np.concatenate([paths[going, step - 1], -paths[going, step - 1]])
                nearest = int(np.argmin(np.abs(both - paths[row, step - 1])))
                sign = 1 if nearest < len(going) else -1
                paths[row, step] = sign * paths[going[nearest % len(going)], step]
    return paths


def _growth(sizes: Floats) -> Floats:
    """Return the usual error by steps ahead: a curve a·h^c, moved towards what was seen where much was."""
    counts = (~np.isnan(sizes)).sum(axis=0)
    means = np.nansum(sizes, axis=0) / np.maximum(counts, 1)
    seen = (counts > 0) & (means > 0)
    if not seen.any():
        return np.zeros(sizes.shape[1])
    steps = np.log(np.arange(1, sizes.shape[1] + 1))
    slope = 0.0
    if seen.sum() > 1:
        x, y, w = steps[seen], np.log(means[seen]), counts[seen].astype(np.float64)
        x0, y0 = np.average(x, weights=w), np.average(y, weights=w)
        slope = float(np.clip((w * (x - x0)) @ (y - y0) / max(float((w * (x - x0)) @ (x - x0)), 1e-12), 0.0, 1.0))
    height = float(np.average(np.log(means[seen]) - slope * steps[seen], weights=counts[seen]))
    curve = np.exp(height + slope * steps)
    grown: Floats = (counts * means + POOLED * curve) / (counts + POOLED)
    return grown
