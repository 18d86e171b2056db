"""The list of KPIs: what each is, what it comes to, and what can be done about it."""

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from dash import html

from dash_kpi.kpis.definition import Definition, Target
from dash_kpi.reporting.definition_list import Catalogue, Row
from dash_kpi.reporting.view import View
from dash_kpi.ui import format as formatted
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.icons import icon, unseen
from dash_kpi.ui.inputs import Input
from dash_kpi.ui.links import link
from dash_kpi.ui.placeholder import placeholder

PATH = "/settings/kpis"
SEARCH = "kpis-search"
MANY = 8  # KPIs, from which on searching helps
UNITS = {"currency": "Currency", "number": "Number", "percent": "Percent", "duration": "Duration", "ratio": "Ratio"}
DIRECTIONS = {"higher": "Higher is better", "lower": "Lower is better", "neutral": "Neither is better"}
STATUSES = {
    "met": ("check", "good", "target met"),
    "close": ("warning", "warn", "close to the target"),
    "missed": ("stop", "bad", "target missed"),
}
_WORD = re.compile(r"\"[^\"]*\"|'[^']*'|“[^”]*”|\[[^\]]*\]|[^\W\d]\w*\s*\(|[^\W\d]\w*")


def address(view: View, **own: str) -> str:
    """Return the address of the page with something of its own, and the view kept."""
    query = "&".join(part for part in (view.to_query(), urlencode(own)) if part)
    return f"{PATH}?{query}" if query else PATH


def head(answer: Catalogue) -> list[Any]:
    """Offer a new KPI, and say which days the values are of."""
    then = f", data of revision {answer.view.as_of} by the formulas of now" if answer.view.as_of is not None else ""
    span = [html.Span(f"{answer.span.label}{then}", className="muted")] if answer.span else []
    new = link("New KPI", address(answer.view, new="1"), "primary")
    return [*span, html.Div(new, className="head-actions")]


def contents(answer: Catalogue, tag: str = "", currency: str = "") -> list[Any]:
    """Show the KPIs as a table, those that are hidden at the end."""
    labels = {row.entry.definition.name: row.entry.definition.label for row in answer.rows}
    rows = [row for row in answer.rows if not tag or tag in row.entry.definition.tags]
    if not answer.rows:
        words = "As soon as there is data, every measure is a KPI here. Formulas over measures can be added then."
        return [placeholder("info", "No KPIs yet", words, link("Go to Data", "/data", "primary"))]
    table = html.Table(
        [
            html.Caption("The KPIs of the workspace", className="visually-hidden"),
            _heads(),
            html.Tbody([_row(row, answer.view, labels, currency) for row in rows]),
        ],
        className="catalogue",
    )
    nothing = html.P("No KPI contains that.", id="kpis-none", className="muted", hidden=True, role="status")
    return [_narrowing(answer, tag), html.Div([table, nothing], className="surface panel")]


def readable(formula: str, labels: Mapping[str, str]) -> str:
    """Write a formula with what people call its parts: Profit ÷ Revenue."""
    text = _WORD.sub(lambda word: labels.get(word.group(), word.group()), formula)
    return text.replace(" * ", " × ").replace(" / ", " ÷ ").replace(" - ", f" {formatted.MINUS} ")


def target_words(target: Target | None, definition: Definition, labels: Mapping[str, str], currency: str = "") -> str:
    """Write a target: "€50,000 per month", "40 %", or its formula."""
    if target is None:
        return ""
    if target.formula:
        return readable(target.formula, labels)
    value = formatted.short(definition.unit, target.value, currency, definition.decimals)
    return f"{value} per {target.per}" if target.per else value


def _heads() -> Any:
    names = ("KPI", "Formula", "Target", "Value", "Owner", "")
    return html.Thead(
        html.Tr(
            [
                html.Th(name or unseen("Actions"), scope="col", className="number" if name == "Value" else "")
                for name in names
            ]
        )
    )


