"""The forecast of a KPI: the model that rehearsed best, with intervals from what it got wrong."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from dash_kpi.kpis.cadence import WEEKDAYS
from dash_kpi.kpis.calendar import CIVIL
from dash_kpi.kpis.forecasting import intervals, rehearsal
from dash_kpi.kpis.forecasting.history import MOST, History, future_starts, history_of, shortage
from dash_kpi.kpis.forecasting.models import MODELS
from dash_kpi.kpis.forecasting.rehearsal import Rehearsed
from dash_kpi.kpis.measures import Floats, Integers
from dash_kpi.kpis.periods import Calendar, Grain
from dash_kpi.kpis.timeline import SEASONS, Timeline

Row = tuple[float, ...]
Paths = tuple[Row, ...]
LEVELS = (0.8, 0.95)
SELDOM = 0.1  # the share of a weekday's values below which it is one without
SEEN_ENOUGH = 2.5  # times that a season of the year must have been seen before intervals are as wide as they say
MOST_NUMBERS = 5000  # of all error paths together: they are stored


class Bounds(NamedTuple):
    """What a KPI cannot fall below or rise above; None: it can."""

    low: float | None = None
    high: float | None = None


UNBOUND = Bounds()


@dataclass(frozen=True, slots=True)
class Forecast:
    """A forecast, a value for each period in `starts`; without periods, `reason` says why.

    In four of five cases the value should lie between `low80` and `high80`, in 19 of 20 between the
    others; `coverage80` and `coverage95` are the shares that did in the rehearsals. `mase` is the
    error in multiples of the mean change from season to season; `error_percent` the mean error one
    period ahead, of the mean value. `errors` are paths of errors as rehearsed, in the KPI's own unit,
    one for each rehearsal: what `outlook` draws from.
    """

    grain: Grain
    starts: tuple[date, ...] = ()
    mean: Row = ()
    low80: Row = ()
    high80: Row = ()
    low95: Row = ()
    high95: Row = ()
    model: str = ""
    rehearsals: int = 0
    mase: float | None = None
    error_percent: float | None = None
    coverage80: float | None = None
    coverage95: float | None = None
    sentence: str = ""
    notes: tuple[str, ...] = ()
    reason: str | None = None
    bounds: Bounds = UNBOUND
    errors: Paths = ()

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values; `from_json` turns them back."""
        return asdict(self) | {"starts": [day.isoformat() for day in self.starts], "bounds": list(self.bounds)}

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Forecast":
        """Return what `as_json` stored."""
        rows = {name: tuple(stored[name]) for name in ("mean", "low80", "high80", "low95", "high95", "notes")}
        own = {
            "starts": tuple(date.fromisoformat(day) for day in stored["starts"]),
            "bounds": Bounds(*stored["bounds"]),
            "errors": tuple(tuple(path) for path in stored["errors"]),
        }
        return cls(**{**stored, **rows, **own})


