"""Periods without a value where there used to be one, and zeros where zeros are unusual."""

from collections.abc import Iterator

import numpy as np

from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.statistics.robust import Integers
from dash_kpi.kpis.timeline import Booleans, Timeline

LOOK_BACK = 8  # periods of the same kind (Mondays, months) that show what is usual
LEAST = 4
USUAL = 0.75  # the share of them that has a value where one is expected
RARE_ZEROS = 0.05
FAR_FROM_ZERO = 0.5  # nineteen of twenty other values are above this part of their median


def kinds(timeline: Timeline) -> Integers:
    """Return the kind of each period that may have a habit of its own: the weekday of days; the same for all else."""
    if timeline.grain != "day":
        return np.zeros(len(timeline), dtype=np.int64)
    return np.array([start.weekday() for start in timeline.starts], dtype=np.int64)


def unusual_zeros(values: Floats, groups: Integers) -> Booleans:
    """Tell which zeros stand where other values of the group are far from zero and hardly any is zero."""
    unusual = np.zeros(len(values), dtype=bool)
    for group in np.unique(groups):
        members = np.flatnonzero(groups == group)
        zeros = members[values[members] == 0]
        others = values[members][~np.isnan(values[members]) & (values[members] != 0)]
        if not zeros.size or len(others) < LEAST or len(zeros) > max(1, RARE_ZEROS * len(others)):
            continue
        if np.quantile(others, 0.05) > FAR_FROM_ZERO * np.median(others) > 0:
            unusual[zeros] = True
    return unusual


def missing_runs(present: Booleans, groups: Integers) -> Iterator[tuple[int, int]]:
    """Give the first and last place of each run of missing periods where values used to be.

    A place is expected to have a value where six of the last eight of its group before the run had one; a run
    reaches from its first to its last expected place, so that the Sunday within an outage belongs to it.
    """
    members = {int(group): np.flatnonzero(groups == group) for group in np.unique(groups)}
    edges = np.flatnonzero(np.diff(np.concatenate([[True], present, [True]]).astype(np.int8)))
    for start, end in zip(edges[::2], edges[1::2], strict=True):
        usual = {group for group, places in members.items() if _is_usual(present, places, int(start))}
        expected = [place for place in range(start, end) if int(groups[place]) in usual]
        if expected:
            yield expected[0], expected[-1]


def _is_usual(present: Booleans, places: Integers, start: int) -> bool:
    before = places[: np.searchsorted(places, start)][-LOOK_BACK:]
    return len(before) >= LEAST and bool(present[before].mean() >= USUAL)
