"""The KPIs: what each is called, and the formula by which it follows from measures.

A formula gets one array for each of its inputs, with one value for each period, NaN where there is
none; it is applied to the sums over a period, so that a ratio is always a ratio of sums.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from dash_kpi.kpis.measures import Floats, Measures

Unit = Literal["currency", "number", "percent", "ratio"]
Direction = Literal["higher", "lower", "neutral"]


@dataclass(frozen=True, slots=True)
class Kpi:
    """A named formula over measures; `days` and `previous` say what else the formula is given.

    With `needs="days"` the last argument is the number of calendar days of each period that the data
    covers; with `needs="previous"` it is the first input over the period before.
    """

    name: str
    label: str
    unit: Unit
    direction: Direction
    inputs: tuple[str, ...]
    formula: Callable[..., Floats]
    description: str
    needs: Literal["days", "previous"] | None = None
    is_additive: bool = False  # parts of it add up to the whole


def _itself(values: Floats) -> Floats:
    return values


def _ratio(part: Floats, whole: Floats) -> Floats:
    return part / whole


BUILT_IN: tuple[Kpi, ...] = (
    Kpi("revenue", "Revenue", "currency", "higher", ("revenue",), _itself, "What was sold.", is_additive=True),
    Kpi("cogs", "Cost", "currency", "lower", ("cogs",), _itself, "What the goods sold cost.", is_additive=True),
    Kpi("profit", "Profit", "currency", "higher", ("profit",), _itself, "Revenue less cost.", is_additive=True),
    Kpi("profit_margin", "Profit margin", "percent", "higher", ("profit", "revenue"), _ratio, "Profit / revenue."),
    Kpi(
        "growth_rate", "Growth", "percent", "higher", ("revenue",), lambda now, before: now / before - 1,
        "Revenue against the period before.", needs="previous",
    ),
    Kpi(
        "revenue_per_day", "Revenue per day", "currency", "higher", ("revenue",), _ratio,
        "Revenue / calendar days of the period that the data covers.", needs="days",
    ),
    Kpi("efficiency_ratio", "Efficiency ratio", "ratio", "higher", ("revenue", "cogs"), _ratio, "Revenue / cost."),
)  # fmt: skip

# Profit where revenue and cost stand in different sources, so that no row has both.
_PROFIT_ACROSS = Kpi(
    "profit", "Profit", "currency", "higher", ("revenue", "cogs"), lambda revenue, cogs: revenue - cogs,
    "Revenue less cost.", is_additive=True,
)  # fmt: skip
_MARGIN_ACROSS = Kpi(
    "profit_margin", "Profit margin", "percent", "higher", ("revenue", "cogs"),
    lambda revenue, cogs: (revenue - cogs) / revenue, "Profit / revenue.",
)  # fmt: skip

# What the canonical measures are, beyond their name.
_KNOWN: dict[str, tuple[str, Unit, Direction]] = {
    "expenses": ("Expenses", "currency", "lower"),
    "units": ("Units", "number", "higher"),
    "orders": ("Orders", "number", "higher"),
    "customers": ("Customers", "number", "higher"),
    "unit_price": ("Unit price", "currency", "neutral"),
    "unit_cost": ("Unit cost", "currency", "lower"),
    "discount": ("Discount", "number", "lower"),
    "tax": ("Tax", "currency", "neutral"),
    "budget": ("Budget", "currency", "neutral"),
}


def kpis_for(measures: Measures) -> tuple[Kpi, ...]:
    """Return the KPIs that these measures allow: the built-in ones, then one for each further measure."""
    built_in = [_across(kpi, measures) for kpi in BUILT_IN]
    found = [kpi for kpi in built_in if all(name in measures for name in kpi.inputs)]
    covered = {kpi.name for kpi in BUILT_IN}
    return (*found, *(_of_measure(name, measures) for name in sorted(measures.columns) if name not in covered))


def label_of(measure: str) -> str:
    """Return what people call a measure: its canonical label, or its own name as a sentence begins."""
    built_in = next((kpi.label for kpi in BUILT_IN if kpi.inputs == (measure,) and kpi.name == measure), None)
    return built_in or (_KNOWN[measure][0] if measure in _KNOWN else measure.replace("_", " ").capitalize())


def _across(kpi: Kpi, measures: Measures) -> Kpi:
    """Use the formula over revenue and cost where no source has a profit."""
    if "profit" in measures:
        return kpi
    return {"profit": _PROFIT_ACROSS, "profit_margin": _MARGIN_ACROSS}.get(kpi.name, kpi)


def _of_measure(name: str, measures: Measures) -> Kpi:
    _, unit, direction = _KNOWN.get(name, ("", "number", "neutral"))
    is_sum = measures.aggregations.get(name, "sum") in ("sum", "count")
    return Kpi(name, label_of(name), unit, direction, (name,), _itself, "", is_additive=is_sum)
