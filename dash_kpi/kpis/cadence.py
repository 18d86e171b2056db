"""When a source brings something new, learnt from when it did, and whether it is late.

A cadence asks for one arrival in every period: every working day, every week by a weekday, every month or
quarter by its n-th working day. Working days are Monday to Friday.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal, Self

Every = Literal["day", "week", "month", "quarter"]

EVERY: tuple[Every, ...] = ("day", "week", "month", "quarter")
AGREEING = 4  # periods in a row that brought something: three intervals that agree
LAST = {"day": 1, "week": 7, "month": 23, "quarter": 66}  # the whole period: no more days of work are in any
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
MONTHS_IN = {"month": 1, "quarter": 3}


@dataclass(frozen=True, slots=True)
class Cadence:
    """How often, and by when in the period: a weekday from 1, or the n-th working day; 1 for every day."""

    every: Every
    by: int
    is_watched: bool = True

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> Self:
        """Return the cadence that `as_json` gave."""
        return cls(**kept)

    def as_json(self) -> dict[str, Any]:
        """Return the cadence as a source keeps it."""
        return asdict(self)

    @property
    def words(self) -> str:
        """The cadence as people say it."""
        if self.every == "day":
            return "every working day"
        if self.every == "week":
            return f"weekly by {WEEKDAYS[min(self.by, 7) - 1]}"
        name = "monthly" if self.every == "month" else "quarterly"
        if self.by >= LAST[self.every]:
            return f"{name} by the end of the {self.every}"
        if self.by > len(ORDINALS):
            return f"{name} by working day {self.by}"
        return f"{name} by the {ORDINALS[self.by - 1]} working day"


@dataclass(frozen=True, slots=True)
class OnTime:
    """Nothing is missing; the next arrival is due on a day."""

    due: date


@dataclass(frozen=True, slots=True)
class Late:
    """An arrival is missing since the end of a day."""

    since: date


def learn(arrivals: Sequence[date], days: Sequence[date]) -> Cadence | None:
    """Return the cadence of a source; None where fewer than three intervals in a row agree.

    `days[i]` is the last day of the data that came with `arrivals[i]`. What brought no later day than the
    one before was a correction, not a delivery. The finest cadence wins that most deliveries follow.
    """
    newest = date.min
    deliveries = set()
    for arrival, day in sorted(zip(arrivals, days, strict=True)):
        if day > newest:
            newest = day
            deliveries.add(arrival)
    return next((found for every in EVERY if (found := _agreed(every, sorted(deliveries)))), None)


def learn_from_data(days: Sequence[date]) -> Cadence | None:
    """Return the cadence of files that came all at once, from the last day of each: one file for one period.

    How soon after its period a file comes cannot be known; it has the whole next period.
    """
    for every in EVERY[1:]:
        found = _agreed(every, sorted(set(days)))
        if found and len({_period(every, day) for day in days}) == len(set(days)):
            return Cadence(every, LAST[every])
    return None


def due(cadence: Cadence, last_arrival: date) -> date:
    """Return the day by whose end the arrival after this one must have come."""
    start = start_of_next(cadence.every, last_arrival)
    if cadence.every == "day":
        return _working_day_from(start)
    if cadence.every == "week":
        return start + timedelta(days=min(cadence.by, 7) - 1)
    return _nth_working_day(start, start_of_next(cadence.every, start), cadence.by)


def state(cadence: Cadence, last_arrival: date, now: datetime) -> OnTime | Late:
    """Tell whether the next arrival is late at a moment; the day it is due on is still in time."""
    day = due(cadence, last_arrival)
    return Late(day) if now.date() > day else OnTime(day)


def _agreed(every: Every, deliveries: Sequence[date]) -> Cadence | None:
    """Return the cadence if the last periods all had a delivery, and these are most of all deliveries."""
    first: dict[int, date] = {}
    for day in deliveries:
        first.setdefault(_period(every, day), day)
    run = sorted(first, reverse=True)
    agreeing = next((place for place, period in enumerate(run) if period != run[0] - place), len(run))
    within = [day for day in deliveries if _period(every, day) in run[:agreeing]]
    if agreeing < AGREEING or 2 * len(within) <= len(deliveries):
        return None
    return Cadence(every, max(_position(every, first[period]) for period in run[:agreeing]))


def _period(every: Every, day: date) -> int:
    """Return the number of the period that a day is in; the weekend belongs to the Friday before."""
    if every == "day":
        week, weekday = divmod(day.toordinal() - 1, 7)
        return week * 5 + min(weekday, 4)
    if every == "week":
        return (day.toordinal() - 1) // 7
    return (day.year * 12 + day.month - 1) // MONTHS_IN[every]


def _position(every: Every, day: date) -> int:
    """Return which weekday, or which working day of its period, a day is; a weekend counts as the Monday after."""
    if every == "day":
        return 1
    if every == "week":
        return day.isoweekday()
    start = _start_of(every, day)
    working = sum(_is_working(start + timedelta(days=passed)) for passed in range((day - start).days + 1))
    return min(working + (not _is_working(day)), LAST[every])


def _start_of(every: Every, day: date) -> date:
    months = MONTHS_IN[every]
    return date(day.year, (day.month - 1) // months * months + 1, 1)


def start_of_next(every: Every, day: date) -> date:
    """Return the first day of the period after the one that a day is in."""
    if every == "day":
        return day + timedelta(days=1)
    if every == "week":
        return day + timedelta(days=8 - day.isoweekday())
    start = _start_of(every, day)
    passed = start.year * 12 + start.month - 1 + MONTHS_IN[every]
    return date(passed // 12, passed % 12 + 1, 1)


def _nth_working_day(start: date, end: date, number: int) -> date:
    """Return the n-th working day from a day on, the last one before `end` where there are fewer."""
    days = (start + timedelta(days=passed) for passed in range((end - start).days))
    working = [day for day in days if _is_working(day)]
    return working[min(number, len(working)) - 1]


def _working_day_from(day: date) -> date:
    return next(one for passed in range(7) if _is_working(one := day + timedelta(days=passed)))


def _is_working(day: date) -> bool:
    return day.weekday() < 5
