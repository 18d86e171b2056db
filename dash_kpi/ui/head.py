"""The head of a page: the way back, what is shown, and what stands beside it."""

from typing import Any

from dash import html

from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.links import link


def page_head(title: Any, *beside: Any, back: Any = None) -> Any:
    """Lay out the head; `title` is a heading, `back` the way back or what the answer fills with it."""
    return html.Div([back, title, *beside], className="page-head")


def crumbs(*steps: tuple[str, str]) -> Any:
    """Link the pages above this one, the highest first; each step is a name and an address."""
    items = [html.Li(link(name, address)) for name, address in steps]
    return html.Nav(html.Ol(items), className="crumbs", **attributes(aria_label="Breadcrumb"))
