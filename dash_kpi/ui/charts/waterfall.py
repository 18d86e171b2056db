"""A waterfall: from one value, step by step, to another. A plain dict without a template, coloured for both themes.

It is made of bars with a base: the script that draws charts here knows no waterfall of its own.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

from dash_kpi.reporting.values import Direction, Unit
from dash_kpi.ui import format as formatted

ENDS, BETTER, WORSE, NEITHER = "#8590a3", "#1a936f", "#c2551c", "#3d7edb"  # each 3:1 on both surfaces
LONGEST_NAME = 18

Figure = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """What a name adds, or takes away."""

    name: str
    size: float


def waterfall(
    before: tuple[str, float],
    steps: Sequence[Step],
    after: tuple[str, float],
    unit: Unit,
    direction: Direction,
    currency: str = "",
) -> Figure:
    """Draw the steps lying, one below the other, so that their names can be read on a phone too.

    The scale need not begin at zero: the steps are what is shown.
    """
    up, down = (BETTER, WORSE) if direction == "higher" else (WORSE, BETTER) if direction == "lower" else (NEITHER,) * 2
    labels = [before[0], *(step.name for step in steps), after[0]]
    values = [before[1], *(step.size for step in steps), after[1]]
    texts = [formatted.short(unit, value, currency) for value in values]
    texts[1:-1] = [signed(unit, step.size, currency) for step in steps]
    sizes = [_rounded(value) for value in values]
    reached = list(accumulate((step.size for step in steps), initial=before[1]))
    trace = {
        "type": "bar",
        "orientation": "h",
        "y": list(range(len(labels))),
        "x": sizes,
        "base": [0, *(_rounded(value) for value in reached[:-1]), 0],
        "marker": {"color": [ENDS, *(up if step.size >= 0 else down for step in steps), ENDS]},
        "text": texts,
        "customdata": [_escaped(label) for label in labels],
        "textposition": "outside",
        "cliponaxis": False,
        "hovertemplate": "%{customdata}: %{text}<extra></extra>",
    }
    return {"data": [trace], "layout": _layout(labels, values)}


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


def _rounded(value: float) -> float:
    return float(f"{value:.10g}")


def _short(label: str) -> str:
    cut = label if len(label) <= LONGEST_NAME else label[: LONGEST_NAME - 1] + "…"
    return _escaped(cut)


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
