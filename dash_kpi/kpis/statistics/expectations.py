"""What was to be expected of each period, from all others but itself.

Level: the median of the neighbouring periods without the period itself; season: the median of the other periods
of the same kind. Medians of neighbours cost microseconds where a robust STL of 20 years of days takes seconds.
The newest periods are judged from what came before them, and the noise of their judgement is measured in the
same way over the history. Limits: a slow change is a change of the level and never unusual; holidays are.
"""

from dataclasses import dataclass

import numpy as np

from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import Grain
from dash_kpi.kpis.statistics.robust import Integers, group_medians, neighbours, row_medians, spread
from dash_kpi.kpis.statistics.sensitivity import Noise, noise_of
from dash_kpi.kpis.statistics.shifts import level_shifts, segments
from dash_kpi.kpis.timeline import Timeline

HALF_WINDOW: dict[Grain, int] = {"day": 7, "week": 6, "month": 3, "quarter": 3, "year": 2}
LASTING: dict[Grain, int] = {"day": 7, "week": 6, "month": 4, "quarter": 4, "year": 3}
KINDS: dict[Grain, int] = {"day": 7, "week": 52, "month": 12, "quarter": 4}
CYCLES = 3  # fewer seasons than this say nothing about what is usual in one
FEWEST_NEIGHBOURS = 4


@dataclass(frozen=True, slots=True)
class Expectation:
    """Expected values and remainders by period; of ratios (as logarithms) where `is_multiplicative`."""

    values: Floats
    remainder: Floats
    noise: Noise
    newest_from: int  # from here on periods are judged by what came before them, with `newest_noise`
    newest_noise: Noise
    shifts: Integers
    shift_sizes: Floats  # in the units of the remainder
    is_multiplicative: bool
    season: str  # "Monday" kinds are used, or "" where no season helps
    method: str

    @property
    def scores(self) -> Floats:
        """The robust score of each period."""
        newest = np.arange(len(self.remainder)) >= self.newest_from
        scores: Floats = np.where(newest, self.newest_noise.scores(self.remainder), self.noise.scores(self.remainder))
        return scores

    def limits(self, one_sided: float, two_sided: float) -> Floats:
        """Return the limit that holds for each period."""
        newest = np.arange(len(self.remainder)) >= self.newest_from
        limits: Floats = np.where(newest, one_sided, two_sided)
        return limits


def expect(timeline: Timeline, values: Floats) -> Expectation:
    """Return what was to be expected of each period of `values`, the judged values of the timeline."""
    grain = timeline.grain
    present = values[~np.isnan(values)]
    is_multiplicative = bool(present.size) and bool(present.min() > 0)
    scale = np.log(values) if is_multiplicative else values
    half = HALF_WINDOW[grain]
    groups = kinds_in_year(timeline)
    season = _season(scale, groups, KINDS.get(grain, 0), half)
    bare = scale - season
    shifts = level_shifts(bare, LASTING[grain])
    parts = segments(len(bare), shifts)
    is_short = present.size < 4 * half
    both = _overall(scale, groups, grain) if is_short else _level(bare, parts, half, half) + season
    before = both if is_short else _level(bare, parts, 2 * half, 0) + season
    newest_from = len(scale) - half
    backward = scale - before
    noise, newest_noise = noise_of(scale - both), noise_of(backward)
    shifted = newest_noise.centre if newest_noise.scale > 0 else 0.0
    newest_before = np.where(np.isnan(before), both, before)
    expected = np.where(np.arange(len(scale)) >= newest_from, newest_before, both)
    centred = expected + np.where(np.arange(len(scale)) >= newest_from, shifted, 0.0)
    return Expectation(
        values=np.exp(np.clip(centred, -700, 700)) if is_multiplicative else centred,
        remainder=scale - expected,
        noise=noise,
        newest_from=newest_from,
        newest_noise=newest_noise,
        shifts=shifts,
        shift_sizes=_sizes(bare, shifts, LASTING[grain]),
        is_multiplicative=is_multiplicative,
        season=grain if np.any(season != 0) or (is_short and grain == "day") else "",
        method=_method(grain, bool(np.any(season != 0)), is_short),
    )


def kinds_in_year(timeline: Timeline) -> Integers:
    """Return the weekday of days, the ISO week of weeks (the 53rd as the 52nd), the month of all else."""
    if timeline.grain == "day":
        return np.array([start.weekday() for start in timeline.starts], dtype=np.int64)
    if timeline.grain == "week":
        return np.array([min(start.isocalendar().week, 52) for start in timeline.starts], dtype=np.int64)
    return np.array([timeline.calendar.place(start, "month")[1] for start in timeline.starts], dtype=np.int64)


def _season(values: Floats, groups: Integers, length: int, half: int) -> Floats:
    """Return the season of each period from the others of its kind; zeros where it makes nothing more predictable."""
    none = np.zeros(len(values))
    if not length or np.sum(~np.isnan(values)) < CYCLES * length * 0.6 or len(values) < CYCLES * length:
        return none
    around = max(half, length // 2)
    detrended = values - row_medians(neighbours(values, around, around))
    season = np.nan_to_num(group_medians(detrended, groups))
    parts = np.zeros(len(values), dtype=np.int64)
    with_season = spread(values - season - _level(values - season, parts, half, half))
    return season if with_season < spread(values - _level(values, parts, half, half)) else none


def _level(values: Floats, parts: Integers, before: int, after: int) -> Floats:
    """Return the median of the neighbours of each period on the same level; of all on its level where few are near."""
    near = neighbours(values, before, after)
    same = neighbours(parts.astype(np.float64), before, after) == parts[:, np.newaxis]
    near = np.where(same, near, np.nan)
    wide = np.sum(~np.isnan(near), axis=1) < FEWEST_NEIGHBOURS
    return np.where(wide & (after == 0), np.nan, np.where(wide, group_medians(values, parts), row_medians(near)))


def _overall(values: Floats, groups: Integers, grain: Grain) -> Floats:
    """Return the median of the other periods of the same weekday where there are three, else of all others."""
    everything = group_medians(values, np.zeros(len(values), dtype=np.int64))
    if grain != "day":
        return everything
    counts = np.array([np.sum(~np.isnan(values[groups == group])) for group in groups])
    return np.where(counts > CYCLES, group_medians(values, groups), everything)


def _sizes(values: Floats, shifts: Integers, lasting: int) -> Floats:
    sides = [(values[max(0, at - lasting) : at], values[at : at + lasting]) for at in shifts]
    return np.array([_middle(after) - _middle(before) for before, after in sides])


def _middle(values: Floats) -> float:
    return float(row_medians(values[np.newaxis, :])[0])


def _method(grain: Grain, has_season: bool, is_short: bool) -> str:
    """Say in words how the expectation was made."""
    if is_short:
        others = "all others" if grain != "day" else "the others of the same weekday where there are three, else of all"
        return f"History is short: each {grain} is compared with the median of {others}."
    half = HALF_WINDOW[grain]
    season = {"day": "weekday", "week": "week of the year", "month": "month of the year", "quarter": "quarter"}
    usual = f", after what is usual for its {season[grain]} is taken out" if has_season else ""
    return (
        f"Each {grain} is compared with the median of the {half} {grain}s before and after it{usual}; "
        f"the newest {half} with the {2 * half} before them only."
    )
