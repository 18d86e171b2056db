"""The page of thresholds as the browser takes it: the list, the form with the answer to a draft, or the versions."""

from collections.abc import Mapping
from typing import Any

from dash import html

from dash_kpi.alerting.thresholds.backtest import Firing
from dash_kpi.alerting.thresholds.values import ThresholdsPage, Tried
from dash_kpi.ui import format as formatted
from dash_kpi.ui.alerting import threshold_chart, threshold_form, threshold_list, threshold_versions
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.charts.legend import legend
from dash_kpi.ui.head import crumbs
from dash_kpi.ui.icons import icon
from dash_kpi.ui.links import link
from dash_kpi.ui.markup import markup
from dash_kpi.ui.placeholder import placeholder

MOST_FIRINGS = 12  # listed below the chart
MOST_SEGMENTS = 30  # offered for a limit of their own


def rendered(page: ThresholdsPage, currency: str) -> dict[str, Any]:
    """Return the parts of the page, and what is edited."""
    view = page.view
    back = crumbs(("Thresholds", threshold_list.address(view)))
    if page.problem:
        to_list = link("Go to Thresholds", threshold_list.address(view), "primary")
        return _answer(back, "No such threshold", None, placeholder("info", "No such threshold", page.problem, to_list))
    if page.edited and not page.known.kpis:
        to_data = link("Go to Data", "/data", "primary")
        words = "As soon as there are numbers, thresholds can watch them."
        return _answer(back, "New threshold", None, placeholder("info", "Nothing to watch yet", words, to_data))
    if page.edited:
        form = threshold_form.form(page.edited, page.known, view)
        edited = {"edited": threshold_form.data(page.edited, currency)}
        return _answer(back, threshold_form.title(page.edited), None, None, form) | edited
    if page.history:
        return _answer(back, "Versions", None, threshold_versions.contents(page.history, view))
    shown = threshold_list.contents(page, currency)
    return _answer(None, "Thresholds", threshold_list.head(page), shown)


def tried(found: Tried, draft: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Return what stands beside the form of a draft, and what is wrong with it."""
    segment, grain = str(draft.get("segment") or ""), str((draft.get("rule") or {}).get("grain") or "month")
    line = threshold_chart.chosen(found.backtest, segment)
    parts = {
        "thresholds-words": [html.Strong(found.words)] if found.words else None,
        "thresholds-suggestions": _suggestions(found, currency) if _takes_one_limit(draft) else None,
        "thresholds-segments": _segments(found),
        "thresholds-sentence": _sentence(found),
        "thresholds-drawn": _drawn(found, line.segment if line else ""),
        "thresholds-caption": threshold_chart.caption(found, grain, segment, currency),
        "thresholds-keys": legend(threshold_chart.keys(found, grain, segment, currency)) if line else None,
        "thresholds-message": _message(found),
        "thresholds-firings": _firings(found),
    }
    wrong = found.mistake
    return {
        "parts": {name: markup(part) for name, part in parts.items()},
        "options": {},
        "mistake": {"field": wrong.field, "sentence": wrong.sentence} if wrong else None,
        "step": threshold_chart.step_of(line),
        "has_chart": line is not None,
        "at": draft.get("at"),
    }


def figure(found: Tried, draft: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Draw what a draft would have done."""
    grain = str((draft.get("rule") or {}).get("grain") or "month")
    return threshold_chart.figure(found, grain, str(draft.get("segment") or ""), currency)


def _answer(back: Any, title: str, head: Any, shown: Any, form: Any = None) -> dict[str, Any]:
    contents = {
        "thresholds-crumbs": back,
        "thresholds-title": title,
        "thresholds-head": head,
        "thresholds-list": shown,
        "thresholds-form": form,
    }
    return {"parts": {name: markup(part) for name, part in contents.items()}, "options": {}, "edited": None}


def _suggestions(found: Tried, currency: str) -> Any:
    """Offer limits that fit the history, each with its reason and what it would have done."""
    if not found.suggestions:
        return None
    items = [
        html.Li(
            button(
                [
                    html.Strong(f"{one.kind.capitalize()} {formatted.short(found.unit, one.limit, currency)}"),
                    html.Span(one.sentence),
                    html.Span(one.reason, className="muted"),
                ],
                className="suggestion",
                **attributes(data_suggest_limit=f"{one.limit:.15g}", data_suggest_kind=one.kind),
            )
        )
        for one in found.suggestions
    ]
    return [html.P("Limits that fit the history", className="small muted"), html.Ul(items, className="suggestions")]


def _takes_one_limit(draft: Mapping[str, Any]) -> bool:
    """Tell whether a suggested limit would take the place of another, and nothing else away."""
    conditions = (draft.get("rule") or {}).get("conditions") or [{}]
    return conditions[0].get("kind") in ("below", "above")


def _segments(found: Tried) -> Any:
    """Offer to write a limit of its own for a segment."""
    names = [one.segment for one in found.backtest.lines if one.segment][:MOST_SEGMENTS]
    buttons = [button(name, className="word", **attributes(data_segment_limit=name)) for name in names]
    return html.Div(buttons, className="words", role="group", **attributes(aria_label="Give it a limit of its own"))


def _sentence(found: Tried) -> Any:
    if found.backtest.reason:
        return html.P([icon("info"), html.Span(found.backtest.reason)], className="note")
    if found.rule is None:
        return html.P("What it would have done is shown as soon as nothing is missing.", className="muted")
    picture, kind = ("warning", "warn") if found.backtest.firings else ("check", "good")
    return html.P([html.Span(icon(picture), className=f"status {kind}"), html.Strong(found.backtest.sentence)])


def _drawn(found: Tried, segment: str) -> Any:
    """Offer which segment is drawn, those that would have fired most first."""
    if len(found.backtest.lines) < 2:
        return None
    counts = {one.segment: 0 for one in found.backtest.lines}
    for one in found.backtest.firings:
        counts[one.segment] = counts.get(one.segment, 0) + 1
    options = [
        html.Option(
            f"{name} ({'never' if not count else formatted.count(count, 'time')})",
            value=name,
            selected=name == segment or None,
        )
        for name, count in sorted(counts.items(), key=lambda pair: -pair[1])
    ]
    select = html.Select(options, id="thresholds-segment", className="form-select select")
    return [html.Label("Drawn", htmlFor="thresholds-segment"), select]


def _message(found: Tried) -> Any:
    if not found.backtest.first_message:
        return None
    return [html.H3("The first message"), html.Blockquote(found.backtest.first_message)]


def _firings(found: Tried) -> Any:
    """List when it would have fired, for those who do not see the chart."""
    firings = found.backtest.firings
    if not firings:
        return None
    rows = [_firing(one) for one in threshold_chart.newest_firings(found.backtest, MOST_FIRINGS)]
    has_segments = any(one.segment for one in firings)
    heads = ["Fired", "Recovered", *(["For"] if has_segments else [])]
    table = html.Table(
        [
            html.Caption("When it would have fired", className="visually-hidden"),
            html.Thead(html.Tr([html.Th(name, scope="col") for name in heads])),
            html.Tbody([html.Tr(row if has_segments else row[:2]) for row in rows]),
        ],
        className="plain",
    )
    more = len(firings) - len(rows)
    rest = html.P(f"and {formatted.count(more, 'earlier time')}", className="muted small") if more else None
    return html.Details([html.Summary(formatted.count(len(firings), "time") + " one by one"), table, rest])


def _firing(one: Firing) -> list[Any]:
    return [
        html.Th(one.fired_label, scope="row"),
        html.Td(one.resolved_label or "not yet"),
        html.Td(one.segment),
    ]
