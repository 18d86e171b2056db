"""Drivers: why a KPI moved between two periods."""

from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, callback, clientside_callback, dcc, html

from dash_kpi.reporting.data import data_page
from dash_kpi.reporting.drivers import drivers
from dash_kpi.reporting.view import View
from dash_kpi.ui import figures
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.dialogs import FILTER_DIMENSION
from dash_kpi.ui.drivers import rendered
from dash_kpi.ui.export_menu import export_menu
from dash_kpi.ui.frame import FLAG, GRAIN, VIEW
from dash_kpi.ui.head import page_head
from dash_kpi.ui.placeholder import awaited
from dash_kpi.web.context import database, workspace

dash.register_page(__name__, path="/drivers", title="Drivers · Dash KPI", name="Drivers", layout=lambda **_: layout())

CSV, XLSX = "/api/v1/drivers.csv", "/api/v1/drivers.xlsx"
PAGE, ANSWER, CHART, BRIDGE = "drivers", "drivers-answer", "drivers-chart", "drivers-bridge"
CHOICES, HEADLINE, NOTES, EMPTY = "drivers-choices", "drivers-headline", "drivers-notes", "drivers-empty"
TITLE, CAPTION, TABLE, RANKED = "drivers-title", "drivers-caption", "drivers-table", "drivers-ranked"
MOVERS, BRIDGE_TITLE, BRIDGE_CAPTION = "drivers-movers", "drivers-bridge-title", "drivers-bridge-caption"
BRIDGE_TABLE = "drivers-bridge-table"
PARTS = {
    CHOICES: "choices",
    HEADLINE: "headline",
    NOTES: "notes",
    EMPTY: "empty",
    TITLE: "title",
    CAPTION: "caption",
    TABLE: "table",
    RANKED: "ranked",
    MOVERS: "movers",
    BRIDGE_TITLE: "bridge_title",
    BRIDGE_CAPTION: "bridge_caption",
    BRIDGE_TABLE: "bridge_table",
}  # what of the answer goes where


def layout(**_: Any) -> Any:
    """Lay out the page; the answer fills it."""
    return html.Div(
        [
            dcc.Store(id=ANSWER),
            page_head(
                html.H1("Drivers"),
                html.Div(id=CHOICES, className="drivers-choices"),
                export_menu("what moved the KPI", xlsx=XLSX, prints=True),
            ),
            awaited(HEADLINE),
            html.Div(id=NOTES, className="notes"),
            html.Div(id=EMPTY),
            html.Div(
                [
                    _chart(TITLE, CHART, CAPTION, TABLE, "values"),
                    html.Div([_section("What explains it", RANKED), _section("What moved most", MOVERS)]),
                ],
                className="panels explained",
            ),
            html.Div(_chart(BRIDGE_TITLE, BRIDGE, BRIDGE_CAPTION, BRIDGE_TABLE, "bridge"), className="drivers-bridge"),
        ],
        id=PAGE,
        className="page unexplained bridgeless",
    )


def _chart(title: str, chart: str, caption: str, table: str, part: str) -> Any:
    graph = dcc.Graph(id=chart, figure=figures.empty(), config={"displayModeBar": False, "responsive": True})
    shown = html.Div(id=table, className="scroll tall", tabIndex=0, role="region", **attributes(aria_labelledby=title))
    return html.Section(
        [
            html.Div(
                [html.H2(id=title), export_menu("the chart", csv=f"{CSV}?part={part}", graph=chart)],
                className="section-head",
            ),
            html.Figure([html.Div(graph, className="chart"), html.Figcaption(id=caption, className="muted")]),
            html.Details([html.Summary("As table"), shown]),
        ],
        className="surface panel",
    )


def _section(title: str, part: str) -> Any:
    region = html.Div(id=part, className="scroll", tabIndex=0, role="region", **attributes(aria_label=title))
    return html.Section([html.H2(title), region], className="surface panel")


@callback(
    output={
        "state": Output(PAGE, "className"),
        "figure": Output(CHART, "figure"),
        "bridge": Output(BRIDGE, "figure"),
        "answer": Output(ANSWER, "data"),
    },
    inputs=[Input(VIEW, "data"), Input(FLAG, "data")],
)
def show(query: str | None, _flag: Any) -> Any:
    answer = drivers(database(), workspace(), View.from_query(query or ""))
    folders = () if answer.kpis else data_page(database(), workspace()).folders
    shown = rendered(answer, folders, database().settings.currency)
    options = {GRAIN: shown.pop("grains"), FILTER_DIMENSION: shown.pop("dimensions")}
    parts = shown.pop("parts")
    return {**shown, "answer": {"parts": {part: parts[name] for part, name in PARTS.items()}, "options": options}}


clientside_callback(ClientsideFunction("frame", "place"), Input(ANSWER, "data"))
