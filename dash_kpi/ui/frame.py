"""The frame around every page: navigation, bar, messages. What it does in the browser is in `assets/app.js`."""

from typing import Any

import dash
import dash_bootstrap_components as dbc
from dash import ClientsideFunction, Input, Output, State, clientside_callback, dcc, html

from dash_kpi.kpis.periods import PERIODS
from dash_kpi.reporting.view import CUSTOM, DEFAULT_PERIOD
from dash_kpi.ui.annotations import note_dialog
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.dialogs import (
    AS_OF,
    FILTER,
    FILTER_APPLY,
    FILTER_DIMENSION,
    FILTER_VALUES,
    as_of_dialog,
    filter_dialog,
    shortcuts,
)
from dash_kpi.ui.filters import AUTOMATIC
from dash_kpi.ui.icons import icon
from dash_kpi.ui.links import link

FAVICON = (
    "data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'>"
    "<rect width='16' height='16' rx='3' fill='%231d5fc2'/>"
    "<path d='M3 11l3.5-4 2.5 2.5L13 4.5' fill='none' stroke='white' stroke-width='2'/></svg>"
)
INDEX = """<!DOCTYPE html>
<html lang="en">
    <head>
        {%metas%}
        <meta name="color-scheme" content="light dark">
        <title>{%title%}</title>
        <link rel="icon" href="%ICON%">
        {%css%}
        <script src="%THEME%"></script>
    </head>
    <body>
        {%app_entry%}
        <footer>{%config%}{%scripts%}{%renderer%}</footer>
    </body>
</html>""".replace("%ICON%", FAVICON)

VIEW, FLAG, JOBS, ACT, MESSAGE, TICK = "view", "flag", "jobs", "act", "message", "tick"
NOTED = "noted"  # when an annotation last changed
ALERTED = "alerted"  # what moves with alerts, silences and deliveries
WORKSPACE, FRESHNESS, CHIPS = "bar-workspace", "bar-freshness", "bar-chips"
PERIOD, FROM, TO, COMPARE, GRAIN = "bar-period", "bar-from", "bar-to", "bar-compare", "bar-grain"
AGAINST_FROM, AGAINST_TO = "bar-against-from", "bar-against-to"

POLL_MILLISECONDS = 1000
PAGES = (
    ("overview", "/", "Overview"),
    ("trends", "/trends", "Trends"),
    ("drivers", "/drivers", "Drivers"),
    ("data", "/data", "Data"),
    ("alerts", "/alerts", "Alerts"),
    ("thresholds", "/thresholds", "Thresholds"),
    ("settings", "/settings/kpis", "Settings"),
)
COMPARISONS = {
    "previous": "vs previous period",
    "year": "vs last year",
    "fixed": "vs a fixed period …",
    "target": "vs target",
    "none": "no comparison",
}


def layout() -> Any:
    """Lay out the frame; the browser and the callbacks fill it."""
    return html.Div(
        [
            html.A("Skip to the content", href="#main", className="skip"),
            *stores(),
            navigation(),
            html.Div(
                [banner(), bar(), html.Main(dash.page_container, id="main", tabIndex=-1)],
                className="content",
            ),
            filter_dialog(),
            as_of_dialog(),
            shortcuts(),
            note_dialog(),
            html.Div(id="toasts", className="toasts", role="status", **attributes(aria_live="polite")),
        ],
        id="frame",
        className="frame",
    )


def stores() -> list[Any]:
    """Hold what callbacks listen to: the view, the newest revision, jobs that ended, a wish, a message to show."""
    return [
        dcc.Store(id=VIEW),
        dcc.Store(id=FLAG),
        dcc.Store(id=JOBS),
        dcc.Store(id=ACT),
        dcc.Store(id=MESSAGE),
        dcc.Store(id=NOTED),
        dcc.Store(id=ALERTED),
        dcc.Interval(id=TICK, interval=POLL_MILLISECONDS),
    ]


def navigation() -> Any:
    """Link the pages; the browser's script keeps the view in the links and marks the current one."""
    links = [
        dcc.Link(
            [icon(name), html.Span(text, className="nav-text"), *_counted(name)],
            id=f"nav-{name}",
            href=path,
            title=text,
        )
        for name, path, text in PAGES
    ]
    brand = html.Div([icon("brand"), html.Span("Dash KPI", className="nav-text")], className="brand")
    keys = button(
        [icon("keyboard"), html.Span("Shortcuts", className="nav-text")],
        id="shortcuts-open",
        className="nav-foot",
        title="Keyboard shortcuts (?)",
    )
    return html.Nav([brand, *links, keys], className="nav", **attributes(aria_label="Pages"))


