"""What is usual for a weekday, a month, a quarter, and whether it is worth mentioning."""

from dataclasses import dataclass
from typing import Literal

import numpy as np

from dash_kpi.kpis.cadence import WEEKDAYS
from dash_kpi.kpis.calendar import Calendar
from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.statistics.robust import Integers, median
from dash_kpi.kpis.timeline import Timeline

Cycle = Literal["weekday", "month", "quarter"]

MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
NAMES: dict[Cycle, tuple[str, ...]] = {"weekday": WEEKDAYS, "month": MONTHS, "quarter": ("Q1", "Q2", "Q3", "Q4")}
GRAINS_OF: dict[Cycle, tuple[str, ...]] = {
    "weekday": ("day",),
    "month": ("day", "week", "month"),
    "quarter": ("day", "week", "month", "quarter"),
}
FULL = {"day": {"month": 15, "quarter": 45}, "week": {"month": 4, "quarter": 12}, "month": {"month": 1, "quarter": 3}}
CYCLES = 3
CHANCE = 0.01  # a season is mentioned where chance alone makes such differences this rarely
EXPLAINED = 0.05  # and where it explains at least this part of the differences in rank
SHUFFLES = 1999
ENOUGH_FOR_TABLE = 5  # values in every group, from which the chi-squared distribution holds


@dataclass(frozen=True, slots=True)
class Profile:
    """What is usual for each part of a cycle: a factor of the level (1) or a difference from it (0); None unknown."""

    cycle: Cycle
    names: tuple[str, ...]
    values: tuple[float | None, ...]
    counts: tuple[int, ...]
    is_multiplicative: bool
    has_season: bool
    chance: float | None  # how often chance alone makes differences as large
    best: str | None  # the highest, whether or not high is good; None without a season
    worst: str | None
    sentence: str


def profile(timeline: Timeline, cycle: Cycle) -> Profile | None:
    """Return the profile of a cycle; None where the grain is too coarse to show it.

    Median by part of the ratio to the centred moving average over one cycle (the classical decomposition,
    Hyndman and Athanasopoulos 2021, Forecasting: Principles and Practice, 3.4); of the difference where values
    are zero or negative. Months and quarters of finer grains are means over their periods. There is a season
    where Kruskal and Wallis's test (1952) of these gives p < 0.01 and they explain 5 % or more of the
    differences in rank. Limit: Easter and other moving days blur.
    """
    if timeline.grain not in GRAINS_OF[cycle]:
        return None
    values, groups = _cycle_values(timeline, cycle)
    length = len(NAMES[cycle])
    known = int(np.sum(~np.isnan(values)))
    present = values[~np.isnan(values)]
    is_multiplicative = bool(present.size) and bool(present.min() > 0)
    what = {"weekday": "day"}.get(cycle, cycle)
    if len(values) < CYCLES * length:
        return _unknown(cycle, is_multiplicative, f"Too little history: {len(values)} of {CYCLES * length} {what}s.")
    scale = np.log(values) if is_multiplicative else values
    detrended = scale - _centred_average(scale, length)
    noise = 1e-9 * float(np.nanmax(np.abs(scale), initial=0.0))  # of arithmetic
    detrended = np.where(np.abs(detrended) <= noise, 0.0, detrended)
    middles = np.array([median(detrended[groups == part]) for part in range(length)])
    if known < CYCLES * 2 or np.all(np.isnan(middles)):
        return _unknown(cycle, is_multiplicative, f"Too many gaps: {known} of {len(values)} {what}s have a value.")
    middles = middles - float(np.nanmean(middles))
    chance, explained = kruskal_wallis(detrended, groups)
    has_season = chance is not None and chance < CHANCE and explained >= EXPLAINED
    return _profile(cycle, _names(timeline, cycle), middles, detrended, groups, is_multiplicative, chance, has_season)


def kruskal_wallis(values: Floats, groups: Integers) -> tuple[float | None, float]:
    """Return the chance that groups differ as much by accident, and the part of rank variance they explain (ε²).

    Where a group has fewer than five values the chance is counted over 1,999 shuffles with a fixed seed.
    None where there is nothing to compare.
    """
    from scipy.special import chdtrc

    present = ~np.isnan(values)
    _, belongs = np.unique(groups[present], return_inverse=True)
    counts = np.bincount(belongs)
    total = int(present.sum())
    if len(counts) < 2 or total <= len(counts) or np.ptp(values[present]) <= 1e-9 * np.max(np.abs(values[present])):
        return None, 0.0
    ranks = _ranks(values[present])
    statistic = _between(ranks, belongs, counts)
    explained = max(0.0, (statistic - len(counts) + 1) / (total - len(counts)))
    if counts.min() >= ENOUGH_FOR_TABLE:
        return float(chdtrc(len(counts) - 1, statistic)), explained
    rng = np.random.default_rng(0)
    shuffled = [_between(rng.permutation(ranks), belongs, counts) for _ in range(SHUFFLES)]
    return (1 + sum(one >= statistic - 1e-9 for one in shuffled)) / (SHUFFLES + 1), explained


