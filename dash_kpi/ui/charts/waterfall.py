"""A waterfall: from one value, step by step, to another. A plain dict without a template, coloured for both themes.

It is made of bars with a base: the script that draws charts here knows no waterfall of its own.
"""

from collections.abc import Sequence
from itertools import accumulate

from dash_kpi.reporting.chart_values import ChartTable, Head, Step, Waterfall
from dash_kpi.reporting.values import Unit
from dash_kpi.ui import format as formatted
from dash_kpi.ui.charts import axes
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.legend import Key

ENDS, BETTER, WORSE, NEITHER = "#8590a3", "#1a936f", "#c2551c", "#3d7edb"  # each 3:1 on both surfaces
LONGEST_NAME = 18


def figure(values: Waterfall, currency: str = "") -> Figure:
    """Draw the steps lying, one below the other, so that their names can be read on a phone too.

    The scale need not begin at zero: the steps are what is shown.
    """
    up, down = NEITHER, NEITHER
    if values.direction != "neutral":
        up, down = (BETTER, WORSE) if values.direction == "higher" else (WORSE, BETTER)
    stages = (values.before, *values.steps, values.after)
    labels, sizes = [one.name for one in stages], [one.size for one in stages]
    reached = list(accumulate((step.size for step in values.steps), initial=values.before.size))
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(labels))),
        "x": axes.rounded(sizes),
        "base": [0, *axes.rounded(reached[:-1]), 0],
        "marker": {"color": [ENDS, *(up if step.size >= 0 else down for step in values.steps), ENDS]},
        "text": _texts(values, currency),
        "customdata": [_escaped(label) for label in labels],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "%{customdata}: %{text}<extra></extra>",
    }
    return {"data": [trace], "layout": _layout(labels, sizes)}


def summary(values: Waterfall, currency: str = "") -> str:
    """Say from where to where it went, and by what most."""
    told = f"{values.label}: {_stage(values, values.before, currency)}, {_stage(values, values.after, currency)}"
    if not values.steps:
        return f"{told}."
    most = max(values.steps, key=lambda step: abs(step.size))
    return f"{told}; most by {most.name} ({signed(values.unit, most.size, currency)})."


def table(values: Waterfall, currency: str = "") -> ChartTable:
    """List the ends and the steps between them."""
    rows = tuple((one.name, one.size) for one in (values.before, *values.steps, values.after))
    return ChartTable(values.label, (Head("Step"), Head(values.label, values.unit)), rows)


def keys(values: Waterfall, currency: str = "") -> tuple[Key, ...]:
    """Need no legend: every bar bears its name and its sign."""
    return ()


def _stage(values: Waterfall, one: Step, currency: str) -> str:
    return f"{one.name.lower()} {formatted.short(values.unit, one.size, currency)}"


def _texts(values: Waterfall, currency: str) -> list[str]:
    ends = [formatted.short(values.unit, one.size, currency) for one in (values.before, values.after)]
    return [ends[0], *(signed(values.unit, step.size, currency) for step in values.steps), ends[1]]


def signed(unit: Unit, value: float, currency: str = "") -> str:
    """Write a step with its sign; one of a percentage in points."""
    text = formatted.short(unit, value, currency)
    if unit == "percent":
        text = text.replace("%", "points")
    is_positive = value > 0 and any(character in "123456789" for character in text)
    return f"+{text}" if is_positive else text


def _layout(labels: Sequence[str], values: Sequence[float]) -> Figure:
    heights = [*accumulate(values[:-1]), values[-1]]
    low, high = min(heights), max(heights)
    room = (high - low or abs(high) or 1.0) * 0.3
    start = low - room if low - room > 0 or low < 0 else 0.0
    return {
        "xaxis": {"range": [start, high + room], "visible": False, "fixedrange": True},
        "yaxis": {
            "autorange": "reversed",
            "tickvals": list(range(len(labels))),
            "ticktext": [_short(label) for label in labels],
            "fixedrange": True,
            "showgrid": False,
            "zeroline": False,
        },
        "dragmode": False,
        "showlegend": False,
        "bargap": 0.35,
    }


def _short(label: str) -> str:
    cut = label if len(label) <= LONGEST_NAME else label[: LONGEST_NAME - 1] + "…"
    return _escaped(cut)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
