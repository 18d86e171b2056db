"""Why each column plays its part: one plain clause for everything that was decided or inferred."""

from dash_kpi.ingest.date_source import DateSource, holds_years
from dash_kpi.ingest.profile import Profile
from dash_kpi.ingest.reading import Aggregation

DECIDED = "decided in the mapping"

_EVENTS = {
    0: "",
    1: ", and no column holds a better date",
    2: ", and its heading '{heading}' is a word for a date",
    3: ", and its heading '{heading}' is a word for the date of a booking",
}
_MEASURES = {
    "cogs": "cost",
    "units": "a quantity",
    "unit_price": "a price",
    "unit_cost": "the cost of one piece",
    "orders": "a number of orders",
    "customers": "a number of customers",
    "discount": "a discount",
    "margin": "a margin",
    "budget": "a budget or target",
}


def why_date(source: DateSource, one: Profile) -> str:
    """Return why a column is the date, or a part of it."""
    if len(source.columns) > 1:
        parts = "years and parts of years" if len(source.columns) == 2 else "years, months and days"
        return f"{parts} in {len(source.columns)} columns make a date together"
    event = _EVENTS[one.heading.date_rank].format(heading=one.column.heading)
    if source.is_typed:
        return f"it holds date cells{event}"
    if one.column.kind == "number":
        return f"it holds numbers that are {'years' if holds_years(one) else 'days'}{event}"
    return f"it holds texts that are dates{event}"


def why_measure(one: Profile, name: str, aggregation: Aggregation) -> str:
    """Return why a column is a measure, and why it is averaged where it is."""
    meant = one.heading.measure
    heading = f"its heading '{one.column.heading}'"
    averaged = ", which is averaged" if aggregation == "mean" else ""
    if meant is not None and name == meant:
        return f"{heading} is a word for {_words(meant)}{averaged}"
    if meant is not None and name in ("profit", "expenses"):
        return f"{heading} is a word for {_words(meant)}, and its numbers are {name}"
    if meant is not None:
        return f"it holds numbers; {heading} is a word for {_words(meant)}, but another column fits that better"
    if aggregation == "mean":
        return f"it holds numbers, and {heading} or their percent sign says that a sum of them means nothing"
    return "it holds numbers that are no codes, under a name of their own"


def why_dimension(one: Profile) -> str:
    """Return why a column is something to slice by."""
    values = "1 value" if one.distinct == 1 else f"{one.distinct:,} different values"
    if one.kind == "truth":
        return "it holds yes and no"
    if one.is_number:
        return f"it holds numbers that name things, with {values}"
    return f"it holds texts with {values}"


def _words(measure: str) -> str:
    return _MEASURES.get(measure, measure.replace("_", " "))
