"""Dates written as text: one notation for the whole column, never cell by cell."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from dash_kpi.ingest.months import FILLERS, MONTHS, plain
from dash_kpi.ingest.placeholders import is_placeholder
from dash_kpi.ingest.reading import Grain

FIRST_YEAR, LAST_YEAR = 1900, 2200
SERIAL_ZERO = date(1899, 12, 30)

_TIME = r"(?:[T ,]+\d{1,2}[:.h]\d{2}.*|T.*)?"
_ISO = re.compile(rf"(\d{{4}})([-/.])(\d{{1,2}})\2(\d{{1,2}})\.?{_TIME}\Z", re.IGNORECASE)
_TRIPLE = re.compile(rf"(\d{{1,2}})\s?([-/. ])\s?(\d{{1,2}})\s?\2\s?(\d{{4}}|\d{{2}})\.?{_TIME}\Z", re.IGNORECASE)
_COMPACT = re.compile(r"((?:19|20|21)\d\d)(\d\d)(\d\d)(?:\.0)?\Z")
_COMPACT_MONTH = re.compile(r"((?:19|20|21)\d\d)(\d\d)(?:\.0)?\Z")
_YEAR_MONTH = re.compile(r"(\d{4})\s?[-/.]\s?(\d{1,2})\Z")
_MONTH_YEAR = re.compile(r"(\d{1,2})\s?[-/.]\s?(\d{4})\Z")
_YEAR = re.compile(r"((?:19|20|21)\d\d)(?:\.0)?\Z")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?\Z")
_QUARTER_WORD = r"(?:q|t|k|кв\w*|quarter|quartal|kwartaal|trim\w*|ceyrek)"
_QUARTERS = (
    (re.compile(rf"([1-4])[.\sºª°]*(?:er|st|nd|rd|th|e|o)?\s*{_QUARTER_WORD}\.?\s*[-/' ]*\s*(\d{{4}}|\d\d)\Z"), 1, 2),
    (re.compile(rf"{_QUARTER_WORD}\.?\s*([1-4])\s*[-/' ]*\s*(\d{{4}}|\d\d)\Z"), 1, 2),
    (re.compile(rf"(\d{{4}})\s*[-/ ]*\s*{_QUARTER_WORD}\.?\s*([1-4])\Z"), 2, 1),
)
_WEEK_WORD = r"(?:w|wk|week|kw|sem|semana|semaine|settimana|s|нед\w*)"
_WEEKS = (
    (re.compile(rf"(\d{{4}})\s*[-/ ]*\s*{_WEEK_WORD}\.?\s*(\d{{1,2}})\Z"), 2, 1),
    (re.compile(rf"{_WEEK_WORD}\.?\s*(\d{{1,2}})\s*[-/ ]+\s*(\d{{4}})\Z"), 1, 2),
)


@dataclass(frozen=True, slots=True)
class DateTexts:
    """What the texts of one column mean: `values` holds those that are dates.

    `format` is the notation most of them have, `notations` all of them; `ambiguous` counts the texts
    whose day and month could be swapped when nothing in the column decides it.
    """

    values: dict[str, date]
    format: str
    grain: Grain | None
    notations: tuple[str, ...]
    ambiguous: int


@dataclass(frozen=True, slots=True)
class _Parsed:
    notation: str
    grain: Grain
    value: date


@dataclass(frozen=True, slots=True)
class _Triple:
    """Three numbers whose year is last, and whose day and month the column must tell apart."""

    first: int
    second: int
    year: int
    sign: str
    year_digits: int


def read_dates(texts: Iterable[str], month_first: bool = True, is_named_date: bool = True) -> DateTexts:
    """Read every text as a date; `month_first` decides only where the column itself does not.

    `is_named_date` allows bare numbers (20240131, 202401, 45000), which elsewhere are just numbers.
    """
    parsed: dict[str, _Parsed] = {}
    triples: dict[str, _Triple] = {}
    for text in texts:
        found = _recognise(text.strip(), is_named_date)
        if isinstance(found, _Triple):
            triples[text] = found
        elif found is not None:
            parsed[text] = found
    ambiguous = _order_triples(triples, parsed, month_first)
    notations = Counter(one.notation for one in parsed.values())
    grains = {one.grain for one in parsed.values()}
    ranked = tuple(notation for notation, _ in notations.most_common())
    return DateTexts(
        {text: one.value for text, one in parsed.items()},
        ranked[0] if ranked else "",
        _common_grain(grains),
        ranked,
        ambiguous,
    )


def looks_like_dates(texts: Iterable[str], is_named_date: bool) -> bool:
    """Tell whether enough of these texts are dates, placeholders aside: fewer where the name says so."""
    real = [text for text in texts if not is_placeholder(text)]
    enough = (0.4 if is_named_date else 0.6) * len(real)
    return bool(real) and sum(_recognise(text.strip(), is_named_date) is not None for text in real) >= enough


def from_serial(serial: float) -> date | None:
    """Return the day that a spreadsheet's serial number stands for, within the years we accept."""
    if not 1 <= serial < 109_940:
        return None
    return SERIAL_ZERO + timedelta(days=int(serial))


