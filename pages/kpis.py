"""The KPIs: every one with its formula and its value, and the editor in which people write their own."""

from datetime import UTC, datetime
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, callback, clientside_callback, dcc, html

from dash_kpi.reporting.kpi_page import kpi_page
from dash_kpi.reporting.kpi_preview import preview
from dash_kpi.reporting.kpi_wishes import fulfil
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.frame import FLAG, VIEW
from dash_kpi.ui.head import page_head
from dash_kpi.ui.kpi_page import rendered, tried
from dash_kpi.ui.kpis import PATH
from dash_kpi.ui.settings import sections
from dash_kpi.web.context import database, workspace

dash.register_page(__name__, path=PATH, title="KPIs · Dash KPI", name="KPIs", layout=lambda **_: layout())

CRUMBS, TITLE, HEAD, LIST, FORM = "kpis-crumbs", "kpis-title", "kpis-head", "kpis-list", "kpis-form"
PREVIEW, DONE, DRAFT, WISH = "kpis-preview", "kpis-done", "kpis-draft", "kpis-wish"
ANSWER, TRIED, FULFILLED = "kpis-answer", "kpis-tried", "kpis-fulfilled"


def layout(**_: Any) -> Any:
    """Lay out the page; `assets/kpis.js` keeps the draft between the callbacks."""
    return html.Div(
        [
            *(dcc.Store(id=name) for name in (DRAFT, WISH, ANSWER, TRIED, FULFILLED)),
            sections(PATH),
            page_head(html.H1("KPIs", id=TITLE), html.Div(id=HEAD, className="kpis-head"), back=html.Div(id=CRUMBS)),
            html.Div(id=DONE, className="kpis-done", role="status"),
            html.Div(id=LIST, className="page awaited"),
            html.Div([html.Div(id=FORM, className="page"), _preview()], className="panels editor"),
        ],
        id="kpis",
        className="page",
    )


def _preview() -> Any:
    live = attributes(aria_live="polite")
    return html.Section([html.H2("Preview"), html.Div(id=PREVIEW, **live)], className="surface panel preview")


@callback(Output(ANSWER, "data"), Input(VIEW, "data"), Input(FLAG, "data"))
def show(query: str | None, _flag: Any) -> Any:
    return rendered(kpi_page(database(), workspace(), query or ""), database().settings.currency)


@callback(Output(TRIED, "data"), Input(DRAFT, "data"), prevent_initial_call=True)
def try_out(draft: dict[str, Any]) -> Any:
    found = preview(database(), workspace(), draft["definition"], is_new=draft["is_new"])
    return tried(found, draft, database().settings.currency)


@callback(Output(FULFILLED, "data"), Input(WISH, "data"), prevent_initial_call=True)
def decide(wish: dict[str, Any]) -> Any:
    return fulfil(database(), workspace(), wish, datetime.now(UTC))


clientside_callback(ClientsideFunction("kpis", "place"), Input(ANSWER, "data"))
clientside_callback(ClientsideFunction("kpis", "tried"), Input(TRIED, "data"), prevent_initial_call=True)
clientside_callback(ClientsideFunction("kpis", "fulfilled"), Input(FULFILLED, "data"), prevent_initial_call=True)
