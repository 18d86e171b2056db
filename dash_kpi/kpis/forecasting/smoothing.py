"""Exponential smoothing: a level, a damped trend and a season that move with the data.

A fit by an optimiser takes a second for each rehearsal. Here the recursion runs once over the past
for a whole grid of smoothing parameters at the same time, and its states are kept at every origin:
each rehearsal weighs the parameters by how well they predicted until then, and sees nothing later.
"""

from dataclasses import dataclass

import numpy as np

from dash_kpi.kpis.forecasting.history import History
from dash_kpi.kpis.measures import Floats, Integers
from dash_kpi.kpis.timeline import Booleans

ALPHAS = (0.02, 0.06, 0.12, 0.2, 0.3, 0.42, 0.56, 0.72, 0.86, 0.98)  # how fast the level follows
BETAS = (0.0, 0.05, 0.15, 0.4)  # how fast the trend follows, as a share of alpha
DAMPINGS = (0.85, 0.94, 0.98)  # what is left of the trend after each period
GAMMAS = (0.0, 0.05, 0.15, 0.4)  # how fast the season follows, as a share of 1 - alpha
LEAST = 1e-9


@dataclass(frozen=True, slots=True)
class Grid:
    """Smoothing parameters side by side, and how many of them each point really has."""

    alpha: Floats
    beta: Floats
    phi: Floats
    gamma: Floats
    is_seasonal: Booleans
    size: Floats


@dataclass(frozen=True, slots=True)
class States:
    """What every point of a grid knew at one origin: level and trend (G), season (m, G, the next period first).

    `cost` is minus twice the log-likelihood of the one-step errors until then, plus Akaike's penalty.
    """

    level: Floats
    trend: Floats
    season: Floats
    cost: Floats


def rehearse(history: History, origins: Integers) -> Floats:
    """Forecast from each origin by smoothing with additive and, for positive values, proportional seasons.

    Source: Hyndman, Koehler, Ord and Snyder (2008), Forecasting with Exponential Smoothing, ch. 2: the
    models (A,N|Ad,N|A) and (M,N|Ad,N|M); parameters averaged by Akaike weights (Burnham and Anderson,
    2002) instead of one best set. Limits: one season; initial states come from the first seasons.
    """
    grid = grid_of(history.season)
    kinds = (False, True) if history.is_positive else (False,)
    runs = [run(history, origins, grid, is_proportional) for is_proportional in kinds]
    return np.array(
        [
            _weighted([(states[at], kind) for states, kind in zip(runs, kinds, strict=True)], grid, history.horizon)
            for at in range(len(origins))
        ]
    )


def grid_of(season: int) -> Grid:
    """Return every combination of the parameters."""
    trends = [(0.0, 0.0), *((beta, phi) for beta in BETAS for phi in DAMPINGS)]
    seasons = [(0.0, False), *((gamma, True) for gamma in GAMMAS)] if season > 1 else [(0.0, False)]
    rows = [
        (alpha, alpha * beta, phi, gamma * (1 - alpha), is_seasonal, 1 + (phi > 0) + (beta > 0) + 2 * is_seasonal)
        for alpha in ALPHAS
        for beta, phi in trends
        for gamma, is_seasonal in seasons
    ]
    alpha, beta, phi, gamma, is_seasonal, size = (
        np.array(column, dtype=np.float64) for column in zip(*rows, strict=True)
    )
    return Grid(alpha, beta, phi, gamma, is_seasonal > 0, size)


