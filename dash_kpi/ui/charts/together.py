"""Several KPIs, or several segments of one, over the same periods: on their own axes, indexed, or as grouped bars."""

from collections.abc import Sequence
from dataclasses import replace

from dash_kpi.reporting.chart_values import ChartTable, Head, Line, Together
from dash_kpi.reporting.values import Unit
from dash_kpi.ui import format as formatted
from dash_kpi.ui.charts import axes
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.colours import DASHES, PATTERNS, SERIES, SYMBOLS
from dash_kpi.ui.charts.legend import Key
from dash_kpi.ui.charts.levels import condensed, level

MOST_AXES = 2
MOST_LINES = len(SERIES)  # that can be told apart


def figure(values: Together, currency: str = "") -> Figure:
    """Draw up to two units on their own axes, more units indexed to 100."""
    lines = _shown(values)
    if all(value is None for line in lines for value in line.values):
        return axes.empty(axes.NO_VALUES)
    units = _units(lines)
    starts = max((line.starts for line in lines), key=len)
    traces = [_trace(values, lines, at, units, currency) for at in range(len(lines))]
    ticks = axes.ticks(lines[0].grain, starts) | (axes.alone(lines[0].grain, starts[0]) if len(starts) == 1 else {})
    scales = [_axis(unit, values, [line for line in lines if line.unit == unit], currency) for unit in units]
    laid = axes.layout(ticks, scales[0], **axes.by_period(len(starts)), uirevision=values.label)
    if len(units) == MOST_AXES:
        right = {"overlaying": "y", "side": "right", "showgrid": False, "fixedrange": True, "tickmode": "auto"}
        laid["yaxis2"] = scales[1] | right
    if values.style == "bar":
        laid |= {"barmode": "group", "bargap": 0.25, "bargroupgap": 0.05}
    return {"data": traces, "layout": laid}


def summary(values: Together, currency: str = "") -> str:
    """Say where each line stands at its end; indexed, how far it went."""
    drawn = [replace(line, values=indexed(line.values)) if is_indexed(values) else line for line in values.lines]
    said = [_stand(line, currency, is_indexed(values)) for line in drawn[:MOST_LINES]]
    more = len(drawn) - MOST_LINES
    said += [f"{formatted.count(more, 'more is', 'more are')} in the table"] if more > 0 else []
    return f"{values.label}: {'; '.join(said) or 'nothing to compare'}."


def table(values: Together, currency: str = "") -> ChartTable:
    """List the values of every line by period, never the indexed ones."""
    lines = values.lines
    labels = {day: text for line in reversed(lines) for day, text in zip(line.starts, line.labels, strict=True)}
    found = [dict(zip(line.starts, line.values, strict=True)) for line in lines]
    heads = (Head("Period"), *(Head(line.label, line.unit) for line in lines))
    rows = tuple((labels[day], *(one.get(day) for one in found)) for day in sorted(labels))
    return ChartTable(values.label, heads, rows)


def keys(values: Together, currency: str = "") -> tuple[Key, ...]:
    """Name the lines, and which of them the axis on the right belongs to."""
    lines = _shown(values)
    units = _units(lines)
    kind = "series-bar" if values.style == "bar" else "series"
    return tuple(
        Key(
            line.label + _averaged(whole) + (" (right axis)" if line.unit != units[0] else ""),
            f"{kind}-{at % len(SERIES) + 1}",
        )
        for at, (line, whole) in enumerate(zip(lines, values.lines, strict=False))
    )


def _averaged(line: Line) -> str:
    if len(line.values) <= axes.MOST_POINTS:
        return ""
    return f", average of {formatted.count(level(line).stride, line.grain)}"


def is_indexed(values: Together) -> bool:
    """Tell whether lines are drawn as multiples of their start: when asked for, or when units are too many."""
    return values.is_indexed or len(_units(values.lines)) > MOST_AXES


def indexed(values: Sequence[float | None]) -> tuple[float | None, ...]:
    """Return values with 100 at the first that is above zero; nothing where none is."""
    base = next((value for value in values if value is not None and value > 0), None)
    return tuple(None if value is None or base is None else value / base * 100 for value in values)


def _units(lines: Sequence[Line]) -> list[Unit]:
    return list(dict.fromkeys(line.unit for line in lines))


def _shown(values: Together) -> list[Line]:
    lines = [_condensed(line) for line in values.lines[:MOST_LINES]]
    if not is_indexed(values):
        return lines
    return [replace(line, values=indexed(line.values), unit="number") for line in lines]


def _condensed(line: Line) -> Line:
    """Return the level of a line that is too long to be seen."""
    return condensed(line, level(line)) if len(line.values) > axes.MOST_POINTS else line


def _trace(values: Together, lines: Sequence[Line], at: int, units: Sequence[Unit], currency: str) -> Figure:
    line, turn = lines[at], at % len(SERIES)
    tip = axes.hover(line.unit, currency) if not is_indexed(values) else "%{y:.1f}"
    trace: Figure = {
        **axes.positions(line.grain, line.starts), "y": axes.rounded(line.values), "name": axes.plain(line.label),
        "hovertemplate": f"%{{fullData.name}}, {axes.period(line.grain)}: {tip}<extra></extra>",
    }  # fmt: skip
    if len(units) == MOST_AXES and line.unit == units[1]:
        trace["yaxis"] = "y2"
    if values.style == "bar":
        pattern = {"shape": PATTERNS[turn], "fillmode": "overlay", "size": 6, "solidity": 0.3}
        bars = {"color": SERIES[turn], "line": {"width": 0}, "pattern": pattern}
        return trace | {"type": "bar", "marker": bars, "offsetgroup": str(at)}
    drawn = {"color": SERIES[turn], "width": 2, "dash": DASHES[turn]}
    mode = "lines+markers" if len(line.values) <= axes.MOST_MARKERS else "lines"
    dots = {"color": SERIES[turn], "size": 12 if len(line.values) == 1 else 6, "symbol": SYMBOLS[turn]}
    return trace | {"type": "scatter", "mode": mode, "line": drawn, "marker": dots, "connectgaps": False}


def _axis(unit: Unit, values: Together, lines: Sequence[Line], currency: str) -> Figure:
    if is_indexed(values):
        return {"rangemode": "normal"}
    numbers = [value for line in lines for value in line.values]
    return {**axes.scale(unit, currency, numbers), "rangemode": "tozero" if values.style == "bar" else axes.reach(unit)}


def _stand(line: Line, currency: str, is_index: bool) -> str:
    known = [(value, at) for at, value in enumerate(line.values) if value is not None]
    if not known:
        return f"{line.label} {formatted.MISSING}"
    value, last = known[-1]
    text = axes.when(line.grain, line.labels[last]) + (" (incomplete)" if last in line.incomplete else "")
    if is_index:
        return f"{line.label} at {value:,.0f} {text} (start: 100)"
    return f"{line.label} {formatted.short(line.unit, value, currency)} {text}"
