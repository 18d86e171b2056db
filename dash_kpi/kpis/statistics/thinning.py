"""Thinning a long series for the screen without losing what stands out in it."""

import numpy as np
import numpy.typing as npt

from dash_kpi.kpis.measures import Floats

Indices = npt.NDArray[np.int64]
KEPT = 4  # of each bucket: its first, last, lowest and highest value
FEWEST = 8  # fewer points than this cannot keep the ends, the extremes and a gap


def thinned(values: Floats, most: int) -> Indices:
    """Return the positions, in order, of at most `most` values (at least 8) that draw the same line.

    M4 (Jugel, Jerzak, Hackenbroich & Markl 2014, "M4: A Visualization-Oriented Time Series Data
    Aggregation"): the series is cut into equal stretches, and of each the first, last, lowest and highest
    value stay. The ends of the series stay, and so does one missing value of each stretch that has any, so
    that a gap is still drawn as one. Limit: several gaps within one stretch, a pixel or two, become one.
    """
    most = max(most, FEWEST)
    if len(values) <= most:
        return np.arange(len(values), dtype=np.int64)
    is_missing = ~np.isfinite(values)
    # With gaps: one more of each stretch, and the two ends, which may be missing themselves.
    stretches = (most - 2) // (KEPT + 1) if is_missing.any() else most // KEPT
    edges = np.linspace(0, len(values), stretches + 1).astype(np.int64)
    kept = {0, len(values) - 1}
    for begin, end in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        kept.update(_of_stretch(values[begin:end], is_missing[begin:end], begin))
    return np.array(sorted(kept), dtype=np.int64)


def _of_stretch(values: Floats, is_missing: npt.NDArray[np.bool_], begin: int) -> set[int]:
    present = np.flatnonzero(~is_missing)
    if not len(present):
        return {begin}
    found = values[present]
    kept = {present[0], present[-1], present[found.argmin()], present[found.argmax()]}
    between = np.flatnonzero(is_missing[present[0] : present[-1]]) + present[0]
    missing = between if len(between) else np.flatnonzero(is_missing)
    return {begin + int(at) for at in (*kept, *missing[:1])}
