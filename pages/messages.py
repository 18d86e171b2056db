"""The messages: how alerts and digests are worded, and the form in which a wording is changed."""

from datetime import UTC, datetime
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, callback, clientside_callback, dcc, html

from dash_kpi.alerting.messages.page import fulfil, messages_page
from dash_kpi.alerting.messages.page import tried as found
from dash_kpi.reporting.annotations import SOMEBODY
from dash_kpi.ui.alerting.messages import PATH, rendered, tried
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.frame import FLAG, VIEW
from dash_kpi.ui.head import page_head
from dash_kpi.ui.placeholder import awaited
from dash_kpi.ui.settings import sections
from dash_kpi.web.context import database, workspace

dash.register_page(__name__, path=PATH, title="Messages · Dash KPI", name="Messages", layout=lambda **_: layout())

CRUMBS, TITLE, DONE = "messages-crumbs", "messages-title", "messages-done"
LIST, FORM, PREVIEW = "messages-list", "messages-form", "messages-preview"
ANSWER, WISH, FULFILLED = "messages-answer", "messages-wish", "messages-fulfilled"
DRAFT, TRIED, AGAIN = "messages-draft", "messages-tried", "messages-again"


def layout(**_: Any) -> Any:
    """Lay out the page; `assets/messages.js` sends wishes and drafts, and shows what came of them."""
    preview = html.Div(id=PREVIEW, **attributes(aria_live="polite"))
    return html.Div(
        [
            *(dcc.Store(id=name) for name in (ANSWER, WISH, FULFILLED, DRAFT, TRIED, AGAIN)),
            sections(PATH),
            page_head(html.H1("Messages", id=TITLE), back=html.Div(id=CRUMBS)),
            html.Div(id=DONE, role="status"),
            awaited(LIST),
            html.Div(
                [
                    html.Div(id=FORM, className="page"),
                    html.Section([html.H2("Preview"), preview], className="surface panel preview"),
                ],
                className="panels worded",
            ),
        ],
        id="messages",
        className="page",
    )


@callback(Output(ANSWER, "data"), Input(VIEW, "data"), Input(FLAG, "data"), Input(AGAIN, "data"))
def show(query: str | None, _flag: Any, _again: Any) -> Any:
    return rendered(messages_page(database(), workspace(), query or ""))


@callback(Output(TRIED, "data"), Input(DRAFT, "data"), prevent_initial_call=True)
def try_out(draft: dict[str, Any]) -> Any:
    return tried(found(database(), workspace(), draft, datetime.now(UTC)))


@callback(Output(FULFILLED, "data"), Input(WISH, "data"), prevent_initial_call=True)
def decide(wish: dict[str, Any]) -> Any:
    return fulfil(database(), workspace(), wish, SOMEBODY, datetime.now(UTC))


clientside_callback(ClientsideFunction("messages", "place"), Input(ANSWER, "data"))
clientside_callback(ClientsideFunction("messages", "tried"), Input(TRIED, "data"), prevent_initial_call=True)
clientside_callback(ClientsideFunction("messages", "fulfilled"), Input(FULFILLED, "data"), prevent_initial_call=True)
