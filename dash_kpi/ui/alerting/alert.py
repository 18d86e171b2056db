"""The page of one alert: its number, what drove it, where it comes from, and everything that happened."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dash_kpi.alerting.alerts.page_values import AlertPage
from dash_kpi.alerting.alerts.values import AlertRow, Event, Finding, Findings, Sending, WholeAlert, moment
from dash_kpi.kpis.blank import value_of
from dash_kpi.kpis.catalogue import label_of
from dash_kpi.reporting.view import CUSTOM, View
from dash_kpi.ui import format as formatted
from dash_kpi.ui.alerting import words
from dash_kpi.ui.alerting.acts import act_button, dialogs, of_alert
from dash_kpi.ui.alerting.history import chart
from dash_kpi.ui.alerting.problems import of_sending
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.charts import axes
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.freshness import ago
from dash_kpi.ui.head import crumbs
from dash_kpi.ui.icons import icon
from dash_kpi.ui.links import link
from dash_kpi.ui.markup import markup
from dash_kpi.ui.pager import pager
from dash_kpi.ui.placeholder import placeholder

CHANNELS = "/settings/channels"
WIDE = ("Threshold", "Note")  # facts that are sentences


def contents(page: AlertPage, currency: str = "") -> tuple[Figure, dict[str, str]]:
    """Return the chart, and what each part of the page shows, as HTML."""
    whole = page.whole
    way_back = markup(crumbs(("Alerts", "/alerts")))
    if whole is None:
        back = link("All alerts", "/alerts?state=all", "primary")
        gone = placeholder("info", f"There is no alert {page.number}", "It may never have been there.", back)
        return axes.empty(), {"crumbs": way_back, "title": "Alert", "head": markup(gone), "body": "", "chart": ""}
    figure, below = chart(whole, page.history, currency)
    return figure, {
        "crumbs": way_back,
        "title": markup(whole.row.message),
        "head": markup(_head(page, whole)),
        "chart": markup(below),
        "facts": markup(_facts(whole, currency)),
        "body": markup([_sendings(page, whole), _events(page, whole.events), _findings(page, whole, currency)]),
        "dialogs": markup(dialogs(page.people)),
    }


def _head(page: AlertPage, whole: WholeAlert) -> list[Any]:
    row = whole.row
    assert page.now is not None and page.zone is not None  # noqa: S101, PT018  for the type checker
    marks = [words.severity(row.severity), words.status(row, page.now, page.zone)]
    marks += [html.Span(f"{row.assignee} has it", className="alert-who")] if row.assignee else []
    marks += [html.Span(["opened ", ago(row.opened_at.isoformat(), page.now)], className="muted")]
    lines: list[Any] = [
        html.Div(marks, className="alert-marks"),
        html.Div(of_alert(row), className="row-actions alert-actions"),
    ]
    if whole.why_silent:
        lines.append(_untold(whole))
    if page.hush and page.hush.comment not in whole.why_silent:
        until = moment(page.hush.ends_at, page.zone)
        said = f"Silenced until {until}: {page.hush.comment} ({page.hush.created_by})"
        lines.append(html.P([icon("clock"), html.Span(said)], className="note"))
    return lines


def _untold(whole: WholeAlert) -> Any:
    """Say why nobody was told, and offer the way to mend it."""
    way: list[Any] = []
    if whole.can_be_told:
        way = [" ", act_button("resend", "Send it now", str(whole.row.id))]
    elif whole.row.is_open and "under Channels" in whole.why_silent:
        way = [" ", link("Open the channels", CHANNELS)]
    return html.P([icon("info"), html.Span([whole.why_silent, *way])], className="note why-silent")


def _facts(whole: WholeAlert, currency: str) -> list[Any]:
    row, details = whole.row, whole.row.details
    facts: list[tuple[str, Any]] = [
        ("Newest value", words.amount(details, row.value, currency)),
        ("Limit", words.amount(details, row.limit, currency)),
        ("Since", row.since),
        ("The period before", words.amount(details, details.previous, currency)),
        ("Last year", words.amount(details, details.year_ago, currency)),
        ("Segment", f"{label_of(row.dimension)} {row.segment}" if row.segment else "the whole"),
        ("Threshold", _rule(whole)),
        ("Owner", whole.rule.get("owner")),
        ("Tags", ", ".join(row.tags)),
        ("Note", whole.rule.get("note")),
    ]
    kept = ("Newest value", "Limit")
    shown = [(name, value) for name, value in facts if value and (name in kept or value != formatted.MISSING)]
    terms = [
        html.Div([html.Dt(name), html.Dd(value)], className="wide" if name in WIDE else None) for name, value in shown
    ]
    return [html.H2("The number"), html.Dl(terms, className="facts"), *_driver(whole), *_sources(whole)]


def _rule(whole: WholeAlert) -> Any:
    row = whole.row
    name = link(row.rule, f"/thresholds?edit={row.threshold_id}") if not whole.is_removed else row.rule
    if whole.is_removed:
        return [name, ", removed since"]
    return [name, f", version {row.threshold_version} of {whole.newest_version}"]


def _driver(whole: WholeAlert) -> list[Any]:
    """Say what moved the number, and link the proof."""
    said = whole.row.details.driver
    sentence = f"{said.rstrip('.')}." if said else "No single cause was noted."
    proof = link("See its drivers", f"/drivers?{_query(whole.row)}")
    return [html.H3("What drove it"), html.P([sentence, " ", proof])]


def _sources(whole: WholeAlert) -> list[Any]:
    row = whole.row
    files = [html.Li([icon("file"), html.Span(name, className="file")]) for name in row.details.files]
    rows = link([icon("rows"), "The rows behind this number"], f"/rows?{_query(row)}")
    over_time = link([icon("trends"), "Over time"], f"/trends?{_query(row)}")
    return [
        html.H3("Where it comes from"),
        html.Ul([*files, html.Li(rows), html.Li(over_time)], className="alert-sources"),
    ]


def _query(row: AlertRow) -> str:
    """Return the view that shows the number: the one that was kept, or the KPI over the breached periods."""
    if row.details.view:
        return row.details.view.removeprefix("?")
    filters = ((row.dimension, (value_of(row.segment),)),) if row.dimension else ()
    return View(period=CUSTOM, start=row.period_start, end=row.period_end, kpi=row.kpi, filters=filters).to_query()


def _events(page: AlertPage, events: Sequence[Event]) -> Any:
    assert page.zone is not None  # noqa: S101
    items = [
        html.Li(
            [
                html.Span(moment(one.at, page.zone), className="muted event-at"),
                html.Span(
                    [
                        html.Strong(words.EVENTS.get(one.kind, one.kind.replace("_", " ").capitalize())),
                        f" by {one.actor}" if one.actor else "",
                        html.Span(f": {one.text}" if one.text else "", className="event-text"),
                    ]
                ),
            ]
        )
        for one in events
    ]
    changed = [
        html.Li([html.Span("since then", className="muted event-at"), html.Span(f"Threshold: {text}")])
        for text in page.changed_since
    ]
    return html.Section(
        [html.H2("What happened"), html.Ol([*changed, *items], className="events")], className="surface panel"
    )


def _sendings(page: AlertPage, whole: WholeAlert) -> Any:
    head = html.H2("Messages")
    if not whole.sendings:
        why = whole.why_silent or "Nothing was sent."
        return html.Section([head, html.P(why)], className="surface panel")
    return html.Section(
        [head, html.Ul([_sending(page, one) for one in whole.sendings], className="sendings")],
        className="surface panel",
    )


def _sending(page: AlertPage, one: Sending) -> Any:
    assert page.zone is not None  # noqa: S101
    said = [
        html.Strong(one.channel),
        html.Span(f" to {one.destination}", className="muted") if one.destination != one.channel else None,
        words.delivery(one),
        html.Span(moment(one.ended_at or one.created_at, page.zone), className="muted"),
    ]
    lines: list[Any] = [html.Div(said, className="sending-head"), html.P(one.title, className="sending-title")]
    said_by_tries = one.tries and one.reason.rstrip(".") == one.tries[-1].reason.rstrip(".")
    if one.reason and one.reason.rstrip(".") not in one.channel_problem and not said_by_tries:
        lines.append(html.P(one.reason, className="sub"))
    if one.status == "queued" and page.now and one.due_at > page.now:
        lines.append(html.P(f"It goes on {moment(one.due_at, page.zone)}.", className="sub"))
    if one.channel_problem and one.status in ("queued", "parked"):
        lines.append(html.P([f"{one.channel_problem.rstrip('.')}. ", link("Channels", CHANNELS)], className="sub warn"))
    if one.tries:
        lines.append(html.P(words.story(one.tries), className="sub"))
    if one.is_possible_repeat:
        lines.append(html.P("It may have arrived twice, and says so.", className="sub warn"))
    if one.tries:
        tries = [html.Li(words.tried(each, page.zone)) for each in one.tries]
        name = formatted.count(len(tries), "try", "tries")
        lines.append(html.Details([html.Summary(name), html.Ol(tries, className="tries")]))
    if ways := of_sending(one):
        lines.append(html.Div(ways, className="row-actions"))
    return html.Li(lines)


def _findings(page: AlertPage, whole: WholeAlert, currency: str) -> Any:
    found = whole.findings
    heads = ("When", "Period", "Value", "Limit", "What was found")
    table = html.Table(
        [
            html.Caption("How the threshold was judged, the newest first", className="visually-hidden"),
            html.Thead(
                html.Tr(
                    [
                        html.Th(name, scope="col", className="number" if name in ("Value", "Limit") else None)
                        for name in heads
                    ]
                )
            ),
            html.Tbody([_finding(page, whole.row, one, currency) for one in found.rows]),
        ],
        className="findings",
    )
    rows = table if found.rows else html.P("It has not been judged yet.", className="muted")
    return html.Section([html.H2("How it was judged"), rows, _more(whole, found)], className="surface panel")


def _more(whole: WholeAlert, found: Findings) -> Any:
    return pager(found.page, found.pages, f"/alerts/{whole.row.id}?page=")


def _finding(page: AlertPage, row: AlertRow, one: Finding, currency: str) -> Any:
    assert page.zone is not None  # noqa: S101
    often = f" ({one.count:,} times)" if one.count > 1 else ""
    value, limit = (
        words.amount(row.details, given, currency) if one.period else "–" for given in (one.value, one.limit)
    )
    return html.Tr(
        [
            html.Td(moment(one.last_at, page.zone)),
            html.Td(one.period or "–"),
            html.Td(value, className="number", **attributes(data_head="Value")),
            html.Td(limit, className="number", **attributes(data_head="Limit")),
            html.Td(f"{one.reason[:1].upper()}{one.reason[1:]}{often}"),
        ]
    )