def _common_grain(grains: set[Grain]) -> Grain | None:
    order: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year")
    finest = next((grain for grain in order if grain in grains), None)
    return None if finest == "day" else finest


def _recognise(text: str, is_named_date: bool) -> _Parsed | _Triple | None:
    if not 2 <= len(text) <= 40 or not any(sign.isdigit() for sign in text):
        return None
    if found := _ISO.match(text):
        sign = found[2]
        return _day(f"YYYY{sign}MM{sign}DD", int(found[1]), int(found[3]), int(found[4]))
    if found := _TRIPLE.match(text):
        return _Triple(int(found[1]), int(found[3]), _full_year(found[4]), found[2], len(found[4]))
    if found := _YEAR_MONTH.match(text):
        return _period("YYYY-MM", "month", int(found[1]), int(found[2]))
    if found := _MONTH_YEAR.match(text):
        return _period("MM/YYYY", "month", int(found[2]), int(found[1]))
    if text.replace(".", "", 1).isdigit():
        return _from_number(text) if is_named_date else None
    return _from_words(text)


def _from_number(text: str) -> _Parsed | None:
    if found := _COMPACT.match(text):
        return _day("YYYYMMDD", int(found[1]), int(found[2]), int(found[3]))
    if found := _COMPACT_MONTH.match(text):
        return _period("YYYYMM", "month", int(found[1]), int(found[2]))
    if found := _YEAR.match(text):
        return _period("YYYY", "year", int(found[1]), 1)
    if _SERIAL.match(text):
        day = from_serial(float(text))
        return None if day is None else _Parsed("serial number", "day", day)
    return None


@lru_cache(maxsize=65536)
def _from_words(text: str) -> _Parsed | None:
    words = plain(text)
    for pattern, quarter, year in _QUARTERS:
        if found := pattern.match(words):
            return _period("quarter", "quarter", _full_year(found[year]), int(found[quarter]) * 3 - 2)
    for pattern, week, year in _WEEKS:
        if found := pattern.match(words):
            return _week(int(found[year]), int(found[week]))
    return _named_month(re.split(r"[ t,]\d{1,2}:\d\d", words)[0])


def _named_month(words: str) -> _Parsed | None:
    tokens = re.findall(r"[^\W\d_]+|\d+", words)
    names = [token for token in tokens if not token.isdigit() and token not in FILLERS]
    numbers = [token for token in tokens if token.isdigit()]
    months = [MONTHS[name] for name in names if name in MONTHS]
    if len(months) != 1 or not 1 <= len(numbers) <= 2 or len(names) > len(numbers):
        return None
    if len(numbers) == 1:
        if len(names) > 1 or len(numbers[0]) not in (2, 4):
            return None
        return _period("month name", "month", _full_year(numbers[0]), months[0])
    day, year = (numbers[1], numbers[0]) if len(numbers[0]) == 4 else (numbers[0], numbers[1])
    if len(day) > 2 or len(year) not in (2, 4):
        return None
    return _day("day and month name", _full_year(year), months[0], int(day))


def _full_year(digits: str) -> int:
    year = int(digits)
    return year if len(digits) == 4 else year + (2000 if year < 70 else 1900)


def _day(notation: str, year: int, month: int, day: int, grain: Grain = "day") -> _Parsed | None:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        return None
    try:
        return _Parsed(notation, grain, date(year, month, day))
    except ValueError:
        return None


def _period(notation: str, grain: Grain, year: int, month: int) -> _Parsed | None:
    return _day(notation, year, month, 1, grain)


def _week(year: int, week: int) -> _Parsed | None:
    try:
        return _Parsed("week", "week", date.fromisocalendar(year, week, 1))
    except ValueError:
        return None


def _order_triples(triples: dict[str, _Triple], parsed: dict[str, _Parsed], month_first: bool) -> int:
    """Read the triples into `parsed`; return how many could also be read the other way round.

    A separator with proof of its own decides for itself; one without follows the others.
    """
    votes: dict[str, Counter[bool]] = {}
    for triple in triples.values():
        group = votes.setdefault(triple.sign, Counter())
        if triple.first > 12 >= triple.second:
            group[False] += 1
        elif triple.second > 12 >= triple.first:
            group[True] += 1
    total = sum(votes.values(), Counter())
    is_decided = total[True] != total[False]
    overall = total[True] > total[False] if is_decided else month_first
    ambiguous = 0
    for text, triple in triples.items():
        group = votes[triple.sign]
        is_month_first = overall if group[True] == group[False] else group[True] > group[False]
        one = _ordered(triple, is_month_first)
        if one is not None:
            parsed[text] = one
            ambiguous += not is_decided and triple.first != triple.second
    return ambiguous


def _ordered(triple: _Triple, month_first: bool) -> _Parsed | None:
    month, day = (triple.first, triple.second) if month_first else (triple.second, triple.first)
    order = ("MM", "DD") if month_first else ("DD", "MM")
    notation = triple.sign.join((*order, "Y" * triple.year_digits))
    return _day(notation, triple.year, month, day)
