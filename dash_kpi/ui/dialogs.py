"""The dialogs of the frame: the filter and the keyboard shortcuts. The browser opens and closes them."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import html

from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.icons import icon

FILTER, FILTER_DIMENSION, FILTER_SEARCH = "filter", "filter-dimension", "filter-search"
FILTER_VALUES, FILTER_REMARK, FILTER_APPLY = "filter-values", "filter-remark", "filter-apply"
SHORTCUTS, AS_OF = "shortcuts", "as-of"
KEYS = (
    ("/", "Filter"),
    ("g o", "Go to Overview"),
    ("g t", "Go to Trends"),
    ("g w", "Go to Drivers (why)"),
    ("g d", "Go to Data"),
    ("g a", "Go to Alerts"),
    ("g h", "Go to Thresholds"),
    ("g s", "Go to Settings"),
    ("?", "Show these shortcuts"),
    ("j k", "In the list of alerts: the next, the one before"),
    ("x", "In the list of alerts: select it"),
    ("a", "In the list of alerts: acknowledge what is selected, or it"),
    ("s", "In the list of alerts: snooze what is selected, or it"),
    ("z", "In the list of alerts: undo"),
    ("Esc", "Close what is open"),
)


def filter_dialog() -> Any:
    """Choose which values of a dimension are let through."""
    search = dbc.Input(id=FILTER_SEARCH, type="search", debounce=200, autocomplete="off")
    legend = html.Legend("Values let through", className="visually-hidden")
    content = [
        html.Label("Dimension", htmlFor=FILTER_DIMENSION),
        dbc.Select(id=FILTER_DIMENSION, class_name="select"),
        html.Label("Search its values", htmlFor=FILTER_SEARCH),
        search,
        html.Fieldset([legend, dbc.Checklist(id=FILTER_VALUES, value=[])], className="filter-values"),
        html.P(id=FILTER_REMARK, className="muted small", role="status"),
    ]
    clear = button("Show all", id="filter-clear", className="quiet bordered")
    return dialog(FILTER, "Filter", content, [clear, html.Button("Apply", id=FILTER_APPLY, className="primary")])


def as_of_dialog() -> Any:
    """Choose a past revision; `assets/history.js` lists the newest when it is opened."""
    content = [
        html.P(id="as-of-remark", className="muted small", role="status"),
        html.Ul(id="as-of-list", className="revision-list"),
    ]
    return dialog(AS_OF, "As of revision", content, [])


def shortcuts() -> Any:
    """List the keyboard shortcuts; they can be switched off."""
    rows = [
        html.Tr([html.Th([html.Kbd(key) for key in keys.split()], scope="row"), html.Td(text)]) for keys, text in KEYS
    ]
    switch = button("Switch shortcuts off", id="shortcuts-switch", className="quiet bordered")
    return dialog(SHORTCUTS, "Keyboard shortcuts", [html.Table(html.Tbody(rows), className="shortcuts")], [switch])


def dialog(name: str, title: str, content: list[Any], actions: list[Any]) -> Any:
    """Frame a dialog: its title names it, and it can be closed."""
    close = button(icon("close"), className="quiet", title="Close", **attributes(aria_label="Close", data_close=""))
    head = html.Div([html.H2(title, id=f"{name}-title"), close], className="section-head")
    return html.Dialog(
        [head, *content, html.Div(actions, className="actions")],
        id=name,
        className="dialog",
        **attributes(aria_labelledby=f"{name}-title"),
    )
