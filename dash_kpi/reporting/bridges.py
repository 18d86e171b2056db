"""The price-volume-mix bridge of revenue or profit, from the snapshots."""

from collections.abc import Sequence

from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.drivers.bridge import Bridge, Flows, bridge
from dash_kpi.kpis.evaluate import Cell
from dash_kpi.kpis.formulas.tree import Column
from dash_kpi.kpis.periods import Days
from dash_kpi.reporting.contributions import Moved
from dash_kpi.storage.cube import sums_by
from dash_kpi.storage.daily import selected
from dash_kpi.storage.sources import FILE

MOST_PRODUCTS = 2000  # told apart; the others are one
PRODUCT_WORDS = ("product", "item", "sku", "article")
NEEDED = {"revenue": ("units", "revenue"), "profit": ("units", "revenue", "cogs")}


def bridge_of(
    kpi: Kpi, moved: Moved, dimensions: Sequence[str], wanted: str | None
) -> tuple[str | None, Bridge | None]:
    """Return the dimension of the bridge and the bridge itself, None where units or revenue are not there.

    Products are the dimension that a person chose, else the one that is called so, else the first.
    """
    aggregations = moved.frame.measures.aggregations_of()
    needed = NEEDED.get(kpi.name) if kpi.is_built_in and kpi.is_additive else None
    if needed is None or any(aggregations.get(name) != "sum" for name in needed):
        return None, None
    possible, filters = selected(moved.frame.state, moved.frame.view.filters)
    whole = [source for source in possible if set(needed) <= set(source.aggregations)]
    known = [name for name in dimensions if name != FILE and any(name in source.dimensions for source in whole)]
    called = [name for name in known if any(word in name.casefold() for word in PRODUCT_WORDS)]
    by = wanted if wanted in known else next(iter([*called, *known]), None)
    if by is None:
        return None, None
    sources = [source for source in whole if by in source.dimensions]
    columns = [Column(name, "sum") for name in needed]
    cells: list[Cell] = [(column, span) for span in moved.spans for column in columns]
    frame = moved.frame
    _, found = sums_by(frame.database, sources, by, cells, filters, frame.measures, MOST_PRODUCTS)

    def flows(span: Days) -> Flows:
        return Flows(*(found[column, span] for column in columns))

    return by, bridge(flows(moved.reference), flows(frame.span))
