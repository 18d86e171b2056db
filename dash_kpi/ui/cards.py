"""The KPI cards of the overview."""

from collections.abc import Sequence
from typing import Any

from dash import html

from dash_kpi.alerting.thresholds.limit_lines import LimitLine
from dash_kpi.reporting.values import Card
from dash_kpi.reporting.view import View
from dash_kpi.ui import format as formatted
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.icons import icon, unseen
from dash_kpi.ui.links import link, rows_of
from dash_kpi.ui.sparkline import sparkline

STATUSES = {"met": "on target", "close": "close to target", "missed": "off target"}


def cards(
    values: Sequence[Card],
    chosen: str | None,
    currency: str = "",
    view: View | None = None,
    limits: Sequence[LimitLine] = (),
) -> list[Any]:
    """Show one card for each KPI, with a link to the rows behind it; the chosen one is pressed."""
    return [
        html.Div(
            [card(value, value.name == chosen, currency, _limits(value, limits)), _rows(value, view or View())],
            className="kpi-cell",
        )
        for value in values
    ]


def _limits(value: Card, limits: Sequence[LimitLine]) -> list[float]:
    return [one.value for one in limits if (one.kpi, one.grain) == (value.name, value.spark_grain)]


def card(value: Card, is_chosen: bool, currency: str = "", limits: Sequence[float] = ()) -> Any:
    """Show one KPI: a button that chooses it for the chart below."""
    return button(
        [
            html.Span(value.label, className="kpi-label"),
            _number(value, currency),
            _spark(value, limits),
            _change(value, currency),
            _target(value, currency),
            _source(value),
            *([html.Span(value.note, className="kpi-note")] if value.note else []),
        ],
        className="kpi-card surface",
        **attributes(
            data_kpi=value.name,
            data_value="" if value.value is None else repr(float(value.value)),
            aria_pressed="true" if is_chosen else "false",
        ),
    )


def skeletons(number: int) -> list[Any]:
    """Show the shape of the cards that come."""
    return [html.Div(className="kpi-card surface skeleton", **attributes(aria_hidden="true")) for _ in range(number)]


def _rows(value: Card, view: View) -> Any:
    """Link the rows behind the number, beside the button: one cannot lie in the other."""
    if value.value is None:
        return None
    words = [icon("rows"), "rows", unseen(f" behind {value.label}")]
    return link(words, rows_of(view, value.name), "kpi-rows", title=f"The rows behind {value.label}")


def _number(value: Card, currency: str) -> Any:
    exact = formatted.exact(value.unit, value.value, currency, value.decimals)
    if value.value is None:
        parts = [html.Span(exact, className="kpi-value missing"), html.Span(value.reason, className="kpi-reason")]
        return html.Span(parts, className="kpi-number absent")
    short = formatted.short(value.unit, value.value, currency, value.decimals)
    shown = html.Span(short, className="kpi-value appear", key=exact, **attributes(aria_hidden="true"))
    return html.Span([shown, unseen(exact)], className="kpi-number", title=exact)


def _change(value: Card, currency: str) -> Any:
    if value.value is None:
        return None
    if value.change is None:
        return html.Span(value.change_reason, className="kpi-change muted")
    word = formatted.judgement(value.direction, value.change)
    text = f"{formatted.change(value.unit, value.change)} {word}".rstrip()
    than = "target" if value.reference == value.target else "was"
    was = formatted.short(value.unit, value.reference, currency, value.decimals)
    exact = f"{formatted.exact(value.unit, value.reference, currency, value.decimals)}, a difference of "
    exact += formatted.exact(value.unit, value.difference, currency, value.decimals)
    return html.Span(
        [
            html.Span(text, className=f"delta {formatted.way(value.change)} {word}".rstrip()),
            html.Span(f"{than} {was}", className="muted", title=exact),
        ],
        className="kpi-change",
    )


def _target(value: Card, currency: str) -> Any:
    """Show how far the KPI is towards its target, in a bar, in words and by a sign."""
    if value.target is None:
        return None
    exact = formatted.exact(value.unit, value.target, currency, value.decimals)
    words = [
        html.Span(
            f"target {formatted.short(value.unit, value.target, currency, value.decimals)}",
            className="muted",
            title=exact,
        )
    ]
    if value.status:
        words.insert(0, html.Span(STATUSES[value.status], className=f"status {value.status}"))
    bar = None
    if value.value is not None and value.target > 0 and value.value >= 0:
        part = min(value.value / value.target, 1.0)
        bar = html.Progress(value=f"{part:.4f}", max="1", className="bar-fill", **attributes(aria_hidden="true"))
    return html.Span([bar, html.Span(words, className="words")], className="kpi-target")


def _spark(value: Card, limits: Sequence[float]) -> Any:
    address = sparkline(value.spark, limits)
    return html.Img(src=address, alt="", className="kpi-spark") if address else None


def _source(value: Card) -> Any:
    if not value.sources:
        return None
    first, *others = value.sources
    text = f"{first} + {len(others)}" if others else first
    return html.Span(text, className="kpi-source clip", title="\n".join(value.sources))
