"""The page of alerts: what is open and who has it, what is over, and what is silenced."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dash_kpi.alerting.alerts.page_values import NOBODY, WHOLE, AlertsPage
from dash_kpi.alerting.alerts.values import AlertRow, moment
from dash_kpi.ui.alerting import words
from dash_kpi.ui.alerting.acts import dialogs, of_row, toolbar
from dash_kpi.ui.alerting.problems import problems
from dash_kpi.ui.alerting.silences import silences
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.freshness import ago
from dash_kpi.ui.icons import icon, unseen
from dash_kpi.ui.inputs import Input
from dash_kpi.ui.links import link
from dash_kpi.ui.markup import markup
from dash_kpi.ui.pager import pager
from dash_kpi.ui.placeholder import placeholder
from dash_kpi.ui.sparkline import sparkline

HEADS = ("What", "Newest value", "Limit", "Last periods", "Since", "State", "")
NUMBERS = ("Newest value", "Limit")
TABS = (("open", "Open"), ("over", "History"), ("all", "All"))


def contents(page: AlertsPage, currency: str = "") -> dict[str, str]:
    """Return what each part of the page shows, as HTML."""
    return {
        "head": markup(_tabs(page)),
        "problems": markup(problems(page)) if page.undelivered else "",
        "narrowing": markup(_narrowing(page)),
        "toolbar": markup(toolbar()) if page.alerts.rows else "",
        "list": markup(_list(page, currency)),
        "silences": markup(silences(page.silences, page.now, page.zone, page.kpis)),
        "dialogs": markup(dialogs(page.people)),
    }


def _tabs(page: AlertsPage) -> Any:
    counts = {"open": page.open, "over": page.over, "all": page.open + page.over}
    tabs = [
        link(
            [name, html.Span(f"{counts[state]:,}", className="tab-count")],
            page.asked.address(state=state),
            "alert-tab",
            **(attributes(aria_current="page") if page.asked.state == state else {}),
        )
        for state, name in TABS
    ]
    return html.Nav(tabs, className="alert-tabs", **attributes(aria_label="Which alerts"))


def _narrowing(page: AlertsPage) -> Any:
    """Offer filters, each where there is something to choose; the choice is an address."""
    asked = page.asked
    choices = [
        ("severity", "Severity", "Any severity", [(key, word) for key, (_, word) in words.SEVERITIES.items()]),
        ("about", "KPI", "Any KPI", list(page.kpis)),
        ("segment", "Segment", "Any segment", [(WHOLE, "The whole"), *((one, one) for one in page.segments)]),
        ("who", "Assigned to", "Assigned to anybody", [(NOBODY, "Nobody"), *((one, one) for one in page.people)]),
        ("tagged", "Tag", "Any tag", [(one, one) for one in page.tags]),
    ]
    if not page.open and not page.over:
        return None
    shown: list[Any] = []
    for name, label, every, options in choices:
        chosen = getattr(asked, name)
        if len(options) > 1 or chosen:
            shown += _select(page, name, label, every, options, chosen)
    clear = [link("Clear", asked.address(severity="", about="", segment="", who="", tagged=""), "quiet")]
    return html.Div([*shown, *(clear if asked.is_narrow else [])], className="narrowing")


def _select(
    page: AlertsPage, name: str, label: str, every: str, options: Sequence[tuple[str, str]], chosen: str
) -> list[Any]:
    known = [*options] if not chosen or chosen in dict(options) else [*options, (chosen, chosen)]
    choices = [html.Option(every, value=page.asked.address(**{name: ""}))]
    choices += [
        html.Option(text, value=page.asked.address(**{name: value}), selected=value == chosen or None)
        for value, text in known
    ]
    id_ = f"alerts-{name}"
    return [
        html.Label(label, htmlFor=id_, className="visually-hidden"),
        html.Select(choices, id=id_, className="form-select select", **attributes(data_go="")),
    ]


def _list(page: AlertsPage, currency: str) -> Any:
    if not page.alerts.rows:
        return _nothing(page)
    heads = [html.Th(_all(), scope="col", className="pick")]
    heads += [
        html.Th(name or unseen("Actions"), scope="col", className="number" if name in NUMBERS else None)
        for name in HEADS
    ]
    caption = html.Caption("Alerts, the worst first", className="visually-hidden")
    body = html.Tbody([_row(row, page, currency, at == 0) for at, row in enumerate(page.alerts.rows)], id="alerts-rows")
    table = html.Table([caption, html.Thead(html.Tr(heads)), body], className="alerts")
    address = page.asked.address()
    sign = "&" if "?" in address else "?"
    return html.Div(
        [table, pager(page.alerts.page, page.alerts.pages, f"{address}{sign}page=")], className="surface panel"
    )


def _all() -> Any:
    return html.Label(
        [Input(type="checkbox", id="alerts-all", className="form-check-input"), unseen("Select all on this page")],
        className="pick-label",
    )


def _row(row: AlertRow, page: AlertsPage, currency: str, is_first: bool) -> Any:
    pick = html.Label(
        [
            Input(type="checkbox", className="form-check-input", **attributes(data_pick=str(row.id))),
            unseen(f"Select alert {row.id}"),
        ],
        className="pick-label",
    )
    return html.Tr(
        [
            html.Td(pick if row.is_open else None, className="pick"),
            html.Th(_what(row, page), scope="row", className="alert-what"),
            html.Td(
                words.amount(row.details, row.value, currency),
                className="number",
                **attributes(data_head="Newest value"),
            ),
            html.Td(
                words.amount(row.details, row.limit, currency), className="number", **attributes(data_head="Limit")
            ),
            html.Td(_spark(row), className="alert-spark"),
            html.Td([ago(row.opened_at.isoformat(), page.now), html.Span(row.since, className="sub")]),
            html.Td([words.status(row, page.now, page.zone), _who(row)], className="alert-standing"),
            html.Td(html.Div(of_row(row), className="row-actions"), className="row-actions-cell"),
        ],
        className=f"alert-row alert-{row.status}",
        tabIndex=0 if is_first else -1,
        **attributes(data_alert=str(row.id)),
    )


def _what(row: AlertRow, page: AlertsPage) -> list[Any]:
    tags = [html.Span(tag, className="tag") for tag in row.tags]
    hush = page.silenced.get(row.id)
    quiet = f"Silenced until {moment(hush.ends_at, page.zone)}: {hush.comment}" if hush else ""
    return [
        html.Div([words.severity(row.severity), *tags], className="alert-marks"),
        link(row.message, f"/alerts/{row.id}", "link alert-message"),
        html.Span(row.rule, className="sub"),
        *([html.Span([icon("clock"), quiet], className="sub warn")] if hush else []),
    ]


def _who(row: AlertRow) -> Any:
    return html.Span([icon("info"), f"{row.assignee} has it"], className="sub") if row.assignee else None


def _spark(row: AlertRow) -> Any:
    picture = sparkline(row.details.values)
    if picture is None:
        return None
    periods = f"{row.details.labels[0]} to {row.details.labels[-1]}" if row.details.labels else "The last periods"
    return html.Img(src=picture, alt=periods, className="alert-line", title=periods)


def _nothing(page: AlertsPage) -> Any:
    asked = page.asked
    if asked.is_narrow:
        clear = link("Show every alert", asked.address(severity="", about="", segment="", who="", tagged=""), "primary")
        return placeholder("filter", "No alert like that", "No alert fits what is chosen above.", clear)
    if asked.state != "open" and not page.over:
        return placeholder(
            "clock", "Nothing has happened yet", "Alerts that are over are listed here, with their life."
        )
    new = link("New threshold", "/thresholds?new=1", "primary")
    if not page.thresholds:
        why = (
            "An alert opens when a KPI leaves its limits: when it falls below a number, changes too much, misses its "
            "target, or when its file is late. A threshold says which; none is set yet."
        )
        return placeholder("bell", "Nothing is watched yet", why, new)
    many = f"{page.thresholds:,} thresholds are" if page.thresholds > 1 else "1 threshold is"
    why = f"{many} watched, and every limit is kept. When one is broken, it is here at once."
    return placeholder("check", "No alert is open", why, link("Thresholds", "/thresholds", "quiet bordered"))