def _counted(name: str) -> list[Any]:
    """Leave room for how many alerts are open; `assets/alerts.js` fills it."""
    return [html.Span(id="nav-count", className="nav-count", hidden=True)] if name == "alerts" else []


def banner() -> Any:
    """Say that the server does not answer, and which channels do not work."""
    return html.Div(
        [
            html.Div(id="offline", className="offline", role="alert", hidden=True),
            html.Div(id="channel-problems", className="channel-problems", role="status", hidden=True),
        ]
    )


def bar() -> Any:
    """Show the workspace, the state of the view, and how fresh the data is."""
    return html.Header(
        [
            html.Span(id=WORKSPACE, className="workspace", title="Workspace"),
            html.Div(controls(), className="bar-view", role="group", **attributes(aria_label="View")),
            html.Div(
                [
                    html.Span(id="bar-jobs", className="running"),
                    link(
                        [
                            icon("bell"),
                            html.Span(id="bar-alerts-text"),
                            html.Span(id="bar-alerts-unseen", className="visually-hidden"),
                        ],
                        "/alerts",
                        "bar-alerts",
                        id="bar-alerts",
                        hidden=True,
                    ),
                    button(
                        id=FRESHNESS,
                        className="plain-button",
                        title="Go to Data",
                        **attributes(data_nav="/data"),
                    ),
                    button(
                        icon("theme"),
                        id="theme-switch",
                        className="quiet",
                    ),
                ],
                className="bar-end",
            ),
        ],
        className="bar",
    )


def controls() -> list[Any]:
    """Choose period, comparison, grain and filters."""
    periods = [{"label": label, "value": key} for key, label in PERIODS.items()]
    periods.append({"label": "Custom …", "value": CUSTOM})
    comparisons = [{"label": label, "value": key} for key, label in COMPARISONS.items()]
    return [
        *_select(PERIOD, "Period", periods, DEFAULT_PERIOD),
        html.Span(
            [*_day(FROM, "From"), html.Span("–", **attributes(aria_hidden="true")), *_day(TO, "To")],
            id="bar-custom",
            hidden=True,
        ),
        *_select(COMPARE, "Comparison", comparisons, "previous"),
        html.Span(
            [
                *_day(AGAINST_FROM, "Compared with the days from"),
                html.Span("–", **attributes(aria_hidden="true")),
                *_day(AGAINST_TO, "Compared with the days to"),
            ],
            id="bar-against",
            hidden=True,
        ),
        *_select(GRAIN, "Grain", [{"label": "automatic", "value": AUTOMATIC}], AUTOMATIC),
        button(
            [icon("filter"), "Filter"],
            id="filter-open",
            className="quiet bordered",
            **attributes(aria_haspopup="dialog", aria_controls=FILTER),
        ),
        button(
            [icon("clock"), "As of"],
            id="as-of-open",
            className="quiet bordered",
            title="Show the numbers as they were at a past revision",
            **attributes(aria_haspopup="dialog", aria_controls=AS_OF),
        ),
        html.Span(id=CHIPS, className="chips"),
    ]


def _select(id: str, label: str, options: list[dict[str, Any]], value: str) -> list[Any]:  # noqa: A002
    return [
        html.Label(label, htmlFor=id, className="visually-hidden"),
        dbc.Select(id=id, options=options, value=value, class_name="select"),
    ]


def _day(id: str, label: str) -> list[Any]:  # noqa: A002
    return [html.Label(label, htmlFor=id, className="visually-hidden"), dbc.Input(id=id, type="date", class_name="day")]


# In the browser: `frame.start` reads the URL once, `frame.tick` asks for the flag, the others show the state.
clientside_callback(
    ClientsideFunction("frame", "start"),
    Output(VIEW, "data"),
    Output(PERIOD, "value"),
    Output(FROM, "value"),
    Output(TO, "value"),
    Output(COMPARE, "value"),
    Output(AGAINST_FROM, "value"),
    Output(AGAINST_TO, "value"),
    Output(GRAIN, "value"),
    Input(VIEW, "id"),
)
clientside_callback(ClientsideFunction("frame", "tick"), Input(TICK, "n_intervals"))
clientside_callback(ClientsideFunction("frame", "say"), Input(MESSAGE, "data"), prevent_initial_call=True)
clientside_callback(ClientsideFunction("frame", "chips"), Output(CHIPS, "children"), Input(VIEW, "data"))
clientside_callback(
    ClientsideFunction("frame", "links"), *(Output(f"nav-{name}", "href") for name, _, _ in PAGES), Input(VIEW, "data")
)
clientside_callback(
    ClientsideFunction("frame", "filter"),
    Input(FILTER_APPLY, "n_clicks"),
    State(FILTER_DIMENSION, "value"),
    State(FILTER_VALUES, "value"),
    prevent_initial_call=True,
)
