"""One source: what was read of it and how well, what is held, and what people agreed on about it."""

from dataclasses import astuple
from datetime import UTC, datetime
from typing import Any

import dash
import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, ctx, dcc, html
from dash.exceptions import PreventUpdate

from dash_kpi.ingest.agreements import Agreement, agree, agreement_of, as_stored
from dash_kpi.reporting.quality import found_quality, refused_cells
from dash_kpi.ui import quality
from dash_kpi.ui.agreement import BY, EVERY, FEWER, FORMER, IS_KEPT, OWNER, REFUSED, SAVE, UNDO, form
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.frame import FLAG, JOBS, MESSAGE
from dash_kpi.ui.head import crumbs, page_head
from dash_kpi.ui.markup import markup
from dash_kpi.ui.placeholder import awaited
from dash_kpi.web.context import database, workspace

dash.register_page(
    __name__,
    path="/data/source",
    title="Source · Dash KPI",
    name="Source",
    layout=lambda **query: layout(query.get("id")),
)

SOURCE, PAGE, ANSWER = "source-id", "source-page", "source-answer"
TITLE, STATUS, HELD, FACTS, COLUMNS = "source-title", "source-status", "source-held", "source-facts", "source-columns"
REMARKS, CELLS, COUNT, DOWNLOAD = "source-remarks", "source-cells", "source-count", "source-download"
REASON, PREVIOUS, NEXT, WATCH = "source-reason", "source-previous", "source-next", "source-watch"
LINKS, NOTHING = "source-links", "source-nothing"
PARTS = {  # what of the answer goes where
    TITLE: "title",
    STATUS: "status",
    LINKS: "links",
    NOTHING: "nothing",
    HELD: "held",
    FACTS: "facts",
    COLUMNS: "columns",
    REMARKS: "remarks",
    CELLS: "cells",
    COUNT: "count",
    DOWNLOAD: "download",
    WATCH: "watch",
}
FIELDS = [(OWNER, "value"), (EVERY, "value"), (BY, "value"), (IS_KEPT, "value"), (REFUSED, "value"), (FEWER, "value")]


def layout(source_id: str | None) -> Any:
    """Lay out the page of a source; the answer fills it."""
    return html.Div(
        [
            dcc.Store(id=SOURCE, data=source_id),
            dcc.Store(id=PAGE, data=0),
            dcc.Store(id=ANSWER),
            page_head(
                html.H1("Source", id=TITLE),
                html.Div(id=STATUS, className="state"),
                html.Div(id=LINKS, className="head-actions"),
                back=crumbs(("Data", "/data")),
            ),
            html.Div(id=NOTHING),
            html.Section(id=HELD, className="surface panel", role="status"),
            html.Div([_facts(), _columns()], className="panels halves"),
            _cells(),
            html.Section([html.H2("What is agreed on"), html.Div(id=WATCH), form()], className="surface panel"),
        ],
        id="source",
        className="page",
    )


def _facts() -> Any:
    return html.Section(
        [html.H2("What was read"), awaited(FACTS), html.Div(id=REMARKS)],
        className="surface panel",
    )


def _columns() -> Any:
    return html.Section([html.H2("Measures and dimensions"), awaited(COLUMNS)], className="surface panel")


def _cells() -> Any:
    pager = [
        html.Button("Previous", id=PREVIOUS, type="button", className="quiet bordered"),
        html.Span(id=COUNT, className="muted", role="status"),
        html.Button("Next", id=NEXT, type="button", className="quiet bordered"),
    ]
    reason = [
        html.Label("Reason", htmlFor=REASON, className="visually-hidden"),
        dbc.Select(id=REASON, options=quality.reasons(None), value=quality.ALL, class_name="select"),
    ]
    head = html.Div([html.H2("Refused cells"), *reason, html.Div(id=DOWNLOAD)], className="section-head")
    return html.Section(
        [head, awaited(CELLS), html.Div(pager, className="pager")],
        className="surface panel",
        **attributes(aria_label="Refused cells"),
    )


@callback(
    Output(ANSWER, "data"),
    [Input(FLAG, "data"), Input(JOBS, "data"), Input(FORMER, "data"), Input(REASON, "value"), Input(PAGE, "data")],
    State(SOURCE, "data"),
)
def show(_flag: Any, _jobs: Any, _former: Any, reason: str | None, page: int, source: str | None) -> Any:
    now = datetime.now(UTC)
    report = found_quality(database(), workspace(), source, now)
    cells = refused_cells(database(), workspace(), report.id, quality.code(reason), page) if report else None
    shown = quality.contents(report, cells, now)
    return {
        "parts": {part: markup(shown[name]) for part, name in PARTS.items()},
        "options": {REASON: quality.reasons(report)},
    }


clientside_callback(ClientsideFunction("frame", "place"), Input(ANSWER, "data"))


@callback(
    Output(PAGE, "data"),
    [Input(PREVIOUS, "n_clicks"), Input(NEXT, "n_clicks"), Input(REASON, "value")],
    [State(PAGE, "data"), State(SOURCE, "data")],
    prevent_initial_call=True,
)
def turn(_previous: Any, _next: Any, reason: str | None, page: int, source: str) -> int:
    step = {PREVIOUS: -1, NEXT: 1}.get(ctx.triggered_id)
    return refused_cells(database(), workspace(), int(source), quality.code(reason), page + step).page if step else 0


@callback([Output(*field) for field in FIELDS], Input(SOURCE, "data"), Input(FORMER, "data"))
def fill(source: str | None, _former: Any) -> Any:
    is_source = found_quality(database(), workspace(), source, datetime.now(UTC)) is not None
    return astuple(agreement_of(database(), workspace(), int(source or 0))) if is_source else (None,) * len(FIELDS)


@callback(
    [Output(MESSAGE, "data", allow_duplicate=True), Output(FORMER, "data"), Output(UNDO, "disabled")],
    [Input(SAVE, "n_clicks"), Input(UNDO, "n_clicks")],
    [State(SOURCE, "data"), State(FORMER, "data"), *(State(*field) for field in FIELDS)],
    prevent_initial_call=True,
)
def save(saved: Any, undone: Any, source: str, former: dict[str, Any] | None, *values: Any) -> Any:
    if not (saved or undone):  # the form has only just been laid out
        raise PreventUpdate
    is_undo = ctx.triggered_id == UNDO and former is not None
    wanted = Agreement.from_json(former or {}) if is_undo else Agreement(*values)
    before = agree(database(), workspace(), int(source or 0), wanted)
    return {"text": "Undone." if is_undo else "Saved."}, as_stored(before), is_undo
