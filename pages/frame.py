"""The frame's callbacks that ask the server; its layout is in `dash_kpi.ui.frame`."""

from datetime import UTC, datetime
from typing import Any

from dash import Input, Output, State, callback, ctx

from dash_kpi.reporting import data, overview
from dash_kpi.reporting.view import View
from dash_kpi.ui import filters
from dash_kpi.ui.dialogs import FILTER_DIMENSION, FILTER_REMARK, FILTER_SEARCH, FILTER_VALUES
from dash_kpi.ui.frame import FLAG, FRESHNESS, JOBS, VIEW, WORKSPACE
from dash_kpi.ui.freshness import freshness
from dash_kpi.web.context import database, workspace


@callback(Output(FRESHNESS, "children"), Output(WORKSPACE, "children"), Input(FLAG, "data"), Input(JOBS, "data"))
def show_freshness(_flag: Any, _jobs: Any) -> Any:
    now = datetime.now(UTC)
    return freshness(data.freshness(database(), workspace(), now), now), workspace()


@callback(
    Output(FILTER_VALUES, "options"),
    Output(FILTER_VALUES, "value"),
    Output(FILTER_REMARK, "children"),
    Input(FILTER_DIMENSION, "value"),
    Input(FILTER_SEARCH, "value"),
    State(FILTER_VALUES, "value"),
    State(VIEW, "data"),
    prevent_initial_call=True,
)
def offer_values(dimension: str | None, search: str | None, checked: list[str], query: str | None) -> Any:
    view = View.from_query(query or "")
    chosen = checked if ctx.triggered_id == FILTER_SEARCH else dict(view.filters).get(dimension or "", ())
    known = overview.dimension_values(database(), workspace(), dimension, view.as_of) if dimension else ()
    offered = filters.values(known, search, chosen)
    return offered, list(chosen), filters.remark(known, search, offered)
