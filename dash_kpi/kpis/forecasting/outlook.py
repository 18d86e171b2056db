"""What a forecast means for a target: the end of the period, the chance of missing it, when a line is crossed."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from dash_kpi.kpis.calendar import CIVIL
from dash_kpi.kpis.forecasting.forecast import Forecast
from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import DAY, Calendar, next_start, period_label

Way = Literal["sum", "mean", "last"]  # how a KPI's value over a period comes from its parts
Side = Literal["above", "below"]
DRAWS, SEED = 4000, 8050
BLEND = np.pi / 6  # a drawn path is at least three quarters (of variance) one rehearsal, the rest another

LIMITS: dict[str, str] = {
    "sum": "What is there so far, and the forecast for each of the {left} {grain}s to come.",
    "mean": "Every {grain} counts the same: a ratio of sums weighs busy ones more, and can end a little elsewhere.",
    "weighed": "Every {grain} to come counts as much as it usually does.",
    "last": "The value of the last {grain}; what is there so far plays no part.",
}


@dataclass(frozen=True, slots=True)
class Ending:
    """The value at the end of a period, how sure it is, and the chance of missing the target (0 to 1)."""

    expected: float | None = None
    low80: float | None = None
    high80: float | None = None
    low95: float | None = None
    high95: float | None = None
    chance_of_missing: float | None = None
    sentence: str = ""
    limits: str = ""
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Crossing:
    """The first period in which the forecast crosses a line, and the first in which its 80 % interval does."""

    expected: date | None = None
    earliest: date | None = None
    sentence: str = ""
    limits: str = ""
    reason: str | None = None


def end_of_period(
    forecast: Forecast,
    last_day: date,
    way: Way,
    *,
    so_far: float | None = None,
    periods_so_far: float = 0,
    weights: Floats | None = None,
    target: float | None = None,
    is_higher_better: bool = True,
    dates: Calendar = CIVIL,
) -> Ending:
    """Return what a KPI comes to at the end of the period that ends on `last_day`.

    `so_far` is its value from the start of the period to the day before the forecast begins, over
    `periods_so_far` periods of the forecast's grain; None where the forecast begins with the period.
    `weights` say how much each forecast period counts: 0 for a day that never has a value, for a mean
    what it is divided by (`periods_so_far` is then the sum of that until now).
    The distribution is drawn from whole rehearsed error paths with a fixed seed, so that errors go
    together over the days as they did (the smoothed bootstrap: Efron and Tibshirani, 1993, An
    Introduction to the Bootstrap, 16.5). Limits: those of the forecast; see `Ending.limits`.
    """
    if forecast.reason:
        return Ending(reason=forecast.reason)
    left = sum(start <= last_day for start in forecast.starts)
    if reason := _mismatch(forecast, last_day, left, dates):
        return Ending(reason=reason)
    if left == 0 and so_far is None:
        return Ending(reason="There is no value in this period yet.")
    counted = np.ones(left) if weights is None else weights[:left]
    outcomes = _ended(draws(forecast)[:, :left], counted, way, so_far, periods_so_far)
    expected = float(_ended(np.array([forecast.mean[:left]]), counted, way, so_far, periods_so_far)[0])
    low95, low80, high80, high95 = (float(one) for one in np.quantile(outcomes, (0.025, 0.1, 0.9, 0.975)))
    chance = None if target is None else _chance(outcomes, target, is_higher_better, forecast.rehearsals if left else 0)
    sentence = _ending_sentence(expected, target, is_higher_better, chance, left, forecast.grain)
    limits = LIMITS["weighed" if way == "mean" and weights is not None else way] if left else ""
    limits = limits.format(left=left, grain=forecast.grain)
    return Ending(expected, low80, high80, low95, high95, chance, sentence, limits)


def crossing(forecast: Forecast, line: float, side: Side, dates: Calendar = CIVIL) -> Crossing:
    """Return when a KPI will first be above, or below, a line, if it will while the forecast reaches.

    Limits: the first period counts; a weekly pattern may cross a line every Saturday and come back.
    """
    if forecast.reason:
        return Crossing(reason=forecast.reason)
    edge = forecast.high80 if side == "above" else forecast.low80
    expected, earliest = _first(forecast, forecast.mean, line, side), _first(forecast, edge, line, side)
    limits = "The first period counts, also where the KPI comes back after it."
    return Crossing(expected, earliest, _crossing_sentence(forecast, expected, earliest, side, dates), limits)


def draws(forecast: Forecast) -> Floats:
    """Return equally likely futures (`DRAWS`, H): the mean and rehearsed errors, whole paths at a time.

    Each blends two paths, either of which may be turned over, with weights whose squares add up to
    one: that keeps how the errors of different steps go together.
    """
    paths, random = np.array(forecast.errors), np.random.default_rng(SEED)
    if not len(paths):
        return np.tile(np.array(forecast.mean), (DRAWS, 1))
    angle = random.uniform(0, BLEND, (DRAWS, 1))
    first, second = (
        paths[random.integers(len(paths), size=DRAWS)] * random.choice((-1, 1), (DRAWS, 1)) for _ in range(2)
    )
    low = -np.inf if forecast.bounds.low is None else forecast.bounds.low
    high = np.inf if forecast.bounds.high is None else forecast.bounds.high
    drawn: Floats = np.clip(np.array(forecast.mean) + np.cos(angle) * first + np.sin(angle) * second, low, high)
    return drawn


def _mismatch(forecast: Forecast, last_day: date, left: int, dates: Calendar) -> str | None:
    if not left:
        return None
    reaches = next_start(forecast.starts[left - 1], forecast.grain, 1, dates) - DAY
    if reaches < last_day:
        return f"The forecast reaches to {reaches.day} {reaches:%b %Y}, the period to {last_day.day} {last_day:%b %Y}."
    if reaches > last_day:
        return f"The last {forecast.grain} goes on beyond the end of the period; a forecast by day can tell."
    return None


def _ended(futures: Floats, weights: Floats, way: Way, so_far: float | None, periods_so_far: float) -> Floats:
    """Return the value of the whole period for each future (N, periods to come)."""
    known, left = so_far or 0.0, futures.shape[1]
    if not left:
        return np.full(len(futures), known)
    seen = periods_so_far if so_far is not None else 0
    if way == "last":
        return futures[:, -1]
    if way == "sum":
        return np.asarray(known + futures @ weights)
    counted = seen + float(weights.sum())
    return np.asarray((known * seen + futures @ weights) / counted) if counted > 0 else futures.mean(axis=1)


def _chance(outcomes: Floats, target: float, is_higher_better: bool, rehearsals: int) -> float:
    """Return the share that misses the target, never surer than so many rehearsals allow (Laplace)."""
    missed = float(np.mean(outcomes < target if is_higher_better else outcomes > target))
    return float(np.clip(missed, 1 / (rehearsals + 2), 1 - 1 / (rehearsals + 2))) if rehearsals else missed


def _ending_sentence(
    expected: float, target: float | None, is_higher_better: bool, chance: float | None, left: int, grain: str
) -> str:
    to_go = f"With {left} {grain}{'' if left == 1 else 's'} to go" if left else "With nothing left to come"
    if target is None or chance is None:
        return f"{to_go}, this is where it is expected to end." if left else f"{to_go}, this is where it ended."
    where = f"at {100 * expected / target:.0f} % of its target" if target > 0 else _beside(expected, target)
    if not left:
        return f"{to_go}, it ended {where}: {'missed' if chance else 'met'}."
    aim = "" if is_higher_better else ", which it should not exceed"
    return f"{to_go}, it is expected to end {where}{aim}; the chance of missing it is {100 * chance:.0f} %."


def _beside(expected: float, target: float) -> str:
    return "on its target" if expected == target else f"{'above' if expected > target else 'below'} its target"


def _first(forecast: Forecast, values: tuple[float, ...], line: float, side: Side) -> date | None:
    beyond = (value > line if side == "above" else value < line for value in values)
    return next((start for start, is_beyond in zip(forecast.starts, beyond, strict=True) if is_beyond), None)


def _crossing_sentence(
    forecast: Forecast, expected: date | None, earliest: date | None, side: Side, dates: Calendar
) -> str:
    grain, ahead = forecast.grain, len(forecast.starts)
    if earliest is None:
        other = "below" if side == "above" else "above"
        return (
            f"Within {ahead} {grain}s it is not expected to come {side} the line: even the interval stays {other} it."
        )
    soonest = period_label(earliest, grain, dates)
    if expected is None:
        return f"Within {ahead} {grain}s it is not expected to come {side} the line; it could from {soonest} on."
    place = {"day": "on", "week": "in the"}.get(grain, "in")
    when = f"{place} {period_label(expected, grain, dates)}"
    if expected == earliest:
        return f"It is expected to be {side} the line {when}, the first {grain} in which it could."
    return f"It is expected to be {side} the line {when}; it could be from {soonest} on."
