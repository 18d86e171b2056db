"""The trend of a KPI: its slope, whether it is more than chance, and the word for it."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import Grain
from dash_kpi.kpis.statistics.adjusted import adjusted, bends, left_by
from dash_kpi.kpis.statistics.mann_kendall import MannKendall, mann_kendall
from dash_kpi.kpis.statistics.persistence import inflation
from dash_kpi.kpis.statistics.slopes import Line, least_squares, theil_sen
from dash_kpi.kpis.statistics.wording import PER_YEAR, chance, counted, percentage, points, too_little
from dash_kpi.kpis.timeline import Timeline

Direction = Literal["increasing", "decreasing", "stable"]

FEWEST = 8  # periods: below, not even a straight line of values is beyond chance by the normal approximation
SIGNIFICANT = 0.05
# The seasons within which values are compared, the longest first; 52 weeks keep the weekday and the time of the year.
ROUNDS: dict[Grain, tuple[int, ...]] = {"day": (364, 7), "week": (52,), "month": (12,), "quarter": (4,), "year": ()}


@dataclass(frozen=True, slots=True)
class Trend:
    """What a window of a timeline does: the word, the lines, and how sure it is; `reason` where it says nothing.

    `relative` is the Theil-Sen slope as a share of the level (the median size of the values) per period and
    per year; None where the level is zero. `caution` is a sentence for the page about what could mislead.
    """

    direction: Direction | None
    sentence: str
    reason: str | None = None
    caution: str | None = None
    test: MannKendall | None = None
    robust: Line | None = None
    least_squares: Line | None = None
    relative: float | None = None
    relative_per_year: float | None = None
    periods: int = 0

    @property
    def p_value(self) -> float | None:
        """The chance that a series without a trend would show as much."""
        return self.test.p_value if self.test else None


def trend(timeline: Timeline, last: int | None = None, *, in_points: bool = False) -> Trend:
    """Return the trend over the last `last` periods, or over all.

    A Mann-Kendall test decides the word (p < 0.05): within the seasons where the window holds two whole
    rounds, else over all pairs; corrected for ties and autocorrelation. Seasons that the whole timeline makes
    evident are removed before lines are fitted, so that a window of a few months does not take its season
    for a trend. `in_points` says the slope of a percentage in points rather than as a share of its level.
    Limit: a trend is one direction over the window; what rose and fell again may be called stable.
    """
    begin = _begin(timeline, last)
    values = timeline.judged()[begin:]
    present = np.flatnonzero(~np.isnan(values))
    if len(present) < FEWEST:
        reason = too_little(len(present), FEWEST, timeline.grain)
        return Trend(None, f"No trend can be told: {reason}.", reason, periods=len(present))
    scale = float(np.abs(values[present]).max())
    if scale == 0 or np.ptp(values[present] / scale) <= 1e-12:
        return _unvaried(timeline.grain, int(np.ptp(present)) + 1, len(present))
    return _judged(timeline, begin, scale, in_points)


def _judged(timeline: Timeline, begin: int, scale: float, in_points: bool) -> Trend:
    scaled = Timeline(timeline.grain, timeline.starts, timeline.values / scale, timeline.whole, timeline.calendar)
    season = adjusted(scaled)
    values, plain = scaled.judged()[begin:], season.values[begin:]
    present = np.flatnonzero(~np.isnan(values))
    covered = int(present[-1] - present[0] + 1)
    rounds = next((length for length in ROUNDS[timeline.grain] if covered >= 2 * length), 1)
    compared = values if rounds >= max(season.removed, default=0) - 1 else plain
    spread = inflation(_residuals(plain))
    test = mann_kendall(compared, rounds, spread)
    robust = theil_sen(compared, rounds, test.variance, around=plain)
    level = float(np.median(np.abs(values[present])))
    relative = robust.slope / level if level else None
    direction: Direction = "stable"
    if test.p_value < SIGNIFICANT and robust.slope:
        direction = "increasing" if robust.slope > 0 else "decreasing"
    return Trend(
        direction,
        _sentence(direction, timeline.grain, covered, test, robust.slope * scale if in_points else relative, in_points),
        None,
        None if season.is_year_known else "There is less than two years of history: a season may look like a trend.",
        test,
        robust.scaled(scale, len(timeline)),
        least_squares(plain, spread, season.spent * len(values) // len(timeline)).scaled(scale, len(timeline)),
        relative,
        None if relative is None else relative * PER_YEAR[timeline.grain],
        len(present),
    )


def _residuals(values: Floats) -> Floats:
    """Return what a line leaves, exactly nothing where that is only rounding."""
    is_present = ~np.isnan(values)
    residuals = np.full(len(values), np.nan)
    residuals[is_present] = left_by(bends(len(values), len(values))[is_present], values[is_present])
    return residuals


def _begin(timeline: Timeline, last: int | None) -> int:
    """Return where the window of the last whole periods begins."""
    whole = np.flatnonzero(timeline.whole)
    end = int(whole[-1]) + 1 if len(whole) else 0
    return max(end - last, 0) if last is not None else 0


def _unvaried(grain: Grain, covered_periods: int, count: int) -> Trend:
    covered = counted(covered_periods, grain)
    return Trend("stable", f"Stable: the same value over the last {covered}.", periods=count, relative=0.0)


def _sentence(
    direction: Direction, grain: Grain, covered: int, test: MannKendall, slope: float | None, in_points: bool
) -> str:
    over = f"over the last {counted(covered, grain)}"
    odds = chance(test.p_value)
    if direction == "stable":
        return f"Stable: no clear direction {over} (chance alone would show as much in {odds})."
    pace = _pace(slope, grain, in_points)
    return f"{direction.capitalize()}{pace} {over} (chance alone would show this in {odds})."


def _pace(slope: float | None, grain: Grain, in_points: bool) -> str:
    """Say how fast, by the year where a period moves by less than a tenth of a percent."""
    if slope is None:
        return ""
    unit: Grain = grain
    if abs(slope) < 0.001:
        slope, unit = slope * PER_YEAR[grain], "year"
    return f": about {points(slope) if in_points else percentage(slope)} a {unit}"
