"""The chart of an alert: its KPI by period, the limits, and the breached periods marked."""

from dataclasses import replace
from typing import Any

from dash import html

from dash_kpi.alerting.alerts.page_values import History
from dash_kpi.alerting.alerts.values import WholeAlert
from dash_kpi.reporting.chart_values import Layers, Limit, Line, Mark, TimeSeries
from dash_kpi.ui import format as formatted
from dash_kpi.ui.alerting import words
from dash_kpi.ui.charts import axes, timeseries
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.legend import legend
from dash_kpi.ui.charts.tables import as_table

MARKED = {"Anomaly": "Outside the limit", "Comparison": "Lower limit", "Regression": "Upper limit"}


def chart(whole: WholeAlert, history: History | None, currency: str) -> tuple[Figure, list[Any]]:
    """Return the figure, and the legend, the sentence and the table below it."""
    if history is None:
        return axes.empty(), [_kept(whole, currency)]
    values = series(whole, history)
    keys = [replace(key, label=MARKED.get(key.label, key.label)) for key in timeseries.keys(values, currency)]
    whole_table = timeseries.table(values, currency)
    heads = tuple(replace(head, label=MARKED.get(head.label, head.label)) for head in whole_table.heads)
    table = html.Details([html.Summary("As table"), as_table(replace(whole_table, heads=heads), currency)])
    return timeseries.figure(values, currency), [
        legend(keys),
        html.P(_sentence(whole, history, currency), className="summary"),
        table,
    ]


def series(whole: WholeAlert, history: History) -> TimeSeries:
    """Return what the chart draws."""
    unit = whole.row.details.unit
    line = Line(history.label, history.grain, history.starts, history.labels, history.values, unit)
    many = len(history.limits) > 1
    names = ("Lower limit", "Upper limit") if many else ("Limit",)
    limits = tuple(Limit(name, value) for name, value in zip(names, sorted(history.limits), strict=False))
    marks = tuple(Mark(history.starts[at], "outside the limit") for at in history.broken)
    labels = tuple("limit" for _ in history.labels) if history.low else ()
    over = Layers(
        anomalies=marks, limits=limits, comparison=history.low, comparison_labels=labels, regression=history.high
    )
    return TimeSeries(line, over)


def _sentence(whole: WholeAlert, history: History, currency: str) -> str:
    """Say the newest value outside the limit, and how many there were."""
    if not history.broken:
        return f"{history.label}: no period drawn here is outside the limit."
    newest, many = history.broken[-1], len(history.broken)
    value = words.amount(whole.row.details, history.values[newest], currency)
    said = f"{history.label}: {value} in {history.labels[newest]}"
    if many == 1:
        return f"{said}, outside the limit."
    first = history.labels[history.broken[0]]
    return f"{said}; {formatted.count(many, history.grain)} outside the limit since {first}."


def _kept(whole: WholeAlert, currency: str) -> Any:
    """List the values that were kept with the alert, where its periods cannot be drawn."""
    details = whole.row.details
    if not details.values:
        return html.P("There is nothing to draw: it is about files, not about a number by period.", className="muted")
    rows = [
        html.Tr([html.Th(label, scope="row"), html.Td(words.amount(details, value, currency), className="number")])
        for label, value in zip(details.labels, details.values, strict=False)
    ]
    caption = html.Caption(f"{details.label} when it was judged", className="visually-hidden")
    return html.Table([caption, html.Tbody(rows)])
