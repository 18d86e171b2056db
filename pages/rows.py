"""The rows behind a number: where they stand in which file, and that they add up to it."""

from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, callback, clientside_callback, dcc, html

from dash_kpi.reporting.rows import rows_page
from dash_kpi.reporting.view import View, page_in
from dash_kpi.ui import rows
from dash_kpi.ui.dialogs import FILTER_DIMENSION
from dash_kpi.ui.frame import FLAG, GRAIN, VIEW
from dash_kpi.ui.head import page_head
from dash_kpi.ui.markup import markup
from dash_kpi.ui.placeholder import awaited
from dash_kpi.web.context import database, workspace

dash.register_page(__name__, path="/rows", title="Rows · Dash KPI", name="Rows", layout=lambda **_: layout())

CRUMBS, TITLE, HEAD, NOTES = "rows-crumbs", "rows-title", "rows-head", "rows-notes"
TABLE, ANSWER = "rows-table", "rows-answer"
PARTS = {
    CRUMBS: "crumbs",
    TITLE: "title",
    HEAD: "head",
    NOTES: "notes",
    TABLE: "table",
}  # what of the answer goes where


def layout(**_: Any) -> Any:
    """Lay out the page."""
    return html.Div(
        [
            dcc.Store(id=ANSWER),
            page_head(html.H1("Rows behind a number", id=TITLE), back=html.Div(id=CRUMBS)),
            awaited(HEAD),
            html.Div(id=NOTES, className="notes"),
            html.Section(id=TABLE, className="surface panel"),
        ],
        id="rows",
        className="page",
    )


@callback(Output(ANSWER, "data"), Input(VIEW, "data"), Input(FLAG, "data"))
def show(query: str | None, _flag: Any) -> Any:
    answer = rows_page(database(), workspace(), View.from_query(query or ""), page_in(query or ""))
    shown, (grains, dimensions) = rows.contents(answer, database().settings.currency), rows.options(answer)
    parts = {part: markup(shown[name]) for part, name in PARTS.items()}
    return {"parts": parts, "options": {GRAIN: grains, FILTER_DIMENSION: dimensions}}


clientside_callback(ClientsideFunction("frame", "place"), Input(ANSWER, "data"))
