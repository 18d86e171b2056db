"""The data: what was read, from where, how well; and the upload."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import dash
from dash import ClientsideFunction, Input, Output, callback, clientside_callback, dcc, html

from dash_kpi.ingest.decisions import decline, publish, reconsider
from dash_kpi.ingest.missing import restore, retire
from dash_kpi.ingest.overlap_decisions import count_in_both, count_once
from dash_kpi.reporting.data import data_page
from dash_kpi.ui import sources
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.empty import choose
from dash_kpi.ui.frame import ACT, FLAG, JOBS, MESSAGE
from dash_kpi.ui.head import page_head
from dash_kpi.ui.icons import icon
from dash_kpi.ui.links import link
from dash_kpi.ui.markup import markup
from dash_kpi.ui.placeholder import awaited
from dash_kpi.web.context import database, workspace

dash.register_page(__name__, path="/data", title="Data · Dash KPI", name="Data", layout=lambda **_: layout())

ACTS: dict[
    str, tuple[Callable[..., Any], str]
] = {  # what a person can do with a source, or with a pair of them: the service, and what is said when it is done
    "retire": (retire, "Retired: its rows have left the numbers. You can restore it in the list."),
    "restore": (restore, "Restored: its rows are part of the numbers again."),
    "publish": (publish, "Published: the newest version is counted now."),
    "decline": (
        decline,
        "Kept: the last good version stays counted. You can change your mind on the page of the source.",
    ),
    "reconsider": (reconsider, "The newest version waits for a decision again."),
    "count-once": (count_once, "Counted once from now on. You can choose again at any time."),
    "count-both": (count_in_both, "Counted in both from now on. You can choose again at any time."),
}
FOLDERS, SOURCES, INGESTS, COUNT, ANSWER = "data-folders", "data-sources", "data-ingests", "data-count", "data-answer"
OVERLAPS = "data-overlaps"
PARTS = {  # what of the answer goes where
    FOLDERS: "folders",
    SOURCES: "sources",
    INGESTS: "ingests",
    COUNT: "count",
    OVERLAPS: "overlaps",
}


def layout(**_: Any) -> Any:
    """Lay out the page; `assets/app.js` lists the uploads."""
    return html.Div(
        [
            dcc.Store(id=ANSWER),
            page_head(
                html.H1("Data"),
                html.P(id=COUNT, className="muted"),
                html.Div(
                    link([icon("clock"), "Revisions"], "/data/revisions", "quiet bordered"), className="head-actions"
                ),
            ),
            html.Div([_upload(), _folders()], className="panels halves"),
            html.Div(id=OVERLAPS),
            html.Section([html.H2("Sources"), awaited(SOURCES)], className="surface panel"),
            html.Section([html.H2("Last readings"), awaited(INGESTS)], className="surface panel"),
        ],
        id="data",
        className="page",
    )


def _upload() -> Any:
    drop = [
        icon("upload"),
        html.P([html.Strong("Drop Excel or CSV files here"), " or anywhere on this page"]),
        choose("Choose files"),
    ]
    return html.Section(
        [
            html.H2("Upload"),
            html.Div(drop, id="data-drop", className="drop", **attributes(data_drop="")),
            html.Ul(id="uploads", className="uploads", **attributes(aria_label="Uploads")),
        ],
        className="surface panel",
    )


def _folders() -> Any:
    words = "Files in these folders, and in the folders inside them, are read as soon as they are saved."
    return html.Section(
        [html.H2("Watched folders"), html.P(words, className="muted"), html.Ul(id=FOLDERS, className="folders")],
        className="surface panel",
    )


@callback(Output(ANSWER, "data"), Input(FLAG, "data"), Input(JOBS, "data"))
def show(_flag: Any, _jobs: Any) -> Any:
    now = datetime.now(UTC)
    shown = sources.contents(data_page(database(), workspace(), now), now)
    return {"parts": {part: markup(shown[name]) for part, name in PARTS.items()}, "options": {}}


clientside_callback(ClientsideFunction("frame", "place"), Input(ANSWER, "data"))


@callback(Output(MESSAGE, "data"), Input(ACT, "data"), prevent_initial_call=True)
def act(wish: dict[str, Any]) -> Any:
    change, words = ACTS[wish["act"]]
    change(database(), workspace(), *map(int, wish["source"].split(".")), datetime.now(UTC))
    return {"text": words}
