"""The overview: every KPI as a card, the chosen one over time and by a dimension."""

from typing import Any

import dash
import dash_bootstrap_components as dbc
from dash import Input, Output, callback, dcc, html, set_props

from dash_kpi.reporting.data import data_page
from dash_kpi.reporting.overview import overview
from dash_kpi.reporting.view import View
from dash_kpi.ui import figures, filters
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.cards import skeletons
from dash_kpi.ui.dialogs import FILTER_DIMENSION
from dash_kpi.ui.frame import FLAG, GRAIN, VIEW
from dash_kpi.ui.overview import contents
from dash_kpi.web.context import database, workspace

dash.register_page(__name__, path="/", title="Overview · Dash KPI", name="Overview", layout=lambda **_: layout())

PAGE, SPAN, NOTES, CARDS, EMPTY = "overview", "overview-span", "overview-notes", "overview-cards", "overview-empty"
TITLE, CHART, CAPTION = "overview-title", "overview-chart", "overview-caption"
AS_TABLE, TABLE, BREAKDOWN = "overview-as-table", "overview-table", "overview-breakdown"


def layout(**_: Any) -> Any:
    """Lay out the page with the shape of what comes."""
    return html.Div(
        [
            html.Div([html.H1("Overview"), html.Div(id=SPAN)], className="page-head"),
            html.Div(id=NOTES, className="notes"),
            html.Div(id=EMPTY),
            html.Div(skeletons(8), id=CARDS, className="cards", role="group", **attributes(aria_label="KPIs")),
            html.Div([_trend(), html.Section(id=BREAKDOWN, className="surface panel split")], className="panels"),
        ],
        id=PAGE,
        className="page loading",
    )


def _trend() -> Any:
    config = {"displayModeBar": False, "responsive": True}
    return html.Section(
        [
            html.Div(
                [html.H2(id=TITLE), dbc.Switch(id=AS_TABLE, label="As table", value=False)], className="section-head"
            ),
            html.Figure(
                [
                    html.Div(dcc.Graph(id=CHART, figure=figures.empty(), config=config), className="chart"),
                    html.Figcaption(id=CAPTION, className="muted"),
                ]
            ),
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
    output={
        "state": Output(PAGE, "className"),
        "empty": Output(EMPTY, "children"),
        "span": Output(SPAN, "children"),
        "notes": Output(NOTES, "children"),
        "cards": Output(CARDS, "children"),
        "title": Output(TITLE, "children"),
        "figure": Output(CHART, "figure"),
        "caption": Output(CAPTION, "children"),
        "table": Output(TABLE, "children"),
        "breakdown": Output(BREAKDOWN, "children"),
    },
    inputs=[Input(VIEW, "data"), Input(FLAG, "data"), Input(AS_TABLE, "value")],
)
def show(query: str | None, _flag: Any, as_table: bool) -> Any:
    answer = overview(database(), workspace(), View.from_query(query or ""))
    set_props(GRAIN, {"options": filters.grains(answer)})
    set_props(FILTER_DIMENSION, {"options": filters.dimensions(answer)})
    folders = () if answer.span else data_page(database(), workspace()).folders
    return contents(answer, folders, database().settings.currency, as_table)
