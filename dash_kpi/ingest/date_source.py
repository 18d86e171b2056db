"""Which column, or which two, a row's date comes from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dash_kpi.ingest import headings
from dash_kpi.ingest import vocabulary as words
from dash_kpi.ingest.dates import looks_like_dates
from dash_kpi.ingest.numbers import PLAIN
from dash_kpi.ingest.profile import Profile
from dash_kpi.ingest.rules import NO_RULES, Rules

_UNIX_FIRST, _UNIX_LAST = 946_684_800, 4_102_444_800  # the years 2000 to 2099, in seconds since 1970
_WEEKDAYS = 7


@dataclass(frozen=True, slots=True)
class DateSource:
    """Where a row's date comes from: typed cells of one column, or the texts of an expression."""

    columns: tuple[Profile, ...]
    is_typed: bool
    expression: str

    @property
    def name(self) -> str:
        """Return the heading, or the headings, of the date."""
        return " + ".join(one.column.heading for one in self.columns)


def find_date(profiles: Sequence[Profile], rules: Rules = NO_RULES, dated: int | None = None) -> DateSource | None:
    """Return the date that a person chose, that of the column known to be it, or the best.

    The best is typed before written, the booked date before others, then the first.
    """
    parts = {one.column.index: rule.part for one in profiles if (rule := rules.of(one.column.heading))}
    chosen = [one for one in profiles if parts.get(one.column.index) == "date"]
    if chosen:
        pair = _year_and_month(chosen) if len(chosen) > 1 else None
        return pair or _date_of(chosen[0])
    known = next((one for one in profiles if one.column.index == dated), None)
    if known is not None:
        return _date_of(known)
    return _best_date([one for one in profiles if one.column.index not in parts])


def holds_years(one: Profile) -> bool:
    """Tell whether every value of the column is a year."""
    if one.kind in ("number", "number_text"):
        return one.is_whole and one.lowest is not None and 1900 <= one.lowest <= (one.highest or 0) <= 2200
    return one.kind == "date_text" and all(re.match(r"\d{4}\Z", text.strip()) for text in one.sample)


def numbers_are_dates(one: Profile) -> bool:
    """Tell whether every number is a year, a serial number of a day, or written like 202401 or 20240131."""
    if one.lowest is None or one.highest is None:
        return False
    if holds_years(one) or holds_unix_time(one) or 20_000 <= one.lowest <= one.highest < 80_000:
        return True
    return one.is_whole and (
        190_001 <= one.lowest <= one.highest <= 220_012 or 19_000_101 <= one.lowest <= one.highest <= 22_001_231
    )


def holds_unix_time(one: Profile) -> bool:
    """Tell whether every number counts the seconds, or milliseconds, since 1970, from the year 2000 on."""
    if not one.is_number or one.lowest is None or one.highest is None:
        return False
    return any(_UNIX_FIRST * unit <= one.lowest <= one.highest < _UNIX_LAST * unit for unit in (1, 1_000))


def _best_date(profiles: Sequence[Profile]) -> DateSource | None:
    scored = [(score, -place, one) for place, one in enumerate(profiles) if (score := _score(one)) > 0]
    pair = _year_and_month(profiles)
    if scored:
        score, _, best = max(scored, key=lambda item: item[:2])
        if not (pair and (holds_years(best) or score < 3)):
            return _date_of(best)
    return pair


def _date_of(one: Profile) -> DateSource:
    name = one.column.name
    if one.kind == "date":
        return DateSource((one,), True, name)
    if holds_unix_time(one):
        return DateSource((one,), False, _day_of_unix_time(one))
    if one.column.kind == "number":
        whole = f"CASE WHEN {name} = floor({name}) THEN {name}::BIGINT::VARCHAR ELSE {name}::VARCHAR END"
        return DateSource((one,), False, whole)
    return DateSource((one,), False, name if one.column.kind == "text" else f"{name}::VARCHAR")


def _day_of_unix_time(one: Profile) -> str:
    name = one.column.name
    microseconds = 1_000_000 if (one.highest or 0) < _UNIX_LAST else 1_000
    day = f"strftime(make_timestamp(({name}::DOUBLE * {microseconds})::BIGINT), '%Y-%m-%d')"
    is_text = one.column.kind == "text"
    return f"(CASE WHEN regexp_full_match({name}, '{PLAIN}') THEN {day} ELSE {name} END)" if is_text else f"({day})"


def _score(one: Profile) -> float:
    rank = one.heading.date_rank
    named = {0: 0.0, 1: -2.5, 2: 2.0, 3: 3.0}[rank]
    if one.kind == "date":
        return max(4.0 + named, 0.5)
    if one.kind == "date_text":
        return max(3.5 + named - _coarse(one), 0.5)
    if rank and (holds_unix_time(one) or (one.kind == "number" and numbers_are_dates(one))):
        return max(2.0 + named - _coarse(one), 0.5)
    return 0.0


def _coarse(one: Profile) -> float:
    """Return how much a column of years is worth less than one of days."""
    return 3.0 if holds_years(one) else 0.0


def _year_and_month(profiles: Sequence[Profile]) -> DateSource | None:
    """Return the date that a column of years makes with one of months, fiscal periods, weeks or quarters.

    Days of the month, in a third column, make days of it.
    """
    years = [one for one in profiles if one.heading.date_rank and holds_years(one)]
    others = [one for one in profiles if one.heading.date_rank and one not in years]
    if not years:
        return None
    year = years[0]
    for unit, most in (("month", 12), ("week", 53), ("quarter", 4)):
        part = next((one for one in others if _unit(one) == unit and _counts_to(one, most)), None)
        if part is not None:
            day = next((one for one in others if unit == "month" and _unit(one) == "day" and _holds_days(one)), None)
            columns = (year, part) if day is None else (year, part, day)
            return DateSource(columns, False, f"({_joined(unit, *columns)})")
    return None


def _unit(one: Profile) -> str:
    """Return what a column of numbers counts within a year or a month, as its heading says: months if nothing."""
    text = headings.normalised(one.column.heading)
    return next((unit for unit, vocabulary in words.UNITS_OF_TIME.items() if headings.has(text, vocabulary)), "month")


def _joined(unit: str, year: Profile, part: Profile, day: Profile | None = None) -> str:
    """Return the text that the columns make together: "2024-3", "2024-3-31", "2024-W5", "Q1 2024", "March 2024"."""
    is_fiscal = headings.has(headings.normalised(year.column.heading), "fiscal fy")
    if not part.is_number:
        return " || ' ' || ".join(map(_digits, (day, part, year) if day else (part, year)))
    if unit == "quarter":
        return f"'Q' || {_digits(part)} || ' ' || {_digits(year)}"
    first, between = ("", "'-W'") if unit == "week" else ("'FY' || ", "' P'") if is_fiscal else ("", "'-'")
    tail = f" || '-' || {_digits(day)}" if day and not is_fiscal else ""
    return f"{first}{_digits(year)} || {between} || {_digits(part)}{tail}"


def _digits(one: Profile) -> str:
    return f"{one.column.name}::BIGINT" if one.column.kind == "number" else one.column.name


def _counts_to(one: Profile, most: int) -> bool:
    if one.is_number:
        return one.is_whole and one.lowest is not None and 1 <= one.lowest <= (one.highest or most + 1) <= most
    return one.kind == "text" and looks_like_dates([f"{text} 2024" for text in one.sample], False)


def _holds_days(one: Profile) -> bool:
    """Tell whether the numbers are days of a month, and no weekdays."""
    return one.is_number and _counts_to(one, 31) and (one.highest or 0) > _WEEKDAYS
