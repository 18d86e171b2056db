"""Fiscal years and their periods: "FY24 P03" is the third month of the fiscal year that ends in 2024."""

import calendar
import re
from dataclasses import dataclass

from dash_kpi.ingest.months import full_year
from dash_kpi.ingest.reading import Grain

_YEAR_WORD = r"(?:fy|fiscal year|fiscal|gj|geschaftsjahr|exercice|ejercicio|esercizio|boekjaar)"
# "FY2023/24" ends in 2024, as "FY24" does.
_YEAR = rf"{_YEAR_WORD}\.?\s*'?(?:(?:\d{{4}}|\d\d)\s?[-/]\s?(?=\d\d))?(?P<year>\d{{4}}|\d\d)"
_BARE_YEAR = r"(?P<year>(?:19|20|21)\d\d)"
_PERIOD = r"(?:p|per|period|periode|periodo|pd|fp)\.?\s*(?P<period>\d{1,2})"
_MONTH = r"m\.?\s*(?P<period>\d{1,2})"
_QUARTER = r"q\.?\s*(?P<quarter>[1-4])"
_BETWEEN = r"[-/., _]*"
_PATTERNS = tuple(
    re.compile(rf"{pattern}\Z")
    for part in (_PERIOD, _QUARTER, _MONTH)
    for pattern in (f"{_YEAR}{_BETWEEN}{part}", f"{part}{_BETWEEN}{_YEAR}")
) + tuple(
    re.compile(rf"{pattern}\Z")
    for pattern in (f"{_BARE_YEAR}{_BETWEEN}{_PERIOD}", f"{_PERIOD}{_BETWEEN}{_BARE_YEAR}", _YEAR)
)


@dataclass(frozen=True, slots=True)
class Fiscal:
    """The first month of a fiscal period, and how long the period is."""

    grain: Grain
    year: int
    month: int


def recognise_fiscal(words: str, start: int) -> Fiscal | None:
    """Return what a text in plain lower case means where fiscal years start with a month (1 to 12)."""
    for pattern in _PATTERNS:
        if found := pattern.match(words):
            return _fiscal(found.groupdict(), start)
    return None


def describe_year(start: int) -> str:
    """Return which months the fiscal year 2024 has."""
    first, last = calendar.month_name[start], calendar.month_name[(start - 2) % 12 + 1]
    return f"{first} {2024 if start == 1 else 2023} to {last} 2024"


def _fiscal(found: dict[str, str | None], start: int) -> Fiscal | None:
    year = full_year(found["year"] or "")
    period, quarter = found.get("period"), found.get("quarter")
    number = int(period) if period else int(quarter) * 3 - 2 if quarter else 1
    if not 1 <= number <= 12:
        return None
    grain: Grain = "month" if period else "quarter" if quarter else "year"
    months = (year - (start > 1)) * 12 + start - 1 + number - 1
    return Fiscal(grain, months // 12, months % 12 + 1)