def forecast(
    timeline: Timeline,
    horizon: int | None = None,
    *,
    calendar: Floats | None = None,
    bounds: Bounds | None = None,
    dates: Calendar = CIVIL,
) -> Forecast:
    """Forecast a timeline, `horizon` periods from its last one that is whole and has a value.

    `calendar` has a row for each period of the timeline and of `future_starts(timeline, horizon)`, a
    column for each effect (1 on a holiday, the number of working days); it is known in advance.
    `dates` is how time is cut into periods.
    Without `bounds` a KPI that was never negative does not become so; `Bounds()` lets it.
    Limits: the future is taken to be like the past: nothing that is planned is known to it.
    """
    if reason := shortage(timeline):
        return Forecast(timeline.grain, reason=reason)
    future = future_starts(timeline, horizon, dates)
    if not future:
        return Forecast(timeline.grain, reason="The calendar ends before the forecast would begin.")
    wanted, most = len(future), max(1, int(timeline.usable.sum()) // 2)
    history = history_of(timeline, future[:most], calendar)
    origins = rehearsal.origins_of(history)
    best = rehearsal.best_of(history, origins)
    return _answer(history, origins, best, bounds or _bounds_of(history), _notes(timeline, history, wanted))


def _answer(history: History, origins: Integers, best: Rehearsed, bounds: Bounds, notes: tuple[str, ...]) -> Forecast:
    actual = rehearsal.actual_of(history, origins)
    errors, step = best.errors(actual), int(np.diff(origins).max())
    spread = intervals.spread_of(best.forecasts, errors, step, history.is_positive)
    scale = spread.scale(best.ahead)
    half80, half95 = (spread.reach(level) * scale for level in LEVELS)
    half95 = np.maximum(half95, half80)
    unit = history.unit
    covered = [intervals.coverage(best.forecasts, errors, origins, level, history.is_positive) for level in LEVELS]
    mase = _mase(history, errors)
    percent = _percent(errors[:, 0], actual[:, 0]) if bounds.low is not None or history.is_positive else None
    words = MODELS[best.name].words(history.season)
    return Forecast(
        grain=history.grain,
        starts=history.starts[len(history) :],
        mean=_row(best.ahead * unit, bounds),
        low80=_row((best.ahead - half80) * unit, bounds),
        high80=_row((best.ahead + half80) * unit, bounds),
        low95=_row((best.ahead - half95) * unit, bounds),
        high95=_row((best.ahead + half95) * unit, bounds),
        model=words,
        rehearsals=len(origins),
        mase=mase,
        error_percent=percent,
        coverage80=covered[0],
        coverage95=covered[1],
        sentence=_sentence(history, words, len(origins), mase, percent),
        notes=notes,
        bounds=bounds,
        errors=_paths(spread, half80 * unit),
    )


def _paths(spread: intervals.Spread, half80: Floats) -> Paths:
    """Return the rehearsed paths, stretched so that four of five lie inside the interval."""
    paths = intervals.paths_of(spread)
    most = max(10, MOST_NUMBERS // paths.shape[1])
    usual = float(np.quantile(np.abs(paths), 0.8))
    stretched = paths[-most:] / usual * half80 if usual > 0 else np.zeros_like(paths[-most:])
    return tuple(tuple(float(f"{value:.4g}") for value in path) for path in stretched)


def _row(values: Floats, bounds: Bounds) -> Row:
    low = -np.inf if bounds.low is None else bounds.low
    high = np.inf if bounds.high is None else bounds.high
    return tuple(float(value) for value in np.clip(values, low, high))


def _bounds_of(history: History) -> Bounds:
    return Bounds(low=0.0) if float(np.nanmin(history.values)) >= 0 else Bounds()


def _mase(history: History, errors: Floats) -> float | None:
    scale = rehearsal.scale_of(history)
    return float(np.nanmean(np.abs(errors))) / scale if scale > 1e-9 else None


def _percent(errors: Floats, actual: Floats) -> float | None:
    size = float(np.nansum(np.abs(actual)))
    return 100 * float(np.nansum(np.abs(errors))) / size if size > 0 else None


def _sentence(history: History, words: str, count: int, mase: float | None, percent: float | None) -> str:
    """Say which model did best, and how well."""
    if float(np.nanmin(history.values)) == float(np.nanmax(history.values)):
        same = f"It has not changed in {len(history)} {history.grain}s"
        return f"{same}; the forecast is the same value, without an interval."
    start = f"{words[0].upper()}{words[1:]} did best in {count} rehearsals"
    if percent is not None and percent <= 100:
        return f"{start}; its typical error one {history.grain} ahead was {percent:.1f} %."
    if mase is not None:
        cycle = history.grain if history.season == 1 else "week" if history.grain == "day" else "year"
        return f"{start}; its typical error was {mase:.2f} times the usual change from one {cycle} to the next."
    return f"{start}."


def _notes(timeline: Timeline, history: History, wanted: int) -> tuple[str, ...]:
    """Say what limits the forecast."""
    grain, periods, there = history.grain, len(history), int(timeline.usable.sum())
    notes = []
    if len(timeline) > periods and periods == MOST[grain]:
        notes.append(f"Only the last {periods:,} of {len(timeline):,} {grain}s are used.")
    if SEASONS[grain] and history.season == 1:
        season = SEASONS[grain][0]
        needed = season + max(season // 2, 4)
        notes.append(
            f"No seasonal pattern could be learnt: {periods} of {needed} {grain}s are there. "
            "If there is one, the intervals are too narrow."
        )
    elif history.season > 1 and periods < SEEN_ENOUGH * history.season and grain != "day":
        seen = f"{periods / history.season:.1f}"
        notes.append(f"Its season was seen {seen} times; before {SEEN_ENOUGH:g} times the intervals may be too narrow.")
    if weekdays := _weekdays_without(timeline):
        notes.append(f"There is usually no value on a {weekdays}; what is forecast for it would be one.")
    if history.horizon < wanted:
        half = f"{there} {grain}s are known, and half of that is the most"
        notes.append(f"It reaches {history.horizon} {grain}s ahead, not {wanted}: {half}.")
    if gaps := int(np.isnan(history.values).sum()):
        notes.append(f"{gaps} of {periods} {grain}s have no value or are not whole; they are left out.")
    return tuple(notes)


def _weekdays_without(timeline: Timeline) -> str:
    """Return the weekdays on which there is seldom a value while there mostly is on others."""
    if timeline.grain != "day":
        return ""
    place = np.array([start.weekday() for start in timeline.starts])
    known = ~np.isnan(timeline.values)
    seldom = [WEEKDAYS[day] for day in range(7) if (place == day).sum() >= 3 and known[place == day].mean() < SELDOM]
    return " or ".join(seldom)
