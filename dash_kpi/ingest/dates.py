"""Dates written as text: one notation for the whole column, never cell by cell."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from dash_kpi.ingest.date_notations import (
    CALENDAR,
    FIRST_YEAR,
    LAST_YEAR,
    SERIAL_ZERO,
    Calendar,
    Dated,
    Triple,
    calendar_of,
    from_serial,
    ordered,
    recognise,
)
from dash_kpi.ingest.placeholders import is_placeholder
from dash_kpi.ingest.reading import Grain

__all__ = [
    "CALENDAR",
    "FIRST_YEAR",
    "LAST_YEAR",
    "SERIAL_ZERO",
    "Calendar",
    "DateTexts",
    "calendar_of",
    "from_serial",
    "looks_like_dates",
    "read_dates",
]

_MOST_SWAPPED_DAY = 12
_FEWEST_SWAPPED = 2
_FEWEST_MONTHS = 3


@dataclass(frozen=True, slots=True)
class DateTexts:
    """What the texts of one column mean: `values` holds those that are dates.

    `format` is the notation most of them have, `notations` all of them; `ambiguous` counts the texts
    whose day and month could be swapped when nothing in the column decides it. `swapped` are the dates
    whose day and month an import seems to have swapped, `unswapped` an example of the texts it left.
    """

    values: dict[str, date]
    format: str
    grain: Grain | None
    notations: tuple[str, ...]
    ambiguous: int
    swapped: tuple[str, ...] = ()
    unswapped: str | None = None
    has_fiscal: bool = False


def read_dates(
    texts: Iterable[str],
    month_first: bool = True,
    is_named_date: bool = True,
    *,
    is_decided: bool = False,
    repairs: bool = False,
    calendar: Calendar = CALENDAR,
) -> DateTexts:
    """Read every text as a date; `month_first` decides only where the column itself does not.

    `is_named_date` allows bare numbers (20240131, 202401, 45000), which elsewhere are just numbers.
    `is_decided` lets `month_first` win over the column; `repairs` swaps day and month of the dates that
    an import has swapped.
    """
    parsed: dict[str, Dated] = {}
    triples: dict[str, Triple] = {}
    for text in texts:
        found = recognise(text, is_named_date, calendar)
        if isinstance(found, Triple):
            triples[text] = found
        elif found is not None:
            parsed[text] = found
    _drop_misleading(parsed)
    swapped = _swapped(parsed, triples)
    if repairs:
        _swap_back(parsed)
    ambiguous = _order_triples(triples, parsed, month_first, is_decided)
    notations = Counter(one.notation for one in parsed.values())
    ranked = tuple(notation for notation, _ in notations.most_common())
    return DateTexts(
        {text: one.value for text, one in parsed.items()},
        ranked[0] if ranked else "",
        _common_grain({one.grain for one in parsed.values()}),
        ranked,
        ambiguous,
        swapped,
        next(iter(triples), None),
        "fiscal period" in notations,
    )


def is_day(text: str) -> bool:
    """Tell whether a text is a day or a month, even one without a year such as "5.Jan"."""
    if not any(sign.isdigit() for sign in text):
        return False
    found = recognise(text, is_named_date=False)
    return found is not None or recognise(f"{text} 2024", is_named_date=False) is not None


def looks_like_dates(texts: Iterable[str], is_named_date: bool) -> bool:
    """Tell whether enough of these texts are dates, placeholders aside: fewer where the name says so."""
    real = [text for text in texts if not is_placeholder(text)]
    enough = (0.4 if is_named_date else 0.6) * len(real)
    return bool(real) and sum(recognise(text, is_named_date) is not None for text in real) >= enough


def _common_grain(grains: set[Grain]) -> Grain | None:
    order: tuple[Grain, ...] = ("day", "week", "month", "quarter", "year")
    finest = next((grain for grain in order if grain in grains), None)
    return None if finest == "day" else finest


def _drop_misleading(parsed: dict[str, Dated]) -> None:
    """Remove what only looks like a period: "S2 2024" among halves of years, "24-Jan" among days without year."""
    for notation, most in (("week S", 2), ("YY-month name", 31)):
        doubtful = {text: one for text, one in parsed.items() if one.notation == notation}
        if doubtful and max(one.number for one in doubtful.values()) <= most:
            for text in doubtful:
                del parsed[text]
    for text, one in parsed.items():
        if one.notation == "week S":
            parsed[text] = Dated("week", one.grain, one.value, one.number)


def _is_date_cell(one: Dated) -> bool:
    """Tell whether a text is how a cell with a date is printed."""
    return one.grain == "day" and one.notation.startswith("YYYY") and one.notation != "YYYYMMDD"


def _swapped(parsed: dict[str, Dated], triples: dict[str, Triple]) -> tuple[str, ...]:
    """Return the dates that an import has swapped: all have days up to 12, and all it left as text do not."""
    cells = [text for text, one in parsed.items() if _is_date_cell(one)]
    orders = {triple.is_day_first for triple in triples.values()}
    if len(cells) < _FEWEST_SWAPPED or len(orders) != 1 or None in orders:
        return ()
    return tuple(cells) if all(parsed[text].value.day <= _MOST_SWAPPED_DAY for text in cells) else ()


def _swap_back(parsed: dict[str, Dated]) -> None:
    for text, one in parsed.items():
        day = one.value
        if _is_date_cell(one) and day.day <= _MOST_SWAPPED_DAY:
            parsed[text] = Dated(one.notation, one.grain, day.replace(month=day.day, day=day.month))


def _order_triples(triples: dict[str, Triple], parsed: dict[str, Dated], month_first: bool, is_decided: bool) -> int:
    """Read the triples into `parsed`; return how many could also be read the other way round.

    A separator with proof of its own decides for itself; one without follows the others.
    """
    votes: dict[str, Counter[bool]] = {}
    for triple in triples.values():
        group = votes.setdefault(triple.sign, Counter())
        if triple.is_day_first is not None:
            group[not triple.is_day_first] += 1
    total = sum(votes.values(), Counter())
    is_proven = total[True] != total[False]
    usual = month_first if is_decided else _first_of_month(triples, month_first)
    overall = usual if is_decided or not is_proven else total[True] > total[False]
    ambiguous = 0
    for text, triple in triples.items():
        group = votes[triple.sign]
        follows = is_decided or group[True] == group[False]
        one = ordered(triple, overall if follows else group[True] > group[False])
        if one is not None:
            parsed[text] = one
            ambiguous += not (is_proven or is_decided) and triple.first != triple.second
    return ambiguous


def _first_of_month(triples: dict[str, Triple], month_first: bool) -> bool:
    """Return whether the months come first in what looks like the first days of months, else the usual order."""
    firsts, seconds = ({getattr(one, part) for one in triples.values()} for part in ("first", "second"))
    if firsts == {1} and len(seconds) >= _FEWEST_MONTHS:
        return False
    return True if seconds == {1} and len(firsts) >= _FEWEST_MONTHS else month_first
