"""What one text can mean as a date, before the other texts of its column are asked."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from dash_kpi.ingest.digits import in_ascii
from dash_kpi.ingest.fiscal import recognise_fiscal
from dash_kpi.ingest.months import FILLERS, MONTHS, WEEKDAYS, full_year, plain
from dash_kpi.ingest.reading import Grain

FIRST_YEAR, LAST_YEAR = 1900, 2200
SERIAL_ZERO = date(1899, 12, 30)
DAYS_TO_1904 = 1462

_TIME = r"(?:[T ,]+\d{1,2}[:.h]\d{2}.*|T.*)?"
ISO = r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})\.?"
_ISO = re.compile(rf"{ISO}{_TIME}\Z", re.IGNORECASE)
_TRIPLE = re.compile(rf"(\d{{1,2}})\s?([-/. ])\s?(\d{{1,2}})\s?\2\s?(\d{{4}}|\d{{2}})\.?{_TIME}\Z", re.IGNORECASE)
_COMPACT = re.compile(r"((?:19|20|21)\d\d)(\d\d)(\d\d)(?:\.0)?\Z")
_COMPACT_TIME = re.compile(r"((?:19|20|21)\d\d)(\d\d)(\d\d)T\d{4,6}(?:Z|[+-]\d\d:?\d\d)?\Z")
_COMPACT_MONTH = re.compile(r"((?:19|20|21)\d\d)(\d\d)(?:\.0)?\Z")
_YEAR_MONTH = re.compile(r"(\d{4})\s?(?:[-/.]\s?|[-. ]?M)(\d{1,2})\Z")
_MONTH_YEAR = re.compile(r"(\d{1,2})\s?[-/.]\s?(\d{4})\Z")
_YEAR = re.compile(r"((?:19|20|21)\d\d)(?:\.0)?\Z")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?\Z")
_WEEKDAY = re.compile(r"([^\W\d_]{2,12})\.?,?\s+(?=\d)")
_EAST_ASIAN = re.compile(r"(\d{4})\s?[年년]\s?(\d{1,2})\s?[月월](?:\s?(\d{1,2})\s?[日일])?")
_QUARTER_WORD = r"(?:q|t|k|кв\w*|quarter|quartal|kwartaal|trim\w*|ceyrek)"
_QUARTERS = (
    (re.compile(rf"([1-4])[.\sºª°]*(?:er|st|nd|rd|th|e|o)?\s*{_QUARTER_WORD}\.?\s*[-/' ]*\s*(\d{{4}}|\d\d)\Z"), 1, 2),
    (re.compile(rf"{_QUARTER_WORD}\.?\s*([1-4])\s*[-/' ]*\s*(\d{{4}}|\d\d)\Z"), 1, 2),
    (re.compile(rf"(\d{{4}})\s*[-/ ]*\s*{_QUARTER_WORD}\.?\s*([1-4])\Z"), 2, 1),
    (re.compile(rf"(\d{{4}})\s*[-/ ]*\s*([1-4])[.\sºª°]*(?:er|st|nd|rd|th|e|o)?\s*{_QUARTER_WORD}\.?\Z"), 2, 1),
)
_WEEK_WORD = r"(?P<word>w|wk|week|kw|kalenderwoche|woche|cw|sem|semana|semaine|settimana|s|нед\w*|tydzien|hafta)"
_WEEKS = (
    re.compile(rf"(?P<year>\d{{4}})\s*[-/ ]*\s*{_WEEK_WORD}\.?\s*(?P<week>\d{{1,2}})\Z"),
    re.compile(rf"{_WEEK_WORD}\.?\s*(?P<week>\d{{1,2}})\s*[-/, ]+\s*(?P<year>\d{{4}}|'?\d\d)\Z"),
)


@dataclass(frozen=True, slots=True)
class Dated:
    """A day, or the first day of a period; `number` is what the column must judge the notation by."""

    notation: str
    grain: Grain
    value: date
    number: int = 0


@dataclass(frozen=True, slots=True)
class Triple:
    """Three numbers whose year is last, and whose day and month the column must tell apart."""

    first: int
    second: int
    year: int
    sign: str
    year_digits: int

    @property
    def is_day_first(self) -> bool | None:
        """Tell which of the two is the day, None where it could be either."""
        return None if (self.first > 12) == (self.second > 12) else self.first > 12


@dataclass(frozen=True, slots=True)
class Calendar:
    """What the texts cannot say themselves: from which day serials count, when a fiscal year starts."""

    serial_zero: date = SERIAL_ZERO
    fiscal_year_start: int = 1


CALENDAR = Calendar()


def calendar_of(is_1904: bool = False, fiscal_year_start: int = 1) -> Calendar:
    """Return the calendar of a workbook; in the 1904 system every serial is four years later."""
    return Calendar(SERIAL_ZERO + timedelta(days=DAYS_TO_1904 * is_1904), fiscal_year_start)


def from_serial(serial: float, serial_zero: date = SERIAL_ZERO) -> date | None:
    """Return the day that a spreadsheet's serial number stands for, within the years we accept."""
    if not 1 <= serial < 109_940 - (serial_zero - SERIAL_ZERO).days:
        return None
    return serial_zero + timedelta(days=int(serial))


