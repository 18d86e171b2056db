"""The Mann–Kendall test of a trend, plain and seasonal."""

from dataclasses import dataclass

import numpy as np

from dash_kpi.kpis.measures import Floats


@dataclass(frozen=True, slots=True)
class MannKendall:
    """How many more pairs rise than fall, the variance of that without a trend, and the chance of as much."""

    score: int
    variance: float  # corrected for ties and autocorrelation
    p_value: float  # of both sides
    season: int  # values this many periods apart, and their multiples, were compared; 1 for all


def mann_kendall(values: Floats, season: int = 1, inflation: float = 1.0) -> MannKendall:
    """Test whether values rise or fall, whatever the shape of the rise; NaN where there is none.

    The score counts every pair of values of one season that rises, less those that fall. Its variance is
    corrected for ties, and multiplied by `inflation` for autocorrelation; the p-value is that of the normal
    distribution, with a correction for continuity. Sources: Mann 1945, "Nonparametric tests against trend";
    Kendall 1975, "Rank Correlation Methods"; by season, Hirsch, Slack & Smith 1982, "Techniques of trend
    analysis for monthly water quality data". Limit: the normal approximation wants about ten values.
    """
    from scipy import special

    score = sum(
        int(np.sign(later - earlier)[~np.isnan(later - earlier)].sum())
        for lag in range(season, len(values), season)
        for later, earlier in ((values[lag:], values[:-lag]),)
    )
    variance = inflation * sum(_variance(values[at::season]) for at in range(min(season, len(values))))
    if variance <= 0:
        return MannKendall(score, 0.0, 1.0, season)
    z = max(abs(score) - 1, 0) / np.sqrt(variance)
    return MannKendall(score, variance, float(2 * special.ndtr(-z)), season)


def _variance(values: Floats) -> float:
    """Return the variance of the score of independent values without a trend."""
    _, ties = np.unique(values[~np.isnan(values)], return_counts=True)
    count = int(ties.sum())
    tied = int((ties * (ties - 1) * (2 * ties + 5)).sum())
    return (count * (count - 1) * (2 * count + 5) - tied) / 18
