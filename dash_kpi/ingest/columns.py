"""Decide which column is the date, which are measures and which are dimensions, and say why."""

import re
from collections.abc import Mapping as Mapped
from collections.abc import Sequence
from dataclasses import dataclass, field

from dash_kpi.ingest import headings, reasons
from dash_kpi.ingest.date_source import DateSource, find_date, holds_years, numbers_are_dates
from dash_kpi.ingest.profile import Profile
from dash_kpi.ingest.rates import scale_of
from dash_kpi.ingest.raw import DATE
from dash_kpi.ingest.reading import Aggregation
from dash_kpi.ingest.rules import NO_RULES, ColumnRule, Rules

__all__ = ["LEFT_OUT", "DateSource", "Mapping", "MeasureSource", "map_columns"]

LEFT_OUT = "was left out in the mapping"
NOTHING_KNOWN: Mapped[int, str] = {}
COSTS = frozenset(("cogs", "expenses", "unit_cost"))
_CERTAIN = 1_000  # more than any heading says
MOST_DIMENSION_VALUES = 10_000
MOST_NAME_CHARACTERS = 100
_FEW_ROWS = 8  # above which numbers below "Store" that hardly repeat may be amounts: that they are left out is said
_MOST_CODES = 1_000
_RESERVED = frozenset(
    ("sheet_row", "date", "profit_margin", "growth_rate", "revenue_per_day", "efficiency_ratio", "filename")
)
# Columns of the cleaned table that no heading may name, and the dimension that every row has anyway.
_OWN_COLUMNS = frozenset(("revenue", "cogs", "profit", "is_total", "is_loaded", "file"))
_TIME_OF_DAY = re.compile(r"\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?\s*([ap]\.?m\.?)?\Z", re.IGNORECASE)
_EXPENSE_SHEET = "expense expenses costs kosten ausgaben depenses charges gastos despesas spese uitgaven расходы"


@dataclass(frozen=True, slots=True)
class MeasureSource:
    """One column that is a measure, under the name it will have; `is_turned` tells that its sign is turned."""

    name: str
    profile: Profile
    aggregation: Aggregation
    is_turned: bool = False


@dataclass(frozen=True, slots=True)
class Mapping:
    """The part that each column plays; `left_out` gives the reason for those that play none.

    `reasons` says of every column, by its place in the sheet, why it plays its part.
    """

    date: DateSource | None
    measures: tuple[MeasureSource, ...]
    dimensions: dict[str, Profile]
    left_out: tuple[tuple[Profile, str], ...]
    reasons: dict[int, str] = field(default_factory=dict)


def map_columns(
    profiles: Sequence[Profile],
    rows: int,
    sheet: str | None = None,
    rules: Rules = NO_RULES,
    *,
    known: Mapped[int, str] = NOTHING_KNOWN,
) -> Mapping:
    """Return the part of every column of a table with so many rows; what `rules` decide is not inferred.

    `known` gives "date" or a measure for the columns whose part is certain.
    """
    dated = next((one.column.index for one in profiles if known.get(one.column.index) == DATE), None)
    date = find_date(profiles, rules, dated)
    used = {one.column.index for one in date.columns} if date else set()
    rest = [one for one in profiles if one.column.index not in used]
    measures = _measures([one for one in rest if _is_measure(one, rules)], sheet, rules, known)
    measured = {one.profile.column.index for one in measures}
    dimensions: dict[str, Profile] = {}
    left_out = []
    taken = {one.name for one in measures}
    for one in rest:
        if one.column.index in measured or one.kind == "empty":
            continue
        rule = rules.of(one.column.heading)
        against = _reason_against_rule(rule) if rule else _reason_against_dimension(one, rows)
        if against:
            left_out.append((one, against))
        else:
            dimensions[_dimension_name(one, taken | set(dimensions), rule.name if rule else None)] = one
    mapping = Mapping(date, measures, dimensions, tuple(left_out))
    return Mapping(date, measures, dimensions, mapping.left_out, _reasons(profiles, mapping, rules))


def _reasons(profiles: Sequence[Profile], mapping: Mapping, rules: Rules) -> dict[int, str]:
    found = {one.column.index: "it has no values" for one in profiles if one.kind == "empty"}
    if mapping.date:
        found |= {one.column.index: reasons.why_date(mapping.date, one) for one in mapping.date.columns}
    for measure in mapping.measures:
        one = measure.profile
        found[one.column.index] = reasons.why_measure(one, measure.name, measure.aggregation)
    found |= {one.column.index: reasons.why_dimension(one) for one in mapping.dimensions.values()}
    found |= {one.column.index: f"it {against}" for one, against in mapping.left_out}
    decided = {one.column.index for one in profiles if rules.of(one.column.heading) and one.kind != "empty"}
    refused = {one.column.index for one, against in mapping.left_out if against in _CANNOT.values()}
    return found | dict.fromkeys(decided - refused, reasons.DECIDED)


