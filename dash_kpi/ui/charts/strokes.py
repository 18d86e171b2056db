"""How the values of one KPI are drawn: as a line, an area or bars."""

from collections.abc import Sequence

from dash_kpi.reporting.chart_values import Line, TimeSeries
from dash_kpi.ui import format as formatted
from dash_kpi.ui.charts import axes, layers
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.colours import ACCENT, washed

BAR = 0.8  # of a period
CROWD = 200  # points that a line of full width can carry


def lines(values: TimeSeries, currency: str, is_average: bool) -> list[Figure]:
    """Draw a line or an area; periods that are cut short are hollow, and values between gaps are dots."""
    line = values.line
    whole = [None if at in line.incomplete else value for at, value in enumerate(line.values)]
    tip = f"{axes.period(line.grain)}: {axes.hover(line.unit, currency)}"
    if is_average:
        tip = f"%{{customdata}}: {axes.hover(line.unit, currency)} on average"
    drawn = {
        "type": "scatter", **layers.placed(line, whole), "name": axes.plain(line.label),
        "mode": "lines+markers" if len(whole) <= axes.MOST_MARKERS else "lines",
        "line": _stroke(values, is_average), "marker": {"color": ACCENT, "size": 6},
        "hovertemplate": f"{tip}<extra></extra>",
        **({"customdata": [axes.plain(text) for text in line.labels]} if is_average else {}),
    }  # fmt: skip
    if values.style == "area":
        drawn |= {"fill": "tozeroy", "fillcolor": washed(ACCENT, 0.2)}
    return [drawn, *_alone(line, currency), *(_cut(line, tip) if line.incomplete else [])]


def _stroke(values: TimeSeries, is_average: bool) -> Figure:
    """Draw many points thin, and faint where averages over them tell more."""
    many = len(values.line.values)
    if is_average or many <= CROWD:
        return {"color": ACCENT, "width": 2.25}
    return {
        "color": washed(ACCENT, 0.55) if values.layers.averages else ACCENT,
        "width": 1 if many > CROWD * 2 else 1.5,
    }


def _cut(line: Line, tip: str) -> list[Figure]:
    """Dot the line to periods that are cut short, which are hollow."""
    many = len(line.values)
    near = {at + step for at in line.incomplete for step in (-1, 0, 1) if 0 <= at + step < many}
    joined = [value if at in near else None for at, value in enumerate(line.values)]
    hollow = [value if at in line.incomplete else None for at, value in enumerate(line.values)]
    return [
        {
            "type": "scatter", "mode": "lines", **layers.placed(line, joined), "hoverinfo": "skip",
            "line": {"color": ACCENT, "width": 2, "dash": "dot"},
        },
        {
            "type": "scatter", "mode": "markers", **layers.placed(line, hollow), "name": "Incomplete",
            "marker": {"color": ACCENT, "size": 8, "symbol": "circle-open", "line": {"width": 2}},
        "cliponaxis": False,
            "hovertemplate": f"{tip} (incomplete)<extra></extra>",
        },
    ]  # fmt: skip


def _alone(line: Line, currency: str) -> list[Figure]:
    """Dot the values between two gaps, which a line without markers would not show; an only value says its number."""
    known = [at for at, value in enumerate(line.values) if value is not None]
    if len(known) == 1:
        text = formatted.short(line.unit, line.values[known[0]], currency)
        worded = {"mode": "markers+text", "text": [text], "textposition": "top center", "textfont": {"size": 14}}
        return [_dots(line, known, 12) | worded | {"cliponaxis": False}]
    if len(line.values) <= axes.MOST_MARKERS:
        return []
    padded = (None, *line.values, None)
    lone = [at for at in known if padded[at] is None and padded[at + 2] is None]
    return [_dots(line, lone, 4)] if lone else []


def _dots(line: Line, at: Sequence[int], size: int) -> Figure:
    days, heights = [line.starts[one].isoformat() for one in at], axes.rounded([line.values[one] for one in at])
    dots = {"color": ACCENT, "size": size}
    return {"type": "scatter", "mode": "markers", "marker": dots, "x": days, "y": heights, "hoverinfo": "skip"}


def bars(line: Line, currency: str) -> list[Figure]:
    """Draw bars; those of periods that are cut short are hatched."""
    placed = {**axes.positions(line.grain, line.starts), "y": axes.rounded(line.values)}
    looks: Figure = {"color": ACCENT, "line": {"width": 0}}
    if line.incomplete:
        shapes = ["/" if at in line.incomplete else "" for at in range(len(line.values))]
        looks["pattern"] = {"shape": shapes, "fillmode": "overlay", "size": 6, "solidity": 0.4}
    tip = f"{axes.period(line.grain)}: {axes.hover(line.unit, currency)}<extra></extra>"
    if len(line.starts) == 1:
        placed["width"] = axes.STEPS[line.grain] * BAR
    return [{"type": "bar", **placed, "name": axes.plain(line.label), "marker": looks, "hovertemplate": tip}]
