"""The alerts: what is open, who has it and since when; what is over; what is silenced."""

from datetime import UTC, datetime
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, callback, clientside_callback, dcc, html

from dash_kpi.alerting.alerts.page import alerts_page
from dash_kpi.ui.alerting.alerts import contents
from dash_kpi.ui.frame import ALERTED, FLAG, VIEW
from dash_kpi.ui.head import page_head
from dash_kpi.ui.placeholder import awaited
from dash_kpi.web.context import database, workspace

dash.register_page(__name__, path="/alerts", title="Alerts · Dash KPI", name="Alerts", layout=lambda **_: layout())

HEAD, NARROWING, TOOLBAR, LIST = "alerts-head", "alerts-narrowing", "alerts-tools", "alerts-list"
PROBLEMS, SILENCES, DIALOGS, ANSWER = "alerts-problems", "alerts-silences", "alert-dialogs", "alerts-answer"
PARTS = {  # what of the answer goes where
    HEAD: "head",
    PROBLEMS: "problems",
    NARROWING: "narrowing",
    TOOLBAR: "toolbar",
    LIST: "list",
    SILENCES: "silences",
    DIALOGS: "dialogs",
}


def layout(**_: Any) -> Any:
    """Lay out the page; `assets/alerts.js` keeps what is selected."""
    return html.Div(
        [
            dcc.Store(id=ANSWER),
            page_head(html.H1("Alerts"), html.Div(id=HEAD)),
            html.Div(id=PROBLEMS),
            html.Div(id=NARROWING),
            awaited(LIST),
            html.Section(id=SILENCES, className="surface panel"),
            html.Div(id=TOOLBAR),
            html.Div(id=DIALOGS),
        ],
        id="alerts",
        className="page",
    )


@callback(Output(ANSWER, "data"), Input(VIEW, "data"), Input(FLAG, "data"), Input(ALERTED, "data"))
def show(query: str | None, _flag: Any, _alerted: Any) -> Any:
    page = alerts_page(database(), workspace(), query or "", datetime.now(UTC))
    shown = contents(page, database().settings.currency)
    return {"parts": {part: shown[name] for part, name in PARTS.items()}, "options": {}}


clientside_callback(ClientsideFunction("alerts", "place"), Input(ANSWER, "data"))
