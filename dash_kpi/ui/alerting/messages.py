"""The page of messages as the browser takes it: every wording, the form of one, and what it would say."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from dash import html

from dash_kpi.alerting.alerts.values import moment
from dash_kpi.alerting.messages.language import MOST_LENGTH
from dash_kpi.alerting.messages.page import MessagesPage
from dash_kpi.alerting.messages.templates import TemplateRow
from dash_kpi.reporting.view import View
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.head import crumbs
from dash_kpi.ui.icons import icon, unseen
from dash_kpi.ui.links import link
from dash_kpi.ui.markup import markup
from dash_kpi.ui.placeholder import placeholder

PATH = "/settings/messages"


def rendered(page: MessagesPage) -> dict[str, Any]:
    """Return the parts of the page, and what is edited."""
    back = crumbs(("Messages", address(page.view)))
    if page.problem:
        to_list = link("Go to Messages", address(page.view), "primary")
        return _answer(back, "Not here", placeholder("info", "Not here", page.problem, to_list), None, None)
    if row := page.edited:
        return _answer(back, row.label, None, _form(page, row), {"name": row.name, "seen": row.versions})
    return _answer(None, "Messages", _listed(page), None, None)


def tried(found: Mapping[str, Any]) -> dict[str, Any]:
    """Return the preview of a wording; a mistake is shown at its place by the browser's script."""
    if found.get("refusal"):
        words = html.P([icon("info"), "The preview comes back when the mistake is mended."], className="muted")
        return {"parts": {"messages-preview": markup(words)}, "options": {}, **found}
    source = "An example, for there is no such alert yet." if found["is_example"] else "With the newest numbers."
    shown: list[Any] = [
        html.P(source, className="muted small"),
        html.Blockquote(found["said"] or "–", className="said"),
    ]
    if found["remark"]:
        shown.append(html.P([icon("warning"), found["remark"]], className="status warn"))
    shown.append(html.H3("The whole message"))
    shown.append(
        html.Pre(found["text"], className="message-text", tabIndex="0", **attributes(aria_label="The whole message"))
    )
    if found["held"]:
        shown.append(
            html.P(["If quiet hours held it back, it would also say: ", html.Q(found["held"])], className="small")
        )
    return {"parts": {"messages-preview": markup(shown)}, "options": {}, "at": found["at"]}


def address(view: View, **own: str) -> str:
    """Return the address of the page with something of its own, and the view kept."""
    query = "&".join(part for part in (view.to_query(), urlencode(own)) if part)
    return f"{PATH}?{query}" if query else PATH


def _answer(back: Any, title: str, listed: Any, form: Any, edited: Any) -> dict[str, Any]:
    contents = {"messages-crumbs": back, "messages-title": title, "messages-list": listed, "messages-form": form}
    return {"parts": {name: markup(part) for name, part in contents.items()}, "options": {}, "edited": edited}


def _listed(page: MessagesPage) -> list[Any]:
    lines = [row for row in page.rows if row.name not in page.titles]
    titles = [row for row in page.rows if row.name in page.titles]
    words = "How alerts and digests are worded in every channel. Open one to change it and see what it says."
    return [
        html.P(words, className="muted"),
        _table("Lines: what is said of one alert", lines, page),
        _table("Titles: what stands above", titles, page),
    ]


def _table(title: str, rows: list[TemplateRow], page: MessagesPage) -> Any:
    heads = html.Thead(html.Tr([html.Th(name, scope="col") for name in ("For", "Wording", "State")]))
    caption = html.Caption(title, className="visually-hidden")
    table = html.Table([caption, heads, html.Tbody([_row(row, page) for row in rows])], className="catalogue")
    return html.Section([html.H2(title), table], className="surface panel")


def _row(row: TemplateRow, page: MessagesPage) -> Any:
    label = row.label.removeprefix("Title: ")
    cells = [
        html.Th(link(label[0].upper() + label[1:], address(page.view, edit=row.name), "link strong"), scope="row"),
        html.Td(html.Code(row.text), **attributes(data_head="Wording")),
        html.Td(_state(row, page), **attributes(data_head="State")),
    ]
    return html.Tr(cells, **attributes(data_template=row.name))


def _state(row: TemplateRow, page: MessagesPage) -> list[Any]:
    state = html.Span([icon("check"), "Changed"], className="status good") if row.is_changed else html.Span("Built in")
    if row.changed_at is None:
        return [state]
    return [state, html.Span(f"{moment(row.changed_at, page.zone)}, {row.changed_by}", className="sub")]


def _form(page: MessagesPage, row: TemplateRow) -> list[Any]:
    field = html.Textarea(
        row.text,
        id="message-text",
        className="form-control code",
        rows=3,
        maxLength=MOST_LENGTH,
        spellCheck="false",
        **attributes(aria_describedby="message-help message-mistake"),
    )
    help_words = (
        "A part in [brackets] is left out where a placeholder in it is empty. Write [[ or {{ for a bracket or a brace."
    )
    parts = [
        html.Label("Wording", htmlFor="message-text"),
        field,
        html.Div(id="message-mistake", className="mistake", role="alert"),
        html.P(help_words, id="message-help", className="muted small"),
        _placeholders(row),
    ]
    return [
        html.Div(html.Div(parts, className="fields message-form"), className="surface panel"),
        html.Div(_actions(page, row), className="surface editor-actions"),
        _versions(page),
    ]


def _placeholders(row: TemplateRow) -> Any:
    items = []
    for name, words in row.placeholders:
        insert = button(f"{{{name}}}", className="word", **attributes(data_placeholder=f"{{{name}}}"))
        items.append(html.Div([html.Dt(insert), html.Dd(words)]))
    return html.Div([html.H3("Placeholders: choose one to insert it"), html.Dl(items, className="placeholders")])


def _actions(page: MessagesPage, row: TemplateRow) -> list[Any]:
    told = html.Div(id="message-told", className="channel-told", **attributes(aria_live="polite"))
    buttons = [link("Cancel", address(page.view), "quiet bordered")]
    if row.versions:
        buttons.append(button("Undo last change", id="message-undo", className="quiet bordered"))
    if row.is_changed:
        buttons.append(button("Reset to built in", id="message-reset", className="quiet bordered"))
    return [told, html.Div([*buttons, button("Save", id="message-save", className="primary")], className="actions")]


def _versions(page: MessagesPage) -> Any:
    if not page.versions or page.edited is None:
        return html.Section(
            [html.H2("Versions"), html.P("Never changed: it is as it comes.")], className="surface panel"
        )
    items = []
    for one in page.versions:
        text = page.edited.usual if one.text is None else one.text
        when = moment(one.at, page.zone)
        words = [html.Span(f"{when}, {one.by}", className="sub"), html.Code(text)]
        if one.text is None:
            words.append(html.Span(" (built in)", className="muted small"))
        use = button(
            ["Use", unseen(f" the wording of {when}")], className="quiet bordered", **attributes(data_use=text)
        )
        items.append(html.Li([html.Div(words), use]))
    return html.Section([html.H2("Versions"), html.Ol(items, className="routes wordings")], className="surface panel")
