"""Headings that name a period: a year, a quarter, a month, a week, a day; whole or in parts.

"2023" above "Q1" is one period in two parts; "Sales Q1 2023" is a period and a word beside it.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from dash_kpi.ingest.dates import read_dates
from dash_kpi.ingest.months import FILLERS, MONTHS, plain
from dash_kpi.ingest.reading import Grain
from dash_kpi.ingest.tables.cells import Cell

FIRST_YEAR, LAST_YEAR = 1950, 2100
_YEAR = re.compile(
    r"(?:(?:fy|gj|cy|year|jahr|annee|ano|anno|jaar|год|rok|yil)[\s./-]*)?((?:19|20|21)\d\d)(?:\s*(?:fy|г))?\Z"
)
_SHORT_FISCAL = re.compile(r"(?:fy|cy)[\s'./-]*(\d\d)\Z")
_QUARTER = re.compile(
    r"(?:(?:q|t|k|кв|qtr|quarter|quartal|kwartaal|trim\w*|kwartal|ceyrek)[\s.]*([1-4])"
    r"|([1-4])[\s.ºª°]*(?:er|st|nd|rd|th|e|o)?[\s.]*(?:q|t|кв\w*|qtr|quarter|quartal|kwartaal|trim\w*|kwartal|ceyrek))\Z"
)
_MONTH = re.compile(r"(?:m|p|month|monat|mois|mes|mese|maand|period)[\s.]*(0?[1-9]|1[0-2])\Z")
_WEEK = re.compile(r"(?:w|wk|week|kw|sem|semana|semaine|settimana|s|нед\w*)[\s.]*(0?[1-9]|[1-4]\d|5[0-3])\Z")
_MONTHS = re.compile(r"([^\W\d]+)\.?(?:\s?[-–/]\s?|\s(?:to|bis|a)\s)([^\W\d]+)\.?(?:\s((?:19|20)\d\d))?\Z")
_NUMBER = re.compile(r"[\d\s]*[.,]?\d*\Z|\d{1,3}([.,]\d{3})+([.,]\d+)?\Z")
_FULL: dict[Grain, str] = {"month": "{year}-{number:02}", "quarter": "{year}-Q{number}", "week": "{year}-W{number:02}"}

Part = Literal["year", "quarter", "month", "week", "day"]
ORDER: tuple[Part, ...] = ("day", "week", "month", "quarter", "year")


@dataclass(frozen=True, slots=True)
class Period:
    """A period or a part of one: `number` counts quarters, months or weeks; a day is a date."""

    part: Part
    year: int | None = None
    number: int | None = None
    day: date | None = None

    @property
    def is_whole(self) -> bool:
        """Tell whether the period stands somewhere in time."""
        return self.day is not None or self.year is not None

    @property
    def text(self) -> str:
        """Return the period as ISO text; it must be whole."""
        if self.day is not None:
            return self.day.isoformat()
        if self.part == "year":
            return str(self.year)
        return _FULL[self.part].format(year=self.year, number=self.number)

    def within(self, other: "Period") -> "Period | None":
        """Return this period inside a year, or a year with this inside it; None where they do not fit."""
        if self.part == "week" and not self.is_whole and other.part == "month" and other.is_whole:
            return _week_of_month(other, self.number or 1)
        if self.part == "year" and other.part != "year" and not other.is_whole:
            return Period(other.part, self.year, other.number)
        if other.part == "year" and self.part != "year" and not self.is_whole:
            return Period(self.part, other.year, self.number)
        if self.is_whole and other.is_whole:
            return min((self, other), key=lambda one: ORDER.index(one.part))
        # "Q1" above "Feb": the finer one says it all
        return min((self, other), key=lambda one: ORDER.index(one.part)) if not other.is_whole else None


def _week_of_month(month: Period, number: int) -> Period | None:
    """Return "Week 2" of a month as the first of its days; a month has five weeks at most."""
    if not 1 <= number <= 5 or month.year is None or month.number is None:
        return None
    start = date(month.year, month.number, 1)
    day = start + timedelta(days=7 * (number - 1))
    return Period("day", day.year, day=day) if day.month == start.month else None


def period_of(cell: Cell) -> Period | None:
    """Return the period that a whole cell names, None for anything else."""
    if isinstance(cell, float):
        return Period("year", int(cell)) if cell.is_integer() and FIRST_YEAR <= cell <= LAST_YEAR else None
    if isinstance(cell, datetime):
        return Period("day", cell.year, day=cell.date())
    if isinstance(cell, date):
        return Period("day", cell.year, day=cell)
    return _period_of_text(" ".join(cell.split())) if isinstance(cell, str) else None


@lru_cache(maxsize=16384)
def _period_of_text(text: str) -> Period | None:
    words = plain(text).strip(" .:()[]'")
    if not words or len(words) > 30:
        return None
    if found := _YEAR.match(words):
        return Period("year", int(found[1]))
    if found := _SHORT_FISCAL.match(words):
        return Period("year", 2000 + int(found[1]))
    if words.rstrip(".") in MONTHS:
        return Period("month", None, MONTHS[words.rstrip(".")])
    for part, pattern in (("quarter", _QUARTER), ("month", _MONTH), ("week", _WEEK)):
        if found := pattern.match(words):
            return Period(part, None, int(found[1] or found[found.re.groups]))  # type: ignore[arg-type]
    if (found := _MONTHS.match(words)) and found[1] in MONTHS and found[2] in MONTHS:
        return _quarter_of(MONTHS[found[1]], MONTHS[found[2]], found[3])
    return _dated(text)


def _quarter_of(first: int, last: int, year: str | None) -> Period | None:
    """Return "Jan-Mar" as the quarter that it is."""
    is_one = last - first == 2 and last % 3 == 0
    return Period("quarter", int(year) if year else None, last // 3) if is_one else None


def _dated(text: str) -> Period | None:
    if not any(sign.isdigit() for sign in text) or _NUMBER.match(text):
        return None
    found = read_dates([text], is_named_date=False)
    if text not in found.values:
        return None
    day = found.values[text]
    if found.grain is None:
        return Period("day", day.year, day=day)
    numbers = {"month": day.month, "quarter": (day.month + 2) // 3, "week": day.isocalendar().week, "year": None}
    year = day.isocalendar().year if found.grain == "week" else day.year
    return Period(found.grain, year, numbers[found.grain])


@lru_cache(maxsize=16384)
def split_period(text: str) -> tuple[Period | None, str]:
    """Return the period inside a text and the other words: "Sales Q1 2023" is Q1 2023 and "Sales"."""
    whole = period_of(text)
    if whole is not None:
        return whole, ""
    tokens = re.findall(r"[^\s_,;|]+", re.sub(r"(?<=[^\W\d])-(?=\d{4}\b)|(?<=\b\d{4})-(?=[^\W\d])", " ", text))
    for length in range(min(len(tokens), 4), 0, -1):
        for start in range(len(tokens) - length + 1):
            inside = tokens[start : start + length]
            if plain(inside[0]) in FILLERS or not _may_be_period(" ".join(inside)):
                continue
            found = period_of(" ".join(inside).strip("()[]-–:/"))
            if found is not None:
                rest = " ".join((*tokens[:start], *tokens[start + length :])).strip(" ()[]-–:/")
                return found, rest
    return None, text


def _may_be_period(text: str) -> bool:
    """Tell whether words inside a text may be its period: "May" and "Set" alone are words, "s 1" is no week."""
    return (
        any(sign.isdigit() for sign in text) and bool(re.search(r"\d{2}|[qtQTкК]\s?\d|\d\s?[.ºª]?\s?[qtQT]", text))
    ) or (len(text) > 3 and plain(text) in MONTHS)


def by_steps(periods: Iterable[Period]) -> list[Period]:
    """Return day headings as what they stand for: months by their first or last days, years and quarters by their ends.

    A year belongs to where most of its months are: one that ends on 28 January 2023 is 2022.
    """
    found = in_months(periods)
    days = sorted({one.day for one in found if one.day is not None})
    if len(days) < 2 or len(days) < len(found):
        return found
    gaps = {(later - earlier).days for earlier, later in pairwise(days)}
    for months, steps in ((12, range(360, 375)), (3, range(84, 99))):
        if gaps <= set(steps):
            return [ended(one, months) for one in found]
    return found


def ended(period: Period, months: int) -> Period:
    """Return the period of so many months that ends on a day."""
    if period.day is None or months not in (3, 12):
        return period
    middle = period.day - timedelta(days=15 * months)
    return Period("year", middle.year) if months == 12 else Period("quarter", middle.year, (middle.month + 2) // 3)


def in_months(periods: Iterable[Period]) -> list[Period]:
    """Return day headings as months where each is the first day of one, or each the last."""
    found = list(periods)
    days = [one.day for one in found if one.day is not None]
    if len(days) < 2 or len(days) < len(found):
        return found
    are_first = all(day.day == 1 for day in days)
    are_last = all(_is_last(day) for day in days)
    if not (are_first or are_last) or len({(day.year, day.month) for day in days}) < len(set(days)):
        return found
    return [Period("month", day.year, day.month) for day in days]


def _is_last(day: date) -> bool:
    return day.day >= 28 and date.fromordinal(day.toordinal() + 1).day == 1