def run(history: History, origins: Integers, grid: Grid, is_proportional: bool) -> list[States]:
    """Smooth the past once with every point of the grid, and return the states at each origin."""
    values, m = history.values, history.season
    window = _window(history, int(origins[0]))
    level, trend, season = _initial(history.filled()[:window], m, grid, is_proportional)
    squares, logs, count = np.zeros_like(level), np.zeros_like(level), 0
    found: list[States] = []
    wanted = set(origins.tolist())
    for at in range(len(values) + 1):
        if at in wanted:
            order = np.roll(season, -(at % m), axis=0)
            found.append(States(level.copy(), trend.copy(), order, _cost(squares, logs, count, grid)))
        if at == len(values):
            break
        s = season[at % m]
        base, trend = level + grid.phi * trend, grid.phi * trend
        if np.isnan(values[at]):
            level = base
            continue
        if is_proportional:
            base = np.maximum(base, LEAST)
            error = values[at] - base * s
            relative = error / (base * s)
            if at >= window:
                squares, logs, count = squares + relative**2, logs + np.log(base * s), count + 1
            error = error / s
            season[at % m] = np.maximum(s + grid.gamma * error * s / base, LEAST)
        else:
            error = values[at] - base - s
            if at >= window:
                squares, count = squares + error**2, count + 1
            season[at % m] = s + grid.gamma * error
        level, trend = base + grid.alpha * error, trend + grid.beta * error
    return found


def ahead(states: States, grid: Grid, horizon: int, is_proportional: bool) -> Floats:
    """Return the forecasts (horizon, G) from the states at an origin."""
    steps = np.arange(1, horizon + 1)[:, None]
    damped = np.cumsum(grid.phi[None, :] ** steps, axis=0)
    line = states.level + damped * states.trend
    season = states.season[(steps[:, 0] - 1) % len(states.season)]
    return np.maximum(line, 0) * season if is_proportional else line + season


def levels(table: Floats, alphas: Floats) -> tuple[Floats, Floats]:
    """Smooth every row of a table (NaN: nothing is known) and return the last levels and the best alphas.

    Simple exponential smoothing from the first value on; of the alphas the one with the smallest
    one-step squared error is taken for each row.
    """
    level = np.repeat(table[:, :1], len(alphas), axis=1)
    squares = np.zeros_like(level)
    for column in table.T[1:]:
        error = np.where(np.isnan(column), 0.0, column)[:, None] - level
        error[np.isnan(column)] = 0.0
        squares += error**2
        level = level + alphas * error
    best = squares.argmin(axis=1)
    return level[np.arange(len(table)), best], alphas[best]


def _window(history: History, first_origin: int) -> int:
    """Return how many periods the initial states come from: before the first origin, so that none sees later."""
    m = history.season
    if m == 1:
        return max(2, min(8, first_origin // 2))
    return 2 * m if first_origin >= 2 * m else m


def _initial(values: Floats, m: int, grid: Grid, is_proportional: bool) -> tuple[Floats, Floats, Floats]:
    """Return level, trend (G) and season (m, G) before the first period, by a line through the first ones."""
    at, points = np.arange(len(values)), len(grid.alpha)
    slope = float(np.polyfit(at, values, 1)[0]) if m == 1 else 0.0
    if m > 1 and len(values) == 2 * m:  # a season later minus a season before: free of the season
        slope = float(values[m:].mean() - values[:m].mean()) / m
    line = values.mean() + slope * (at - at.mean())
    if is_proportional:
        line = np.maximum(line, LEAST)
    profile = np.array([(values / line if is_proportional else values - line)[n::m].mean() for n in range(m)])
    neutral = 1.0 if is_proportional else 0.0
    season = np.where(grid.is_seasonal[None, :], profile[:, None], neutral)
    trend = np.where(grid.phi > 0, slope, 0.0)
    return np.full(points, values.mean() + slope * (-1 - at.mean())), trend, season


def _cost(squares: Floats, logs: Floats, count: int, grid: Grid) -> Floats:
    if not count:
        return 2 * grid.size
    cost: Floats = count * np.log(squares / count + LEAST**2) + 2 * logs + 2 * grid.size
    return np.where(np.isfinite(cost), cost, np.inf)


def _weighted(found: list[tuple[States, bool]], grid: Grid, horizon: int) -> Floats:
    """Average the forecasts of all points, those that predicted well the most."""
    costs = np.concatenate([states.cost for states, _ in found])
    weights = np.exp(-np.clip(costs - costs.min(), 0, 60) / 2)
    best = np.argsort(weights, kind="stable")[::-1][:40]
    forecasts = np.concatenate([ahead(states, grid, horizon, kind) for states, kind in found], axis=1)
    mean: Floats = forecasts[:, best] @ (weights[best] / weights[best].sum())
    return mean
