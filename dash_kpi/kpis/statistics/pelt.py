"""Cutting a series into stretches of one level each, at the least total cost."""

import numpy as np

from dash_kpi.kpis.measures import Floats


def pelt(values: Floats, weights: Floats, penalty: float, shortest: int) -> tuple[int, ...]:
    """Return where the level of a series changes: the first position of each stretch but the first.

    The cuts minimise the weighted sum of squares around the level of each stretch plus `penalty` for every cut,
    exactly; no stretch is shorter than `shortest`. Missing values are given with weight 0.
    Source: Killick, Fearnhead & Eckley 2012, "Optimal detection of changepoints with a linear
    computational cost". Limit: the time grows with the square of the length where nothing changes.
    """
    length = len(values)
    if length < 2 * shortest:
        return ()
    known = np.where(weights > 0, values, 0.0)
    weight, total, squares = (
        np.concatenate([[0.0], series.cumsum()]) for series in (weights, weights * known, weights * known**2)
    )
    best = np.full(length + 1, np.inf)
    best[0] = -penalty
    before = np.zeros(length + 1, dtype=np.int64)
    starts = np.zeros(length + 1, dtype=np.int64)  # of the last stretch, the first `count` of them in question
    count = 1
    for end in range(shortest, length + 1):
        if end >= 2 * shortest:
            starts[count] = end - shortest
            count += 1
        asked = starts[:count]
        # The squares up to the end are the same for every start.
        mass = np.maximum(weight[end] - weight[asked], 1e-300)
        costs = best[asked] - squares[asked] - (total[end] - total[asked]) ** 2 / mass
        least = int(costs.argmin())
        best[end], before[end] = costs[least] + squares[end] + penalty, asked[least]
        # A start that already costs more than the best with a further cut can never become the best.
        kept = asked[costs <= costs[least] + penalty]
        count = len(kept)
        starts[:count] = kept
    cuts = [int(before[length])]
    while cuts[-1] > 0:
        cuts.append(int(before[cuts[-1]]))
    return tuple(reversed(cuts[:-1]))
