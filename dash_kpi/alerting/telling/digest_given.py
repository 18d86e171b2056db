"""Digests as people give them: which KPIs, how often and when, to which channels; and when each is due. No I/O."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any, Literal, Self, get_args

from dash_kpi.alerting.rules.given import CLOCK
from dash_kpi.errors import Refused
from dash_kpi.kpis.calendar import DAY, Calendar, Days

Every = Literal["day", "weekday", "working_day", "week"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
WORDS: dict[Every, str] = {
    "day": "every day",
    "weekday": "Monday to Friday",
    "working_day": "every working day",
    "week": "every week",
}
MOST_NAME, MOST_KPIS = 100, 24
MOST_DAYS = 60  # ahead, in which a working day must come
FRIDAY = 4


class DigestRefused(Refused):
    """A digest cannot be kept as it was given; `field` is the part that is wrong."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Digest:
    """A summary of KPIs that is sent by the clock; without KPIs it has every one."""

    name: str
    kpis: tuple[str, ...] = ()
    every: Every = "day"
    weekday: Weekday = "monday"  # of one that comes every week
    at: str = "08:00"  # in the team's time
    channels: tuple[int, ...] = ()
    is_enabled: bool = True

    @property
    def words(self) -> str:
        """When it comes, as people say it."""
        day = f"every {self.weekday.capitalize()}" if self.every == "week" else WORDS[self.every]
        return f"{day} at {self.at}"

    def as_json(self) -> dict[str, Any]:
        """Return the digest as plain values."""
        return {**asdict(self), "kpis": list(self.kpis), "channels": list(self.channels)}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Read a digest from plain values, which may come from anywhere. Raises DigestRefused."""
        if unknown := sorted(set(given) - {one.name for one in fields(cls)}):
            raise DigestRefused(unknown[0], f"A digest has no '{unknown[0]}'.")
        name = " ".join(str(given.get("name") or "").split())
        if not 0 < len(name) <= MOST_NAME:
            raise DigestRefused("name", f"A digest has a name of at most {MOST_NAME} characters.")
        at = str(given.get("at") or "08:00")
        if not CLOCK.fullmatch(at):
            raise DigestRefused("at", f"'{at[:20]}' is no time of day; write it like 08:00.")
        is_enabled = given.get("is_enabled", True)
        if not isinstance(is_enabled, bool):
            raise DigestRefused("is_enabled", "is_enabled is true or false.")
        return cls(
            name=name,
            kpis=_kpis(given.get("kpis") or ()),
            every=_one_of(given, "every", get_args(Every), "day"),
            weekday=_one_of(given, "weekday", WEEKDAYS, "monday"),
            at=at,
            channels=_channels(given.get("channels") or ()),
            is_enabled=is_enabled,
        )


def next_at(digest: Digest, after: datetime, zone: tzinfo, calendar: Calendar) -> datetime:
    """Return the first moment after another at which a digest is due, in UTC.

    A time that a change to summer time leaves out comes an hour later, one that comes twice counts once.
    """
    day = after.astimezone(zone).date()
    for _ in range(MOST_DAYS):
        at = datetime.combine(day, time.fromisoformat(digest.at), zone).astimezone(UTC)
        if at > after and comes_on(digest, day, calendar):
            return at
        day += DAY
    return after + timedelta(days=MOST_DAYS)


def comes_on(digest: Digest, day: date, calendar: Calendar) -> bool:
    """Tell whether a digest comes on a day."""
    if digest.every == "week":
        return day.weekday() == WEEKDAYS.index(digest.weekday)
    if digest.every == "weekday":
        return day.weekday() <= FRIDAY
    return digest.every == "day" or bool(calendar.working(Days(day, day))[0])


def days_of(digest: Digest, day: date, calendar: Calendar) -> Days:
    """Return the days that a digest of a day speaks of: yesterday, back to the last one, or the week that is over."""
    if digest.every == "week":
        start = calendar.start_of(day, "week")
        return Days(calendar.start_of(start - DAY, "week"), start - DAY)
    first = day - DAY
    for _ in range(MOST_DAYS):
        if comes_on(digest, first, calendar):
            break
        first -= DAY
    return Days(first, day - DAY)


def _one_of(given: Mapping[str, Any], name: str, known: tuple[Any, ...], usual: str) -> Any:
    value = given.get(name) or usual
    if value not in known:
        raise DigestRefused(name, f"The {name} '{str(value)[:40]}' is none of {', '.join(known)}.")
    return value


def _kpis(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list | tuple) or not all(isinstance(one, str) for one in given):
        raise DigestRefused("kpis", "The KPIs of a digest are a list of their names.")
    if len(given) > MOST_KPIS:
        raise DigestRefused("kpis", f"There are {len(given)} KPIs; {MOST_KPIS} are the most.")
    return tuple(dict.fromkeys(given))


def _channels(given: Any) -> tuple[int, ...]:
    if not isinstance(given, list | tuple) or not all(type(one) is int for one in given):
        raise DigestRefused("channels", "Channels are given by their numbers.")
    return tuple(dict.fromkeys(given))
