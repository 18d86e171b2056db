"""The wallboard: the cards of a view and what changed, large, turning over by itself."""

from datetime import UTC, datetime
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, callback, clientside_callback, dcc, html

from dash_kpi.reporting.changes import what_changed
from dash_kpi.reporting.data import freshness
from dash_kpi.reporting.events import data_events
from dash_kpi.reporting.overview import overview
from dash_kpi.reporting.view import View
from dash_kpi.ui.frame import FLAG, VIEW
from dash_kpi.ui.markup import markup
from dash_kpi.ui.wallboard import controls, slides, status
from dash_kpi.web.context import database, workspace

dash.register_page(
    __name__, path="/wallboard", title="Wallboard · Dash KPI", name="Wallboard", layout=lambda **_: layout()
)

PAGE, STATUS, SLIDES, ANSWER = "wallboard", "wallboard-status", "wallboard-slides", "wallboard-answer"


def layout(**_: Any) -> Any:
    """Lay out the board; the style sheet takes the frame around it away."""
    return html.Div(
        [
            dcc.Store(id=ANSWER),
            html.Header([html.H1("Wallboard"), html.Div(id=STATUS, className="wallboard-status"), controls()]),
            html.Div(id=SLIDES, className="wallboard-slides awaited"),
        ],
        id=PAGE,
        className="wallboard",
    )


@callback(Output(ANSWER, "data"), Input(VIEW, "data"), Input(FLAG, "data"))
def show(query: str | None, _flag: Any) -> Any:
    now, view, currency = datetime.now(UTC), View.from_query(query or ""), database().settings.currency
    answer, changes = overview(database(), workspace(), view), what_changed(database(), workspace(), view)
    events = data_events(database(), workspace(), now, changes.span)
    told = status(answer, freshness(database(), workspace(), now), now)
    parts = {STATUS: markup(told), SLIDES: markup(slides(answer, changes, events, currency))}
    return {"parts": parts, "options": {}}


clientside_callback(ClientsideFunction("wallboard", "place"), Input(ANSWER, "data"))
