"""The kinds of chart: adding one means adding a module and a row."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dash_kpi.reporting.chart_values import ChartTable
from dash_kpi.ui.charts import (
    boxes,
    distribution,
    heatmap,
    multiples,
    profile,
    progress,
    scatter,
    timeseries,
    together,
    waterfall,
)
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.legend import Key


@dataclass(frozen=True, slots=True)
class Chart:
    """A kind of chart: each function takes the values of the kind and the currency."""

    label: str
    fits: str
    figure: Callable[[Any, str], Figure]
    summary: Callable[[Any, str], str]
    table: Callable[[Any, str], ChartTable]
    keys: Callable[[Any, str], tuple[Key, ...]]


CHARTS: dict[str, Chart] = {
    "time_series": Chart(
        "Over time", "one KPI by period, with averages, forecast, marks and limits",
        timeseries.figure, timeseries.summary, timeseries.table, timeseries.keys,
    ),
    "together": Chart(
        "Comparison", "several KPIs or segments over the same periods",
        together.figure, together.summary, together.table, together.keys,
    ),
    "histogram": Chart(
        "Distribution", "how often which value occurs",
        distribution.figure, distribution.summary, distribution.table, distribution.keys,
    ),
    "boxes": Chart(
        "Spread by period", "how far the values of each period lie apart",
        boxes.figure, boxes.summary, boxes.table, boxes.keys,
    ),
    "bullet": Chart(
        "Against target", "one value, its target and where it will end",
        progress.bullet, progress.summary, progress.table, progress.keys,
    ),
    "gauge": Chart(
        "Gauge", "one value on a wall, with its target",
        progress.gauge, progress.summary, progress.table, progress.keys,
    ),
    "heatmap": Chart(
        "Heatmap", "a KPI by two things, such as weekday and week, or month and year",
        heatmap.heatmap, heatmap.heatmap_summary, heatmap.heatmap_table, heatmap.heatmap_keys,
    ),
    "correlation": Chart(
        "Correlation", "which KPIs rise and fall together",
        heatmap.correlation, heatmap.correlation_summary, heatmap.correlation_table, heatmap.correlation_keys,
    ),
    "scatter": Chart(
        "Two KPIs", "how one KPI goes with another, period by period",
        scatter.figure, scatter.summary, scatter.table, scatter.keys,
    ),
    "multiples": Chart(
        "Small multiples", "one KPI by the values of a dimension, on one scale",
        multiples.figure, multiples.summary, multiples.table, multiples.keys,
    ),
    "waterfall": Chart(
        "Waterfall", "from one value to another, step by step",
        waterfall.figure, waterfall.summary, waterfall.table, waterfall.keys,
    ),
    "profile": Chart(
        "Seasonal profile", "which weekdays, months or quarters lie above the average",
        profile.figure, profile.summary, profile.table, profile.keys,
    ),
}  # fmt: skip
