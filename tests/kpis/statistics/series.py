"""Timelines for the tests."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import numpy as np

from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import Grain, next_start
from dash_kpi.kpis.timeline import Timeline

MONDAY, NEW_YEAR = date(2005, 1, 3), date(2005, 1, 1)


def timeline(
    grain: Grain, values: Sequence[float] | Floats, cut: Sequence[int] = (), start: date | None = None
) -> Timeline:
    """Return the values from a Monday or a New Year's Day on; the periods `cut` are not whole."""
    start = start or (MONDAY if grain in ("day", "week") else NEW_YEAR)
    whole = np.ones(len(values), dtype=bool)
    whole[list(cut)] = False
    starts = tuple(next_start(start, grain, at) for at in range(len(values)))
    return Timeline(grain, starts, np.array(values, dtype=np.float64), whole)


def noise(seed: int, length: int, persistence: float = 0.0) -> Floats:
    """Return standard normal shocks, each period keeping a share of the one before."""
    values = np.random.default_rng(seed).normal(size=length)
    for at in range(1, length):
        values[at] += persistence * values[at - 1]
    return values


def awkward() -> list[tuple[str, Any]]:
    """Return what any method must survive, by name."""
    gap = np.full(40, np.nan)
    gap[[0, 20, 39]] = 1.0, 2.0, 3.0
    days = noise(3, 7305) + 100
    return [
        ("nothing", np.array([])),
        ("one point", np.array([5.0])),
        ("two points", np.array([5.0, 7.0])),
        ("all missing", np.full(50, np.nan)),
        ("mostly gaps", gap),
        ("no variance", np.full(60, 3.3)),
        ("all zero", np.zeros(60)),
        ("one spike", np.eye(1, 60, 30)[0] * 1e9),
        ("huge", noise(1, 60) * 1e307),
        ("tiny", noise(1, 60) * 1e-300),
        ("both signs", np.tile([-1.0, 1.0], 30)),
        ("twenty years of days", days),
        ("every other missing", np.where(np.arange(400) % 2, np.nan, np.arange(400.0))),
        ("infinite", np.where(np.arange(50) == 7, np.inf, noise(4, 50))),
    ]
