"""Which column, or which two, a row's date comes from."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from dash_kpi.ingest import headings
from dash_kpi.ingest.dates import looks_like_dates
from dash_kpi.ingest.profile import Profile
from dash_kpi.ingest.rules import NO_RULES, Rules


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
    if holds_years(one) or 20_000 <= one.lowest <= one.highest < 80_000:
        return True
    return one.is_whole and (
        190_001 <= one.lowest <= one.highest <= 220_012 or 19_000_101 <= one.lowest <= one.highest <= 22_001_231
    )


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
    if one.column.kind == "number":
        whole = f"CASE WHEN {name} = floor({name}) THEN {name}::BIGINT::VARCHAR ELSE {name}::VARCHAR END"
        return DateSource((one,), False, whole)
    return DateSource((one,), False, name if one.column.kind == "text" else f"{name}::VARCHAR")


def _score(one: Profile) -> float:
    rank = one.heading.date_rank
    named = {0: 0.0, 1: -2.5, 2: 2.0, 3: 3.0}[rank]
    if one.kind == "date":
        return max(4.0 + named, 0.5)
    if one.kind == "date_text":
        return max(3.5 + named - _coarse(one), 0.5)
    if one.kind == "number" and rank and numbers_are_dates(one):
        return max(2.0 + named - _coarse(one), 0.5)
    return 0.0


def _coarse(one: Profile) -> float:
    """Return how much a column of years is worth less than one of days."""
    return 3.0 if holds_years(one) else 0.0


def _year_and_month(profiles: Sequence[Profile]) -> DateSource | None:
    """Return the date that a column of years and one of months, or of fiscal periods, make together."""
    years = [one for one in profiles if one.heading.date_rank and holds_years(one)]
    months = [one for one in profiles if one.heading.date_rank and one not in years and _holds_months(one)]
    if not years or not months:
        return None
    year, month = years[0], months[0]
    year_text = f"{year.column.name}::BIGINT" if year.column.kind == "number" else year.column.name
    is_fiscal = headings.has(headings.normalised(year.column.heading), "fiscal fy")
    first, between = ("'FY' || ", "' P'") if is_fiscal else ("", "'-'")
    if month.column.kind == "number":
        text = f"{first}{year_text} || {between} || {month.column.name}::BIGINT"
    elif month.kind == "number_text":
        text = f"{first}{year_text} || {between} || {month.column.name}"
    else:
        text = f"{month.column.name} || ' ' || {year_text}"
    return DateSource((year, month), False, f"({text})")


def _holds_months(one: Profile) -> bool:
    if one.is_number:
        return one.is_whole and one.lowest is not None and 1 <= one.lowest <= (one.highest or 13) <= 12
    return one.kind == "text" and looks_like_dates([f"{text} 2024" for text in one.sample], False)
