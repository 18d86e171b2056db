"""The form of what is agreed on about a source: its owner, when it is due, and what a new version must keep."""

from typing import Any

import dash_bootstrap_components as dbc
from dash import dcc, html

OWNER, EVERY, BY = "source-owner", "source-every", "source-by"
IS_KEPT, REFUSED, FEWER = "source-is-kept", "source-refused", "source-fewer"
SAVE, UNDO, FORMER = "source-save", "source-undo", "source-former"

CADENCES = {
    "learnt": "As learnt",
    "day": "Every working day",
    "week": "Weekly",
    "month": "Monthly",
    "quarter": "Quarterly",
    "none": "Not watched",
}
BY_WORDS = "Weekly: the weekday, 1 is Monday. Monthly and quarterly: which working day. Empty: by the end."
LIMIT_WORDS = (
    "A new version is also held when a column is gone that was the date, a measure or a dimension, or is another "
    "kind of column now."
)


def form() -> Any:
    """Lay out the form; the page fills it."""
    options = [{"label": label, "value": value} for value, label in CADENCES.items()]
    watch = [
        html.Legend("Late files"),
        *_field(OWNER, "Owner", dbc.Input(id=OWNER, type="text", maxlength=255, autocomplete="off")),
        *_field(EVERY, "New versions come", dbc.Select(id=EVERY, options=options, class_name="select")),
        *_field(BY, "By day", dbc.Input(id=BY, type="number", min=1, max=66, step=1), BY_WORDS),
    ]
    contract = [
        html.Legend("Contract"),
        dbc.Switch(id=IS_KEPT, label="Hold a version that breaks it", value=True),
        *_field(REFUSED, "Most rows refused, in percent", _percent(REFUSED)),
        *_field(FEWER, "Rows fewer than before, in percent", _percent(FEWER), LIMIT_WORDS),
    ]
    actions = [
        html.Button("Undo", id=UNDO, type="button", disabled=True, className="quiet bordered"),
        html.Button("Save", id=SAVE, type="button", className="primary"),
    ]
    return html.Div(
        [
            dcc.Store(id=FORMER),
            html.Fieldset(watch, className="fields"),
            html.Fieldset(contract, className="fields"),
            html.Div(actions, className="actions"),
        ],
        className="agreement",
    )


def _percent(name: str) -> Any:
    return dbc.Input(id=name, type="number", min=1, max=100, step=1)


def _field(name: str, label: str, control: Any, words: str | None = None) -> list[Any]:
    return [html.Label(label, htmlFor=name), control, *([html.P(words, className="muted small")] if words else [])]
