"""The list of channels: where each goes, whether it works, and what can be done about it."""

from datetime import tzinfo
from typing import Any
from urllib.parse import urlencode

from dash import html

from dash_kpi.alerting.alerts.values import moment
from dash_kpi.alerting.channels.page import ChannelsPage, Kind
from dash_kpi.alerting.channels.shown import ChannelRow, Last
from dash_kpi.reporting.view import View
from dash_kpi.ui.alerting.channel_guides import ABOUT
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.icons import icon, unseen
from dash_kpi.ui.links import link
from dash_kpi.ui.placeholder import placeholder

PATH = "/settings/channels"
STATES = {
    "works": ("check", "good", "Works"),
    "parked": ("stop", "bad", "Does not work"),
    "locked": ("stop", "bad", "Secrets cannot be read"),
    "unknown": ("stop", "bad", "Unknown kind"),
    "disabled": ("archive", "calm", "Switched off"),
}
OUTCOMES = {
    "sent": "sent",
    "failed": "refused",
    "unknown": "outcome not known yet",
    "parked": "waits for a person",
}


def address(view: View, **own: str) -> str:
    """Return the address of the page with something of its own, and the view kept."""
    query = "&".join(part for part in (view.to_query(), urlencode(own)) if part)
    return f"{PATH}?{query}" if query else PATH


def head(page: ChannelsPage) -> Any:
    """Offer a new channel."""
    if not page.rows:
        return None
    return html.Div(link("Add channel", address(page.view, new="1"), "primary"), className="head-actions")


def contents(page: ChannelsPage) -> Any:
    """Show the channels as a table, or what channels are for where there is none."""
    if not page.rows:
        words = (
            "A channel is where alerts go: a channel of Slack, phones by WhatsApp, mailboxes, or another program. "
            "Until there is one, alerts are on the page Alerts only."
        )
        title = placeholder("info", "Nobody is told about alerts yet", words)
        return [title, html.H2("Add the first channel"), kind_cards(page)]
    names = ("Channel", "Goes to", "State", "Last message", "")
    heads = html.Thead(html.Tr([html.Th(name or unseen("Actions"), scope="col") for name in names]))
    table = html.Table(
        [
            html.Caption("The channels of the workspace", className="visually-hidden"),
            heads,
            html.Tbody([_row(row, page.view, page.zone) for row in page.rows]),
        ],
        className="catalogue",
    )
    return html.Div(table, className="surface panel")


def kind_cards(page: ChannelsPage) -> Any:
    """Offer the kinds of channels, each with what it needs."""
    return html.Ul([_kind(kind, page.view) for kind in page.kinds.values()], className="kinds")


def _kind(kind: Kind, view: View) -> Any:
    needed = [one.label for one in kind.fields if one.is_needed and not one.usual]
    needs = [html.P(["Needs: ", ", ".join(needed)], className="muted small")] if needed else []
    about = ABOUT.get(kind.name)
    return html.Li(
        [
            html.H3(link(kind.label, address(view, new=kind.name), "link strong")),
            html.P(about) if about else None,
            *needs,
        ],
        className="surface kind",
    )


def _row(row: ChannelRow, view: View, zone: tzinfo) -> Any:
    name = [
        link(row.name, address(view, edit=str(row.id)), "link strong"),
        html.Span(row.label, className="sub"),
    ]
    cells = [
        html.Th(name, scope="row"),
        html.Td(html.Span(", ".join(row.destinations) or "–"), **attributes(data_head="Goes to")),
        html.Td(state(row, zone), **attributes(data_head="State")),
        html.Td(_last(row.last, zone), **attributes(data_head="Last")),
        html.Td(_actions(row), className="row-actions-cell"),
    ]
    return html.Tr(cells, className="" if row.is_enabled else "is-hidden", **attributes(data_channel=str(row.id)))


def state(row: ChannelRow, zone: tzinfo) -> list[Any]:
    """Say whether a channel works, why not and what to do, and how much waits."""
    picture, kind, words = STATES[row.state]
    parts: list[Any] = [html.Span([icon(picture), words], className=f"status {kind}")]
    if row.problem:
        since = f" Since {moment(row.problem_since, zone)}." if row.problem_since else ""
        parts.append(html.Span(f"{row.problem.rstrip('.')}.{since}", className="sub"))
    if row.waiting or row.parked:
        counts = [(row.waiting, "on the way"), (row.parked, "waiting for a person")]
        parts.append(html.Span(", ".join(f"{count:,} {what}" for count, what in counts if count), className="sub"))
    if row.paused_until and row.state == "works" and row.waiting:
        parts.append(html.Span(f"The service asked to wait until {moment(row.paused_until, zone)}.", className="sub"))
    return parts


def _last(last: Last | None, zone: tzinfo) -> list[Any]:
    if last is None:
        return [html.Span("None yet", className="muted")]
    why = f": {last.reason}" if last.reason and last.status != "sent" else ""
    test = "Test " if last.kind == "test" else ""
    word = OUTCOMES[last.status]
    said = f"{test}{word}" if test else word[0].upper() + word[1:]
    return [html.Span(f"{said}{why}"), html.Span(moment(last.at, zone), className="sub")]


def _actions(row: ChannelRow) -> Any:
    buttons = []
    if row.state == "parked":
        buttons.append(act("retry", "Try again", row))
    if row.state in ("works", "disabled"):
        buttons.append(act("send", "Send a test", row, is_off=not row.is_enabled))
    buttons.append(act("disable", "Switch off", row) if row.is_enabled else act("enable", "Switch on", row))
    return html.Div(buttons, className="row-actions")


def act(wish: str, words: str, row: ChannelRow, *, is_off: bool = False) -> Any:
    """Make a button whose wish `assets/channels.js` sends."""
    data = attributes(data_channel_act=wish, data_number=str(row.id), data_version=row.version)
    return button([words, unseen(f" {row.name}")], className="quiet bordered", disabled=is_off or None, **data)
