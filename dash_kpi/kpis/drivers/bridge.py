"""Price, volume and mix: a bridge from the revenue or the profit of one period to that of another."""

import math
from dataclasses import dataclass
from typing import Literal

import numpy as np

from dash_kpi.kpis.measures import Floats

Step = Literal["volume", "mix", "price", "cost", "new", "discontinued", "unpriced"]
LABELS: dict[Step, str] = {
    "volume": "Volume",
    "mix": "Mix",
    "price": "Price",
    "cost": "Cost",
    "new": "New",
    "discontinued": "Discontinued",
    "unpriced": "Without a price",
}
MEANINGS: dict[Step, str] = {
    "volume": "more or fewer units, at the prices and in the mix of before",
    "mix": "dearer or cheaper products sold more than others, at the prices of before",
    "price": "other prices, for the units of now",
    "cost": "other costs a unit, for the units of now",
    "new": "what was not sold before",
    "discontinued": "what is not sold any more",
    "unpriced": "revenue without units, which has no price",
}


@dataclass(frozen=True, slots=True)
class Flows:
    """Units, revenue and, for profit, cost by product in one period; NaN where a product has no row."""

    units: Floats
    revenue: Floats
    cost: Floats | None = None


@dataclass(frozen=True, slots=True)
class Bridge:
    """The steps from `before` to `after`; they add up to the difference. `products` counts by kind."""

    before: float
    after: float
    steps: tuple[tuple[Step, float], ...]
    continuing: int
    new: int
    discontinued: int
    unpriced: int
    sentence: str


def bridge(before: Flows, after: Flows) -> Bridge | None:
    """Return the price-volume-mix bridge of revenue, or of profit where cost is given; None where nothing was sold.

    For the products sold in both periods, with units q, revenue a unit p, cost a unit c, margin m = p - c (m = p
    for revenue), Q = sum(q) and M = sum(q·m): volume = (Q1/Q0 - 1)·M0, mix = sum(q1·m0) - Q1/Q0·M0,
    price = sum(q1·(p1 - p0)), cost = -sum(q1·(c1 - c0)). New and discontinued products stand apart, for they have
    no price in the other period; so do those with revenue but no units. Volume is priced as before and price is
    weighted by the units of now (Laspeyres volume, Paasche price: Laspeyres 1871, Paasche 1874), so that the two
    do not overlap and the steps add up exactly.
    Limits: units of unlike products are added; a price is revenue a unit, discounts and the mix within a product
    included.
    """
    (q0, r0, c0), (q1, r1, c1) = _filled(before), _filled(after)
    has_cost = before.cost is not None
    m0, m1 = r0 - c0, r1 - c1
    there0, there1 = (q0 != 0) | (r0 != 0) | (c0 != 0), (q1 != 0) | (r1 != 0) | (c1 != 0)
    kept = (q0 > 0) & (q1 > 0)
    new, gone = ~there0 & there1, there0 & ~there1
    unpriced = there0 & there1 & ~kept
    if not (there0.any() and there1.any()):
        return None
    steps: dict[Step, float] = dict(zip(LABELS, (0.0,) * len(LABELS), strict=True))
    if kept.any():
        ratio = q1[kept] / q0[kept]
        growth = _sum(q1[kept]) / _sum(q0[kept])
        at_old = _sum(m0[kept] * ratio)
        steps["volume"] = (growth - 1) * _sum(m0[kept])
        steps["mix"] = at_old - growth * _sum(m0[kept])
        steps["price"] = _sum(r1[kept] - r0[kept] * ratio)
        steps["cost"] = -_sum(c1[kept] - c0[kept] * ratio)
    steps["new"], steps["discontinued"] = _sum(m1[new]), -_sum(m0[gone])
    steps["unpriced"] = _sum(m1[unpriced] - m0[unpriced])
    shown = tuple(
        (name, size)
        for name, size in steps.items()
        if (name != "cost" or has_cost) and (name != "unpriced" or unpriced.any())
    )
    if not all(math.isfinite(size) for _, size in shown):
        return None
    counts = int(kept.sum()), int(new.sum()), int(gone.sum()), int(unpriced.sum())
    return Bridge(_sum(m0), _sum(m1), shown, *counts, _sentence(shown))


def _filled(flows: Flows) -> tuple[Floats, Floats, Floats]:
    cost = np.zeros_like(flows.revenue) if flows.cost is None else flows.cost
    return np.nan_to_num(flows.units), np.nan_to_num(flows.revenue), np.nan_to_num(cost)


def _sum(values: Floats) -> float:
    return math.fsum(values.tolist())


def _sentence(steps: tuple[tuple[Step, float], ...]) -> str:
    gross = math.fsum(abs(size) for _, size in steps)
    if gross == 0:
        return "Nothing moved."
    name, size = max(steps, key=lambda step: abs(step[1]))
    way = "up" if size > 0 else "down"
    return f"{LABELS[name]} moved it most, {way}: {MEANINGS[name]} ({abs(size) / gross:.0%} of all movement)."
