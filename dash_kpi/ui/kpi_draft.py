"""What the editor says about a draft: what it comes to over its last periods, and what is wrong with it."""

from typing import Any

from dash import html

from dash_kpi.reporting.kpi_preview import Mistake, Preview
from dash_kpi.ui import format as formatted
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.icons import icon
from dash_kpi.ui.kpis import STATUSES
from dash_kpi.ui.sparkline import sparkline

NEAR = 24  # characters shown on both sides of a mistake
MISTAKES = {"formula": "kpi-formula-mistake", "target": "kpi-target-mistake", "name": "kpi-name-mistake"}


def preview(answer: Preview, currency: str = "") -> list[Any]:
    """Show what a draft comes to over its last periods."""
    wrong = [one for one in answer.mistakes if one.field != "name"]
    if wrong:
        return [html.P("There is a preview as soon as the formula can be computed.", className="muted")]
    if answer.note:
        return [html.P([icon("info"), answer.note], className="note")]
    one = answer.definition
    picture = sparkline(answer.values)
    last = formatted.short(one.unit, answer.values[-1], currency, one.decimals)
    so_far = "" if answer.is_last_whole else " so far"
    head = [html.Strong(last, className="behind-value"), html.Span(f"{answer.labels[-1]}{so_far}", className="muted")]
    return [
        html.Div([html.Div(head, className="preview-head"), _changed(answer), _status(answer, currency)]),
        html.Img(src=picture, alt="", className="preview-line") if picture else None,
        _table(answer, currency),
        _sources(answer),
    ]


def _changed(answer: Preview) -> Any:
    if answer.change is None:
        return html.P(answer.change_reason, className="muted small")
    one = answer.definition
    word = formatted.judgement(one.direction, answer.change)
    text = f"{formatted.change(one.unit, answer.change)} {word}".rstrip()
    delta = html.Span(text, className=f"delta {formatted.way(answer.change)} {word}".rstrip())
    days = "" if answer.is_last_whole else "the same days of "
    compared = f" against {days}the {answer.grain} before"
    return html.P([delta, html.Span(compared, className="muted")], className="small")


def _status(answer: Preview, currency: str) -> Any:
    if answer.status is None:
        return None
    picture, kind, words = STATUSES[answer.status]
    one = answer.definition
    goal = formatted.exact(one.unit, answer.targets[-1], currency, one.decimals)
    return html.P(html.Span([icon(picture), f"{words}: {goal}"], className=f"status {kind}"))


def _table(answer: Preview, currency: str) -> Any:
    one = answer.definition
    has_target = any(value is not None for value in answer.targets)
    heads = [answer.grain.capitalize(), "Value", *(["Target"] if has_target else [])]
    rows = []
    for at in reversed(range(len(answer.labels))):
        cut = " so far" if at == len(answer.labels) - 1 and not answer.is_last_whole else ""
        shown = [answer.values[at], *([answer.targets[at]] if has_target else [])]
        cells = [
            html.Td(formatted.exact(one.unit, value, currency, one.decimals), className="number") for value in shown
        ]
        rows.append(html.Tr([html.Th(f"{answer.labels[at]}{cut}", scope="row"), *cells]))
    return html.Table(
        [
            html.Caption("The last periods", className="visually-hidden"),
            html.Thead(
                html.Tr([html.Th(head, scope="col", className="number" if at else "") for at, head in enumerate(heads)])
            ),
            html.Tbody(rows),
        ],
        className="plain",
    )


def _sources(answer: Preview) -> Any:
    taken = f"From {', '.join(answer.sources)}." if answer.sources else ""
    out = f" Without {', '.join(answer.left_out)}: not everything that it needs is there." if answer.left_out else ""
    return html.P(f"{taken}{out}", className="muted small") if taken or out else None


def mistakes(answer: Preview, formula: str, target: str) -> dict[str, Any]:
    """Return what stands under each field: the sentence, the place, and a button that mends it."""
    texts = {"formula": formula, "target": target}
    found = dict.fromkeys(MISTAKES.values())
    for one in answer.mistakes:
        found[MISTAKES[one.field or "formula"]] = _mistake(one, texts.get(one.field, ""))
    return found


def _mistake(one: Mistake, text: str) -> Any:
    parts: list[Any] = [html.P([icon("stop"), html.Span(one.sentence)])]
    if one.start is not None and one.end is not None and text.strip():
        start, end = min(one.start, len(text)), min(one.end, len(text))
        before, after = text[max(0, start - NEAR) : start], text[end : end + NEAR]
        marked = html.Mark(text[start:end] or "\u00a0")
        dots = ("…" if start > NEAR else "", "…" if end + NEAR < len(text) else "")
        parts.append(html.Code([dots[0], before, marked, after, dots[1]], className="pointer"))
        if one.suggestion:
            data = attributes(
                data_suggest=one.suggestion, data_start=str(start), data_end=str(end), data_field=one.field
            )
            parts.append(button(f"Use '{one.suggestion}'", className="quiet bordered", **data))
    return parts
