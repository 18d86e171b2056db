"""Level shifts: the new level lasts, unlike a spike."""

import numpy as np

from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.statistics.robust import Integers, median, row_medians, spread
from dash_kpi.kpis.timeline import Booleans

APART = 5.0  # scaled MADs of the ordinary differences between two neighbouring windows
LARGE = 2.0  # and as many of the noise between periods


def level_shifts(values: Floats, lasting: int) -> Integers:
    """Return the places where a new level begins that lasts for at least `lasting` periods, in order.

    The medians of the windows before and after every place are compared; their differences under no shift
    (slopes and slow waves included) are what the series itself shows, by their MAD. The place is the one that
    leaves the least absolute deviation (L1 change point; Bai 1995, Least absolute deviation estimation of a
    shift). Limit: a shift that is small beside the noise, or slower than the window, is not found.
    """
    if len(values) < 4 * lasting:
        return np.array([], dtype=np.int64)
    differences = _differences(values, lasting)
    scale = max(spread(differences) * APART, spread(values[1:] - values[:-1]) / 2**0.5 * LARGE)
    away = np.abs(differences - median(differences))
    if not scale > 0:
        scale = 1e-9 * float(np.nanmax(np.abs(values), initial=0.0))
    found: list[int] = []
    candidates = np.flatnonzero(np.nan_to_num(away) > scale)
    for place in candidates[np.argsort(-away[candidates], kind="stable")]:
        if all(abs(place - other) >= lasting for other in found):
            found.append(_refined(values, int(place), lasting))
    return np.array(sorted(set(found)), dtype=np.int64)


def segments(length: int, shifts: Integers) -> Integers:
    """Return for each period the number of the level that it belongs to."""
    started: Booleans = np.zeros(length, dtype=bool)
    started[shifts] = True
    return np.cumsum(started).astype(np.int64)


def _differences(values: Floats, lasting: int) -> Floats:
    """Return by place how far the median of the window from it on lies above that of the window before it."""
    windows = np.lib.stride_tricks.sliding_window_view(values, lasting)
    enough = np.sum(~np.isnan(windows), axis=1) > lasting // 2
    medians = np.where(enough, row_medians(windows), np.nan)
    differences = np.full(len(values), np.nan)
    differences[lasting : len(values) - lasting + 1] = medians[lasting:] - medians[:-lasting]
    return differences


def _refined(values: Floats, place: int, lasting: int) -> int:
    """Return the place near by where cutting leaves the least absolute deviation from two medians."""
    first, last = max(0, place - 2 * lasting), min(len(values), place + 2 * lasting)
    best, least = place, float("inf")
    for cut in range(max(first + 1, place - lasting // 2 - 1), min(last - 1, place + lasting // 2 + 1) + 1):
        left, right = values[first:cut], values[cut:last]
        cost = float(np.nansum(np.abs(left - median(left))) + np.nansum(np.abs(right - median(right))))
        if cost < least and not np.isnan(values[cut]):
            best, least = cut, cost
    return best
