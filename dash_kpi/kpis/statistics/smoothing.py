"""Smoothing a series, adding it up to date, its growth and its volatility."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import Grain, add_months
from dash_kpi.kpis.statistics.wording import counted, percentage, points, too_little
from dash_kpi.kpis.timeline import Booleans, Timeline

WINDOWS = (7, 14, 30)  # in periods of the grain
FEWEST_CHANGES = 6
YEAR: dict[Grain, int] = {"week": 52, "month": 12, "quarter": 4, "year": 1}  # in periods; days go by their date

NO_VALUE = "no value in this period"
NOT_WHOLE = "this period is not complete"
NO_BASE = "no complete period to compare with"
ZERO_BASE = "the value to compare with is zero"
TOO_LARGE = "the change is too large to be a number"


@dataclass(frozen=True, slots=True)
class ToDate:
    """A running total; `is_partial` where something of the group is missing so far, so that it is too small."""

    values: Floats
    is_partial: Booleans


@dataclass(frozen=True, slots=True)
class Growth:
    """The change of each period, NaN where there is none, and then why."""

    values: Floats
    reasons: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class Volatility:
    """How much a KPI moves: from period to period, and around its trend; None where it cannot be said."""

    of_changes: float | None
    around_trend: float | None
    periods: int
    sentence: str
    reason: str | None = None


def moving_average(values: Floats, window: int) -> Floats:
    """Return the mean of each period and the `window` - 1 before it.

    Missing values are left out; where fewer than half of the window is there (the beginning counts as
    missing), there is no average. A trailing average lags half a window behind what it smooths.
    Source: Hyndman & Athanasopoulos 2021, "Forecasting: Principles and Practice", 3rd ed., 3.3 (there centred).
    """
    finite = _finite(values)
    padded = np.concatenate([np.full(window - 1, np.nan), finite])
    windows = np.lib.stride_tricks.sliding_window_view(padded, window) if len(finite) else np.empty((0, window))
    present = ~np.isnan(windows)
    counts = present.sum(axis=1)
    with np.errstate(all="ignore"):
        means = np.where(present, windows, 0).sum(axis=1) / counts
    return _finite(np.where(2 * counts >= window, means, np.nan))


def exponential(values: Floats, *, span: float | None = None, alpha: float | None = None) -> Floats:
    """Return the mean of everything so far, each older period weighing 1 - alpha times the next.

    Give alpha (above 0, at most 1) or the span of a moving average of the same age: alpha = 2 / (span + 1).
    A missing period has no smoothed value, and what came before it fades meanwhile. The weights are
    normalised, so that the first value does not weigh more than its share.
    Source: Brown 1956, "Exponential Smoothing for Predicting Demand"; weights as `DataFrame.ewm(adjust=True)`.
    """
    alpha = alpha if alpha is not None else 2 / ((span or 1) + 1)
    if not 0 < alpha <= 1:
        raise ValueError(f"alpha is above 0 and at most 1, not {alpha}")
    smoothed = np.full(len(values), np.nan)
    mean = weight = 0.0
    for at, value in enumerate(_finite(values).tolist()):
        weight *= 1 - alpha
        if value == value:
            weight += 1
            share = 1 / weight
            mean = mean * (1 - share) + value * share
            smoothed[at] = mean
    return smoothed


def to_date(timeline: Timeline, groups: Sequence[date]) -> ToDate:
    """Return the running total since the latest of `groups`, the first days of fiscal years or months.

    A period belongs to the group that it begins in. A missing period has no total; the next ones carry on
    and are marked as partial, as are those of a group that began before the timeline did. There is no
    total before the first group. Only an additive KPI may be added up: a margin may not.
    """
    bounds = np.array(sorted(day.toordinal() for day in groups), dtype=np.int64)
    starts = np.array([day.toordinal() for day in timeline.starts], dtype=np.int64)
    group = np.searchsorted(bounds, starts, side="right") - 1
    values = _finite(timeline.values)
    totals, is_partial = np.full(len(values), np.nan), np.zeros(len(values), dtype=bool)
    for number in np.unique(group[group >= 0]):
        inside = np.flatnonzero(group == number)
        is_missing = np.isnan(values[inside])
        with np.errstate(all="ignore"):
            totals[inside] = np.where(is_missing, np.nan, np.where(is_missing, 0, values[inside]).cumsum())
        begins_late = inside[0] == 0 and starts[0] > bounds[number]
        is_partial[inside] = begins_late | np.logical_or.accumulate(is_missing)
    return ToDate(_finite(totals), is_partial)


def growth(timeline: Timeline, over: Literal["period", "year"] = "period", *, in_points: bool = False) -> Growth:
    """Return the change of each period against the one before, or the same one a year before.

    Relative to the size of the earlier value ((now - before) / |before|), or in points: the plain
    difference, for KPIs that are percentages. The year before is 52 weeks, 12 months or 4 quarters back, or
    the same date (28 February for the 29th). Periods that are cut short have no growth and are no base.
    """
    before = _earlier(timeline, over)
    now = timeline.judged()
    with np.errstate(all="ignore"):
        change = now - before if in_points else (now - before) / np.abs(before)
    is_usable = np.isfinite(change)
    reasons = np.full(len(now), None, dtype=object)
    reasons[~is_usable] = TOO_LARGE
    if not in_points:
        reasons[before == 0] = ZERO_BASE
    reasons[np.isnan(before)] = NO_BASE
    reasons[np.isnan(timeline.values)] = NO_VALUE
    reasons[~timeline.whole] = NOT_WHOLE
    return Growth(np.where(is_usable, change, np.nan), tuple(reasons.tolist()))


def volatility(timeline: Timeline, *, in_points: bool = False) -> Volatility:
    """Return how much a KPI moves.

    `of_changes` is the standard deviation (n - 1) of its growth over the period before, a share or points;
    a season counts as movement. Source: Hull 2018, "Options, Futures, and Other Derivatives", 15.4.
    `around_trend` is the standard deviation of what its least squares line leaves (n - 2), as a share of
    its mean: the coefficient of variation of the detrended values. Source: Pearson 1896, "Regression,
    Heredity and Panmixia". It says nothing where values of both signs make the mean small, and is None there.
    """
    changes = growth(timeline, in_points=in_points).values
    changes = changes[~np.isnan(changes)]
    if len(changes) < FEWEST_CHANGES:
        reason = too_little(int(timeline.usable.sum()), FEWEST_CHANGES + 1, timeline.grain)
        if timeline.usable.sum() > FEWEST_CHANGES:
            reason = f"too few {timeline.grain}s follow one with a value other than zero"
        return Volatility(None, None, len(changes) + 1, f"Nothing can be said: {reason}.", reason)
    of_changes, around = _deviation(changes, 1), _around_trend(timeline.judged())
    middle = float(np.median(np.abs(changes)))  # one huge change must not be called typical
    size = points(middle) if in_points else percentage(middle)
    sentence = f"From one {timeline.grain} to the next it typically moves by {size}"
    sentence += f", and around its trend by {percentage(around)} of its mean" if around is not None else ""
    used = int(timeline.usable.sum())
    return Volatility(of_changes, around, used, f"{sentence} ({counted(used, timeline.grain)}).")


def _earlier(timeline: Timeline, over: Literal["period", "year"]) -> Floats:
    """Return, for each period, the value that it is compared with."""
    values = timeline.judged()
    if over == "year" and timeline.grain == "day":
        known = dict(zip(timeline.starts, values.tolist(), strict=True))
        return np.array([known.get(add_months(day, -12), np.nan) for day in timeline.starts], dtype=np.float64)
    back = YEAR[timeline.grain] if over == "year" else 1
    return np.concatenate([np.full(min(back, len(values)), np.nan), values[:-back]])


def _around_trend(values: Floats) -> float | None:
    at = np.flatnonzero(~np.isnan(values))
    found = values[at]
    with np.errstate(all="ignore"):
        mean = abs(found.mean())
        centred = at - at.mean()
        left = found - found.mean() - centred * (centred @ found) / (centred @ centred)
        deviation = _deviation(left, 2)
        # A mean within two standard errors of zero is no yardstick.
        if deviation is None or mean <= 2 * deviation / np.sqrt(len(found)):
            return None
        return float(deviation / mean)


def _deviation(values: Floats, spent: int) -> float | None:
    with np.errstate(all="ignore"):
        deviation = float(np.sqrt(((values - values.mean()) ** 2).sum() / (len(values) - spent)))
    return deviation if np.isfinite(deviation) else None


def _finite(values: Floats) -> Floats:
    finite: Floats = np.where(np.isfinite(values), values, np.nan)
    return finite
