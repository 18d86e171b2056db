"""How often a KPI had which value."""

from dash_kpi.reporting.chart_values import ChartTable, Head, Histogram
from dash_kpi.ui import format as formatted
from dash_kpi.ui.charts import axes
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.colours import ACCENT, RESTATED, washed
from dash_kpi.ui.charts.legend import Key

FILLED = 0.97  # of the width of a class
FEW = 6  # counts that are marked one by one
VOWEL_Y = ("ay", "ey", "oy", "uy")  # days, not daies


def figure(values: Histogram, currency: str = "") -> Figure:
    """Draw a bar for each class, as wide as the class, and the median as a line."""
    if not any(values.counts):
        return axes.empty(axes.NO_VALUES)
    edges = list(zip(values.edges, values.edges[1:], strict=False))
    middles = [(low + high) / 2 for low, high in edges]
    tips = [f"{_between(values, low, high, currency)}" for low, high in edges]
    bars = {
        "type": "bar", "x": axes.rounded(middles), "y": list(values.counts),
        "width": [(high - low) * FILLED or 1 for low, high in edges],
        "marker": {"color": washed(ACCENT, 0.3), "line": {"color": ACCENT, "width": 1.5}}, "customdata": tips,
        "hovertemplate": f"%{{customdata}}: %{{y:,}} {_plural(values.period)}<extra></extra>",
    }  # fmt: skip
    xaxis = {**axes.scale(values.unit, currency, values.edges), "nticks": 6, "tickangle": 0, "separatethousands": True}
    if values.edges[0] == values.edges[-1]:
        xaxis |= {"range": [middles[0] - 2, middles[0] + 2]}
    yaxis = {"rangemode": "tozero", "tickformat": ",d"} | ({"dtick": 1} if max(values.counts) < FEW else {})
    laid = axes.layout(xaxis, yaxis, hovermode="closest")
    if values.median is not None:
        laid |= _median(values, values.median, currency)
    return {"data": [bars], "layout": laid}


def summary(values: Histogram, currency: str = "") -> str:
    """Say which class is the most frequent, and the median."""
    total = sum(values.counts)
    if not total:
        return f"{values.label}: no values in this period."
    at = max(range(len(values.counts)), key=lambda at: values.counts[at])
    most = _between(values, values.edges[at], values.edges[at + 1], currency)
    median = formatted.short(values.unit, values.median, currency)
    half = f"; half of them up to {median}" if values.median is not None else ""
    plural = _plural(values.period)
    many, often = (formatted.count(number, values.period, plural) for number in (total, values.counts[at]))
    return f"{values.label} of {many}: most often {most} ({often}){half}."


def table(values: Histogram, currency: str = "") -> ChartTable:
    """List the classes with their counts."""
    heads = (
        Head("From", values.unit),
        Head("To", values.unit),
        Head(formatted.heading(_plural(values.period)), "number"),
    )
    rows = zip(values.edges, values.edges[1:], values.counts, strict=False)
    return ChartTable(f"Distribution of {values.label}", heads, tuple(rows))


def keys(values: Histogram, currency: str = "") -> tuple[Key, ...]:
    """Name the bars."""
    return (Key(f"{formatted.heading(_plural(values.period))} with such a value", "box"),)


def _plural(period: str) -> str:
    if period.endswith("s"):
        return period
    return f"{period[:-1]}ies" if period.endswith("y") and not period.endswith(VOWEL_Y) else f"{period}s"


def _median(values: Histogram, median: float, currency: str) -> Figure:
    line = {"color": RESTATED, "width": 2, "dash": "dash"}
    upright = {"type": "line", "x0": median, "x1": median, "yref": "paper", "y0": 0, "y1": 1, "line": line}
    is_left = median <= (values.edges[0] + values.edges[-1]) / 2
    name = {
        "x": median, "y": 1, "yref": "paper", "showarrow": False, "yanchor": "bottom",
        "xanchor": "left" if is_left else "right",
        "text": f"Median {formatted.short(values.unit, median, currency)}",
    }  # fmt: skip
    return {"shapes": [upright], "annotations": [name], "margin": {"t": 24}}


def _between(values: Histogram, low: float, high: float, currency: str) -> str:
    return f"{formatted.short(values.unit, low, currency)} to {formatted.short(values.unit, high, currency)}"
