"""What the bar offers to choose from: grains, dimensions, and the values of a dimension."""

from collections.abc import Iterable, Sequence
from typing import Any

from dash_kpi.kpis.blank import value_words
from dash_kpi.kpis.periods import GRAINS
from dash_kpi.reporting.definition_list import Catalogue
from dash_kpi.reporting.drivers import Drivers
from dash_kpi.reporting.trends.values import TrendsPage
from dash_kpi.reporting.values import Overview, RowsPage
from dash_kpi.ui import format as formatted

AUTOMATIC = "auto"
MOST_VALUES = 200  # of a dimension, shown at once; searching finds the rest

Option = dict[str, Any]


def grains(answer: Overview | RowsPage | Drivers | Catalogue | TrendsPage) -> list[Option]:
    """Offer every grain; those the data cannot answer are disabled."""
    automatic = {"label": f"by {answer.grain} (auto)" if answer.span else "automatic", "value": AUTOMATIC}
    return [automatic] + [
        {"label": f"by {grain}", "value": grain, "disabled": grain not in answer.grains} for grain in GRAINS
    ]


def dimensions(answer: Overview | RowsPage | Drivers | Catalogue | TrendsPage) -> list[Option]:
    """Offer every dimension of the data."""
    return [{"label": formatted.heading(name), "value": name} for name in answer.dimensions]


def values(known: Sequence[str], search: str | None, checked: Iterable[str]) -> list[Option]:
    """Offer the checked values first, then those that contain the search text."""
    wanted = (search or "").strip().casefold()
    chosen = sorted(set(checked))
    found = [value for value in known if wanted in value.casefold() and value not in chosen]
    return [{"label": value_words(value), "value": value} for value in (*chosen, *found[:MOST_VALUES])]


def remark(known: Sequence[str], search: str | None, offered: Sequence[Option]) -> str:
    """Say when no value is offered, or not every one."""
    if search and not offered:
        return f"No value contains '{search}'."
    if search or len(offered) >= len(known):
        return ""
    return f"{len(offered):,} of {len(known):,} values; search for the others."
