"""Periods: the spans that people choose, the grains they are cut into, and what they are compared with.

A period such as "last 30 days" ends with the last day that has data, not with today: a workbook that
somebody updates on Fridays would otherwise look empty on a Monday.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal

from dash_kpi.kpis.calendar import CIVIL, DAY, GRAINS, Calendar, Days, Grain, add_months

__all__ = ["DAY", "GRAINS", "Calendar", "Comparison", "Days", "Grain", "add_months"]

Comparison = Literal["previous", "year", "none"]

# The longest span, in days, that is shown at a grain when nobody chose one.
LONGEST_SPAN: tuple[tuple[Grain, int], ...] = (("day", 31), ("week", 183), ("month", 1280), ("quarter", 4400))


def start_of(day: date, grain: Grain, calendar: Calendar = CIVIL) -> date:
    """Return the first day of the period that the day lies in."""
    return calendar.start_of(day, grain)


def next_start(start: date, grain: Grain, periods: int = 1, calendar: Calendar = CIVIL) -> date:
    """Return the first day of the period `periods` after the one that begins on `start`."""
    return calendar.next_start(start, grain, periods)


def end_of(day: date, grain: Grain, calendar: Calendar = CIVIL) -> date:
    """Return the last day of the period that the day lies in."""
    return calendar.end_of(day, grain)


@lru_cache(maxsize=512)
def starts_between(span: Days, grain: Grain, calendar: Calendar = CIVIL) -> tuple[date, ...]:
    """Return the first day of every period that the span touches."""
    starts = [calendar.start_of(span.start, grain)]
    while (following := calendar.next_start(starts[-1], grain)) <= span.end:
        if following == starts[-1]:  # the last day there is
            break
        starts.append(following)
    return tuple(starts)


def grain_for(span: Days, finest: Grain) -> Grain:
    """Return the grain at which a span of this length reads well, never finer than `finest`."""
    fitting: Grain = next((grain for grain, longest in LONGEST_SPAN if span.length <= longest), "year")
    return fitting if GRAINS.index(fitting) > GRAINS.index(finest) else finest


def period_label(start: date, grain: Grain, calendar: Calendar = CIVIL) -> str:
    """Return a period as people write it: "3 Mar 2025", "week of 3 Mar 2025", "Mar 2025", "Q1 2025", "2025"."""
    return calendar.label(start, grain)


def span_label(span: Days) -> str:
    """Return a span as people write it, saying the month and the year once where they are the same."""
    start, end = span
    if start == end:
        return f"{end.day} {end:%b %Y}"
    left = f"{start.day}"
    if (start.year, start.month) != (end.year, end.month):
        left += f" {start:%b}"
    if start.year != end.year:
        left += f" {start.year}"
    return f"{left} – {end.day} {end:%b %Y}"


Finder = Callable[[date, date, Calendar], Days]


def _last_days(days: int) -> Finder:
    return lambda _first, last, _calendar: Days(last - timedelta(days=days - 1), last)


def _to_date(grain: Grain) -> Finder:
    return lambda _first, last, calendar: Days(calendar.start_of(last, grain), last)


def _last_whole(grain: Grain) -> Finder:
    def span(_first: date, last: date, calendar: Calendar) -> Days:
        end = calendar.start_of(last, grain) - DAY
        return Days(calendar.start_of(end, grain), end)

    return span


# key: label, the span it stands for when the data runs from `first` to `last`, the grain it moves by.
_CHOICES: dict[str, tuple[str, Finder, Grain]] = {
    "1d": ("Latest day", _last_days(1), "day"),
    "7d": ("Last 7 days", _last_days(7), "day"),
    "30d": ("Last 30 days", _last_days(30), "day"),
    "90d": ("Last 90 days", _last_days(90), "day"),
    "12m": ("Last 12 months", lambda _first, last, calendar: Days(_months_ago(last, 11, calendar), last), "year"),
    "week": ("This week", _to_date("week"), "week"),
    "last_week": ("Last week", _last_whole("week"), "week"),
    "month": ("This month", _to_date("month"), "month"),
    "last_month": ("Last month", _last_whole("month"), "month"),
    "quarter": ("This quarter", _to_date("quarter"), "quarter"),
    "last_quarter": ("Last quarter", _last_whole("quarter"), "quarter"),
    "year": ("This year", _to_date("year"), "year"),
    "last_year": ("Last year", _last_whole("year"), "year"),
    "all": ("All time", lambda first, last, _calendar: Days(first, last), "day"),
}
PERIODS: dict[str, str] = {key: label for key, (label, _, _) in _CHOICES.items()}


def span_of(period: str, first: date, last: date, calendar: Calendar = CIVIL) -> Days:
    """Return the days that a period of `PERIODS` stands for when the data runs from `first` to `last`."""
    return _CHOICES[period][1](first, last, calendar)


def reference_span(period: str, span: Days, compare: Comparison, calendar: Calendar = CIVIL) -> Days | None:
    """Return the span to compare with, like for like, or None where there is nothing before.

    A calendar period that is not over ("this month", to the 12th) is compared with the same part of
    the period before (the 1st to the 12th, or as many working days); any other span with as many days
    just before it.
    """
    if compare == "none" or period == "all":
        return None
    try:
        if compare == "year":
            return year_before(span, calendar)
        grain = _CHOICES[period][2] if period in _CHOICES else "day"
        if period == "12m":
            return year_before(span, calendar)
        if grain == "day":
            return just_before(span)
        return calendar.before(span, grain)
    except OverflowError:
        return None


def just_before(span: Days) -> Days:
    """Return as many days just before a span. Raises OverflowError."""
    return Days(span.start - timedelta(days=span.length), span.start - DAY)


def year_before(span: Days, calendar: Calendar = CIVIL) -> Days:
    """Move a span one year back; one that ends with its month still ends with its month.

    Where months are made of whole weeks, by 52 weeks: the same days of the week. Raises OverflowError.
    """
    if calendar.weeks:
        return Days(span.start - timedelta(weeks=52), span.end - timedelta(weeks=52))
    end = add_months(span.end, -12)
    if span.end == CIVIL.end_of(span.end, "month"):
        end = CIVIL.end_of(end, "month")
    start = add_months(span.start, -12)
    if start >= span.start:
        raise OverflowError("There is no year before the first day.")
    return Days(start, end)


def _months_ago(day: date, months: int, calendar: Calendar) -> date:
    return calendar.next_start(calendar.start_of(day, "month"), "month", -months)
