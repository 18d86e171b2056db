"""One alert: its number, what drove it, and everything that happened."""

from datetime import UTC, datetime
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, dcc, html

from dash_kpi.alerting.alerts.page import alert_page
from dash_kpi.ui import figures
from dash_kpi.ui.alerting.alert import contents
from dash_kpi.ui.frame import ALERTED, FLAG, VIEW
from dash_kpi.ui.head import page_head
from dash_kpi.web.context import database, workspace

dash.register_page(
    __name__,
    path_template="/alerts/<number>",
    title="Alert · Dash KPI",
    name="Alert",
    layout=lambda number="", **_: layout(number),
)

NUMBER, ANSWER, CHART = "alert-number", "alert-answer", "alert-chart"
CRUMBS, TITLE, HEAD, BELOW = "alert-crumbs", "alert-title", "alert-head", "alert-below"
FACTS, BODY, DIALOGS = "alert-facts", "alert-body", "alert-dialogs"
PARTS = {  # what of the answer goes where
    CRUMBS: "crumbs",
    TITLE: "title",
    HEAD: "head",
    BELOW: "chart",
    FACTS: "facts",
    BODY: "body",
    DIALOGS: "dialogs",
}


def layout(number: str = "") -> Any:
    """Lay out the page."""
    config = {"displayModeBar": False, "responsive": True}
    chart = html.Figure(
        [
            html.Div(dcc.Graph(id=CHART, figure=figures.empty(), config=config), className="chart"),
            html.Figcaption(id=BELOW, className="alert-below"),
        ]
    )
    return html.Div(
        [
            dcc.Store(id=NUMBER, data=number),
            dcc.Store(id=ANSWER),
            page_head(html.H1("Alert", id=TITLE), back=html.Div(id=CRUMBS)),
            html.Div(id=HEAD, className="alert-head"),
            html.Div(
                [
                    html.Section([html.H2("Over time"), chart], className="surface panel"),
                    html.Section(id=FACTS, className="surface panel"),
                ],
                className="panels",
            ),
            html.Div(id=BODY, className="alert-body"),
            html.Div(id=DIALOGS),
        ],
        id="alert",
        className="page",
    )


@callback(
    Output(CHART, "figure"),
    Output(ANSWER, "data"),
    Input(VIEW, "data"),
    Input(FLAG, "data"),
    Input(ALERTED, "data"),
    State(NUMBER, "data"),
)
def show(query: str | None, _flag: Any, _alerted: Any, number: str) -> Any:
    page = alert_page(database(), workspace(), number, query or "", datetime.now(UTC))
    figure, shown = contents(page, database().settings.currency)
    return figure, {"parts": {part: shown.get(name, "") for part, name in PARTS.items()}, "options": {}}


clientside_callback(ClientsideFunction("alerts", "place"), Input(ANSWER, "data"))
