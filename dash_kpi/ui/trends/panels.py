"""One panel of the page Trends: its chart, what it says, and its table."""

from dataclasses import replace
from typing import Any

from dash import html

from dash_kpi.reporting.trends.values import Finding, Panel, TrendsPage
from dash_kpi.reporting.values import Unit
from dash_kpi.ui import format as formatted
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.charts import axes
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.kinds import CHARTS
from dash_kpi.ui.charts.legend import legend
from dash_kpi.ui.charts.tables import as_table
from dash_kpi.ui.export_menu import export_menu
from dash_kpi.ui.links import link, rows_of_period

XLSX, CSV = "/api/v1/trends.xlsx", "/api/v1/trends.csv"
MOST_TABLE_ROWS = 400
MOST_FINDINGS = 6  # told at once; the others unfold
KINDS = {"spike": "spike", "drop": "drop", "gap": "gap", "shift": "new level"}


def figure(panel: Panel, answer: TrendsPage, currency: str) -> Figure:
    """Return the chart of a panel; one over time can be zoomed, which asks for the days that are selected."""
    if panel.values is None:
        return axes.empty()
    drawn = CHARTS[panel.kind].figure(panel.values, currency)
    if panel.kind != "time_series" or not drawn["data"]:
        return drawn
    layout = drawn["layout"]
    shown = answer.span.label if answer.span else ""
    zoomable = {**layout["xaxis"], "fixedrange": False}
    return {
        "data": drawn["data"],
        "layout": {**layout, "xaxis": zoomable, "dragmode": "zoom", "uirevision": f"{panel.title} {shown}"},
    }


def title(panel: Panel) -> Any:
    """Name a panel; what the style sheet arranges by stands in its attributes."""
    kind = panel.kind if panel.values is not None else "words"
    return html.Span(panel.title, **attributes(data_kind=kind, data_width=panel.width))


def menu(panel: Panel, graph: str) -> Any:
    """Offer to take the panel along."""
    if panel.values is None:
        return None
    csv = f"{CSV}?section={panel.name}"
    return export_menu(panel.title, xlsx=XLSX, csv=csv, graph=graph)


def caption(panel: Panel, answer: TrendsPage, currency: str) -> Any:
    """Name what is drawn, and say what it shows."""
    said = [html.Li([html.Strong(one.about), " ", one.sentence]) for one in panel.said]
    words = [html.Ul(said, className="trends-said")] if said else []
    if panel.values is None:
        return words
    chart = CHARTS[panel.kind]
    return [
        legend(chart.keys(panel.values, currency)),
        html.Span([chart.summary(panel.values, currency), *_thinned(panel)], className="summary"),
        *_ending(panel, answer, currency),
        *words,
    ]


def _thinned(panel: Panel) -> list[str]:
    if panel.kind != "time_series" or len(panel.values.line.values) <= axes.MOST_POINTS:
        return []
    many = formatted.count(len(panel.values.line.values), panel.values.line.grain)
    return [
        f" Thinned for the screen: of {many}, the highest and lowest of each stretch are kept;"
        " select a part of the chart to see each."
    ]


def _ending(panel: Panel, answer: TrendsPage, currency: str) -> list[Any]:
    ending = panel.ending
    if ending is None or ending.expected is None or answer.kpi is None:
        return []
    low, high = (_short(answer, value, currency) for value in (ending.low80, ending.high80))
    return [html.Span(f"In 4 of 5 cases it ends between {low} and {high}.", className="summary")]


def findings(panel: Panel, answer: TrendsPage, currency: str) -> Any:
    """List the unusual periods, the latest first, with their reasons; each links to its rows."""
    if not panel.findings or answer.kpi is None:
        return None
    items = [html.Li(_finding(one, answer, currency)) for one in panel.findings]
    some, more = items[:MOST_FINDINGS], items[MOST_FINDINGS:]
    further = [
        html.Details([html.Summary(formatted.count(len(more), "earlier one")), html.Ul(more)], className="trends-more")
    ]
    head = html.H3(f"Unusual in this period: {len(items)}", id="trends-findings")
    return html.Div(
        [head, html.Ul(some, **attributes(aria_labelledby="trends-findings")), *(further if more else [])],
        className="trends-findings",
    )


def _finding(one: Finding, answer: TrendsPage, currency: str) -> list[Any]:
    name = answer.kpi.name if answer.kpi else ""
    href = rows_of_period(answer.view.view, name, one.start, one.last, answer.grain)
    usual = "level before" if one.kind == "shift" else "expected"
    beside = f" ({usual} {_short(answer, one.expected, currency)})" if one.expected is not None else ""
    value = _short(answer, one.value, currency) if one.value is not None else "no value"
    return [
        link(one.label, href, "link days", title=f"The rows of {one.label}"),
        html.Span(KINDS[one.kind], className=f"finding finding-{one.kind}"),
        html.Span(f"{value}{beside}", className="amounts"),
        html.Span(f"{one.reason}.", className="muted"),
    ]


def _short(answer: TrendsPage, value: float | None, currency: str) -> str:
    """Write a value of the KPI as its cards do."""
    unit: Unit = answer.kpi.unit if answer.kpi else "number"
    return formatted.short(unit, value, currency, answer.kpi.decimals if answer.kpi else None)


def table(panel: Panel, currency: str) -> Any:
    """Show the numbers of a chart, of a long one the newest."""
    if panel.values is None:
        return None
    whole = CHARTS[panel.kind].table(panel.values, currency)
    more = len(whole.rows) - MOST_TABLE_ROWS
    if more <= 0:
        return as_table(whole, currency)
    words = f"The last {MOST_TABLE_ROWS} of {len(whole.rows):,} rows; the CSV file has all."
    return [html.P(words, className="muted small"), as_table(replace(whole, rows=whole.rows[more:]), currency)]
