"""How much a value resembles the one before it, and how much less a series therefore tells."""

import numpy as np

from dash_kpi.kpis.measures import Floats

STEADIEST = 0.95  # an autocorrelation above this cannot be told from a random walk
LAGS = 40


def autocorrelation(values: Floats, lag: int) -> float:
    """Return the autocorrelation at a lag over the pairs that have both values; 0 where there is none."""
    centred = values - (np.nanmean(values) if np.isfinite(values).any() else 0)
    products = centred[lag:] * centred[: len(centred) - lag]
    is_pair = ~np.isnan(products)
    variance = np.nanmean(centred**2) if np.isfinite(values).any() else 0.0
    return float(products[is_pair].mean() / variance) if is_pair.any() and variance else 0.0


def inflation(residuals: Floats) -> float:
    """Return by how much autocorrelation inflates the variance of a mean or a trend; at least 1.

    n / n* = 1 + 2 sum (1 - k / n) r(k): Yue & Wang 2004, "The Mann-Kendall test modified by effective sample
    size to detect trend in serially correlated hydrological series"; after Bayley & Hammersley 1946. The
    larger of two sums counts: over the r(k) of a first-order process, its r(1) freed from the bias that the
    removed trend leaves (Kendall 1954, "Note on bias in the estimation of autocorrelation"), and over the
    r(k) as they are, up to the first that noise explains (r(k) < 1.96 / sqrt(n)), at most 40.
    """
    count = int((~np.isnan(residuals)).sum())
    if count < 4:
        return 1.0
    first = autocorrelation(residuals, 1)
    first = min(max(first + (2 + 4 * first) / count, 0.0), STEADIEST)
    lags = np.arange(1, count)
    theory = 1 + 2 * float(((1 - lags / count) * first**lags).sum())
    measured = 1.0
    for lag in range(1, min(LAGS, count // 4) + 1):
        found = autocorrelation(residuals, lag)
        if found < 1.96 / np.sqrt(count):
            break
        measured += 2 * (1 - lag / count) * found
    return max(theory, measured, 1.0)
