"""The revisions: what changed the data, when and by whom; and the difference between two."""

from datetime import UTC, datetime
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, callback, clientside_callback, dcc, html

from dash_kpi.reporting.revisions import revisions_page
from dash_kpi.ui import revisions
from dash_kpi.ui.frame import FLAG
from dash_kpi.ui.head import crumbs, page_head
from dash_kpi.ui.markup import markup
from dash_kpi.web.context import database, workspace

dash.register_page(
    __name__,
    path="/data/revisions",
    title="Revisions · Dash KPI",
    name="Revisions",
    layout=lambda **query: layout(**query),
)

QUERY, CRUMBS, TITLE = "revisions-query", "revisions-crumbs", "revisions-title"
CONTENT, ANSWER = "revisions-content", "revisions-answer"
PARTS = {CRUMBS: "crumbs", TITLE: "title", CONTENT: "content"}  # what of the answer goes where


def layout(**query: str) -> Any:
    """Lay out the page; its query says which revisions, not which view."""
    return html.Div(
        [
            dcc.Store(id=QUERY, data=query),
            dcc.Store(id=ANSWER),
            page_head(html.H1("Revisions", id=TITLE), back=html.Div(crumbs(("Data", "/data")), id=CRUMBS)),
            html.Div(id=CONTENT, className="page awaited"),
        ],
        id="revisions",
        className="page",
    )


@callback(Output(ANSWER, "data"), Input(QUERY, "data"), Input(FLAG, "data"))
def show(query: dict[str, str], _flag: Any) -> Any:
    page = revisions_page(database(), workspace(), query)
    shown = revisions.contents(page, datetime.now(UTC), database().settings.currency)
    return {"parts": {part: markup(shown[name]) for part, name in PARTS.items()}, "options": {}}


clientside_callback(ClientsideFunction("frame", "place"), Input(ANSWER, "data"))
