"""Straight lines through a series, with the bounds of their slopes."""

from dataclasses import dataclass, replace

import numpy as np

from dash_kpi.kpis.measures import Floats

MOST_PAIRS = 1_000_000
CONFIDENCE = 0.95


@dataclass(frozen=True, slots=True)
class Line:
    """A line: its slope per period with the bounds of 95 % confidence, and its value at each period."""

    slope: float
    low: float
    high: float
    fitted: Floats

    def scaled(self, scale: float, length: int) -> "Line":
        """Return the line in units `scale` times smaller, preceded by NaN up to a length."""
        before = np.full(length - len(self.fitted), np.nan)
        fitted = np.concatenate([before, self.fitted * scale])
        return replace(self, slope=self.slope * scale, low=self.low * scale, high=self.high * scale, fitted=fitted)


def least_squares(values: Floats, inflation: float = 1.0, spent: int = 0) -> Line:
    """Return the line of least squares; NaN values are left out.

    The bounds come from Student's t, their variance multiplied by `inflation` for autocorrelation, with
    `spent` degrees of freedom fewer for a season that was removed. Limit: one outlier tilts it.
    Source: Draper & Smith 1998, "Applied Regression Analysis", 3rd ed., 1.4.
    """
    from scipy import special

    at = np.flatnonzero(~np.isnan(values))
    found, centre = values[at], float(at.mean())
    width = float(((at - centre) ** 2).sum())
    slope = float((at - centre) @ found) / width
    fitted: Floats = found.mean() + slope * (np.arange(len(values)) - centre)
    degrees = max((len(at) - 2 - spent) / inflation, 1.0)
    variance = float(((found - fitted[at]) ** 2).sum()) / max(len(at) - 2 - spent, 1)
    margin = float(special.stdtrit(degrees, (1 + CONFIDENCE) / 2)) * np.sqrt(inflation * variance / width)
    return Line(slope, slope - margin, slope + margin, fitted)


def theil_sen(values: Floats, season: int = 1, variance: float | None = None, around: Floats | None = None) -> Line:
    """Return the median of the slopes between all pairs of values of one season, and a line of that slope.

    The bounds are the slopes whose ranks lie within 1.96 standard deviations of the Mann–Kendall score
    (`variance`: its variance; without one, that of independent values without ties). The line runs through
    the median of `around` less its slope (the values, unless they have a season). NaN values are left out.
    More than a million pairs are thinned to evenly spread distances between the two of a pair, always the
    same ones: above about 1,400 values without a season.
    Sources: Theil 1950, "A rank-invariant method of linear and polynomial regression analysis"; Sen 1968,
    "Estimates of the regression coefficient based on Kendall's tau"; by season, Hirsch, Slack & Smith 1982.
    Limit: exact up to 29 % of outliers, wherever they are.
    """
    slopes, thinned = _slopes(values, season)
    pairs = len(slopes) * thinned
    count = int((~np.isnan(values)).sum())
    variance = count * (count - 1) * (2 * count + 5) / 18 if variance is None else variance
    reach = 1.959964 * np.sqrt(variance)
    low = round((pairs - reach) / 2 / thinned) - 1
    high = round((pairs + reach) / 2 / thinned)
    slopes.sort()
    slope = float(np.median(slopes))
    bounds = slopes[[max(low, 0), min(high, len(slopes) - 1)]]
    at = np.arange(len(values), dtype=np.float64)
    start = float(np.nanmedian((values if around is None else around) - slope * at))
    return Line(slope, float(bounds[0]), float(bounds[1]), start + slope * at)


def _slopes(values: Floats, season: int) -> tuple[Floats, float]:
    """Return the slopes of the pairs, and how many pairs each stands for."""
    lags = np.arange(season, len(values), season)
    pairs = int((len(values) - lags).sum())
    kept = lags
    if pairs > MOST_PAIRS:
        every = -(-pairs // MOST_PAIRS)
        kept = lags[every // 2 :: every]
    slopes = np.concatenate([(values[lag:] - values[:-lag]) / lag for lag in kept.tolist()])
    thinned = pairs / int((len(values) - kept).sum())
    return slopes[~np.isnan(slopes)], thinned