def _between(ranks: Floats, belongs: Integers, counts: Integers) -> float:
    """Return Kruskal and Wallis's H, corrected for ties: the variance between the groups in units of all."""
    centred = ranks - ranks.mean()
    sums = np.bincount(belongs, weights=centred)
    return float(np.sum(sums**2 / counts) / np.sum(centred**2) * (len(ranks) - 1))


def _ranks(values: Floats) -> Floats:
    """Return ranks from 1, the mean of them where values are equal."""
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks: Floats = (ends - (counts - 1) / 2)[place]
    return ranks


def _cycle_values(timeline: Timeline, cycle: Cycle) -> tuple[Floats, Integers]:
    """Return the values by consecutive part of the cycle, and which part each is."""
    values, starts = timeline.judged(), timeline.starts
    if cycle == "weekday":
        return values, np.array([start.weekday() for start in starts], dtype=np.int64)
    months = 1 if cycle == "month" else 3
    found = [timeline.calendar.place(start, cycle) for start in starts]
    number = np.array([year * 12 // months + part for year, part in found], dtype=np.int64)
    if not len(number):
        return values, number
    needed = FULL.get(timeline.grain, {}).get(cycle, 1)
    place, known = number - number[0], ~np.isnan(values)
    counts = np.bincount(place, weights=known)
    sums = np.bincount(place, weights=np.where(known, values / max(needed, 1), 0.0)) * max(needed, 1)
    means = np.where(counts >= needed, sums / np.maximum(counts, 1), np.nan)
    return means, (np.arange(len(means)) + number[0]) % (12 // months)


def months_of(calendar: Calendar) -> tuple[str, ...]:
    """Return what the months of a year are called; those of whole weeks have numbers."""
    return tuple(f"P{number}" for number in range(1, 13)) if calendar.weeks else MONTHS


def _names(timeline: Timeline, cycle: Cycle) -> tuple[str, ...]:
    return months_of(timeline.calendar) if cycle == "month" else NAMES[cycle]


def _centred_average(values: Floats, length: int) -> Floats:
    """Return the average over one whole cycle around each value, the ends of an even one counting half.

    NaN where fewer than seven tenths of the cycle are known, as at both ends; what is missing is left out.
    """
    weights = np.ones(length + 1 - length % 2)
    if length % 2 == 0:
        weights[[0, -1]] = 0.5
    if len(values) < len(weights):
        return np.full(len(values), np.nan)
    known = np.convolve((~np.isnan(values)).astype(np.float64), weights, "valid")
    unit = float(np.nanmax(np.abs(values), initial=0.0)) or 1.0
    sums = np.convolve(np.nan_to_num(values / unit), weights, "valid")
    enough = known >= 0.7 * length
    averages = np.full(len(values), np.nan)
    half = len(weights) // 2
    averages[half : half + len(sums)] = np.where(enough, sums / np.where(enough, known, 1) * unit, np.nan)
    return averages


def _profile(
    cycle: Cycle,
    names: tuple[str, ...],
    middles: Floats,
    detrended: Floats,
    groups: Integers,
    is_multiplicative: bool,
    chance: float | None,
    has_season: bool,
) -> Profile:
    shown = np.exp(np.clip(middles, -700, 700)) if is_multiplicative else middles
    best, worst = names[int(np.nanargmax(middles))], names[int(np.nanargmin(middles))]
    counts = tuple(int(np.sum(~np.isnan(detrended[groups == part]))) for part in range(len(names)))
    return Profile(
        cycle=cycle,
        names=names,
        values=tuple(None if np.isnan(value) else float(value) for value in shown),
        counts=counts,
        is_multiplicative=is_multiplicative,
        has_season=has_season,
        chance=chance,
        best=best if has_season else None,
        worst=worst if has_season else None,
        sentence=_sentence(cycle, shown, best, worst, is_multiplicative) if has_season else _none(cycle),
    )


def _sentence(cycle: Cycle, shown: Floats, best: str, worst: str, is_multiplicative: bool) -> str:
    if not is_multiplicative:
        return f"{best} is usually the highest {cycle}, {worst} the lowest."
    high, low = float(np.nanmax(shown)) - 1, 1 - float(np.nanmin(shown))
    above = f"{best} is usually the highest {cycle}, {high:.0%} above the level around it"
    return f"{above}; {worst} the lowest, {low:.0%} below."


def _none(cycle: Cycle) -> str:
    return f"No {cycle} stands out: the differences are no larger than chance makes them, or hardly matter."


def _unknown(cycle: Cycle, is_multiplicative: bool, sentence: str) -> Profile:
    names = NAMES[cycle]
    return Profile(
        cycle, names, (None,) * len(names), (0,) * len(names), is_multiplicative, False, None, None, None, sentence
    )
