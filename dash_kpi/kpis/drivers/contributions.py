"""How much of the change of a KPI each value of a dimension brought."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dash_kpi.kpis.measures import Floats

Method = Literal["sum", "ratio", "without"]


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one value brought to the change; `value` is None for several together, "" for a blank cell.

    `weight` is its part of the whole over both periods: what it would have brought of the change had all moved
    alike. `mix` and `rate` are of ratios, and add up to `change`.
    """

    value: str | None
    before: float | None
    after: float | None
    change: float
    weight: float | None = None
    mix: float | None = None
    rate: float | None = None


def of_sums(names: Sequence[str | None], before: Floats, after: Floats) -> tuple[Contribution, ...]:
    """Return the contributions to a sum: its difference for each value; they add up to the change.

    A value without a row, NaN, brought nothing: the sum of no row is zero.
    """
    old, new = np.nan_to_num(before), np.nan_to_num(after)
    size = np.abs(old) + np.abs(new)
    total = float(size.sum())
    weights = size / total if total > 0 else size
    changes = (new - old).tolist()
    return tuple(
        Contribution(name, _known(b), _known(a), change, weight)
        for name, b, a, change, weight in zip(names, before, after, changes, weights.tolist(), strict=True)
    )


def of_ratio(
    names: Sequence[str | None], before: tuple[Floats, Floats], after: tuple[Floats, Floats]
) -> tuple[Contribution, ...]:
    """Return the contributions to a ratio of sums N / D, given as (N, D) by value; they add up to the change.

    With the share w = D / sum(D), the rate r = N / D and the whole R = sum(N) / sum(D), and a bar for the mean of
    both periods: rate effect = w̄ · Δr, mix effect = (r̄ - R̄) · Δw. Midpoint weights (Marshall 1887, Edgeworth
    1887) leave no interaction: w̄Δr + r̄Δw = Δ(wr), and the changes of shares add up to zero, so that R̄ only moves
    the effect of mix to where it arises. A value that has D in one period only has no change of rate: all is mix.
    Empty where the whole has no D in a period.
    """
    (n0, d0), (n1, d1) = (tuple(np.nan_to_num(part) for part in pair) for pair in (before, after))
    old, new = math.fsum(d0.tolist()), math.fsum(d1.tolist())
    if old == 0 or new == 0:
        return ()
    with np.errstate(all="ignore"):
        r0, r1 = n0 / d0, n1 / d1
        whole = (math.fsum(n0.tolist()) / old + math.fsum(n1.tolist()) / new) / 2
        w0, w1 = d0 / old, d1 / new
        change = n1 / new - n0 / old - whole * (w1 - w0)
        rate = np.where((d0 != 0) & (d1 != 0), (w0 + w1) / 2 * (r1 - r0), 0.0)
    mix = change - rate
    if not np.isfinite(change).all():
        return ()
    return tuple(
        Contribution(
            name, _known(r0[at]), _known(r1[at]), *(float(part[at]) for part in (change, (w0 + w1) / 2, mix, rate))
        )
        for at, name in enumerate(names)
    )


def of_absence(
    names: Sequence[str | None],
    values: tuple[Sequence[float | None], Sequence[float | None]],
    without: tuple[Sequence[float | None], Sequence[float | None]],
    change: float,
) -> tuple[Contribution, ...]:
    """Return for any KPI how much smaller its change would have been without each value (leave-one-out).

    `values` and `without` are the KPI of the value alone and of all the others, before and after. These do not add
    up to the change: what two values share is counted for both, or for neither. A value without which the KPI has
    no value is passed over.
    """
    found = zip(names, *values, *without, strict=True)
    return tuple(
        Contribution(name, before, after, change - (rest_after - rest_before))
        for name, before, after, rest_before, rest_after in found
        if rest_before is not None and rest_after is not None
    )


def _known(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
