"""A season: how far each weekday, month or quarter usually lies above or below the average."""

from dash_kpi.reporting.chart_values import ChartTable, Head, Profile
from dash_kpi.ui import format as formatted
from dash_kpi.ui.charts import axes
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.colours import ACCENT, FAINT, RESTATED
from dash_kpi.ui.charts.legend import Key

LEAST = 0.05  # drawn up and down, so that small swings look small
MOST_WITH_TEXT = 7  # bars that have room for a percentage on a phone


def figure(values: Profile, currency: str = "") -> Figure:
    """Draw bars up and down from 100 %, the average."""
    if all(level is None for level in values.levels):
        return axes.empty(axes.NO_VALUES)
    heights = [None if level is None else level - 1 for level in values.levels]
    colours = [RESTATED if height is not None and height < 0 else ACCENT for height in heights]
    bars: Figure = {
        "type": "bar", "base": 1, "x": list(range(len(heights))), "y": axes.rounded(heights),
        "marker": {"color": colours, "line": {"width": 0}},
        "hovertext": [f"{axes.plain(name)}: {_percent(level)}" for name, level in _pairs(values)],
        "hovertemplate": "%{hovertext} of the average<extra></extra>",
    }  # fmt: skip
    if len(values.names) <= MOST_WITH_TEXT:
        bars |= {"text": [_percent(level) for level in values.levels], "textposition": "outside", "cliponaxis": False}
    middle = {
        "type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": 1, "y1": 1, "line": {"color": FAINT, "width": 1.5},
    }  # fmt: skip
    known = [height for height in heights if height is not None]
    low, high = min(-LEAST, *known), max(LEAST, *known)
    room = (high - low) * 0.15
    scale = {"tickformat": ".0%", "range": [1 + low - room, 1 + high + room]}
    xaxis = axes.named(values.names) | {"range": [-0.6, len(heights) - 0.4]}
    return {"data": [bars], "layout": axes.layout(xaxis, scale, shapes=[middle], hovermode="closest", bargap=0.3)}


def _pairs(values: Profile) -> list[tuple[str, float | None]]:
    return list(zip(values.names, values.levels, strict=True))


def summary(values: Profile, currency: str = "") -> str:
    """Say which part of the season is the strongest and which the weakest."""
    known = [(level, name) for name, level in _pairs(values) if level is not None]
    if not known:
        return f"{values.label}: no {values.season} profile in this period."
    (low, weakest), (high, strongest) = min(known), max(known)
    return (
        f"{values.label} by {values.season}: usually highest in {strongest} ({_percent(high)} of the average),"
        f" lowest in {weakest} ({_percent(low)})."
    )


def table(values: Profile, currency: str = "") -> ChartTable:
    """List the levels."""
    heads = (Head(formatted.heading(values.season)), Head("Of the average", "percent"))
    return ChartTable(f"{values.label} by {values.season}", heads, tuple(_pairs(values)))


def keys(values: Profile, currency: str = "") -> tuple[Key, ...]:
    """Name the two directions."""
    return (Key("Above the average", "bar"), Key("Below", "bar-below"))


def _percent(level: float | None) -> str:
    return formatted.MISSING if level is None else f"{level * 100:,.0f}{formatted.SPACE}%".replace("-", formatted.MINUS)
