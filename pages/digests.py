"""The digests: KPIs that are sent by the clock, and the form in which they are made."""

from datetime import UTC, datetime
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, callback, clientside_callback, dcc, html

from dash_kpi.alerting.telling.page import digests_page, fulfil
from dash_kpi.alerting.telling.page import tried as found
from dash_kpi.reporting.annotations import SOMEBODY
from dash_kpi.ui.alerting.digests import PATH, rendered, tried
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.frame import FLAG, VIEW
from dash_kpi.ui.head import page_head
from dash_kpi.ui.placeholder import awaited
from dash_kpi.ui.settings import sections
from dash_kpi.web.context import database, workspace

dash.register_page(__name__, path=PATH, title="Digests · Dash KPI", name="Digests", layout=lambda **_: layout())

CRUMBS, TITLE, HEAD, DONE = "digests-crumbs", "digests-title", "digests-head", "digests-done"
LIST, FORM, PREVIEW = "digests-list", "digests-form", "digests-preview"
ANSWER, WISH, FULFILLED = "digests-answer", "digests-wish", "digests-fulfilled"
DRAFT, TRIED, AGAIN = "digests-draft", "digests-tried", "digests-again"


def layout(**_: Any) -> Any:
    """Lay out the page; `assets/digests.js` sends wishes and drafts, and shows what came of them."""
    preview = html.Div(id=PREVIEW, **attributes(aria_live="polite"))
    return html.Div(
        [
            *(dcc.Store(id=name) for name in (ANSWER, WISH, FULFILLED, DRAFT, TRIED, AGAIN)),
            sections(PATH),
            page_head(html.H1("Digests", id=TITLE), html.Div(id=HEAD, className="kpis-head"), back=html.Div(id=CRUMBS)),
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
        id="digests",
        className="page",
    )


@callback(Output(ANSWER, "data"), Input(VIEW, "data"), Input(FLAG, "data"), Input(AGAIN, "data"))
def show(query: str | None, _flag: Any, _again: Any) -> Any:
    return rendered(digests_page(database(), workspace(), query or ""))


@callback(Output(TRIED, "data"), Input(DRAFT, "data"), prevent_initial_call=True)
def try_out(draft: dict[str, Any]) -> Any:
    return tried(found(database(), workspace(), draft, datetime.now(UTC)), database().settings.zone)


@callback(Output(FULFILLED, "data"), Input(WISH, "data"), prevent_initial_call=True)
def decide(wish: dict[str, Any]) -> Any:
    return fulfil(database(), workspace(), wish, SOMEBODY, datetime.now(UTC))


clientside_callback(ClientsideFunction("digests", "place"), Input(ANSWER, "data"))
clientside_callback(ClientsideFunction("digests", "tried"), Input(TRIED, "data"), prevent_initial_call=True)
clientside_callback(ClientsideFunction("digests", "fulfilled"), Input(FULFILLED, "data"), prevent_initial_call=True)
