"""The chosen KPI by the values of one dimension: a table whose bars are drawn by the browser."""

from typing import Any

from dash import html

from dash_kpi.kpis.blank import BLANK
from dash_kpi.reporting.values import Breakdown, BreakdownRow, Overview
from dash_kpi.ui import format as formatted
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.icons import unseen
from dash_kpi.ui.links import link, rows_of_value


def breakdown(value: Breakdown, currency: str = "", answer: Overview | None = None) -> Any:
    """List the values of the dimension, largest first; a click on one filters by it, on its number shows the rows."""
    largest = max((abs(row.value) for row in value.rows if row.value is not None), default=0.0)
    has_shares = any(row.share is not None for row in value.rows)
    return html.Table(
        [
            html.Caption(f"{value.label} by {formatted.heading(value.dimension)}", className="visually-hidden"),
            html.Thead(_head(value, has_shares)),
            html.Tbody([_row(value, row, largest, has_shares, currency, answer) for row in value.rows]),
        ],
        className="breakdown",
    )


def _head(value: Breakdown, has_shares: bool) -> Any:
    names = ["Value", *(["Share"] if has_shares else []), "Change"]
    return html.Tr(
        [
            html.Th(formatted.heading(value.dimension), scope="col"),
            html.Th(unseen("Bar"), scope="col", className="bar-cell"),
            *(html.Th(name, scope="col", className="number") for name in names),
        ]
    )


def _row(
    value: Breakdown, row: BreakdownRow, largest: float, has_shares: bool, currency: str, answer: Overview | None
) -> Any:
    exact = formatted.exact(value.unit, row.value, currency, value.decimals)
    number: Any = formatted.short(value.unit, row.value, currency, value.decimals)
    if answer and answer.series:
        href = rows_of_value(answer.view, answer.series.name, value.dimension, _name(row))
        number = link(number, href, "link", title=f"{exact}: the rows behind it")
    shown = html.Td(number, className="number strong", title=exact)
    share = [html.Td(formatted.share(row.share), className="number")] if has_shares else []
    return html.Tr([html.Th(_label(value, row), scope="row"), _bar(row, largest), shown, *share, _change(value, row)])


def _label(value: Breakdown, row: BreakdownRow) -> Any:
    return button(
        row.label,
        className="link clip",
        title=f"Show only {row.label}",
        **attributes(data_where=f"{value.dimension}={_name(row)}"),
    )


def _name(row: BreakdownRow) -> str:
    """Return the value as filters name it."""
    return "" if row.label == BLANK else row.label


def _bar(row: BreakdownRow, largest: float) -> Any:
    size = abs(row.value) / largest if row.value is not None and largest else 0.0
    sign = "negative" if row.value is not None and row.value < 0 else ""
    return html.Td(
        html.Progress(
            value=f"{size:.4f}", max="1", className=f"bar-fill {sign}".rstrip(), **attributes(aria_hidden="true")
        ),
        className="bar-cell",
    )


def _change(value: Breakdown, row: BreakdownRow) -> Any:
    if row.change is None:
        return html.Td(formatted.MISSING, className="number muted")
    word = formatted.judgement(value.direction, row.change)
    return html.Td(
        [formatted.change(value.unit, row.change), unseen(f", {word}") if word else None],
        className=f"number delta {formatted.way(row.change)} {word}".rstrip(),
        title=word,
    )
