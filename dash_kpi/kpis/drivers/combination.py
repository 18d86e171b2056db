"""The combination of values that explains most of a change: a bounded search over a cube."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dash_kpi.kpis.blank import value_words
from dash_kpi.kpis.drivers.contributions import Contribution
from dash_kpi.kpis.measures import Floats

LONGEST = 3  # conditions
WIDTH = 8  # combinations kept at each length
PENALTY = 0.1  # of the change, for each condition after the first: a longer one must say clearly more
LEAST = 0.1  # of the change, beyond an even share: below, nothing stands out

Condition = tuple[str, str]  # dimension, value
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Combination:
    """Rows that conditions let through, what they brought to the change, and the part of both periods they are."""

    conditions: tuple[Condition, ...]
    change: float
    share: float  # of the change
    weight: float  # of the whole, over both periods
    sentence: str


def best_combination(
    dimensions: Sequence[str], values: Sequence[Sequence[str | None]], cells: Sequence[Contribution], change: float
) -> Combination | None:
    """Return the combination of up to three values of different dimensions that explains most, None where none does.

    `cells` are the contributions of the cells of a cube, `values` the values of each. A combination scores what its
    cells brought to the change beyond their even share (their weight of it), over the change, less a penalty for
    each condition after the first. Beam search (Lowerre 1976): the eight best of each length are made longer.
    Limits: a combination whose single conditions are all unremarkable can be missed; None stands for other values,
    which no condition names.
    """
    if change == 0 or not cells:
        return None
    brought = np.array([cell.change for cell in cells]) / change
    weights = np.array([cell.weight or 0.0 for cell in cells])
    masks = _masks(dimensions, values)
    level: list[tuple[float, tuple[Condition, ...], Mask]] = [(0.0, (), np.ones(len(cells), dtype=bool))]
    best: tuple[float, tuple[Condition, ...], Mask] | None = None
    for length in range(1, LONGEST + 1):
        level = _longer(level, masks, brought - weights, PENALTY * (length - 1))
        if level and level[0][0] > (best[0] if best else LEAST):
            best = level[0]
    return _combination(best[1], best[2], brought, weights, change) if best else None


def _masks(dimensions: Sequence[str], values: Sequence[Sequence[str | None]]) -> Mapping[Condition, Mask]:
    columns = [np.array([row[at] for row in values], dtype=object) for at in range(len(dimensions))]
    return {
        (dimension, value): column == value
        for dimension, column in zip(dimensions, columns, strict=True)
        for value in sorted({one for one in column.tolist() if one is not None})
    }


def _longer(
    level: Sequence[tuple[float, tuple[Condition, ...], Mask]],
    masks: Mapping[Condition, Mask],
    beyond: Floats,
    penalty: float,
) -> list[tuple[float, tuple[Condition, ...], Mask]]:
    """Return the best combinations that are one condition longer."""
    found: dict[tuple[Condition, ...], tuple[float, tuple[Condition, ...], Mask]] = {}
    for _, conditions, mask in level:
        used = {dimension for dimension, _ in conditions}
        for condition, own in masks.items():
            longer = tuple(sorted((*conditions, condition)))
            if condition[0] in used or longer in found:
                continue
            both = mask & own
            if both.any():
                found[longer] = (float(beyond[both].sum()) - penalty, longer, both)
    return sorted(found.values(), key=lambda one: (-one[0], one[1]))[:WIDTH]


def _combination(
    conditions: tuple[Condition, ...], mask: Mask, brought: Floats, weights: Floats, change: float
) -> Combination:
    share, weight = float(brought[mask].sum()), float(weights[mask].sum())
    names = " and ".join(f"{dimension} {value_words(value)}" for dimension, value in conditions)
    told = f"{share:.0%} of the change" + (", which others made smaller" if share > 1 else "")
    part = f"{weight:.0%}" if weight >= 0.01 else "less than 1%"
    sentence = f"{names} brought {told}, with {part} of the whole."
    return Combination(conditions, share * change, share, weight, sentence)
