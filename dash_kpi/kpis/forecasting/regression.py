"""Regression on the calendar: weekdays, the time of the year, holidays and a damped trend."""

from datetime import date

import numpy as np

from dash_kpi.kpis.forecasting.history import History
from dash_kpi.kpis.forecasting.smoothing import levels
from dash_kpi.kpis.measures import Floats, Integers
from dash_kpi.kpis.periods import Grain, next_start

YEAR: dict[Grain, float] = {"day": 365.25, "week": 52.18, "month": 12, "quarter": 4, "year": 1}
DAMPING: dict[Grain, float] = {"day": 0.99, "week": 0.97, "month": 0.95, "quarter": 0.9, "year": 0.85}
WAVES = 3  # sine and cosine of one, two and three times a year
YEARS_FOR_WAVES = 1.4  # less than that, and a trend passes for a season
RIDGE = 1.0  # as much as one more observation that says "no effect"
ALPHAS = np.array([0.001, 0.01, 0.03, 0.07, 0.12, 0.2, 0.35, 0.55])
LEAST = 1e-12


def rehearse(history: History, origins: Integers) -> Floats:
    """Forecast from each origin by least squares on the calendar, and a level that follows what is left.

    Recent periods weigh more (half after two years; discounted least squares: Brown, 1963, Smoothing,
    Forecasting and Prediction), effects are drawn to zero (ridge: Hoerl and Kennard, 1970), the trend
    is damped ahead. Positive values are taken as logarithms where that is likelier (Box and Cox, 1964)
    and turned back by Duan's smearing (1983). Limits: effects are the same in every year.
    """
    kinds = (False, True) if history.is_positive else (False,)
    effects = design(history)
    fits = [[_fit(history, effects, int(origin), is_log) for origin in origins] for is_log in kinds]
    found = []
    for per_origin, is_log in zip(fits, kinds, strict=True):
        table = np.full((len(origins), int(origins[-1])), np.nan)
        for row, (_, rest, _) in enumerate(per_origin):
            table[row, : len(rest)] = rest
        level, _ = levels(table, ALPHAS)
        line = np.array([ahead for ahead, _, _ in per_origin]) + level[:, None]
        found.append(np.exp(np.minimum(line, 50)) * _smearing(table) if is_log else line)
    best = np.argmin([[cost for _, _, cost in per_origin] for per_origin in fits], axis=0)
    likelier: Floats = np.array(found)[best, np.arange(len(origins))]
    return likelier


def design(history: History) -> tuple[Floats, Floats]:
    """Return the effects by period, past and ahead, and from how many known periods on each is used."""
    grain, starts, m = history.grain, history.starts, history.season
    columns: list[Floats] = []
    since: list[float] = []
    if 1 < m <= 12:
        places = _places(starts, grain, m)
        columns += [(places == place) - 1 / m for place in range(m)]
        since += [1.5 * m] * m
    if grain in ("day", "week"):
        phase = 2 * np.pi * np.array([day.timetuple().tm_yday for day in starts]) / 365.25
        columns += [wave(k * phase) for k in range(1, WAVES + 1) for wave in (np.sin, np.cos)]
        since += [YEARS_FOR_WAVES * YEAR[grain]] * 2 * WAVES
    if grain in ("month", "quarter"):
        columns.append(_weekend_share(starts, grain))
        since.append(2.0 * YEAR[grain])
    if history.features is not None:
        columns += list(history.features.T)
        since += [0.0] * history.features.shape[1]
    return (np.column_stack(columns) if columns else np.zeros((len(starts), 0))), np.array(since)


def _fit(
    history: History, known_effects: tuple[Floats, Floats], origin: int, is_log: bool
) -> tuple[Floats, Floats, float]:
    """Return the forecasts, what is left over in the past, and the cost to compare with (the smaller the likelier)."""
    values = history.values[:origin]
    known = ~np.isnan(values)
    target = np.log(values) if is_log else values
    weights = np.where(known, 0.5 ** ((origin - 1 - np.arange(origin)) / (2 * YEAR[history.grain] + 4)), 0.0)
    effects, since = known_effects
    effects = effects[: origin + history.horizon, since <= origin]
    table = np.column_stack([_trend(history, origin), effects])
    middle = (weights @ table[:origin]) / weights.sum()
    table = table - middle
    spread = np.sqrt(weights @ table[:origin] ** 2 / weights.sum())
    table = np.where(spread > 1e-9, table / np.maximum(spread, 1e-9), 0.0)
    mean = float(weights[known] @ target[known] / weights.sum())
    past = table[:origin]
    square = past.T @ (weights[:, None] * past) + RIDGE * np.eye(table.shape[1])
    slopes = np.linalg.solve(square, past.T @ (weights * np.where(known, target - mean, 0.0)))
    line = mean + table @ slopes
    rest = target - line[:origin]
    count = int(known.sum())
    cost = count * np.log(np.nansum(rest**2) / count + LEAST) + (2 * np.nansum(target) if is_log else 0.0)
    return line[origin:], rest, float(cost)


def _trend(history: History, origin: int) -> Floats:
    """Return time as it passed until the origin, slower and slower after it."""
    ahead = np.cumsum(DAMPING[history.grain] ** np.arange(1, history.horizon + 1))
    return np.concatenate([np.arange(origin), origin - 1 + ahead])


def _smearing(table: Floats) -> Floats:
    """Return what the mean of the values is above the value of the mean logarithm, by origin."""
    smearing: Floats = np.nanmean(np.exp(np.clip(table, -2, 2)), axis=1)[:, None]
    return smearing


def _places(starts: tuple[date, ...], grain: Grain, m: int) -> Integers:
    if grain == "day":
        return np.array([day.weekday() for day in starts])
    return np.array([(day.month - 1) * m // 12 for day in starts])


def _weekend_share(starts: tuple[date, ...], grain: Grain) -> Floats:
    first = np.array(starts, dtype="datetime64[D]")
    after = np.append(first[1:], np.datetime64(next_start(starts[-1], grain)))
    share: Floats = 1 - np.busday_count(first, after) / (after - first).astype(np.int64)
    return share
