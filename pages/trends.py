"""Trends: how KPIs move, what is unusual in them, and where they go; a section at a time."""

from typing import Any

import dash
import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Input, Output, callback, clientside_callback, dcc, html

from dash_kpi.alerting.thresholds.limit_lines import limit_lines
from dash_kpi.reporting.annotations import notes_on
from dash_kpi.reporting.data import data_page
from dash_kpi.reporting.trends.page import trends
from dash_kpi.reporting.trends.view import TrendsView
from dash_kpi.ui import figures
from dash_kpi.ui.annotations import note_button
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.dialogs import FILTER_DIMENSION
from dash_kpi.ui.export_menu import export_menu
from dash_kpi.ui.frame import FLAG, GRAIN, NOTED, VIEW
from dash_kpi.ui.head import page_head
from dash_kpi.ui.trends.page import PART_NAMES, SLOTS, chart_id, days_drawn, limited, noted, rendered
from dash_kpi.ui.trends.panels import XLSX
from dash_kpi.web.context import database, workspace

dash.register_page(__name__, path="/trends", title="Trends · Dash KPI", name="Trends", layout=lambda **_: layout())

PAGE, ANSWER, LISTED, NEWEST = "trends", "trends-answer", "trends-listed", "trends-drawn"
NAMES = ("empty", "span", "notes", "tabs", "choices", *(f"{name}-{n}" for n in range(SLOTS) for name in PART_NAMES))


def layout(**_: Any) -> Any:
    """Lay out the page with the shape of what comes."""
    return html.Div(
        [
            dcc.Store(id=ANSWER),
            page_head(
                html.H1("Trends"),
                html.Div(id="trends-span"),
                export_menu("the open section", xlsx=XLSX, prints=True),
            ),
            html.Div(id="trends-notes", className="notes"),
            html.Div(id="trends-empty"),
            html.Div(id="trends-tabs"),
            html.Div(id="trends-choices", className="trends-choices"),
            html.Div(className="surface panel trends-awaited"),
            html.Div([_slot(number) for number in range(SLOTS)], className="trends-slots"),
        ],
        id=PAGE,
        className="page loading",
    )


def _slot(number: int) -> Any:
    """Hold the place of a panel; the first may have notes."""
    graph = dcc.Graph(id=chart_id(number), figure=figures.empty(), config={"displayModeBar": False, "responsive": True})
    title = f"trends-title-{number}"
    actions = [
        *([note_button()] if number == 0 else []),
        dbc.Switch(id=_switch(number), label="As table", value=False),
        html.Div(id=f"trends-menu-{number}"),
    ]
    shown = html.Div(
        id=f"trends-table-{number}",
        className="scroll tall",
        tabIndex=0,
        role="region",
        **attributes(aria_label="The chart as a table"),
    )
    return html.Section(
        [
            html.Div([html.H2(id=title), html.Div(actions, className="section-actions")], className="section-head"),
            html.Figure(
                [html.Div(graph, className="chart"), html.Figcaption(id=f"trends-caption-{number}", className="muted")]
            ),
            html.Div(id=f"trends-findings-{number}"),
            *([html.Div(id=LISTED)] if number == 0 else []),
            shown,
        ],
        className="surface panel trend",
    )


def _switch(number: int) -> str:
    return f"trends-as-table-{number}"


@callback(
    output={
        "state": Output(PAGE, "className"),
        "figures": [Output(chart_id(number), "figure") for number in range(SLOTS)],
        "answer": Output(ANSWER, "data"),
    },
    inputs={
        "query": Input(VIEW, "data"),
        "_flag": Input(FLAG, "data"),
        "_noted": Input(NOTED, "data"),
        "tables": [Input(_switch(number), "value") for number in range(SLOTS)],
    },
)
def show(query: str | None, _flag: Any, _noted: Any, tables: list[bool]) -> Any:
    answer = trends(database(), workspace(), TrendsView.from_query(query or ""))
    folders = () if answer.span else data_page(database(), workspace()).folders
    currency, lines = database().settings.currency, limit_lines(database(), workspace(), answer.view.view)
    shown = limited(rendered(answer, tuple(folders), currency, tuple(map(bool, tables))), answer, lines, currency)
    shown = noted(shown, answer, notes_on(database(), workspace(), *days_drawn(answer)))
    parts = {f"trends-{name}": shown["parts"][name] for name in NAMES} | {LISTED: shown["listed"]}
    options = {GRAIN: shown["grains"], FILTER_DIMENSION: shown["dimensions"]}
    return {"state": shown["state"], "figures": shown["figures"], "answer": {"parts": parts, "options": options}}


clientside_callback(ClientsideFunction("frame", "place"), Input(ANSWER, "data"))
clientside_callback(ClientsideFunction("trends", "zoom"), Input(chart_id(0), "relayoutData"), prevent_initial_call=True)
clientside_callback(ClientsideFunction("trends", "rows"), Input(chart_id(0), "clickData"), prevent_initial_call=True)
