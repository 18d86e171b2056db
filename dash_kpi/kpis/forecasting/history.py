"""What a forecast is made from: the usable past of a KPI, in a size that computes well."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from dash_kpi.kpis.calendar import CIVIL
from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import Calendar, Grain, next_start
from dash_kpi.kpis.timeline import SEASONS, Timeline

NEEDED: dict[Grain, int] = {"day": 21, "week": 12, "month": 12, "quarter": 8, "year": 6}  # periods with a value
MOST: dict[Grain, int] = {"day": 1100, "week": 530, "month": 240, "quarter": 120, "year": 100}  # the newest used
HORIZONS: dict[Grain, int] = {"day": 45, "week": 26, "month": 12, "quarter": 8, "year": 3}  # ahead, when nobody says
LONGEST_HORIZON: dict[Grain, int] = {"day": 400, "week": 104, "month": 36, "quarter": 12, "year": 10}


@dataclass(frozen=True, slots=True)
class History:
    """The past up to the last period with a value, and the first days of the periods after it.

    `values` (n) are NaN in gaps and divided by `unit`; `starts` and `features` have a row for each of
    the n periods and for each that is to be forecast. `season` is 1 where none can be learnt yet.
    """

    grain: Grain
    starts: tuple[date, ...]
    values: Floats
    unit: float
    season: int
    features: Floats | None = None

    def __len__(self) -> int:
        """Return the number of periods of the past, gaps included."""
        return len(self.values)

    @property
    def horizon(self) -> int:
        """Return the number of periods to forecast."""
        return len(self.starts) - len(self.values)

    @property
    def is_positive(self) -> bool:
        """Tell whether proportions make sense: every value is above zero."""
        return bool(np.nanmin(self.values) > 0)

    def filled(self) -> Floats:
        """Return the values, gaps filled from what came before alone: one season back, or else the last."""
        filled = self.values.copy()
        for at in np.flatnonzero(np.isnan(filled)):
            filled[at] = filled[at - self.season] if at >= self.season else filled[at - 1]
        return filled


def future_starts(timeline: Timeline, horizon: int | None = None, dates: Calendar = CIVIL) -> tuple[date, ...]:
    """Return the first days of the periods that a forecast of the timeline is made for.

    They begin after the last period that is whole and has a value: one that is cut short is forecast.
    """
    known = _known(timeline)
    ahead = min(horizon or HORIZONS[timeline.grain], LONGEST_HORIZON[timeline.grain])
    if not known:
        return ()
    last = timeline.starts[known - 1]
    starts = (_after(last, timeline.grain, step, dates) for step in range(1, ahead + 1))
    return tuple(start for start in starts if start < date.max)


def _after(last: date, grain: Grain, step: int, dates: Calendar) -> date:
    try:
        return next_start(last, grain, step, dates)
    except OverflowError:
        return date.max


def history_of(timeline: Timeline, future: tuple[date, ...], calendar: Floats | None = None) -> History:
    """Return the newest usable part of a timeline that has enough of it (see `shortage`)."""
    known = _known(timeline)
    values = np.where(timeline.usable & np.isfinite(timeline.values), timeline.values, np.nan)[:known]
    first = int(np.flatnonzero(~np.isnan(values))[0])
    first = max(first, known - MOST[timeline.grain])
    while np.isnan(values[first]):
        first += 1
    used = values[first:]
    unit = _unit(used)
    features = None if calendar is None else _rows(calendar, first, known + len(future))
    starts = (*timeline.starts[first:known], *future)
    return History(timeline.grain, starts, used / unit, unit, _season(timeline.grain, len(used)), features)


def shortage(timeline: Timeline) -> str | None:
    """Say what is missing for a forecast, None where nothing is."""
    known, needed, grain = _known(timeline), NEEDED[timeline.grain], timeline.grain
    newest = timeline.usable[max(0, known - MOST[grain]) : known]
    if (there := int(newest.sum())) < needed:
        return f"Too little history for a forecast: {there} of {needed} {grain}s with a value."
    if newest.mean() < 0.5:
        return f"Too many gaps for a forecast: only {there} of the last {len(newest)} {grain}s have a value."
    return None


def _known(timeline: Timeline) -> int:
    at = np.flatnonzero(timeline.usable & np.isfinite(timeline.values))
    return int(at[-1]) + 1 if len(at) else 0


def _unit(values: Floats) -> float:
    """Return a usual size, near enough to the largest that its squares can be added up."""
    sizes = np.abs(values[np.isfinite(values) & (values != 0)])
    return max(float(np.median(sizes)), float(sizes.max()) * 1e-12) if len(sizes) else 1.0


def _season(grain: Grain, periods: int) -> int:
    """Return the shortest season of a grain once one and a half of it are there, else 1."""
    season = SEASONS[grain][0] if SEASONS[grain] else 1
    return season if periods >= season + max(season // 2, 4) else 1


def _rows(calendar: Floats, first: int, end: int) -> Floats:
    table = np.asarray(calendar, dtype=np.float64)
    table = table[:, None] if table.ndim == 1 else table
    if len(table) < end:
        raise ValueError(f"The calendar has {len(table)} rows; the timeline and its forecast need {end}.")
    return np.nan_to_num(table[first:end], nan=0.0, posinf=0.0, neginf=0.0)
