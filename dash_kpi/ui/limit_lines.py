"""The limits of thresholds as thin lines on charts by period."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dash_kpi.kpis.definition import Unit
from dash_kpi.ui import format as formatted
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.colours import ANOMALY


def with_limits(figure: Figure, limits: Sequence[float]) -> Figure:
    """Return a figure with lines at these values; the figure given stays as it is, for others remember it."""
    if not limits or not figure["data"]:
        return figure
    layout = figure["layout"]
    return {**figure, "layout": {**layout, "shapes": [*layout.get("shapes", []), *map(_line, limits)]}}


def limit_keys(limits: Sequence[float], unit: Unit, currency: str = "", decimals: int | None = None) -> list[Any]:
    """Say beside the chart what its lines stand for."""
    return [
        html.Span(f"limit {formatted.short(unit, limit, currency, decimals)}", className="key limit")
        for limit in limits
    ]


def _line(value: float) -> Figure:
    stroke = {"color": ANOMALY, "width": 1.25, "dash": "dot"}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": value, "y1": value, "line": stroke}
