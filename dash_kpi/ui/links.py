"""Links that keep the view; `assets/history.js` follows them without loading the page anew."""

from dataclasses import replace
from datetime import date
from typing import Any

from dash import html

from dash_kpi.kpis.periods import GRAINS, Grain
from dash_kpi.reporting.view import CUSTOM, View
from dash_kpi.ui.attributes import attributes


def link(content: Any, href: str, className: str = "", **properties: Any) -> Any:  # noqa: N803  Dash's name
    """Link a page of the dashboard."""
    return html.A(content, href=href, className=className or None, **attributes(data_go=""), **properties)


def rows_of(view: View, kpi: str) -> str:
    """Return the address of the rows behind a KPI."""
    return f"/rows?{replace(view, kpi=kpi).to_query()}"


def rows_of_period(view: View, kpi: str, first: date, last: date, grain: str) -> str:
    """Return the address of the rows behind a KPI in one period, of which a span may show but a part."""
    known: Grain = next(one for one in GRAINS if one == grain)
    return rows_of(replace(view, period=CUSTOM, start=first, end=last, grain=known), kpi)


def rows_of_value(view: View, kpi: str, dimension: str, value: str) -> str:
    """Return the address of the rows behind a KPI for one value of a dimension."""
    filters = (*view.without(dimension).filters, (dimension, (value,)))
    return rows_of(replace(view, filters=tuple(sorted(filters))), kpi)


def overview_of(view: View) -> str:
    """Return the address of the overview."""
    query = view.to_query()
    return f"/?{query}" if query else "/"


def over_time(view: View) -> str:
    """Return the address of the page that draws a KPI over time."""
    return f"/trends?{view.to_query()}"


def difference(before: int, after: int) -> str:
    """Return the address of the difference between two revisions."""
    return f"/data/revisions?from={before}&to={after}"


def wallboard_link() -> Any:
    """Link the wallboard; the browser's script keeps the view of the page in the address."""
    return link("Wallboard", "/wallboard", "quiet bordered", title="Full screen, for a wall")
