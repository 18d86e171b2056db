"""How the values of a KPI spread in each period."""

from dash_kpi.reporting.chart_values import Box, Boxes, ChartTable, Head
from dash_kpi.ui import format as formatted
from dash_kpi.ui.charts import axes
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.colours import ACCENT, washed
from dash_kpi.ui.charts.legend import Key

MOST_OUTLIERS = 1_000  # drawn in all; the furthest ones stay


def figure(values: Boxes, currency: str = "") -> Figure:
    """Draw quartiles and whiskers that are worked out already, and each value outside of them."""
    if not values.boxes:
        return axes.empty(axes.NO_VALUES)
    most = max(1, MOST_OUTLIERS // len(values.boxes))
    boxes = values.boxes
    trace = {
        "type": "box", "x": list(range(len(boxes))), "name": axes.plain(values.label),
        "lowerfence": axes.rounded([box.low for box in boxes]),
        "q1": axes.rounded([box.lower_quartile for box in boxes]),
        "median": axes.rounded([box.median for box in boxes]),
        "q3": axes.rounded([box.upper_quartile for box in boxes]),
        "upperfence": axes.rounded([box.high for box in boxes]),
        "y": [axes.rounded(_furthest(box, most) or [box.median]) for box in boxes], "boxpoints": "outliers",
        "fillcolor": washed(ACCENT, 0.25), "line": {"color": ACCENT, "width": 1.5},
        "marker": {"color": ACCENT, "size": 5, "symbol": "circle-open"}, "whiskerwidth": 0.5,
    }  # fmt: skip
    ends = [end for box in boxes for end in (box.low, box.high, *box.outliers)]
    unit = axes.scale(values.unit, currency, ends)
    if values.unit == "currency":
        unit |= {"hoverformat": ",.2f"}
    xaxis = axes.named([box.label for box in boxes])
    if len(boxes) == 1:
        xaxis["range"] = [-1.5, 1.5]
    return {"data": [trace], "layout": axes.layout(xaxis, unit, hovermode="closest")}


def summary(values: Boxes, currency: str = "") -> str:
    """Say which period is the highest, the lowest, and the widest."""
    if not values.boxes:
        return f"{values.label}: no values in this period."
    high, low = (pick(values.boxes, key=lambda box: box.median) for pick in (max, min))
    wide = max(values.boxes, key=lambda box: box.upper_quartile - box.lower_quartile)
    top = f"{formatted.short(values.unit, high.median, currency)} in {high.label}"
    if len(values.boxes) == 1:
        return f"{values.label}: median {top}."
    bottom = f"{formatted.short(values.unit, low.median, currency)} in {low.label}"
    return f"{values.label}: median highest with {top}, lowest with {bottom}; widest spread in {wide.label}."


def table(values: Boxes, currency: str = "") -> ChartTable:
    """List whiskers, quartiles and how many values lie outside."""
    names = ("Lower whisker", "Lower quartile", "Median", "Upper quartile", "Upper whisker")
    heads = (Head("Period"), *(Head(name, values.unit) for name in names), Head("Outside", "number"))
    rows = tuple(
        (box.label, box.low, box.lower_quartile, box.median, box.upper_quartile, box.high, float(len(box.outliers)))
        for box in values.boxes
    )
    return ChartTable(f"Spread of {values.label}", heads, rows)


def keys(values: Boxes, currency: str = "") -> tuple[Key, ...]:
    """Name the parts of a box."""
    return (Key("Middle half, with the median", "box"), Key("Outside the usual", "outlier"))


def _furthest(box: Box, most: int) -> list[float]:
    # Where there are none, the median stands for them and is not drawn: an empty first list would undo all boxes.
    return sorted(box.outliers, key=lambda value: -abs(value - box.median))[:most]
