"""Measures that follow from others, row by row."""

from collections.abc import Mapping as Mapped
from dataclasses import dataclass

from dash_kpi.ingest import headings
from dash_kpi.ingest import vocabulary as words
from dash_kpi.ingest.columns import MeasureSource
from dash_kpi.ingest.rates import RATES, scale_of


@dataclass(frozen=True, slots=True)
class Derived:
    """A measure that a table does not have but implies; `sources` are the measures of its formula."""

    name: str
    formula: str
    sources: tuple[str, ...]


# In order: a later formula may use what an earlier one gave. Discounts and margins must be rates here.
_FORMULAS = (
    ("revenue", "units * unit_price * (1 - discount)", ("units", "unit_price", "discount")),
    ("revenue", "units * unit_price", ("units", "unit_price")),
    ("cogs", "units * unit_cost", ("units", "unit_cost")),
    ("cogs", "revenue - profit", ("revenue", "profit")),
    ("profit", "revenue - cogs", ("revenue", "cogs")),
    ("profit", "revenue * margin", ("revenue", "margin")),
    ("cogs", "revenue - profit", ("revenue", "profit")),
)


def derive(measures: Mapped[str, MeasureSource]) -> tuple[Derived, ...]:
    """Return the measures that follow from those of a table, in the order to compute them."""
    scales = {
        name: scale_of(measures[name].profile, may_be_negative=name == "margin") for name in RATES if name in measures
    }
    known = set(measures)
    found: list[Derived] = []
    for name, formula, sources in _FORMULAS:
        if name in known or not known.issuperset(sources):
            continue
        if "discount" in sources and _is_net(measures["unit_price"]):
            continue
        if any(scales.get(source) == "amount" for source in sources):
            continue
        for source in scales.keys() & set(sources):
            if scales[source] == "percent":
                formula = formula.replace(source, f"{source} / 100")
        known.add(name)
        found.append(Derived(name, formula, sources))
    return tuple(found)


def _is_net(price: MeasureSource) -> bool:
    """Tell whether a price has its discount taken off already."""
    return headings.has(headings.normalised(price.profile.column.heading), words.NET_PRICE)


def amount_sources(measures: Mapped[str, MeasureSource], derived: tuple[Derived, ...]) -> frozenset[str]:
    """Return the measures whose absence means that a row has no revenue."""
    if "revenue" in measures:
        return frozenset({"revenue"})
    return next((frozenset(one.sources) for one in derived if one.name == "revenue"), frozenset())


def expression(formula: str) -> str:
    """Return the formula as DuckDB reads it: a blank discount takes nothing off."""
    quoted = formula.replace("discount", "coalesce(discount, 0)")
    return f"({quoted})"
