"""Decide which column is the date, which are measures and which are dimensions."""

import re
from collections.abc import Mapping as Mapped
from collections.abc import Sequence
from dataclasses import dataclass

from dash_kpi.ingest import headings
from dash_kpi.ingest.dates import looks_like_dates
from dash_kpi.ingest.profile import Profile
from dash_kpi.ingest.raw import DATE
from dash_kpi.ingest.reading import Aggregation

NOTHING_KNOWN: Mapped[int, str] = {}
_CERTAIN = 1_000  # more than any heading says
MOST_DIMENSION_VALUES = 10_000
MOST_NAME_CHARACTERS = 100
_MOST_CODES = 1_000
_RESERVED = frozenset(
    ("sheet_row", "date", "profit_margin", "growth_rate", "revenue_per_day", "efficiency_ratio", "filename")
)
# Columns of the cleaned table that no heading may name, and the dimension that every row has anyway.
_OWN_COLUMNS = frozenset(("revenue", "cogs", "profit", "is_total", "is_loaded", "file"))
_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([ap]\.?m\.?)?\Z", re.IGNORECASE)
_EXPENSE_SHEET = "expense expenses costs kosten ausgaben depenses charges gastos despesas spese uitgaven расходы"


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


@dataclass(frozen=True, slots=True)
class MeasureSource:
    """One column that is a measure, under the name it will have."""

    name: str
    profile: Profile
    aggregation: Aggregation


@dataclass(frozen=True, slots=True)
class Mapping:
    """The part that each column plays; `left_out` gives the reason for those that play none."""

    date: DateSource | None
    measures: tuple[MeasureSource, ...]
    dimensions: dict[str, Profile]
    left_out: tuple[tuple[Profile, str], ...]


def map_columns(
    profiles: Sequence[Profile], rows: int, sheet: str | None = None, *, known: Mapped[int, str] = NOTHING_KNOWN
) -> Mapping:
    """Return the part of every column of a table with so many rows.

    `known` gives "date" or a measure for the columns whose part is certain.
    """
    dated = next((one for one in profiles if known.get(one.column.index) == DATE), None)
    date = _date_source(profiles) if dated is None else _date_of(dated)
    used = {one.column.index for one in date.columns} if date else set()
    rest = [one for one in profiles if one.column.index not in used and one.kind != "empty"]
    numeric = [one for one in rest if _is_measure(one)]
    names = _canonical_names(numeric, sheet, known)
    measures: dict[str, MeasureSource] = {}
    for one in numeric:
        canonical = names.get(one.column.index)
        name = canonical or _free_name(
            headings.slug(one.column.heading) or one.column.name, set(measures) | _taken(names)
        )
        measures[name] = MeasureSource(name, one, _aggregation(one, canonical))
    dimensions: dict[str, Profile] = {}
    left_out = []
    measured = {one.column.index for one in numeric}
    for one in rest:
        if one.column.index in measured:
            continue
        reason = _reason_against_dimension(one, rows)
        if reason:
            left_out.append((one, reason))
        else:
            dimensions[_dimension_name(one, {*measures, *dimensions})] = one
    return Mapping(date, tuple(measures.values()), dimensions, tuple(left_out))


def _dimension_name(one: Profile, taken: set[str]) -> str:
    """Return the heading as it is written, unless another column of the snapshot has that name.

    Names that differ in case only are the same name to a query.
    """
    heading = " ".join(one.column.heading.split())[:MOST_NAME_CHARACTERS] or one.column.name
    used = {name.casefold() for name in taken | _RESERVED | _OWN_COLUMNS}
    if heading.casefold() not in used:
        return heading
    return next(free for number in range(2, 10_000) if (free := f"{heading} {number}").casefold() not in used)


def _taken(names: dict[int, str]) -> set[str]:
    return set(names.values()) | _RESERVED


def _free_name(name: str, taken: set[str]) -> str:
    if name not in taken and name not in _RESERVED:
        return name
    return next(free for number in range(2, 10_000) if (free := f"{name}_{number}") not in taken)


# Dates


def _date_source(profiles: Sequence[Profile]) -> DateSource | None:
    """Return the best date: typed before written, the booked date before other events, then the first."""
    scored = [(score, -place, one) for place, one in enumerate(profiles) if (score := _date_score(one)) > 0]
    parts = _year_and_month(profiles)
    if scored:
        score, _, best = max(scored, key=lambda item: item[:2])
        if not (parts and (_holds_years(best) or score < 3)):
            return _date_of(best)
    if parts:
        return parts
    return None


def _date_of(one: Profile) -> DateSource:
    name = one.column.name
    if one.kind == "date":
        return DateSource((one,), True, name)
    if one.column.kind == "number":
        whole = f"CASE WHEN {name} = floor({name}) THEN {name}::BIGINT::VARCHAR ELSE {name}::VARCHAR END"
        return DateSource((one,), False, whole)
    return DateSource((one,), False, name)


def _date_score(one: Profile) -> float:
    rank = one.heading.date_rank
    named = {0: 0.0, 1: -2.5, 2: 2.0, 3: 3.0}[rank]
    if one.kind == "date":
        return max(4.0 + named, 0.5)
    if one.kind == "date_text":
        return max(3.5 + named - _coarse(one), 0.5)
    if one.kind == "number" and rank and _numbers_are_dates(one):
        return max(2.0 + named - _coarse(one), 0.5)
    return 0.0


