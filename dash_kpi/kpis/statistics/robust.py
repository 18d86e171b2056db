"""Medians and scales that a few wild values do not move; NaN is missing everywhere and never warned about."""

import numpy as np
import numpy.typing as npt

from dash_kpi.kpis.measures import Floats

Integers = npt.NDArray[np.int64]

MAD_TO_DEVIATION = 1.4826  # makes the MAD of a normal distribution its standard deviation
MEAN_TO_DEVIATION = 1.2533  # the same for the mean absolute deviation


def row_medians(rows: Floats) -> Floats:
    """Return the median of the values of each row of a matrix; NaN where a row has none."""
    ordered = np.sort(rows, axis=1)
    counts = np.sum(~np.isnan(ordered), axis=1)
    at = np.arange(len(rows))
    low = ordered[at, np.maximum(counts - 1, 0) // 2]
    high = ordered[at, np.minimum(counts // 2, max(rows.shape[1] - 1, 0))]
    medians: Floats = np.where(counts > 0, (low + high) / 2, np.nan)
    return medians


def median(values: Floats) -> float:
    """Return the median of the values that exist; NaN where there are none."""
    return float(row_medians(values[np.newaxis, :])[0]) if values.size else float("nan")


def spread(values: Floats) -> float:
    """Return the scaled median absolute deviation from the median, in units of a standard deviation.

    Where more than half of the values are equal the MAD is 0; then the mean absolute deviation stands in
    (Iglewicz and Hoaglin 1993, How to Detect and Handle Outliers). 0 only where all are equal; NaN without values.
    """
    present = values[~np.isnan(values)]
    if not present.size:
        return float("nan")
    away = np.abs(present - median(present))
    by_median = MAD_TO_DEVIATION * median(away)
    negligible = 1e-9 * float(np.max(np.abs(present)))
    scale = by_median if by_median > negligible else MEAN_TO_DEVIATION * float(away.mean())
    return scale if scale > negligible else 0.0


def group_medians(values: Floats, groups: Integers) -> Floats:
    """Return for each value the median of the others of its group, so that no value moves what it is compared with.

    NaN where its group has no other value.
    """
    medians = np.full(len(values), np.nan)
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        present = members[~np.isnan(values[members])]
        medians[members] = median(values[members])
        if present.size:
            medians[present] = _others(values[present])
    return medians


def _others(values: Floats) -> Floats:
    """Return the median of all values but one, for each one."""
    left = len(values) - 1
    if not left:
        return np.array([np.nan])
    order = np.argsort(values, kind="stable")
    ordered = values[order]
    rank = np.empty(len(values), dtype=np.int64)
    rank[order] = np.arange(len(values))
    low, high = (left - 1) // 2, left // 2
    medians: Floats = (ordered[low + (rank <= low)] + ordered[high + (rank <= high)]) / 2
    return medians


def neighbours(values: Floats, before: int, after: int) -> Floats:
    """Return a matrix of each value's neighbours, itself left out; NaN beyond the ends."""
    padded = np.concatenate([np.full(before, np.nan), values, np.full(after, np.nan)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, before + after + 1)
    return np.delete(windows, before, axis=1)
