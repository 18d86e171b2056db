"""The list of thresholds: what each says, where it stands and why, and what can be done about it."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from dash import html

from dash_kpi.alerting.rules.rule import Rule, Severity
from dash_kpi.alerting.thresholds.entries import Entry, Finding
from dash_kpi.alerting.thresholds.values import STATES, Offer, ThresholdsPage
from dash_kpi.reporting.view import View
from dash_kpi.ui import format as formatted
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.icons import icon, unseen
from dash_kpi.ui.inputs import Input
from dash_kpi.ui.links import link
from dash_kpi.ui.placeholder import placeholder

PATH = "/thresholds"
STATE_WORDS = {  # icon, colour, word
    "firing": ("stop", "bad", "Firing"),
    "pending": ("warning", "warn", "Pending"),
    "ok": ("check", "good", "Within limits"),
    "new": ("hourglass", "calm", "Not judged yet"),
    "failed": ("warning", "warn", "Cannot be judged"),
    "paused": ("clock", "calm", "Paused"),
    "off": ("close", "calm", "Switched off"),
}
SEVERITY_WORDS: dict[Severity, tuple[str, str]] = {
    "info": ("info", "Info"),
    "warning": ("warning", "Warning"),
    "critical": ("stop", "Critical"),
}
PAUSES = {24: "1 day", 24 * 7: "1 week", 24 * 30: "30 days"}  # hours
HEADS = ("State", "Threshold", "Severity", "Owner", "Last judged", "")


def address(view: View, **own: str) -> str:
    """Return the address of the page with something of its own, and the view kept."""
    given = {name: value for name, value in own.items() if value}
    query = "&".join(part for part in (view.to_query(), urlencode(given)) if part)
    return f"{PATH}?{query}" if query else PATH


def head(page: ThresholdsPage) -> list[Any]:
    """Offer a new threshold, where there is something to watch."""
    if not page.has_data:
        return []
    new = link("New threshold", address(page.view, new=page.kpi or "1"), "primary")
    return [html.Div(new, className="head-actions")]


def contents(page: ThresholdsPage, currency: str = "") -> list[Any]:
    """Show the thresholds as a table, those that fire first; without any, teach and offer some."""
    if not page.entries:
        return [*_teaching(page), *_offers(page.offers, page.view)]
    shown = [one for one in page.entries if page.state in ("", one.status(page.now)) and page.kpi in ("", one.rule.kpi)]
    table = html.Table(
        [
            html.Caption("The thresholds of the workspace", className="visually-hidden"),
            html.Thead(html.Tr([html.Th(name or unseen("Actions"), scope="col") for name in HEADS])),
            html.Tbody([_row(one, page, currency) for one in shown]),
        ],
        className="catalogue thresholds",
    )
    all_of_them = link("Show all", address(page.view), "link")
    nothing = html.P(["No threshold is like that. ", all_of_them], className="muted", role="status")
    return [_narrowing(page), html.Div(table if shown else nothing, className="surface panel")]


def status_words(entry: Entry, now: datetime, zone: Any = None) -> Any:
    """Say in an icon and words where a threshold stands."""
    state = entry.status(now)
    picture, kind, words = STATE_WORDS[state]
    if state == "paused" and entry.rule.paused_until:
        words = f"Paused until {moment(entry.rule.paused_until.astimezone(zone))}"
    some = sum(phase == state for segment, phase in entry.phases.items() if segment)
    if some and state in ("firing", "pending"):
        words += f" for {some} of {len(entry.phases)}"
    return html.Span([icon(picture), words], className=f"status {kind}")


def moment(at: datetime) -> str:
    """Write a moment on the team's clock."""
    return f"{formatted.day(at.date())}, {at:%H:%M}"


def ago(at: datetime) -> Any:
    """Hold how long ago a moment was; the browser's script fills and renews it."""
    return html.Time(dateTime=at.isoformat(), className="ago")


def _row(entry: Entry, page: ThresholdsPage, currency: str) -> Any:
    rule, view = entry.rule, page.view
    picture, severity = SEVERITY_WORDS[rule.severity]
    name = [link(entry.sentence, address(view, edit=str(entry.id)), "link strong")]
    if entry.sentence != entry.words:
        name.append(html.Span(entry.words, className="sub"))
    if entry.open_alerts:
        alerts = f"/alerts?{urlencode({'about': rule.kpi})}"
        name.append(html.Span(link(formatted.count(entry.open_alerts, "open alert"), alerts), className="sub"))
    if rule.tags:
        name.append(html.Span([html.Span(tag, className="tag") for tag in rule.tags], className="tags"))
    cells = [
        html.Td(status_words(entry, page.now, page.zone), **attributes(data_head="State")),
        html.Th(name, scope="row"),
        html.Td(
            html.Span([icon(picture), severity], className=f"status severity {rule.severity}"),
            **attributes(data_head="Severity"),
        ),
        html.Td(rule.owner, **attributes(data_head="Owner")),
        html.Td(_last(entry.last, page, rule, currency), **attributes(data_head="Last judged")),
        html.Td(_actions(entry, page), className="row-actions-cell"),
    ]
    is_idle = entry.status(page.now) in ("off", "paused")
    return html.Tr(cells, className="is-idle" if is_idle else "", **attributes(data_threshold_row=str(entry.id)))


