"""The fields of the form of a threshold: each has a label, a control, and a place for what is wrong with it."""

from collections.abc import Mapping
from typing import Any

from dash import html

from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.inputs import Input


def fold(name: str, words: str, content: list[Any], when: str = "") -> Any:
    """Fold a part of the form; `when` names the kinds of condition that use it."""
    shown = attributes(data_when=when, data_condition="0") if when else {}
    return html.Details([html.Summary(words), html.Div(content, className="fold")], id=f"th-fold-{name}", **shown)


def field(name: str, label: Any, control: Any, when: str = "", condition: int = 0) -> Any:
    """Put a label above a control and what is wrong with it below."""
    shown = attributes(data_when=when, data_condition=str(condition)) if when else {}
    wrong = html.Div(className="mistake", id=f"{name}-mistake", **attributes(data_mistake=name))
    return html.Div([html.Label(label, htmlFor=name), control, wrong], className="field", **shown)


def when(kinds: str, words: str, at: int) -> Any:
    """Show words for some kinds of condition alone."""
    return html.Span(words, **attributes(data_when=kinds, data_condition=str(at)))


def control(name: str, field: str, kind: str = "form-control") -> dict[str, Any]:
    """Name a control, the part of a rule that it is, and where its mistake stands."""
    data = attributes(data_field=field, aria_describedby=f"{name}-mistake")
    return {"id": name, "className": kind, **data}


def number(name: str, field: str) -> Any:
    """Take a number, as people write it."""
    return Input(inputmode="decimal", autocomplete="off", **control(name, field))


def whole(name: str, field: str) -> Any:
    """Take a whole number from one on."""
    return Input(type="number", min="1", step="1", autocomplete="off", **control(name, field))


def text(name: str, field: str, most: int) -> Any:
    """Take a short text."""
    return Input(maxlength=most, autocomplete="off", **control(name, field))


def clock(name: str, field: str) -> Any:
    """Take a time of day."""
    return Input(type="time", **control(name, field))


def lines(name: str, field: str) -> Any:
    """Take some lines."""
    return html.Textarea(rows=2, spellCheck="false", **control(name, field))


def select(name: str, field: str, known: Mapping[str, str]) -> Any:
    """Choose one of some words."""
    options = [html.Option(words, value=value) for value, words in known.items()]
    return html.Select(options, **control(name, field, "form-select select"))


def tick(name: str, label: str, field: str, value: str = "") -> Any:
    """Take yes or no: a part of the rule, or one of the channels."""
    data = attributes(data_field=field) if field else attributes(data_channel=value)
    box = Input(id=name, type="checkbox", className="form-check-input", **data)
    return html.Div([box, html.Label(label, htmlFor=name)], className="tick")
