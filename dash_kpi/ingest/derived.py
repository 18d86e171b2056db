"""Measures that follow from others, row by row."""

from collections.abc import Mapping as Mapped
from dataclasses import dataclass

from dash_kpi.ingest.columns import MeasureSource


@dataclass(frozen=True, slots=True)
class Derived:
    """A measure that a table does not have but implies; `sources` are the measures of its formula."""

    name: str
    formula: str
    sources: tuple[str, ...]


# In order: a later formula may use what an earlier one gave. `fractions` must lie between 0 and 1.
_FORMULAS = (
    ("revenue", "units * unit_price * (1 - discount)", ("units", "unit_price", "discount")),
    ("revenue", "units * unit_price", ("units", "unit_price")),
    ("cogs", "units * unit_cost", ("units", "unit_cost")),
    ("cogs", "revenue - profit", ("revenue", "profit")),
    ("profit", "revenue - cogs", ("revenue", "cogs")),
    ("profit", "revenue * margin", ("revenue", "margin")),
    ("cogs", "revenue - profit", ("revenue", "profit")),
)
_FRACTIONS = frozenset({"discount", "margin"})


def derive(measures: Mapped[str, MeasureSource]) -> tuple[Derived, ...]:
    """Return the measures that follow from those of a table, in the order to compute them."""
    known = set(measures)
    found: list[Derived] = []
    for name, formula, sources in _FORMULAS:
        if name in known or not known.issuperset(sources):
            continue
        if any(not _is_fraction(measures[source]) for source in _FRACTIONS.intersection(sources)):
            continue
        known.add(name)
        found.append(Derived(name, formula, sources))
    return tuple(found)


def amount_sources(measures: Mapped[str, MeasureSource], derived: tuple[Derived, ...]) -> frozenset[str]:
    """Return the measures whose absence means that a row has no revenue."""
    if "revenue" in measures:
        return frozenset({"revenue"})
    return next((frozenset(one.sources) for one in derived if one.name == "revenue"), frozenset())


def expression(formula: str) -> str:
    """Return the formula as DuckDB reads it: a blank discount takes nothing off."""
    quoted = formula.replace("discount", "coalesce(discount, 0)")
    return f"({quoted})"


def _is_fraction(source: MeasureSource) -> bool:
    low, high = source.profile.lowest, source.profile.highest
    return (
        low is not None
        and high is not None
        and -1.5 <= low <= high <= 1.5
        and (source.name != "discount" or source.profile.is_fraction)
    )