def _dimension_name(one: Profile, taken: set[str], decided: str | None = None) -> str:
    """Return the heading as it is written, unless another column of the snapshot has that name.

    Names that differ in case only are the same name to a query.
    """
    heading = " ".join((decided or one.column.heading).split())[:MOST_NAME_CHARACTERS] or one.column.name
    used = {name.casefold() for name in taken | _RESERVED | _OWN_COLUMNS}
    if heading.casefold() not in used:
        return heading
    return next(free for number in range(2, 10_000) if (free := f"{heading} {number}").casefold() not in used)


# Measures


def _measures(
    numeric: Sequence[Profile], sheet: str | None, rules: Rules, known: Mapped[int, str]
) -> tuple[MeasureSource, ...]:
    names = _canonical_names(numeric, sheet, rules, known)
    measures: dict[str, MeasureSource] = {}
    for one in numeric:
        rule = rules.of(one.column.heading)
        canonical = names.get(one.column.index)
        name = canonical or _free_name(
            headings.slug(one.column.heading) or one.column.name, set(measures) | set(names.values())
        )
        aggregation = (rule.aggregation if rule else None) or _aggregation(one, canonical)
        measures[name] = MeasureSource(name, one, aggregation, aggregation != "count" and _is_negative_cost(name, one))
    return tuple(measures.values())


def _is_negative_cost(name: str, one: Profile) -> bool:
    """Tell whether costs are written as negative numbers throughout; they are positive amounts here."""
    return name in COSTS and one.lowest is not None and one.highest is not None and one.lowest < 0 >= one.highest


def _free_name(name: str, taken: set[str]) -> str:
    used = taken | _RESERVED
    if name not in used:
        return name
    return next(free for number in range(2, 10_000) if (free := f"{name}_{number}") not in used)


def _is_measure(one: Profile, rules: Rules) -> bool:
    rule = rules.of(one.column.heading)
    if rule is not None:
        return rule.part == "measure" and (rule.aggregation == "count" or one.is_number or one.kind == "truth")
    is_amount_of_entity = (
        one.heading.names_entity and not one.is_whole
    )  # sales of the "Shop", beside those of the "Web"
    if not one.is_number or (one.heading.is_code and not is_amount_of_entity):
        return False
    if one.heading.date_rank and (holds_years(one) or numbers_are_dates(one)):
        return False
    return one.heading.measure is not None or not _is_row_number(one)


def _is_row_number(one: Profile) -> bool:
    """Tell whether the numbers only count the rows."""
    if one.lowest is None or one.highest is None or not one.is_whole or one.filled < 20:
        return False
    text = headings.normalised(one.column.heading)
    is_unnamed = not text or headings.has(text, "unnamed column index")
    return is_unnamed and one.lowest in (0, 1) and one.highest - one.lowest + 1 == one.filled


def _canonical_names(
    numeric: Sequence[Profile], sheet: str | None, rules: Rules, known: Mapped[int, str]
) -> dict[int, str]:
    """Return the name of each column that gets one: the decided, the known, the best match, the first of equals."""
    names: dict[int, str] = {}
    claims: dict[str, tuple[int, Profile]] = {}
    is_ledger = any(headings.has(headings.normalised(one.column.heading), "haben") for one in numeric)
    for one in numeric:
        rule = rules.of(one.column.heading)
        if rule and rule.name and (name := headings.slug(rule.name)):
            names[one.column.index] = _free_name(name, set(names.values()))
            continue
        certain = known.get(one.column.index)
        claimed, strength = certain or _claimed(one, sheet), _CERTAIN if certain else one.heading.strength
        if claimed == "budget" and is_ledger:
            continue  # "Soll" beside "Haben" is a debit
        if claimed and (claimed not in claims or strength > claims[claimed][0]):
            claims[claimed] = (strength, one)
    decided = set(names.values())
    return names | {one.column.index: name for name, (_, one) in claims.items() if name not in decided}


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
        is_rate = scale_of(one) != "amount" and bool(one.highest)
        return "mean" if is_rate or one.heading.is_averaged else "sum"
    if canonical in headings.AVERAGED:
        return "mean"
    if canonical:
        return "sum"
    is_percent = one.numbers is not None and one.numbers.has_percent
    return "mean" if one.heading.is_averaged or is_percent else "sum"


# Dimensions

# What a person asked for and the cells do not give.
_CANNOT = {
    "measure": "was made a measure, but holds no numbers",
    "date": "was made a date, but another column is the date already",
}


def _reason_against_rule(rule: ColumnRule) -> str | None:
    if rule.part == "left_out":
        return LEFT_OUT
    return _CANNOT.get(rule.part)


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
        few = _FEW_ROWS if one.heading.names_entity else 50
        is_sparse = one.distinct > _MOST_CODES or (one.filled > few and one.distinct > 0.5 * one.filled)
        return "holds numbers that name things" if is_sparse or not one.is_whole else None
    if one.distinct > MOST_DIMENSION_VALUES:
        return "has more than 10,000 different values"
    if one.filled > 50 and one.distinct > (0.3 if one.heading.is_code else 0.9) * one.filled:
        return "has its own value in nearly every row"
    if one.sample and sum(map(len, one.sample)) > 120 * len(one.sample):
        return "holds long texts"
    return "has no values" if not rows else None
