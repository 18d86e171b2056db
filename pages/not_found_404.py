"""What an address shows that no page has."""

from typing import Any

import dash
from dash import html

from dash_kpi.ui.head import page_head
from dash_kpi.ui.links import link
from dash_kpi.ui.placeholder import placeholder

dash.register_page(__name__, title="No such page · Dash KPI", name="No such page", layout=lambda **_: layout())


def layout(**_: Any) -> Any:
    """Lay out the page."""
    words = "The address may be mistyped, or the page may have another address now."
    where = link("Go to Overview", "/", "primary"), link("Go to Data", "/data", "quiet bordered")
    return html.Div(
        [page_head(html.H1("No such page")), placeholder("info", "Nothing is at this address", words, *where)],
        className="page",
    )
