"""Thresholds: which KPIs are watched, where each stands, and the form in which people set them."""

from datetime import UTC, datetime
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, callback, clientside_callback, dcc, html

from dash_kpi.alerting.thresholds.draft import try_draft
from dash_kpi.alerting.thresholds.page import thresholds_page
from dash_kpi.alerting.thresholds.wishes import fulfil
from dash_kpi.ui import figures
from dash_kpi.ui.alerting.threshold_page import figure, rendered, tried
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.frame import ALERTED, FLAG, VIEW
from dash_kpi.ui.head import page_head
from dash_kpi.web.context import database, workspace

dash.register_page(
    __name__, path="/thresholds", title="Thresholds · Dash KPI", name="Thresholds", layout=lambda **_: layout()
)

DRAFT, WISH, ANSWER, TRIED, FULFILLED = (
    f"thresholds-{name}" for name in ("draft", "wish", "answer", "tried", "fulfilled")
)
CHART, AGAIN = "thresholds-chart", "thresholds-again"
OFTEN = 10_000  # milliseconds, after which states are asked for again: they move without a revision


def layout(**_: Any) -> Any:
    """Lay out the page; `assets/thresholds.js` keeps the draft between the callbacks."""
    return html.Div(
        [
            *(dcc.Store(id=name) for name in (DRAFT, WISH, ANSWER, TRIED, FULFILLED)),
            dcc.Interval(id=AGAIN, interval=OFTEN),
            page_head(
                html.H1("Thresholds", id="thresholds-title"),
                html.Div(id="thresholds-head", className="kpis-head"),
                back=html.Div(id="thresholds-crumbs"),
            ),
            html.Div(id="thresholds-list", className="page awaited"),
            html.Div([html.Div(id="thresholds-form", className="page"), _preview()], className="panels editor"),
        ],
        id="thresholds",
        className="page",
    )


def _preview() -> Any:
    graph = dcc.Graph(id=CHART, figure=figures.empty(), config={"displayModeBar": False, "responsive": True})
    caption = html.Figcaption(id="thresholds-caption", className="muted")
    return html.Section(
        [
            html.H2("What it would have done"),
            html.Div(id="thresholds-sentence", **attributes(aria_live="polite")),
            html.Div(id="thresholds-drawn", className="drawn"),
            html.Figure([html.Div(graph, id="thresholds-plot", className="chart"), caption]),
            html.Div(id="thresholds-keys"),
            html.Div(id="thresholds-message"),
            html.Div(id="thresholds-firings"),
        ],
        className="surface panel preview",
        id="thresholds-preview",
    )


@callback(
    Output(ANSWER, "data"),
    Input(VIEW, "data"),
    Input(FLAG, "data"),
    Input(ALERTED, "data"),
    Input(AGAIN, "n_intervals"),
)
def show(query: str | None, _flag: Any, _alerted: Any, _again: Any) -> Any:
    page = thresholds_page(database(), workspace(), query or "", datetime.now(UTC))
    return rendered(page, database().settings.currency)


@callback(Output(TRIED, "data"), Output(CHART, "figure"), Input(DRAFT, "data"), prevent_initial_call=True)
def try_out(draft: dict[str, Any]) -> Any:
    found, currency = try_draft(database(), workspace(), draft["rule"], datetime.now(UTC)), database().settings.currency
    return tried(found, draft, currency), figure(found, draft, currency)


@callback(Output(FULFILLED, "data"), Input(WISH, "data"), prevent_initial_call=True)
def decide(wish: dict[str, Any]) -> Any:
    return fulfil(database(), workspace(), wish, datetime.now(UTC))


clientside_callback(ClientsideFunction("thresholds", "place"), Input(ANSWER, "data"))
clientside_callback(ClientsideFunction("thresholds", "tried"), Input(TRIED, "data"), prevent_initial_call=True)
clientside_callback(ClientsideFunction("thresholds", "fulfilled"), Input(FULFILLED, "data"), prevent_initial_call=True)
