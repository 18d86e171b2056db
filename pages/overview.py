"""The overview: every KPI as a card, the chosen one over time and by a dimension."""

from datetime import UTC, datetime
from typing import Any

import dash
import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Input, Output, callback, clientside_callback, dcc, html

from dash_kpi.alerting.thresholds.limit_lines import limit_lines
from dash_kpi.reporting.annotations import notes_on
from dash_kpi.reporting.changes import what_changed
from dash_kpi.reporting.data import data_page
from dash_kpi.reporting.events import data_events
from dash_kpi.reporting.overview import overview
from dash_kpi.reporting.view import View
from dash_kpi.ui import figures
from dash_kpi.ui.annotations import note_button
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.cards import skeletons
from dash_kpi.ui.changes import changes_section, listed
from dash_kpi.ui.dialogs import FILTER_DIMENSION
from dash_kpi.ui.export_menu import export_menu
from dash_kpi.ui.frame import FLAG, GRAIN, NOTED, VIEW
from dash_kpi.ui.head import page_head
from dash_kpi.ui.links import wallboard_link
from dash_kpi.ui.markup import markup
from dash_kpi.ui.overview import CSV, XLSX, days_drawn, limited, noted, rendered
from dash_kpi.web.context import database, workspace

dash.register_page(__name__, path="/", title="Overview · Dash KPI", name="Overview", layout=lambda **_: layout())

PAGE, SPAN, NOTES, CARDS, EMPTY = "overview", "overview-span", "overview-notes", "overview-cards", "overview-empty"
TITLE, CHART, CAPTION = "overview-title", "overview-chart", "overview-caption"
AS_TABLE, TABLE, BREAKDOWN, ANSWER = "overview-as-table", "overview-table", "overview-breakdown", "overview-answer"
LISTED = "overview-listed"
CHANGES, CHANGED = "overview-changes", "overview-changed"
PARTS = {  # what of the answer goes where
    EMPTY: "empty",
    SPAN: "span",
    NOTES: "notes",
    CARDS: "cards",
    TITLE: "title",
    CAPTION: "caption",
    TABLE: "table",
    BREAKDOWN: "breakdown",
    LISTED: "listed",
}


def layout(**_: Any) -> Any:
    """Lay out the page with the shape of what comes."""
    return html.Div(
        [
            dcc.Store(id=ANSWER),
            dcc.Store(id=CHANGED),
            page_head(
                html.H1("Overview"),
                html.Div(id=SPAN),
                wallboard_link(),
                export_menu("the overview", xlsx=XLSX, csv=f"{CSV}?part=cards", prints=True),
            ),
            html.Div(id=NOTES, className="notes"),
            html.Div(id=EMPTY),
            html.Div(skeletons(8), className="cards skeletons"),
            html.Div(id=CARDS, className="cards", role="group", **attributes(aria_label="KPIs")),
            html.Div([_trend(), html.Section(id=BREAKDOWN, className="surface panel split")], className="panels"),
            changes_section(CHANGES),
        ],
        id=PAGE,
        className="page loading",
    )


def _trend() -> Any:
    config = {"displayModeBar": False, "responsive": True}
    return html.Section(
        [
            html.Div(
                [
                    html.H2(id=TITLE),
                    html.Div(
                        [
                            note_button(),
                            dbc.Switch(id=AS_TABLE, label="As table", value=False),
                            export_menu("the chart", xlsx=XLSX, csv=f"{CSV}?part=series", graph=CHART),
                        ],
                        className="section-actions",
                    ),
                ],
                className="section-head",
            ),
            html.Figure(
                [
                    html.Div(dcc.Graph(id=CHART, figure=figures.empty(), config=config), className="chart"),
                    html.Figcaption(id=CAPTION, className="muted"),
                ]
            ),
            html.Div(id=LISTED),
            html.Div(
                id=TABLE,
                className="scroll tall",
                tabIndex=0,
                role="region",
                **attributes(aria_label="The chart as a table"),
            ),
        ],
        className="surface panel trend",
    )


@callback(
    output={"state": Output(PAGE, "className"), "figure": Output(CHART, "figure"), "answer": Output(ANSWER, "data")},
    inputs=[Input(VIEW, "data"), Input(FLAG, "data"), Input(AS_TABLE, "value"), Input(NOTED, "data")],
)
def show(query: str | None, _flag: Any, as_table: bool, _noted: Any) -> Any:
    answer = overview(database(), workspace(), View.from_query(query or ""))
    folders = () if answer.span else data_page(database(), workspace()).folders
    currency, lines = database().settings.currency, limit_lines(database(), workspace(), answer.view)
    shown = limited(rendered(answer, folders, currency, as_table), answer, lines, currency)
    shown = noted(shown, answer, notes_on(database(), workspace(), *days_drawn(answer)))
    options = {GRAIN: shown["grains"], FILTER_DIMENSION: shown["dimensions"]}
    parts = {part: shown[name] for part, name in PARTS.items()}
    return {"state": shown["state"], "figure": shown["figure"], "answer": {"parts": parts, "options": options}}


@callback(Output(CHANGED, "data"), Input(VIEW, "data"), Input(FLAG, "data"))
def show_changes(query: str | None, _flag: Any) -> Any:
    answer = what_changed(database(), workspace(), View.from_query(query or ""))
    events = data_events(database(), workspace(), datetime.now(UTC), answer.span)
    shown = listed(answer, events, database().settings.currency)
    return {"parts": {CHANGES: markup(shown)}, "options": {}}


clientside_callback(ClientsideFunction("frame", "place"), Input(ANSWER, "data"))
clientside_callback(ClientsideFunction("frame", "place"), Input(CHANGED, "data"))
clientside_callback(ClientsideFunction("rows", "openPeriod"), Input(CHART, "clickData"), prevent_initial_call=True)
