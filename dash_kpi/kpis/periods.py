"""Periods: the spans that people choose, the grains they are cut into, and what they are compared with.

A period such as "last 30 days" ends with the last day that has data, not with today: a workbook that
somebody updates on Fridays would otherwise look empty on a Monday.
"""

import calendar
from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple, get_args

Grain = Literal["day", "week", "month", "quarter", "year"]
Comparison = Literal["previous", "year", "none"]
GRAINS: tuple[Grain, ...] = get_args(Grain)

DAY = timedelta(days=1)
MONTHS_IN: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}

# The longest span, in days, that is shown at a grain when nobody chose one.
LONGEST_SPAN: tuple[tuple[Grain, int], ...] = (("day", 31), ("week", 183), ("month", 1280), ("quarter", 4400))


class Days(NamedTuple):
    """A span of days, both ends included."""

    start: date
    end: date

    @property
    def length(self) -> int:
        """The number of days."""
        return (self.end - self.start).days + 1


def add_months(day: date, months: int) -> date:
    """Move a day by whole months; the 31st becomes the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not date.min.year <= year <= date.max.year:
        return date.min if year < date.min.year else date.max
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def start_of(day: date, grain: Grain) -> date:
    """Return the first day of the period that the day lies in; weeks start on Monday (ISO 8601)."""
    if grain == "day":
        return day
    if grain == "week":
        return day - timedelta(days=min(day.weekday(), (day - date.min).days))
    months = MONTHS_IN[grain]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def next_start(start: date, grain: Grain, periods: int = 1) -> date:
    """Return the first day of the period `periods` after the one that begins on `start`."""
    if grain in MONTHS_IN:
        return add_months(start, MONTHS_IN[grain] * periods)
    return start + timedelta(days=(7 if grain == "week" else 1) * periods)


def end_of(day: date, grain: Grain) -> date:
    """Return the last day of the period that the day lies in."""
    return next_start(start_of(day, grain), grain) - DAY


@lru_cache(maxsize=512)
def starts_between(span: Days, grain: Grain) -> tuple[date, ...]:
    """Return the first day of every period that the span touches."""
    starts = [start_of(span.start, grain)]
    while (following := next_start(starts[-1], grain)) <= span.end:
        starts.append(following)
    return tuple(starts)


def grain_for(span: Days, finest: Grain) -> Grain:
    """Return the grain at which a span of this length reads well, never finer than `finest`."""
    fitting: Grain = next((grain for grain, longest in LONGEST_SPAN if span.length <= longest), "year")
    return fitting if GRAINS.index(fitting) > GRAINS.index(finest) else finest


def period_label(start: date, grain: Grain) -> str:
    """Return a period as people write it: "3 Mar 2025", "week of 3 Mar 2025", "Mar 2025", "Q1 2025", "2025"."""
    if grain == "month":
        return f"{start:%b %Y}"
    if grain == "quarter":
        return f"Q{(start.month + 2) // 3} {start.year}"
    if grain == "year":
        return str(start.year)
    return f"{'week of ' if grain == 'week' else ''}{start.day} {start:%b %Y}"


def period_key(start: date, grain: Grain) -> str:
    """Return a period as programs write it: "2025-03-03", "2025-W10", "2025-03", "2025-Q1", "2025"."""
    if grain == "week":
        return f"{start:%G-W%V}"
    if grain == "quarter":
        return f"{start.year}-Q{(start.month + 2) // 3}"
    return start.isoformat()[: {"day": 10, "month": 7, "year": 4}[grain]]


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


def _last_days(days: int) -> Callable[[date, date], Days]:
    return lambda _first, last: Days(last - timedelta(days=days - 1), last)


def _to_date(grain: Grain) -> Callable[[date, date], Days]:
    return lambda _first, last: Days(start_of(last, grain), last)


def _last_whole(grain: Grain) -> Callable[[date, date], Days]:
    def span(_first: date, last: date) -> Days:
        end = start_of(last, grain) - DAY
        return Days(start_of(end, grain), end)

    return span


# key: label, the span it stands for when the data runs from `first` to `last`, the grain it moves by.
_CHOICES: dict[str, tuple[str, Callable[[date, date], Days], Grain]] = {
    "1d": ("Latest day", _last_days(1), "day"),
    "7d": ("Last 7 days", _last_days(7), "day"),
    "30d": ("Last 30 days", _last_days(30), "day"),
    "90d": ("Last 90 days", _last_days(90), "day"),
    "12m": ("Last 12 months", lambda _first, last: Days(add_months(start_of(last, "month"), -11), last), "year"),
    "week": ("This week", _to_date("week"), "week"),
    "last_week": ("Last week", _last_whole("week"), "week"),
    "month": ("This month", _to_date("month"), "month"),
    "last_month": ("Last month", _last_whole("month"), "month"),
    "quarter": ("This quarter", _to_date("quarter"), "quarter"),
    "last_quarter": ("Last quarter", _last_whole("quarter"), "quarter"),
    "year": ("This year", _to_date("year"), "year"),
    "last_year": ("Last year", _last_whole("year"), "year"),
    "all": ("All time", Days, "day"),
}
PERIODS: dict[str, str] = {key: label for key, (label, _, _) in _CHOICES.items()}


def span_of(period: str, first: date, last: date) -> Days:
    """Return the days that a period of `PERIODS` stands for when the data runs from `first` to `last`."""
    return _CHOICES[period][1](first, last)


def reference_span(period: str, span: Days, compare: Comparison) -> Days | None:
    """Return the span to compare with, like for like, or None where there is nothing before.

    A calendar period that is not over ("this month", to the 12th) is compared with the same part of
    the period before (the 1st to the 12th); any other span with as many days just before it.
    """
    if compare == "none" or period == "all":
        return None
    try:
        if compare == "year":
            return _shifted(span, "year")
        grain = _CHOICES[period][2] if period in _CHOICES else "day"
        if grain == "day":
            return Days(span.start - timedelta(days=span.length), span.start - DAY)
        return _shifted(span, grain)
    except OverflowError:
        return None


def _shifted(span: Days, grain: Grain) -> Days:
    """Move a span one period back; one that ends with its month still ends with its month."""
    if grain == "week":
        return Days(span.start - timedelta(days=7), span.end - timedelta(days=7))
    months = MONTHS_IN[grain]
    end = add_months(span.end, -months)
    if span.end == end_of(span.end, "month"):
        end = end_of(end, "month")
    return Days(add_months(span.start, -months), end)
