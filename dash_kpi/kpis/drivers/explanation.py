"""How well a dimension explains a change: a few of its values that moved unlike the rest, or all alike."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

from dash_kpi.kpis.drivers.contributions import Contribution, Method

FEW = 3  # values that people can keep in mind
NOTABLE = 0.25
ALIKE = 0.05


@dataclass(frozen=True, slots=True)
class Explanation:
    """How well a dimension explains the change.

    `explained` (0 to 1) is the part of the change that at most three values brought beyond their even share;
    `surprise` (bits, 0 to 1) is how far the shares of the values moved, None where a value is negative.
    """

    explained: float | None
    surprise: float | None
    sentence: str


def explain(parts: Sequence[Contribution], change: float, method: Method) -> Explanation:
    """Judge the contributions of a dimension.

    Had every value moved alike, each would have brought its weight of the change. What the three that lead in the
    direction of the change brought beyond that, over the change, is what the dimension explains; at most 1, for
    others may have moved against it. Without weights (leave-one-out) it is the largest single effect. After the
    explanatory power and the succinctness of Bhagwan et al. (2014), "Adtributor: Revenue Debugging in Advertising
    Systems"; `surprise` is theirs, the Jensen-Shannon divergence (Lin 1991) between the shares before and after.
    Limits: a value counts for what it brought, not for why; correlated dimensions explain the same thing twice.
    """
    known = [part for part in parts if part.value is not None]
    if change == 0 or not math.isfinite(change):
        return Explanation(None, surprise(parts, method), "It did not change.")
    if len(parts) < 2:
        return Explanation(None, None, "It has one value only, so it tells nothing apart.")
    leading = sorted((beyond(part, change, method) / abs(change) for part in known), reverse=True)
    top = [size for size in leading[: 1 if method == "without" else FEW] if size > ALIKE]
    explained = min(1.0, math.fsum(top))
    return Explanation(explained, surprise(parts, method), _sentence(explained, len(top), method))


def beyond(part: Contribution, change: float, method: Method) -> float:
    """Return what a value brought beyond its even share, counted in the direction of the change."""
    even = change * part.weight if part.weight is not None and method != "without" else 0.0
    return math.copysign(1.0, change) * (part.change - even)


def surprise(parts: Sequence[Contribution], method: Method) -> float | None:
    """Return how far the shares of the values moved, in bits; None where shares mean nothing."""
    if method != "sum" or any((value or 0) < 0 for part in parts for value in (part.before, part.after)):
        return None
    before, after = (math.fsum(getattr(part, at) or 0 for part in parts) for at in ("before", "after"))
    if before <= 0 or after <= 0:
        return None
    pairs = [((part.before or 0) / before, (part.after or 0) / after) for part in parts]
    return max(0.0, math.fsum(_surprise(p, q) for p, q in pairs))


def _surprise(p: float, q: float) -> float:
    return 0.5 * math.fsum(one * math.log2(2 * one / (p + q)) for one in (p, q) if one > 0)


def _sentence(explained: float, count: int, method: Method) -> str:
    if method == "without":
        return (
            f"Without one value, the change would have been {explained:.0%} smaller."
            if count
            else "No value stands out."
        )
    who = "One value" if count == 1 else f"{('Two', 'Three')[count - 2]} values" if count else ""
    if explained < ALIKE or not who:
        return "Its values moved alike."
    if explained < NOTABLE:
        return (
            f"Its values moved nearly alike; {who.lower()} brought {explained:.0%} of the change beyond an even share."
        )
    return f"{who} brought {explained:.0%} of the change beyond an even share."