def _narrowing(answer: Catalogue, tag: str) -> Any:
    tags = sorted({name for row in answer.rows for name in row.entry.definition.tags}, key=str.casefold)
    parts = []
    if len(answer.rows) >= MANY:
        parts += [
            html.Label("Search KPIs", htmlFor=SEARCH, className="visually-hidden"),
            Input(id=SEARCH, type="search", className="form-control", placeholder="Search KPIs", autocomplete="off"),
        ]
    if tags:
        options = [html.Option("All tags", value=address(answer.view))]
        options += [
            html.Option(name, value=address(answer.view, tag=name), selected=name == tag or None) for name in tags
        ]
        label = html.Label("Tag", htmlFor="kpis-tag", className="visually-hidden")
        parts += [label, html.Select(options, id="kpis-tag", className="form-select select", **attributes(data_go=""))]
    return html.Div(parts, className="narrowing") if parts else None


def _row(row: Row, view: View, labels: Mapping[str, str], currency: str) -> Any:
    one = row.entry.definition
    marks = [text for text, is_so in (("hidden", one.is_hidden), ("changed", _is_changed(row))) if is_so]
    name = [
        link(one.label, address(view, edit=one.name), "link strong"),
        html.Span([unseen("name: "), html.Code(one.name)], className="sub"),
        html.Span(", ".join((UNITS[one.unit], DIRECTIONS[one.direction].lower(), *marks)), className="sub"),
        html.Span([html.Span(tag, className="tag") for tag in one.tags], className="tags") if one.tags else None,
    ]
    cells = [
        html.Th(name, scope="row"),
        html.Td(_formula(row, labels), **attributes(data_head="Formula")),
        html.Td(target_words(one.target, one, labels, currency), **attributes(data_head="Target")),
        html.Td(_value(row, currency), className="number", **attributes(data_head="Value")),
        html.Td(one.owner, **attributes(data_head="Owner")),
        html.Td(_actions(row, view), className="row-actions-cell"),
    ]
    found = " ".join((one.label, one.name, one.description, one.owner, one.formula, *one.tags)).casefold()
    return html.Tr(
        cells, className="is-hidden" if one.is_hidden else "", **attributes(data_kpi_row=one.name, data_find=found)
    )


def _is_changed(row: Row) -> bool:
    return row.entry.is_built_in and row.entry.version > 0 and not row.entry.definition.is_hidden


def _formula(row: Row, labels: Mapping[str, str]) -> list[Any]:
    parts: list[Any] = [html.Span(readable(row.entry.definition.formula, labels), className="formula")]
    if row.entry.problem:
        parts.append(html.Span([icon("warning"), row.entry.problem], className="sub warn"))
    return parts


def _value(row: Row, currency: str) -> list[Any]:
    one, card = row.entry.definition, row.card
    if card is None:
        return [formatted.MISSING]
    exact = formatted.exact(one.unit, card.value, currency, one.decimals)
    shown: list[Any] = [
        html.Span(formatted.short(one.unit, card.value, currency, one.decimals), title=card.reason or exact)
    ]
    if card.status:
        picture, kind, words = STATUSES[card.status]
        goal = formatted.exact(one.unit, card.target, currency, one.decimals)
        shown.append(html.Span([icon(picture), words], className=f"status {kind}", title=f"The target is {goal}."))
    return shown


def _actions(row: Row, view: View) -> Any:
    one = row.entry.definition
    buttons = [
        link(["Duplicate", unseen(f" {one.label}")], address(view, copy=one.name), "quiet bordered"),
        act("show" if one.is_hidden else "hide", "Show" if one.is_hidden else "Hide", row),
    ]
    if row.entry.is_built_in and row.entry.version:
        buttons.append(act("reset", "Reset", row))
    if not row.entry.is_built_in:
        buttons.append(act("remove", "Delete", row))
    return html.Div(buttons, className="row-actions")


def act(wish: str, words: str, row: Row) -> Any:
    """Make a button whose wish `assets/kpis.js` sends."""
    one = row.entry.definition
    data = attributes(data_kpi_act=wish, data_name=one.name, data_version=str(row.entry.version))
    return button([words, unseen(f" {one.label}")], className="quiet bordered", **data)


def options(known: Mapping[str, str], chosen: str | None) -> Sequence[Any]:
    """Offer words to choose from in a select of markup."""
    return [html.Option(label, value=value, selected=value == chosen or None) for value, label in known.items()]