def recognise(text: str, is_named_date: bool, calendar: Calendar = CALENDAR) -> Dated | Triple | None:
    """Return what a text means on its own; bare numbers only where the heading names a date."""
    text = in_ascii(text).strip()
    if not 2 <= len(text) <= 40 or not any(sign.isdigit() for sign in text):
        return None
    if not text.isascii() and (found := _EAST_ASIAN.match(text)):
        text = "-".join(filter(None, found.groups()))
    text = _without_weekday(text)
    if found := _ISO.match(text):
        sign = found[2]
        return _day(f"YYYY{sign}MM{sign}DD", int(found[1]), int(found[3]), int(found[4]))
    if found := _TRIPLE.match(text):
        return Triple(int(found[1]), int(found[3]), full_year(found[4]), found[2], len(found[4]))
    if found := _YEAR_MONTH.match(text):
        return _period("YYYY-MM", "month", int(found[1]), int(found[2]))
    if found := _MONTH_YEAR.match(text):
        return _period("MM/YYYY", "month", int(found[2]), int(found[1]))
    if found := _COMPACT_TIME.match(text):
        return _day("YYYYMMDD", int(found[1]), int(found[2]), int(found[3]))
    if text.replace(".", "", 1).isdigit():
        return _from_number(text, calendar) if is_named_date else None
    return _from_words(text, calendar)


def _without_weekday(text: str) -> str:
    found = _WEEKDAY.match(text) if text[0].isalpha() else None
    rest = text[found.end() :] if found and plain(found[1]) in WEEKDAYS else ""
    return rest if _TRIPLE.match(rest) or _ISO.match(rest) else text


def ordered(triple: Triple, month_first: bool) -> Dated | None:
    """Return the day that a triple stands for in one order."""
    month, day = (triple.first, triple.second) if month_first else (triple.second, triple.first)
    order = ("MM", "DD") if month_first else ("DD", "MM")
    notation = triple.sign.join((*order, "Y" * triple.year_digits))
    return _day(notation, triple.year, month, day)


def _from_number(text: str, calendar: Calendar) -> Dated | None:
    if found := _COMPACT.match(text):
        return _day("YYYYMMDD", int(found[1]), int(found[2]), int(found[3]))
    if found := _COMPACT_MONTH.match(text):
        return _period("YYYYMM", "month", int(found[1]), int(found[2]))
    if found := _YEAR.match(text):
        return _period("YYYY", "year", int(found[1]), 1)
    if _SERIAL.match(text):
        day = from_serial(float(text), calendar.serial_zero)
        return None if day is None else Dated("serial number", "day", day)
    return None


@lru_cache(maxsize=65536)
def _from_words(text: str, calendar: Calendar) -> Dated | None:
    words = plain(text)
    if fiscal := recognise_fiscal(words, calendar.fiscal_year_start):
        return _period("fiscal period", fiscal.grain, fiscal.year, fiscal.month)
    readers: tuple[Callable[[str], Dated | None], ...] = (_quarter, _week, _named_month)
    return next((found for reader in readers if (found := reader(words))), None)


def _quarter(words: str) -> Dated | None:
    for pattern, quarter, year in _QUARTERS:
        if found := pattern.match(words):
            return _period("quarter", "quarter", full_year(found[year]), int(found[quarter]) * 3 - 2)
    return None


def _week(words: str) -> Dated | None:
    for pattern in _WEEKS:
        if found := pattern.match(words):
            week = int(found["week"])
            # "S1 2024" is a week in French, and half a year in Spanish.
            notation = "week S" if found["word"] in ("s", "sem") else "week"
            try:
                first_day = date.fromisocalendar(full_year(found["year"].lstrip("'")), week, 1)
            except ValueError:
                return None
            return _day(notation, first_day.year, first_day.month, first_day.day, "week", week)
    return None


def _named_month(words: str) -> Dated | None:
    words = re.split(r"[ t,]\d{1,2}[:.h]\d\d", words)[0]
    tokens = re.findall(r"[^\W\d_]+|\d+", words)
    names = [token for token in tokens if not token.isdigit() and token not in FILLERS]
    if len(names) > 1 and names[0] in WEEKDAYS:
        names = names[1:]  # "mar. 5 mars 2024" is a Tuesday
    numbers = [token for token in tokens if token.isdigit()]
    months = [MONTHS[name] for name in names if name in MONTHS]
    if len(months) != 1 or not 1 <= len(numbers) <= 2 or len(names) > len(numbers):
        return None
    if len(numbers) == 1:
        if len(names) > 1 or len(numbers[0]) not in (2, 4):
            return None
        is_first = tokens[0].isdigit() and len(numbers[0]) == 2
        notation = "YY-month name" if is_first else "month name"
        return _period(notation, "month", full_year(numbers[0]), months[0], int(numbers[0]))
    day, year = (numbers[1], numbers[0]) if len(numbers[0]) == 4 else (numbers[0], numbers[1])
    if len(day) > 2 or len(year) not in (2, 4):
        return None
    return _day("day and month name", full_year(year), months[0], int(day))


def _day(notation: str, year: int, month: int, day: int, grain: Grain = "day", number: int = 0) -> Dated | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return Dated(notation, grain, date(year, month, day), number)
    except ValueError:
        return None


def _period(notation: str, grain: Grain, year: int, month: int, number: int = 0) -> Dated | None:
    return _day(notation, year, month, 1, grain, number)
