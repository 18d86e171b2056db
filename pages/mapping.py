"""The mapping editor: what each column and row of a sheet is, why, and what follows; changed, tried and saved."""

from datetime import UTC, datetime
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, State, callback, clientside_callback, ctx, dcc, html, no_update

from dash_kpi.errors import Refused
from dash_kpi.ingest import drafts
from dash_kpi.ui import mapping
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.frame import MESSAGE
from dash_kpi.ui.head import crumbs, page_head
from dash_kpi.web.context import database, workspace

dash.register_page(
    __name__,
    path="/data/mapping",
    title="Mapping · Dash KPI",
    name="Mapping",
    layout=lambda file=None, sheet=None, **_: layout(file, sheet),
)

ACTS = {
    "save": drafts.save,
    "save_for_header": drafts.save_for_header,
    "undo": drafts.undo,
    "reset": drafts.reset,
}
PAGE, ADDRESS, DRAFT, WISH, ANSWER = (
    "mapping", "mapping-address", "mapping-draft", "mapping-wish", "mapping-answer",
)  # fmt: skip
TITLE, SUBJECT, SAVED, RESULT = "mapping-title", "mapping-subject", "mapping-saved", "mapping-result"
SETTINGS, GRID, ACTIONS = "mapping-settings", "mapping-grid", "mapping-actions"
PARTS = {
    TITLE: "title",
    SUBJECT: "subject",
    SAVED: "saved",
    RESULT: "result",
    SETTINGS: "settings",
    GRID: "grid",
    ACTIONS: "actions",
}


def layout(file: str | None = None, sheet: str | None = None) -> Any:
    """Lay out the page; `assets/mapping.js` keeps the draft between the callbacks."""
    return html.Div(
        [
            dcc.Store(id=ADDRESS, data={"file": file, "sheet": sheet}),
            dcc.Store(id=DRAFT),
            dcc.Store(id=WISH),
            dcc.Store(id=ANSWER),
            page_head(html.H1("Mapping", id=TITLE), html.Div(id=SUBJECT), back=crumbs(("Data", "/data"))),
            html.Div(id=SAVED),
            html.Div([_section("Result", RESULT, is_live=True), _section("Table", SETTINGS)], className="panels"),
            _section("Sheet", GRID),
            html.Div(id=ACTIONS, className="surface mapping-actions"),
        ],
        id=PAGE,
        className="page waiting",
    )


def _section(title: str, name: str, *, is_live: bool = False) -> Any:
    live = attributes(aria_live="polite") if is_live else {}
    return html.Section([html.H2(title), html.Div(id=name, **live)], className="surface panel")


@callback(
    Output(DRAFT, "data"),
    Output(MESSAGE, "data", allow_duplicate=True),
    Input(ADDRESS, "data"),
    Input(WISH, "data"),
    State(DRAFT, "data"),
    prevent_initial_call="initial_duplicate",
)
def decide(address: dict[str, Any], wish: dict[str, Any] | None, draft: dict[str, Any]) -> Any:
    if ctx.triggered_id != WISH or not wish:
        return drafts.opened(database(), workspace(), address["file"], address["sheet"]), no_update
    words, decided = ACTS[wish["act"]](database(), workspace(), draft, datetime.now(UTC))
    return decided, {"text": words}


@callback(Output(ANSWER, "data"), Input(DRAFT, "data"), prevent_initial_call=True)
def show(draft: dict[str, Any]) -> Any:
    if "refusal" in draft:
        shown = mapping.refused(draft["refusal"])
    else:
        try:
            shown = mapping.rendered(drafts.shown(database(), workspace(), draft), datetime.now(UTC))
        except Refused as refusal:
            return {"refusal": str(refusal)}
    return {"parts": {part: shown[name] for part, name in PARTS.items()}, "options": {}}


clientside_callback(ClientsideFunction("mapping", "draft"), Input(DRAFT, "data"), prevent_initial_call=True)
clientside_callback(ClientsideFunction("mapping", "place"), Input(ANSWER, "data"), prevent_initial_call=True)
