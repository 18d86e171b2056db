"""Two KPIs against each other, a point for each period."""

from dash_kpi.reporting.chart_values import ChartTable, Head, Pairs, Point
from dash_kpi.ui import format as formatted
from dash_kpi.ui.charts import axes
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.colours import ACCENT, RESTATED
from dash_kpi.ui.charts.legend import Key

MOST_SOLID = 100  # points; with more, they let each other shine through
WEAK, STRONG = 0.3, 0.7


def figure(values: Pairs, currency: str = "") -> Figure:
    """Draw the periods that have both values, the newest ringed, and the regression by its two ends."""
    known = _known(values)[-axes.MOST_POINTS :]
    if not known:
        return axes.empty(axes.NO_VALUES)
    x, y = axes.hover(values.x_unit, currency, "x"), axes.hover(values.y_unit, currency)
    tip = f"{x}<br>{axes.plain(values.y_label)} {y}"
    dots = {"color": ACCENT, "size": 8, "opacity": 0.85 if len(known) <= MOST_SOLID else 0.5}
    newest = {"color": ACCENT, "size": 14, "symbol": "circle-open", "line": {"width": 2}}
    traces = [
        {
            "type": "scatter", "mode": "markers", "marker": dots, **_placed(known),
            "customdata": [axes.plain(point.label) for point in known],
            "hovertemplate": f"%{{customdata}}<br>{axes.plain(values.x_label)} {tip}<extra></extra>",
        },
        {"type": "scatter", "mode": "markers", "marker": newest, **_placed(known[-1:]), "hoverinfo": "skip"},
    ]  # fmt: skip
    if values.regression is not None and len(known) > 1:
        traces.append(_regression(known, values.regression))
    return {"data": traces, "layout": _layout(values, known, currency)}


def summary(values: Pairs, currency: str = "") -> str:
    """Say in plain words how the two go together."""
    many = formatted.count(len(_known(values)), "period")
    names = f"{values.x_label} and {values.y_label}, {many}"
    if values.correlation is None:
        return f"{names}: nothing can be said about how they go together."
    size = abs(values.correlation)
    if size < WEAK:
        return f"{names}: they hardly go together (correlation {signed(values.correlation)})."
    way = "rise and fall together" if values.correlation > 0 else "move in opposite directions"
    how = "clearly" if size >= STRONG else "somewhat"
    return f"{names}: they {how} {way} (correlation {signed(values.correlation)})."


def table(values: Pairs, currency: str = "") -> ChartTable:
    """List both values by period."""
    heads = (Head("Period"), Head(values.x_label, values.x_unit), Head(values.y_label, values.y_unit))
    rows = tuple((point.label, point.x, point.y) for point in values.points)
    return ChartTable(f"{values.x_label} and {values.y_label}", heads, rows)


def keys(values: Pairs, currency: str = "") -> tuple[Key, ...]:
    """Name the points and the line."""
    found = (Key("A period", "point"), Key("The newest", "newest"))
    return (*found, Key("Regression", "fit")) if values.regression is not None else found


def _known(values: Pairs) -> list[Point]:
    return [point for point in values.points if point.x is not None and point.y is not None]


def _placed(known: list[Point]) -> Figure:
    return {"x": axes.rounded([point.x for point in known]), "y": axes.rounded([point.y for point in known])}


def _regression(known: list[Point], regression: tuple[float, float]) -> Figure:
    slope, intercept = regression
    across = [point.x for point in known if point.x is not None]
    ends = [min(across), max(across)]
    drawn = {"color": RESTATED, "width": 2, "dash": "dash"}
    heights = axes.rounded([slope * at + intercept for at in ends])
    return {"type": "scatter", "mode": "lines", "x": ends, "y": heights, "line": drawn, "hoverinfo": "skip"}


def _layout(values: Pairs, known: list[Point], currency: str) -> Figure:
    across, upward = [point.x for point in known], [point.y for point in known]
    xaxis = {
        **axes.scale(values.x_unit, currency, across),
        **_around(across),
        "title": {"text": axes.plain(values.x_label)},
        "nticks": 6,
    }
    yaxis = {
        **axes.scale(values.y_unit, currency, upward),
        **_around(upward),
        "title": {"text": axes.plain(values.y_label)},
    }
    plain = {"tickangle": 0, "showgrid": True, "separatethousands": True}
    return axes.layout(xaxis | plain, yaxis, hovermode="closest")


def _around(values: list[float | None]) -> Figure:
    """Give values that are all the same a scale that is not finer than they are."""
    first = values[0]
    if first is None or any(value != first for value in values):
        return {}
    edge = abs(first or 1.0) * 0.5
    return {"range": [first - edge, first + edge]}


def signed(value: float) -> str:
    """Write a correlation with two decimals."""
    return f"{formatted.MINUS if value < 0 else ''}{abs(value):.2f}"
