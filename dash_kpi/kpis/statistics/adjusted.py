"""A series without its season, for what must not mistake a season for something else."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import Grain
from dash_kpi.kpis.timeline import Timeline

HARMONICS = 4  # of the year, for days and weeks: a season that bends up to eight times a year
YEAR_IN: dict[Grain, int] = {"day": 365, "week": 52, "month": 12, "quarter": 4}
BENDS = 40  # of the trend beside a season, at most
EVIDENT = 0.01  # the chance at which a season is believed
FEWEST_LEFT = 4  # values beyond what a season takes to describe
CLIPPED = 4.0  # robust standard deviations beyond which a value does not shape the season


@dataclass(frozen=True, slots=True)
class Adjusted:
    """The judged values of a timeline without the seasons that are evident; which ones those were."""

    values: Floats
    removed: tuple[int, ...]  # their lengths in periods
    spent: int  # how many numbers describe them
    is_year_known: bool  # whether there was enough history to look for a season of a year


def adjusted(timeline: Timeline, rounds: int = 2) -> Adjusted:
    """Remove the seasons of a timeline: the weekday of days, and the time of the year.

    Beside a trend that may bend once a season, the values are explained by the weekday, month or quarter, or
    for the year of days and weeks by four harmonics of the date. A season is looked for where there are
    `rounds` whole rounds of it and removed where an F test finds it (p < 0.01). Source: Hyndman & Athanasopoulos
    2021, "Forecasting: Principles and Practice", 3rd ed., 7.4 (seasonal dummies, Fourier terms). Limit: a
    season that is added, always of the same size.
    """
    values = timeline.judged()
    removed: list[int] = []
    spent = 0
    seasons = ((7, 365) if timeline.grain == "day" else (YEAR_IN[timeline.grain],)) if timeline.grain != "year" else ()
    for length in seasons:
        if not _has_rounds(values, length, rounds):
            continue
        season, numbers = _season(values, timeline, length)
        if season is not None:
            values, removed, spent = values - season, [*removed, length], spent + numbers
    is_year_known = timeline.grain == "year" or _has_rounds(values, YEAR_IN[timeline.grain])
    return Adjusted(values, tuple(removed), spent, is_year_known)


def _has_rounds(values: Floats, length: int, rounds: int = 2) -> bool:
    present = np.flatnonzero(~np.isnan(values))
    return len(present) > 0 and present[-1] - present[0] + 1 >= rounds * length and len(present) >= length


def _season(values: Floats, timeline: Timeline, length: int) -> tuple[Floats | None, int]:
    """Return the season if it is evident, and how many numbers describe it."""
    is_present = ~np.isnan(values)
    shape = _harmonics(timeline.starts) if length in (52, 365) else _dummies(timeline, length)
    columns = shape - shape[is_present].mean(axis=0)
    trend = bends(len(values), length)[is_present]
    design = np.column_stack([trend, columns[is_present]])
    degrees = len(design) - design.shape[1]
    if degrees < FEWEST_LEFT or not left_by(trend, values[is_present]).any():
        return None, 0
    found = _clipped(values[is_present], design)
    weights, _ = _fit(design, found)
    if _chance(found - _fit(trend, found)[1], found - design @ weights, shape.shape[1], degrees) >= EVIDENT:
        return None, 0
    season: Floats = columns @ weights[trend.shape[1] :]
    return season, shape.shape[1]


def left_by(design: Floats, found: Floats) -> Floats:
    """Return what a fit leaves; exactly nothing where that is only rounding."""
    left = found - _fit(design, found)[1]
    size = np.abs(found).max(initial=0.0)
    cleaned: Floats = np.where(np.abs(left) <= 1e-12 * size, 0.0, left)
    return cleaned


def _fit(design: Floats, found: Floats) -> tuple[npt.NDArray[Any], Floats]:
    """Return the weights of a least squares fit, and what it fits."""
    weights: npt.NDArray[Any] = np.linalg.lstsq(design, found, rcond=None)[0]
    return weights, design @ weights


def _clipped(found: Floats, design: Floats) -> Floats:
    """Pull in what lies far from the fit, so that one spike does not become a season."""
    _, fitted = _fit(design, found)
    left = found - fitted
    spread = 1.4826 * float(np.median(np.abs(left)))
    return fitted + np.clip(left, -CLIPPED * spread, CLIPPED * spread) if spread else found


def _chance(without: Floats, beside: Floats, numbers: int, degrees: int) -> float:
    """Return the p-value of the F test of a season, from what is left without it and beside it."""
    from scipy import special

    unexplained = float((beside**2).sum())
    explained = max(float((without**2).sum()) - unexplained, 0.0)
    if unexplained <= 1e-12 * explained:
        return 0.0 if explained else 1.0
    return float(special.fdtrc(numbers, degrees, explained / numbers / (unexplained / degrees)))


def bends(length: int, season: int) -> Floats:
    """Return hat functions whose sums are the lines that may bend once a season, at most `BENDS` times."""
    knots = np.linspace(0, length - 1, min(max(round(length / season), 1), BENDS) + 1)
    at, width = np.arange(length), knots[1] - knots[0]
    hats: Floats = np.maximum(1 - np.abs(at[:, None] - knots) / width, 0)
    return hats


def _harmonics(starts: tuple[date, ...]) -> Floats:
    angle = 2 * np.pi * np.array([day.toordinal() for day in starts]) / 365.2425
    waves: Floats = np.column_stack([wave(k * angle) for k in range(1, HARMONICS + 1) for wave in (np.sin, np.cos)])
    return waves


def _dummies(timeline: Timeline, length: int) -> Floats:
    """Return one column for each position of a season but the last."""
    if length == 7:
        position: npt.NDArray[np.int64] = np.array([day.weekday() for day in timeline.starts])
    else:
        position = np.arange(len(timeline)) % length
    columns: Floats = (position[:, None] == np.arange(length - 1)).astype(np.float64)
    return columns
