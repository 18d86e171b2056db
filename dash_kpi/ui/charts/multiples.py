"""One KPI by the values of a dimension: small charts on one scale, in one figure.

`assets/charts.js` arranges the facets by the width there is: one column on a phone.
"""

from dash_kpi.reporting.chart_values import ChartTable, Line, Multiples, Together
from dash_kpi.ui.charts import axes, together
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.colours import ACCENT
from dash_kpi.ui.charts.legend import Key
from dash_kpi.ui.charts.levels import condensed, level

MOST_FACETS = 24
MOST_POINTS = 4_000  # in all facets together
COLUMNS = 3
SPACE = 0.04  # between facets, of the width


def figure(values: Multiples, currency: str = "") -> Figure:
    """Draw a facet for each line that has a value, all with one scale."""
    lines = [line for line in values.lines if any(value is not None for value in line.values)][:MOST_FACETS]
    if not lines:
        return axes.empty(axes.NO_VALUES)
    low, high = _range(lines)
    laid: Figure = {"showlegend": False, "dragmode": False, "hovermode": "x", "annotations": []}
    laid["meta"] = {"facets": len(lines), "periods": max(len(line.starts) for line in lines)}
    for at, line in enumerate(lines):
        number = "" if at == 0 else str(at + 1)
        across, upward = _place(at, len(lines))
        is_first = at % COLUMNS == 0
        ticks = {**axes.ticks(line.grain, line.starts), "nticks": 3, "fixedrange": True, "ticklabelstandoff": 4}
        ticks.pop("dtick", None)
        if len(line.starts) == 1:
            ticks |= axes.alone(line.grain, line.starts[0])
        scale = {**axes.scale(line.unit, currency, (low,)), "range": [low, high], "nticks": 4, "fixedrange": True}
        laid[f"xaxis{number}"] = ticks | {"anchor": f"y{number}", "domain": across}
        laid[f"yaxis{number}"] = scale | {"anchor": f"x{number}", "domain": upward, "showticklabels": is_first}
        laid["annotations"].append(_title(line, across, upward))
    return {"data": [_trace(line, at, len(lines), currency) for at, line in enumerate(lines)], "layout": laid}


def summary(values: Multiples, currency: str = "") -> str:
    """Say where each value of the dimension stands at its end."""
    return together.summary(_together(values), currency)


def table(values: Multiples, currency: str = "") -> ChartTable:
    """List all lines by period."""
    return together.table(_together(values), currency)


def keys(values: Multiples, currency: str = "") -> tuple[Key, ...]:
    """Name nothing: every facet has its name above it."""
    return ()


def _together(values: Multiples) -> Together:
    return Together(f"{values.label} by {values.dimension}", values.lines)


def _range(lines: list[Line]) -> tuple[float, float]:
    known = [value for line in lines for value in line.values if value is not None]
    low, high = min(known), max(known)
    if axes.reach(lines[0].unit) == "tozero":
        low, high = min(low, 0.0), max(high, 0.0)
    edge = (high - low or abs(high) or 1.0) * 0.06
    return (low if low == 0 else low - edge), high + edge


def _place(at: int, many: int) -> tuple[list[float], list[float]]:
    columns = min(COLUMNS, many)
    rows = -(-many // columns)
    width, height = (1 - SPACE * (columns - 1)) / columns, 1 / rows
    left, top = (at % columns) * (width + SPACE), 1 - (at // columns) * height
    return [round(left, 4), round(left + width, 4)], [round(top - height * 0.66, 4), round(top - height * 0.14, 4)]


def _title(line: Line, across: list[float], upward: list[float]) -> Figure:
    return {
        "text": axes.label(line.label), "xref": "paper", "yref": "paper", "x": across[0], "y": upward[1],
        "xanchor": "left", "yanchor": "bottom", "showarrow": False,
    }  # fmt: skip


def _trace(line: Line, at: int, many: int, currency: str) -> Figure:
    number = "" if at == 0 else str(at + 1)
    shown = condensed(line, level(line, max(2, MOST_POINTS // many))) if len(line.values) * many > MOST_POINTS else line
    known = sum(value is not None for value in line.values)
    tip = f"{axes.period(line.grain)}: " if shown is line else "%{customdata}: "
    often = "" if shown is line else " on average"
    return {
        "type": "scatter", "mode": "lines+markers" if known == 1 else "lines", "connectgaps": False,
        **axes.positions(shown.grain, shown.starts), "y": axes.rounded(shown.values),
        **({} if shown is line else {"customdata": list(shown.labels)}),
        "xaxis": f"x{number}", "yaxis": f"y{number}", "line": {"color": ACCENT, "width": 1.75},
        "marker": {"color": ACCENT, "size": 10}, "name": axes.plain(line.label),
        "hovertemplate": f"{tip}{axes.hover(line.unit, currency)}{often}<extra></extra>",
    }  # fmt: skip
