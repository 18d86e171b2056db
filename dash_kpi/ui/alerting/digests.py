"""The page of digests as the browser takes it: the list, and the form with the message that it would be."""

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any
from urllib.parse import urlencode

from dash import html

from dash_kpi.alerting.alerts.values import moment
from dash_kpi.alerting.telling.digests import DigestRow
from dash_kpi.alerting.telling.page import DigestsPage
from dash_kpi.reporting.view import View
from dash_kpi.ui.alerting.digest_form import form
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.head import crumbs
from dash_kpi.ui.icons import icon, unseen
from dash_kpi.ui.links import link
from dash_kpi.ui.markup import markup
from dash_kpi.ui.placeholder import placeholder

PATH = "/settings/digests"


def rendered(page: DigestsPage) -> dict[str, Any]:
    """Return the parts of the page, and what is edited."""
    back = crumbs(("Digests", address(page.view)))
    if page.problem:
        to_list = link("Go to Digests", address(page.view), "primary")
        return _answer(back, "Not here", None, placeholder("info", "Not here", page.problem, to_list), None, None)
    if page.digest:
        row = page.row
        edited = {"number": row.id if row else None, "version": row.version if row else ""}
        title = f"Digest {row.digest.name}" if row else "New digest"
        return _answer(back, title, None, None, form(page, page.digest, address(page.view)), edited)
    return _answer(None, "Digests", _head(page), _listed(page), None, None)


def tried(found: Mapping[str, Any], zone: tzinfo) -> dict[str, Any]:
    """Return the preview of a form: when it comes next, and its message as text."""
    if found.get("refusal"):
        words = html.P([icon("info"), found["refusal"]], className="muted")
        return {"parts": {"digests-preview": markup(words)}, "options": {}, **found}
    comes: datetime = found["next_at"]
    shown = [
        html.P([found["words"][0].upper() + found["words"][1:], "; next ", html.Strong(moment(comes, zone)), "."]),
        html.H3("What it would say now"),
        html.Pre(found["text"], className="message-text", tabIndex="0", **attributes(aria_label="The message")),
    ]
    return {"parts": {"digests-preview": markup(shown)}, "options": {}, "at": found["at"]}


def address(view: View, **own: str) -> str:
    """Return the address of the page with something of its own, and the view kept."""
    query = "&".join(part for part in (view.to_query(), urlencode(own)) if part)
    return f"{PATH}?{query}" if query else PATH


def _answer(back: Any, title: str, head: Any, listed: Any, form: Any, edited: Any) -> dict[str, Any]:
    contents = {
        "digests-crumbs": back,
        "digests-title": title,
        "digests-head": head,
        "digests-list": listed,
        "digests-form": form,
    }
    return {"parts": {name: markup(part) for name, part in contents.items()}, "options": {}, "edited": edited}


def _head(page: DigestsPage) -> Any:
    if not page.rows:
        return None
    return html.Div(link("Add digest", address(page.view, new="1"), "primary"), className="head-actions")


def _listed(page: DigestsPage) -> Any:
    if not page.rows:
        words = (
            "A digest sends the KPIs you choose at a set time, such as every working day at 08:00: each with its "
            "value, its change and its target, and what changed. "
            "Alerts come when something is wrong; a digest comes anyway."
        )
        action = link("Add the first digest", address(page.view, new="1"), "primary")
        return placeholder("clock", "No digest yet", words, action)
    names = ("Digest", "When", "Next", "Last", "Goes to", "")
    heads = html.Thead(html.Tr([html.Th(name or unseen("Actions"), scope="col") for name in names]))
    caption = html.Caption("The digests of the workspace", className="visually-hidden")
    table = html.Table([caption, heads, html.Tbody([_row(row, page) for row in page.rows])], className="catalogue")
    return html.Div(table, className="surface panel")


def _row(row: DigestRow, page: DigestsPage) -> Any:
    digest = row.digest
    labels = [page.kpis.get(name, name) for name in digest.kpis]
    kpis = ", ".join(labels[:4]) + (f" and {len(labels) - 4} more" if len(labels) > 4 else "")
    name = [
        link(digest.name, address(page.view, edit=str(row.id)), "link strong"),
        html.Span(kpis or "Every KPI", className="sub"),
    ]
    next_at = moment(row.next_at, page.zone) if digest.is_enabled else "Switched off"
    to = ", ".join(page.channels.get(number, "a removed channel") for number in digest.channels)
    last = moment(row.last_at, page.zone) if row.last_at else "Not sent yet"
    when = f"{digest.words[0].upper()}{digest.words[1:]}"
    cells = [html.Td(html.Span(text), **attributes(data_head=head)) for head, text in (
        ("When", when), ("Next", next_at), ("Last", last), ("Goes to", to),
    )]  # fmt: skip
    switch = _act("disable", "Switch off", row) if digest.is_enabled else _act("enable", "Switch on", row)
    buttons = html.Div(
        [_act("send", "Send a test", row), switch, _act("remove", "Remove", row)], className="row-actions"
    )
    return html.Tr(
        [html.Th(name, scope="row"), *cells, html.Td(buttons, className="row-actions-cell")],
        className="" if digest.is_enabled else "is-hidden",
        **attributes(data_digest=str(row.id)),
    )


def _act(wish: str, words: str, row: DigestRow) -> Any:
    data = attributes(data_digest_act=wish, data_number=str(row.id), data_version=row.version)
    return button([words, unseen(f" {row.digest.name}")], className="quiet bordered", **data)
