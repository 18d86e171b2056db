"""The channels: where alerts go, whether each works, and the routes that divide alerts among them."""

from datetime import UTC, datetime
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, callback, clientside_callback, dcc, html

from dash_kpi.alerting.channels.page import channels_page
from dash_kpi.alerting.channels.wishes import fulfil
from dash_kpi.reporting.annotations import SOMEBODY
from dash_kpi.ui.alerting.channel_page import rendered
from dash_kpi.ui.alerting.channels import PATH
from dash_kpi.ui.frame import ALERTED, FLAG, VIEW
from dash_kpi.ui.head import page_head
from dash_kpi.ui.placeholder import awaited
from dash_kpi.ui.settings import sections
from dash_kpi.web.context import database, workspace

dash.register_page(__name__, path=PATH, title="Channels · Dash KPI", name="Channels", layout=lambda **_: layout())

CRUMBS, TITLE, HEAD, DONE = "channels-crumbs", "channels-title", "channels-head", "channels-done"
LIST, ROUTES, FORM = "channels-list", "channels-routes", "channels-form"
ANSWER, WISH, FULFILLED, AGAIN = "channels-answer", "channels-wish", "channels-fulfilled", "channels-again"


def layout(**_: Any) -> Any:
    """Lay out the page; `assets/channels.js` sends wishes and shows what came of them."""
    return html.Div(
        [
            *(dcc.Store(id=name) for name in (ANSWER, WISH, FULFILLED, AGAIN)),
            sections(PATH),
            page_head(
                html.H1("Channels", id=TITLE), html.Div(id=HEAD, className="kpis-head"), back=html.Div(id=CRUMBS)
            ),
            html.Div(id=DONE, role="status"),
            awaited(LIST),
            html.Div(id=ROUTES),
            html.Div(id=FORM, className="page"),
        ],
        id="channels",
        className="page",
    )


@callback(
    Output(ANSWER, "data"), Input(VIEW, "data"), Input(FLAG, "data"), Input(ALERTED, "data"), Input(AGAIN, "data")
)
def show(query: str | None, _flag: Any, _alerted: Any, _again: Any) -> Any:
    return rendered(channels_page(database(), workspace(), query or ""))


@callback(Output(FULFILLED, "data"), Input(WISH, "data"), prevent_initial_call=True)
def decide(wish: dict[str, Any]) -> Any:
    return fulfil(database(), workspace(), wish, SOMEBODY, datetime.now(UTC))


clientside_callback(ClientsideFunction("channels", "place"), Input(ANSWER, "data"))
clientside_callback(ClientsideFunction("channels", "fulfilled"), Input(FULFILLED, "data"), prevent_initial_call=True)