def _last(last: Finding | None, page: ThresholdsPage, rule: Rule, currency: str) -> list[Any]:
    if last is None:
        return [html.Span("Judged as soon as the worker comes to it.", className="muted small")]
    of = ", ".join(part for part in ("" if rule.is_of_now else last.period, last.segment) if part)
    value = ""
    if last.value is not None and not rule.is_of_now:
        value = formatted.short(page.known.unit(rule.kpi), last.value, currency)
    said = f"{of}: {value}" if of and value else of or value
    reason = f"{last.reason[:1].upper()}{last.reason[1:]}"
    return [
        html.Span(reason, className="reason-words"),
        html.Span([f"{said} · " if said else "", ago(last.at)], className="sub"),
    ]


def _actions(entry: Entry, page: ThresholdsPage) -> Any:
    state, view, name = entry.status(page.now), page.view, entry.sentence
    switch = {"off": ("enable", "Switch on"), "paused": ("resume", "End pause")}.get(state)
    buttons = [
        link(["Edit", unseen(f" {name}")], address(view, edit=str(entry.id)), "quiet bordered"),
        act(*switch, entry) if switch else _pause(entry, page),
        link(["Versions", unseen(f" of {name}")], address(view, versions=str(entry.id)), "quiet bordered"),
        act("remove", "Remove", entry),
    ]
    return html.Div(buttons, className="row-actions")


def act(wish: str, words: str, entry: Entry, **more: str) -> Any:
    """Make a button whose wish `assets/thresholds.js` sends."""
    data = attributes(data_threshold_act=wish, data_number=str(entry.id), data_version=str(entry.version), **more)
    return button([words, unseen(f" {entry.sentence}")], className="quiet bordered", **data)


def _pause(entry: Entry, page: ThresholdsPage) -> Any:
    """Offer to pause a threshold for some time, until a moment, or until somebody switches it on again."""
    name = f"pause-{entry.id}"
    until = Input(
        id=name,
        type="datetime-local",
        className="form-control",
        min=f"{page.now.astimezone(page.zone):%Y-%m-%d}T00:00",
        **attributes(data_pause_until=""),
    )
    return html.Details(
        [
            html.Summary(["Pause", unseen(f" {entry.sentence}")], className="quiet bordered"),
            html.Div(
                [
                    *(act("pause", words, entry, data_hours=str(hours)) for hours, words in PAUSES.items()),
                    html.Label(f"Until (time in {page.zone})", htmlFor=name),
                    until,
                    act("pause", "Pause until then", entry, data_until=name),
                    act("disable", "Switch off", entry),
                ],
                className="pause-choices surface",
            ),
        ],
        className="pause",
    )


def _narrowing(page: ThresholdsPage) -> Any:
    """Offer the states and KPIs that there are."""
    states = {one.status(page.now) for one in page.entries} | {page.state}
    kpis = sorted({one.rule.kpi for one in page.entries} | ({page.kpi} if page.kpi else set()), key=page.known.label)
    by_state = [("All states", "", page.kpi)]
    by_state += [(STATE_WORDS[one][2], one, page.kpi) for one in STATES if one in states]
    by_kpi = [("All KPIs", page.state, ""), *((page.known.label(one), page.state, one) for one in kpis)]
    return html.Div(
        [*_choice("thresholds-state", "State", by_state, page), *_choice("thresholds-of", "KPI", by_kpi, page)],
        className="narrowing",
    )


def _choice(name: str, label: str, options: Iterable[tuple[str, str, str]], page: ThresholdsPage) -> list[Any]:
    chosen = (page.state, page.kpi)
    shown = [
        html.Option(words, value=address(page.view, state=state, of=kpi), selected=(state, kpi) == chosen or None)
        for words, state, kpi in options
    ]
    select = html.Select(shown, id=name, className="form-select select", **attributes(data_go=""))
    return [html.Label(label, htmlFor=name, className="visually-hidden"), select]


def _teaching(page: ThresholdsPage) -> list[Any]:
    if not page.has_data:
        words = "A threshold watches a KPI and tells people when it leaves its limits. First there must be numbers."
        return [placeholder("thresholds", "Nothing to watch yet", words, link("Go to Data", "/data", "primary"))]
    words = (
        "A threshold watches a KPI and tells people, once, when it leaves its limits: revenue below a number, an "
        "unusual day, a file that is late. Before it is saved you see when it would have fired."
    )
    new = link("New threshold", address(page.view, new="1"), "primary")
    return [placeholder("thresholds", "No thresholds yet", words, new)]


def _offers(offers: Iterable[Offer], view: View) -> list[Any]:
    items = [
        html.Li(
            [
                html.Div(
                    [
                        html.Strong(one.words),
                        html.Span(f"{one.suggestion.sentence}; {one.suggestion.reason}", className="sub"),
                    ]
                ),
                link(
                    ["Use it", unseen(f": {one.words}")],
                    address(view, new=one.rule.kpi, limit=_limit(one)),
                    "quiet bordered",
                ),
            ]
        )
        for one in offers
    ]
    if not items:
        return []
    title = html.H2("Drawn from your history")
    return [html.Section([title, html.Ul(items, className="offers")], className="surface panel")]


def _limit(offer: Offer) -> str:
    return f"{offer.rule.grain}:{offer.suggestion.kind}:{offer.suggestion.limit:.15g}"