def _coarse(one: Profile) -> float:
    """Return how much a column of years or months is worth less than one of days."""
    return 3.0 if _holds_years(one) else 0.0


def _holds_years(one: Profile) -> bool:
    if one.kind in ("number", "number_text"):
        return one.is_whole and one.lowest is not None and 1900 <= one.lowest <= (one.highest or 0) <= 2200
    return one.kind == "date_text" and all(re.match(r"\d{4}\Z", text.strip()) for text in one.sample)


def _numbers_are_dates(one: Profile) -> bool:
    if one.lowest is None or one.highest is None:
        return False
    if _holds_years(one) or 20_000 <= one.lowest <= one.highest < 80_000:
        return True
    return one.is_whole and (
        190_001 <= one.lowest <= one.highest <= 220_012 or 19_000_101 <= one.lowest <= one.highest <= 22_001_231
    )


def _year_and_month(profiles: Sequence[Profile]) -> DateSource | None:
    """Return the date that a column of years and one of months make together."""
    years = [one for one in profiles if one.heading.date_rank and _holds_years(one)]
    months = [one for one in profiles if one.heading.date_rank and one not in years and _holds_months(one)]
    if not years or not months:
        return None
    year, month = years[0], months[0]
    year_text = f"{year.column.name}::BIGINT" if year.column.kind == "number" else year.column.name
    if month.column.kind == "number":
        text = f"{year_text} || '-' || {month.column.name}::BIGINT"
    elif month.kind == "number_text":
        text = f"{year_text} || '-' || {month.column.name}"
    else:
        text = f"{month.column.name} || ' ' || {year_text}"
    return DateSource((year, month), False, f"({text})")


def _holds_months(one: Profile) -> bool:
    if one.is_number:
        return one.is_whole and one.lowest is not None and 1 <= one.lowest <= (one.highest or 13) <= 12
    return one.kind == "text" and looks_like_dates([f"{text} 2024" for text in one.sample], False)


# Measures


def _is_measure(one: Profile) -> bool:
    if not one.is_number or one.heading.is_code:
        return False
    if one.heading.date_rank and (_holds_years(one) or _numbers_are_dates(one)):
        return False
    return one.heading.measure is not None or not _is_row_number(one)


def _is_row_number(one: Profile) -> bool:
    """Tell whether the numbers only count the rows."""
    if one.lowest is None or one.highest is None or not one.is_whole or one.filled < 20:
        return False
    is_unnamed = headings.has(headings.normalised(one.column.heading), "unnamed column index") or not headings.slug(
        one.column.heading
    )
    return is_unnamed and one.lowest in (0, 1) and one.highest - one.lowest + 1 == one.filled


def _canonical_names(numeric: Sequence[Profile], sheet: str | None, known: Mapped[int, str]) -> dict[int, str]:
    """Return the canonical name of each column that gets one: the known, the best match, the first of equals."""
    claims: dict[str, tuple[int, Profile]] = {}
    for one in numeric:
        certain = known.get(one.column.index)
        name = certain or _claimed(one, sheet)
        strength = _CERTAIN if certain else one.heading.strength
        if name and (name not in claims or strength > claims[name][0]):
            claims[name] = (strength, one)
    return {one.column.index: name for name, (_, one) in claims.items()}


def _claimed(one: Profile, sheet: str | None) -> str | None:
    measure = one.heading.measure
    is_percent = one.numbers is not None and one.numbers.has_percent
    is_amount = one.highest is not None and one.highest > 100 and not is_percent
    if measure == "margin" and is_amount:
        return "profit"
    if is_percent and measure not in ("discount", "margin", None):
        return None
    is_weak = one.heading.strength <= 10
    if measure == "revenue" and is_weak and sheet and headings.has(headings.normalised(sheet), _EXPENSE_SHEET):
        return "expenses"
    return measure


def _aggregation(one: Profile, canonical: str | None) -> Aggregation:
    if canonical == "discount":
        return "mean" if (one.is_fraction and one.highest) or one.heading.is_averaged else "sum"
    if canonical in headings.AVERAGED:
        return "mean"
    if canonical:
        return "sum"
    is_percent = one.numbers is not None and one.numbers.has_percent
    return "mean" if one.heading.is_averaged or is_percent else "sum"


# Dimensions


def _reason_against_dimension(one: Profile, rows: int) -> str | None:
    """Return why a column is no dimension, or None where it is one."""
    if one.kind in ("date", "date_text"):
        return "is another date"
    if one.kind == "duration" or (one.sample and all(_TIME_OF_DAY.match(text) for text in one.sample)):
        return "holds times"
    if _is_row_number(one):
        return "only counts the rows"
    if one.is_number:
        if one.heading.date_rank and one.distinct <= _MOST_CODES:
            return None
        is_sparse = one.distinct > _MOST_CODES or (one.filled > 50 and one.distinct > 0.5 * one.filled)
        return "holds numbers that name things" if is_sparse or not one.is_whole else None
    if one.distinct > MOST_DIMENSION_VALUES:
        return "has more than 10,000 different values"
    if one.filled > 50 and one.distinct > (0.3 if one.heading.is_code else 0.9) * one.filled:
        return "has its own value in nearly every row"
    if one.sample and sum(map(len, one.sample)) > 120 * len(one.sample):
        return "holds long texts"
    return "has no values" if not rows else None
