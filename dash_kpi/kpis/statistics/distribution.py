"""How the values of a KPI are spread: histogram, quantiles, and boxes by weekday, month, quarter or year."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from dash_kpi.kpis.calendar import Calendar
from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import GRAINS, Grain
from dash_kpi.kpis.statistics.wording import PLURAL
from dash_kpi.kpis.timeline import Timeline

Grouping = Literal["weekday", "month", "quarter", "year"]

MOST_BINS = 60
WHISKER = 1.5  # times the distance between the quartiles
QUARTILES = (0.25, 0.5, 0.75)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
COARSEST: dict[Grouping, Grain] = {"weekday": "day", "month": "month", "quarter": "quarter", "year": "year"}


@dataclass(frozen=True, slots=True)
class Histogram:
    """How many values lie in each bin: bin i runs from edge i up to edge i + 1, which only the last includes."""

    edges: Floats
    counts: tuple[int, ...]
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Box:
    """The box of one group: its quartiles, how far its whiskers reach, and the values beyond them."""

    label: str
    count: int
    low: float
    lower_quartile: float
    median: float
    upper_quartile: float
    high: float
    mean: float
    outliers: tuple[tuple[date, float], ...]


@dataclass(frozen=True, slots=True)
class Boxes:
    """The boxes of the groups that have a value, in the order of the calendar; `reason` where there are none."""

    boxes: tuple[Box, ...]
    reason: str | None = None


def histogram(values: Floats, most: int = MOST_BINS) -> Histogram:
    """Count the values in bins of equal width, at most `most`.

    The width is twice the distance between the quartiles over the cube root of their number (Freedman &
    Diaconis 1981, "On the histogram as a density estimator: L2 theory"); where the quartiles are one value,
    as many bins as Sturges 1926 asks for. Whole numbers get bins of a whole width, around them, so that no
    bin is empty by arithmetic alone. Limit: a value far out widens every bin once `most` is reached.
    """
    found = values[np.isfinite(values)]
    if not len(found):
        return Histogram(np.empty(0), (), "no values to count")
    lowest, highest = float(found.min()), float(found.max())
    with np.errstate(over="ignore"):
        reach = float(np.float64(highest) - np.float64(lowest))
    if not np.isfinite(reach):
        return Histogram(np.empty(0), (), "the values lie too far apart to be counted in bins")
    if reach <= 1e-12 * max(abs(lowest), abs(highest)) or reach < 1e-300:
        half = max(abs(lowest) / 2, 0.5)
        return Histogram(np.array([lowest - half, lowest + half]), (len(found),))
    edges = _edges(found, lowest, reach, most)
    counts, _ = np.histogram(found, edges)
    return Histogram(edges, tuple(counts.tolist()))


def _edges(found: Floats, lowest: float, reach: float, most: int) -> Floats:
    low, _, high = np.quantile(found, QUARTILES)
    width = 2 * (high - low) / np.cbrt(len(found))
    wanted = reach / width if width > reach / 1e6 else 1e6 if width else np.log2(len(found)) + 1
    bins = int(np.clip(np.ceil(wanted), 1, most))
    if max(abs(lowest), reach) < 2**52 and np.array_equal(found, np.rint(found)):
        whole = max(round(reach / bins), int(np.ceil((reach + 1) / most)), 1)
        whole_edges: Floats = lowest - 0.5 + whole * np.arange(int(np.ceil((reach + 1) / whole)) + 1, dtype=np.float64)
        return whole_edges
    edges: Floats = np.linspace(lowest, lowest + reach, bins + 1)
    edges[-1] = max(edges[-1], found.max())
    return edges


def quantiles(values: Floats, at: Sequence[float] = (0.05, *QUARTILES, 0.95)) -> tuple[float | None, ...]:
    """Return the values below which a share of all lies; between two values in proportion.

    Source: Hyndman & Fan 1996, "Sample quantiles in statistical packages", type 7, as Excel's PERCENTILE.INC.
    """
    found = values[np.isfinite(values)]
    if not len(found):
        return (None,) * len(at)
    with np.errstate(all="ignore"):
        return tuple(None if not np.isfinite(value) else float(value) for value in np.quantile(found, at))


def boxes(timeline: Timeline, by: Grouping) -> Boxes:
    """Return a box for each weekday, month, quarter or year; a week belongs to the month that it begins in.

    The whiskers reach the furthest values within 1.5 times the distance between the quartiles (type 7);
    what lies beyond is an outlier. Source: Tukey 1977, "Exploratory Data Analysis". Periods that are cut
    short are left out. Limit: about 1 of 150 values of a normal distribution is called an outlier.
    """
    if GRAINS.index(timeline.grain) > GRAINS.index(COARSEST[by]):
        return Boxes((), f"{PLURAL[timeline.grain]} cannot be told apart by {by}")
    groups: dict[tuple[int, str], list[int]] = {}
    for at in np.flatnonzero(timeline.usable).tolist():
        groups.setdefault(_group(timeline.starts[at], by, timeline.calendar), []).append(at)
    found = tuple(_box(label, timeline, groups[order, label]) for order, label in sorted(groups))
    return Boxes(found, None if found else "no values to describe")


def _group(day: date, by: Grouping, calendar: Calendar) -> tuple[int, str]:
    """Return the place of a day's group among all, and its label."""
    if by == "weekday":
        return day.weekday(), WEEKDAYS[day.weekday()]
    if by == "month":
        month = calendar.place(day, "month")[1]
        return month, f"P{month + 1}" if calendar.weeks else MONTHS[month]
    year, quarter = calendar.place(day, "quarter")
    return (quarter, f"Q{quarter + 1}") if by == "quarter" else (year, calendar.label(day, "year"))


def _box(label: str, timeline: Timeline, at: list[int]) -> Box:
    values = timeline.values[at]
    with np.errstate(over="ignore"):
        low, median, high = (float(value) for value in np.quantile(values, QUARTILES))
        reach = WHISKER * (high - low)
        is_inside = (values >= low - reach) & (values <= high + reach)
        mean = float((values / len(values)).sum())
    inside = values[is_inside]
    outliers = tuple((timeline.starts[at[n]], float(values[n])) for n in np.flatnonzero(~is_inside))
    return Box(label, len(at), float(inside.min()), low, median, high, float(inside.max()), mean, outliers)
