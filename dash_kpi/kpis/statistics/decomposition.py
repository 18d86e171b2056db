"""A KPI taken apart into trend, seasons and what remains."""

from dataclasses import dataclass

import numpy as np

from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.timeline import SEASONS, Booleans, Timeline

CYCLES = 2  # whole seasons below which a season cannot be told from the trend
MOST_MISSING = 0.4
WINDOWS = (11, 15)  # over how many cycles the shape of each season may change, as MSTL has it
ROUNDS = 2  # of taking out one season after the other


@dataclass(frozen=True, slots=True)
class Decomposition:
    """Trend in the units of the KPI; seasons and remainder as factors where `is_multiplicative`, else differences.

    Arrays have the length of the timeline, NaN before the first and after the last value. `filled` marks the
    missing periods that were filled for this purpose only; their remainder says nothing.
    """

    trend: Floats
    seasons: dict[int, Floats]  # by the length of the season in periods
    remainder: Floats
    is_multiplicative: bool
    filled: Booleans
    trend_strength: float  # 0 none … 1 nothing else
    season_strengths: dict[int, float]
    method: str


@dataclass(frozen=True, slots=True)
class NotDecomposed:
    """Why a timeline cannot be taken apart."""

    sentence: str


def decompose(timeline: Timeline) -> Decomposition | NotDecomposed:
    """Take a timeline apart by robust STL, one season after the other; logarithms where every value is above zero.

    Cleveland, Cleveland, McRae and Terpenning 1990, STL; for several seasons Bandara, Hyndman and Bergmeir 2021,
    MSTL. Loess is worked out at every tenth of a season and joined by lines, as Cleveland proposes: 20 years of
    days take less than a second in place of fifteen. Limits: with two or three cycles much of the noise is taken
    for season; 29 February moves the season of 365 days on by one.
    """
    values = timeline.judged()
    present = np.flatnonzero(~np.isnan(values))
    lengths = SEASONS[timeline.grain]
    span = int(present[-1] - present[0] + 1) if present.size else 0
    fitting = tuple(length for length in lengths if span >= CYCLES * length)
    if not lengths:
        return NotDecomposed("Years have no season within them.")
    if not fitting:
        return NotDecomposed(f"Too little history: {span} of {CYCLES * lengths[0]} {timeline.grain}s.")
    if span - present.size > MOST_MISSING * span:
        return NotDecomposed(f"Too many gaps: {span - present.size} of {span} {timeline.grain}s have no value.")
    inside = values[present[0] : present[-1] + 1]
    is_multiplicative = bool(np.nanmin(inside) > 0)
    scale = _filled(np.log(inside) if is_multiplicative else inside, fitting[0])
    trend, parts = _stl(scale, fitting)
    return _assembled(timeline, int(present[0]), inside, trend, parts, scale, is_multiplicative)


def strength(part: Floats, remainder: Floats) -> float:
    """Return max(0, 1 − Var(remainder) / Var(part + remainder)), the strength of a trend or season.

    Wang, Smith and Hyndman 2006, Characteristic-based clustering for time series data.
    """
    unit = float(np.max(np.abs(part) + np.abs(remainder), initial=0.0)) or 1.0  # squares of huge values overflow
    together = float(np.var((part + remainder) / unit))
    return max(0.0, 1 - float(np.var(remainder / unit)) / together) if together > 0 else 0.0


def _filled(values: Floats, length: int) -> Floats:
    """Fill gaps on a line between the nearest periods of the same place in the season; else between neighbours."""
    places = np.arange(len(values))
    filled = values.copy()
    for phase in range(length):
        same = places[phase::length]
        known = same[~np.isnan(values[same])]
        if known.size:
            filled[same] = np.interp(same, known, values[known])
    known = places[~np.isnan(filled)]
    return np.interp(places, known, filled[known])


def _stl(values: Floats, lengths: tuple[int, ...]) -> tuple[Floats, dict[int, Floats]]:
    from statsmodels.tsa.seasonal import STL

    parts = {length: np.zeros(len(values)) for length in lengths}
    trend: Floats = np.full(len(values), float(values.mean()))
    if np.ptp(values) <= 1e-9 * float(np.max(np.abs(values), initial=0.0)):
        return trend, parts
    unit = float(np.max(np.abs(values)))
    for _ in range(ROUNDS if len(lengths) > 1 else 1):
        for window, length in zip(WINDOWS, lengths, strict=False):
            rest = (values - sum(part for other, part in parts.items() if other != length)) / unit
            jump = max(1, length // 10)
            fit = STL(rest, period=length, seasonal=window, robust=True, trend_jump=jump, low_pass_jump=jump).fit()
            parts[length], trend = np.asarray(fit.seasonal) * unit, np.asarray(fit.trend) * unit
    return trend, parts


def _assembled(
    timeline: Timeline,
    first: int,
    inside: Floats,
    trend: Floats,
    parts: dict[int, Floats],
    scale: Floats,
    is_multiplicative: bool,
) -> Decomposition:
    remainder = scale - trend - sum(parts.values())
    known = ~np.isnan(inside)

    def whole(part: Floats) -> Floats:
        placed = np.full(len(timeline), np.nan)
        placed[first : first + len(part)] = np.exp(np.clip(part, -700, 700)) if is_multiplicative else part
        return placed

    filled = np.zeros(len(timeline), dtype=bool)
    filled[first : first + len(inside)] = ~known
    return Decomposition(
        trend=whole(trend),
        seasons={length: whole(part) for length, part in parts.items()},
        remainder=whole(remainder),
        is_multiplicative=is_multiplicative,
        filled=filled,
        trend_strength=strength(trend[known], remainder[known]),
        season_strengths={length: strength(part[known], remainder[known]) for length, part in parts.items()},
        method=_method(timeline.grain, tuple(parts), is_multiplicative, int(filled.sum())),
    )


def _method(grain: str, lengths: tuple[int, ...], is_multiplicative: bool, gaps: int) -> str:
    seasons = " and ".join(str(length) for length in lengths)
    how = "as factors" if is_multiplicative else "as differences"
    told = f" {gaps} missing {grain}{'s' if gaps > 1 else ''} filled in for this only." if gaps else ""
    return f"Robust smoothing (STL) with a season of {seasons} {grain}s, {how}.{told}"
