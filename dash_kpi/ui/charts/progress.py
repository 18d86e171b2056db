"""A KPI against its target: as a bullet, or as half a ring."""

from math import cos, pi, sin

from dash_kpi.reporting.chart_values import ChartTable, Head, Progress
from dash_kpi.ui import format as formatted
from dash_kpi.ui.charts import axes
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.colours import ACCENT, FAINT, RESTATED, washed
from dash_kpi.ui.charts.legend import Key

ROOM = 1.1  # beyond the largest value
NO_VALUE = "No value in this period"
BULLET_HEIGHT, GAUGE_HEIGHT = 96, 220  # pixels
RING, ACROSS = (0.76, 1.0), (0.7, 1.06)  # radii
TICK = 0.012  # of the half ring
ARC_STEPS = 60  # of a half ring


def bullet(values: Progress, currency: str = "") -> Figure:
    """Draw the value as a bar, what is expected as a paler one behind it, and the target as an upright line."""
    if values.value is None and values.target is None:
        return axes.empty(NO_VALUE)
    traces = [
        _bar(values.expected, washed(FAINT, 0.35), 0.7, "Expected at the end", values, currency),
        _bar(values.value, ACCENT, 0.32, values.label, values, currency),
    ]
    marks = [(values.target, RESTATED, "solid", 0.08), (values.reference, FAINT, "dot", 0.16)]
    shapes = [
        {
            "type": "line", "x0": at, "x1": at, "yref": "paper", "y0": edge, "y1": 1 - edge,
            "line": {"color": colour, "width": 3, "dash": dash},
        }
        for at, colour, dash, edge in marks
        if at is not None
    ]  # fmt: skip
    low_high = _range(values)
    scale = {**axes.scale(values.unit, currency, low_high), "range": low_high, "nticks": 6, "tickangle": 0}
    scale |= {"separatethousands": True}
    laid = axes.layout(
        scale,
        {"visible": False, "range": [-0.5, 0.5]},
        shapes=shapes,
        barmode="overlay",
        hovermode="closest",
        meta={"height": BULLET_HEIGHT},
    )
    return {"data": [trace for trace in traces if trace], "layout": laid}


def gauge(values: Progress, currency: str = "") -> Figure:
    """Draw the value as a part of half a ring, the target as a tick across it, and the number in the middle."""
    if values.value is None:
        return axes.empty(NO_VALUE)
    low, high = _range(values)
    zero, end = (_turn(at, low, high) for at in (0.0, values.value))
    traces = [_arc(0.0, 1.0, RING, washed(FAINT, 0.25)), _arc(min(zero, end), max(zero, end), RING, ACCENT)]
    texts = [_centred(0.14, 28, formatted.short(values.unit, values.value, currency))]
    if values.target is not None:
        at = _turn(values.target, low, high)
        traces.append(_arc(at - TICK / 2, at + TICK / 2, ACROSS, RESTATED))
        texts.append(_centred(-0.1, 13, f"target {formatted.short(values.unit, values.target, currency)}"))
    hidden = {"visible": False, "constrain": "domain"}
    across = hidden | {"range": [-1.1, 1.1]}
    laid = axes.layout(across, hidden | {"range": [-0.22, 1.1], "scaleanchor": "x"}, hovermode=False, annotations=texts)
    return {"data": traces, "layout": laid | {"meta": {"height": GAUGE_HEIGHT}}}


def _turn(value: float, low: float, high: float) -> float:
    """Return how far round the half ring a value lies, 0 at the left end and 1 at the right."""
    return min(1.0, max(0.0, (value - low) / (high - low)))


def _arc(first: float, last: float, ring: tuple[float, float], colour: str) -> Figure:
    """Fill a part of a half ring."""
    steps = max(2, round((last - first) * ARC_STEPS))
    angles = [pi * (1 - first - (last - first) * at / steps) for at in range(steps + 1)]
    inner, outer = ring
    edge = [(outer, angle) for angle in angles] + [(inner, angle) for angle in reversed(angles)]
    return {
        "type": "scatter", "mode": "lines", "fill": "toself", "fillcolor": colour, "hoverinfo": "skip",
        "line": {"width": 0}, "x": axes.rounded([radius * cos(angle) for radius, angle in edge], 4),
        "y": axes.rounded([radius * sin(angle) for radius, angle in edge], 4),
    }  # fmt: skip


def _centred(height: float, size: int, text: str) -> Figure:
    return {"x": 0, "y": height, "showarrow": False, "font": {"size": size}, "text": text}


def summary(values: Progress, currency: str = "") -> str:
    """Say how much of the target is reached, and what is expected."""
    value = formatted.short(values.unit, values.value, currency)
    if values.target is None:
        return f"{values.label}: {value}, without a target."
    target = formatted.short(values.unit, values.target, currency)
    text = f"{values.label}: {value} against a target of {target}{_reached(values)}"
    if values.expected is not None:
        text += f"; expected {formatted.short(values.unit, values.expected, currency)} at the end"
    return text + "."


def table(values: Progress, currency: str = "") -> ChartTable:
    """List value, target and what is expected."""
    rows = [("Value", values.value), ("Target", values.target)]
    rows += [("Expected at the end", values.expected)] if values.expected is not None else []
    rows += [(values.reference_label, values.reference)] if values.reference is not None else []
    return ChartTable(f"{values.label} against target", (Head("What"), Head(values.label, values.unit)), tuple(rows))


def keys(values: Progress, currency: str = "") -> tuple[Key, ...]:
    """Name the bars and lines, with their values."""
    parts = (
        (values.label, values.value, "bar"),
        ("Target", values.target, "target"),
        ("Expected at the end", values.expected, "pale"),
        (values.reference_label, values.reference, "reference"),
    )
    return tuple(
        Key(f"{label} {formatted.short(values.unit, value, currency)}", style)
        for label, value, style in parts
        if value is not None
    )


def _bar(value: float | None, colour: str, width: float, name: str, values: Progress, currency: str) -> Figure | None:
    if value is None:
        return None
    tip = f"%{{fullData.name}}: {axes.hover(values.unit, currency, 'x')}<extra></extra>"
    place: Figure = {"type": "bar", "orientation": "h", "x": axes.rounded([value]), "y": [0], "width": width}
    return place | {"name": axes.plain(name), "marker": {"color": colour, "line": {"width": 0}}, "hovertemplate": tip}


def _range(values: Progress) -> list[float]:
    known = [v for v in (values.value, values.target, values.expected, values.reference) if v is not None]
    low, high = min(0.0, *known), max(0.0, *known)
    return [low * ROOM, high * ROOM] if high > low else [0.0, 1.0]


def _reached(values: Progress) -> str:
    """Write the part that is reached; where less is better, the part that is used; nothing without a sense."""
    if values.value is None or values.value < 0 or not values.target or values.target < 0:
        return ""
    word = "used" if values.direction == "lower" else "reached"
    return f" ({values.value / values.target * 100:,.0f}{formatted.SPACE}% {word})"
