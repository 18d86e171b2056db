"""Calendars: where weeks, months, quarters and years begin, what they are called, and which days are worked on.

Months of whole weeks follow the retail calendar: a year has 52 or 53 weeks and begins on the start of
a week nearest to the first day of its first month; a 53rd week belongs to the last month
(National Retail Federation, 4-5-4 calendar; 4-4-5 and 5-4-4 are its variants).
"""

from bisect import bisect_right
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import accumulate
from typing import Literal, NamedTuple, get_args

import numpy as np
import numpy.typing as npt

Grain = Literal["day", "week", "month", "quarter", "year"]
Weeks = Literal["", "4-4-5", "4-5-4", "5-4-4"]
GRAINS: tuple[Grain, ...] = get_args(Grain)

DAY = timedelta(days=1)
WEEK = timedelta(days=7)
MONTHS_IN: dict[str, int] = {"month": 1, "quarter": 3, "year": 12}
EPOCH = date(1970, 1, 1).toordinal()
ISO_MONDAY = 0


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
    first = date(year, month + 1, 1)
    return first.replace(day=min(day.day, _days_in(first)))


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a team cuts time; the default is the civil calendar with weeks from Monday (ISO 8601)."""

    week_start: int = ISO_MONDAY  # 0 Monday … 6 Sunday
    year_start: int = 1  # month in which fiscal years start
    weeks: Weeks = ""  # how months are made of whole weeks; "": they are those of the civil calendar
    holidays: str = ""  # country, or country and part of it, as ISO 3166: "DE", "DE-BY"
    by_working_day: bool = False  # what is not over is compared by working day

    def start_of(self, day: date, grain: Grain) -> date:
        """Return the first day of the period that the day lies in."""
        if grain == "day":
            return day
        if grain == "week":
            return day - timedelta(days=min((day.weekday() - self.week_start) % 7, (day - date.min).days))
        if self.weeks:
            year, month = self._month_of(day)
            return self._month_start(year, month // MONTHS_IN[grain] * MONTHS_IN[grain])
        months = MONTHS_IN[grain]
        back = (day.month - self.year_start) % 12 % months
        return add_months(day.replace(day=1), -back)

    def next_start(self, start: date, grain: Grain, periods: int = 1) -> date:
        """Return the first day of the period `periods` after the one that begins on `start`. Raises OverflowError."""
        if grain in MONTHS_IN and self.weeks:
            year, month = self._month_of(start)
            years, month = divmod(month + MONTHS_IN[grain] * periods, 12)
            return self._month_start(year + years, month)
        if grain in MONTHS_IN:
            return add_months(start, MONTHS_IN[grain] * periods)
        return start + timedelta(days=(7 if grain == "week" else 1) * periods)

    def end_of(self, day: date, grain: Grain) -> date:
        """Return the last day of the period that the day lies in."""
        return self.next_start(self.start_of(day, grain), grain) - DAY

    def label(self, start: date, grain: Grain) -> str:
        """Return a period as people write it: "3 Mar 2025", "Mar 2025", "Q1 2025", "2025", "Q1 FY2025", "P3 FY2025"."""
        if grain == "month" and not self.weeks:
            return f"{start:%b %Y}"
        if grain in MONTHS_IN:
            year, month = self._fiscal(start)
            fiscal = "FY" if self.is_fiscal else ""
            names = {"month": f"P{month + 1} ", "quarter": f"Q{month // 3 + 1} ", "year": ""}
            return f"{names[grain]}{fiscal}{year}"
        return f"{'week of ' if grain == 'week' else ''}{start.day} {start:%b %Y}"

    def key(self, start: date, grain: Grain) -> str:
        """Return a period as programs write it: "2025-W10", "2025-03", "2025-Q1", "2025", "FY2025-Q1", "FY2025-P03".

        A week that does not begin on Monday is an interval of ISO 8601: "2025-03-02/P7D".
        """
        if grain == "day":
            return start.isoformat()
        if grain == "week":
            return f"{start:%G-W%V}" if self.week_start == ISO_MONDAY else f"{start.isoformat()}/P7D"
        if grain == "month" and not self.weeks:
            return start.isoformat()[:7]
        year, month = self._fiscal(start)
        fiscal = "FY" if self.is_fiscal else ""
        names = {"month": f"-P{month + 1:02}", "quarter": f"-Q{month // 3 + 1}", "year": ""}
        return f"{fiscal}{year:04}{names[grain]}"

    @property
    def is_fiscal(self) -> bool:
        """Tell whether years are not those of the civil calendar; they are named by the year they end in."""
        return self.year_start != 1 or bool(self.weeks)

    def before(self, piece: Days, grain: Grain, periods: int = 1) -> Days:
        """Return the same part of the period `periods` before the one that a piece lies in, like for like.

        A whole period is set against a whole one; the 1st to the 12th of a month against the 1st to the
        12th, or against as many working days. Raises OverflowError before the first day there is.
        """
        start = self.start_of(piece.start, grain)
        earlier = self.next_start(start, grain, -periods)
        last = self.next_start(earlier, grain) - DAY
        if earlier >= start:
            raise OverflowError("There is no period before the first day.")
        first = self._at(piece.start, start, earlier, grain, periods)
        if piece.end == self.next_start(start, grain) - DAY:
            return Days(first, last)
        if self.by_working_day:
            end = self._nth_working_day(first, last, self.working_days(piece))
        else:
            end = self._at(piece.end, start, earlier, grain, periods)
            if grain in MONTHS_IN and not self.weeks and piece.end == CIVIL.end_of(piece.end, "month"):
                end = CIVIL.end_of(end, "month")
        return Days(first, max(first, min(end, last)))

    def working_days(self, span: Days) -> int:
        """Return how many days of a span are neither at a weekend nor a public holiday."""
        return int(self.working(span).sum())

    def working(self, span: Days) -> npt.NDArray[np.bool_]:
        """Tell for each day of a span whether it is a working day."""
        years = [_worked(self.holidays, year) for year in range(span.start.year, span.end.year + 1)]
        first = span.start.timetuple().tm_yday - 1
        return np.concatenate(years)[first : first + span.length]

    def _at(self, day: date, start: date, earlier: date, grain: Grain, periods: int) -> date:
        if grain in MONTHS_IN and not self.weeks:
            return add_months(day, -MONTHS_IN[grain] * periods)
        return earlier + (day - start)

    def _nth_working_day(self, first: date, last: date, number: int) -> date:
        passed = np.cumsum(self.working(Days(first, last)))
        at = int(np.searchsorted(passed, max(number, 1)))
        return min(first + at * DAY, last)

    def place(self, day: date, grain: Literal["month", "quarter"]) -> tuple[int, int]:
        """Return the year, by its name, and the month or quarter in it from 0, that a day lies in.

        Months are those of the civil year unless they are made of whole weeks; quarters are always fiscal.
        """
        if grain == "month" and not self.weeks:
            return day.year, day.month - 1
        year, month = self._fiscal(day)
        return year, month // MONTHS_IN[grain]

    def _fiscal(self, start: date) -> tuple[int, int]:
        """Return the name of the year that a period begins in, and its month in that year from 0."""
        if self.weeks:
            year, month = self._month_of(start)
        else:
            year, month = start.year, (start.month - self.year_start) % 12
            year -= start.month < self.year_start
        return year + (self.year_start != 1), month

    def _month_of(self, day: date) -> tuple[int, int]:
        """Return the year, by the civil year that its first month is in, and the month, of a day in whole weeks."""
        year = day.year + 1
        while day < _first_week(year, self.year_start, self.week_start):
            year -= 1
        week = (day - _first_week(year, self.year_start, self.week_start)).days // 7
        return year, min(bisect_right(_month_weeks(self.weeks), week) - 1, 11)

    def _month_start(self, year: int, month: int) -> date:
        return _first_week(year, self.year_start, self.week_start) + _month_weeks(self.weeks)[month] * WEEK


CIVIL = Calendar()


def _days_in(first: date) -> int:
    following = (
        first.replace(year=first.year + 1, month=1) if first.month == 12 else first.replace(month=first.month + 1)
    )
    return (following - first).days if first.year < date.max.year or first.month < 12 else 31


@lru_cache(maxsize=1024)
def _first_week(year: int, month: int, week_start: int) -> date:
    first = date(year, month, 1)
    after = (first.weekday() - week_start) % 7
    return first - timedelta(days=after) if after <= 3 else first + timedelta(days=7 - after)


@lru_cache(maxsize=4)
def _month_weeks(weeks: str) -> tuple[int, ...]:
    """Return the week of the year in which each month begins, and the 52nd."""
    lengths = [int(length) for length in weeks.split("-")] * 4
    return tuple(accumulate(lengths, initial=0))


@lru_cache(maxsize=256)
def _worked(country: str, year: int) -> npt.NDArray[np.bool_]:
    """Tell for each day of a year whether it is worked on: in a country, or without one from Monday to Friday."""
    first = date(year, 1, 1)
    weekdays = (np.arange(365 + (_days_in(date(year, 2, 1)) == 29)) + first.weekday()) % 7
    weekend = {5, 6}
    off: list[int] = []
    if country:
        import holidays  # many countries, and few ask for them

        name, _, part = country.partition("-")
        known = holidays.country_holidays(name, subdiv=part or None, years=year)
        weekend = set(getattr(known, "weekend", weekend))
        off = [day.timetuple().tm_yday - 1 for day in known if day.year == year]
    worked = ~np.isin(weekdays, list(weekend))
    worked[off] = False
    worked.flags.writeable = False
    return worked
