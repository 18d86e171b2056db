"""What lies over a time series: averages, regression, forecast, limits, and marks of what happened."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from itertools import pairwise
from math import inf

from dash_kpi.reporting.chart_values import Band, Expected, Layers, Limit, Line, Mark, Values
from dash_kpi.ui import format as formatted
from dash_kpi.ui.charts import axes
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.colours import ACCENT, ANOMALY, CHANGE, FAINT, RESTATED, SMOOTHED, TARGET, washed

AVERAGES = ((TARGET, "solid"), (RESTATED, "dash"), (CHANGE, "dot"), (SMOOTHED, "dashdot"))
ENOUGH_DIGITS = 6  # for what is a smoothed value anyway
NAME = 0.15  # of the width, which the name of a limit takes
CLOSE = 0.08  # of the height: names of limits would cover each other
TOP = 0.97  # of the height: a whole mark is inside the chart
ABOVE = "y2"  # an axis from 0 to 1, for marks that have no value


def behind(line: Line, layers: Layers, currency: str) -> list[Figure]:
    """Draw what lies behind the line: the comparison and the bands of the forecast."""
    traces = [_comparison(line, layers, currency)] if any(value is not None for value in layers.comparison) else []
    return traces + (_bands(line, layers.expected) if layers.expected else [])


def before(line: Line, layers: Layers, currency: str) -> list[Figure]:
    """Draw what lies before the line."""
    traces = [_average(line, at, layers) for at in range(len(layers.averages))]
    if any(value is not None for value in layers.regression):
        traces.append(_regression(line, layers.regression))
    if layers.expected and layers.expected.starts:
        traces.append(_expected(line, layers.expected, currency))
    if layers.changes:
        traces.append(_changes(line, layers.changes))
    return traces


def shapes(line: Line, layers: Layers) -> list[Figure]:
    """Draw the lines of limits and changes."""
    return [
        *(_upright(_period_of(line, mark.start).isoformat(), CHANGE, "dash") for mark in layers.changes),
        *(_level(limit, at) for at, limit in enumerate(layers.limits)),
    ]


def annotations(line: Line, layers: Layers) -> list[Figure]:
    """Name each limit at the end where it is further from the line; of two close together, the lower one below."""
    if not layers.limits:
        return []
    heights = [*known(line.values), *(limit.value for limit in layers.limits)]
    if axes.reach(line.unit) == "tozero":
        heights.append(0.0)
    close = (max(heights) - min(heights)) * CLOSE
    ranked = sorted(layers.limits, key=lambda limit: limit.value)
    lower = [limit for limit, above in pairwise(ranked) if above.value - limit.value < close]
    return [
        {
            "xref": "paper", **_end(line, limit), "y": limit.value,
            "yanchor": "top" if limit in lower else "bottom", "showarrow": False, "text": axes.label(limit.label),
        }
        for limit in layers.limits
    ]  # fmt: skip


def _end(line: Line, limit: Limit) -> Figure:
    width = max(1, round(len(line.values) * NAME))
    left, right = (
        min((abs(value - limit.value) for value in known(values)), default=inf)
        for values in (line.values[:width], line.values[-width:])
    )
    return {"x": 0, "xanchor": "left"} if left > right else {"x": 1, "xanchor": "right"}


def evened(layers: Layers, line: Line) -> Layers:
    """Return layers that are as long as their line: what is too short ends early, what is too long is cut."""
    many, expected = len(line.values), layers.expected
    if expected:
        ahead = len(expected.starts)
        bands = tuple(Band(one.level, _long(one.low, ahead), _long(one.high, ahead)) for one in expected.bands)
        expected = replace(expected, values=_long(expected.values, ahead), bands=bands)
    return replace(
        layers,
        averages=tuple(replace(one, values=_long(one.values, many)) for one in layers.averages),
        regression=_long(layers.regression, many) if layers.regression else (),
        expected=expected,
        comparison=_long(layers.comparison, many) if layers.comparison else (),
        comparison_labels=(*layers.comparison_labels, *[""] * many)[:many],
    )


def _long(values: Values, many: int) -> Values:
    return (*values, *[None] * many)[:many]


def _comparison(line: Line, layers: Layers, currency: str) -> Figure:
    return {
        "type": "scatter", "mode": "lines+markers" if len(known(layers.comparison)) == 1 else "lines",
        "name": "Comparison", "line": {"color": FAINT, "width": 1.5}, "marker": {"color": FAINT, "size": 7},
        **placed(line, layers.comparison), "customdata": [axes.plain(text) for text in layers.comparison_labels],
        "hovertemplate": f"%{{customdata}}: {axes.hover(line.unit, currency)}<extra></extra>",
    }  # fmt: skip


def placed(line: Line, values: Sequence[float | None], digits: int = 10) -> Figure:
    """Place values at the periods of their line, a gap where one is missing."""
    return {**axes.positions(line.grain, line.starts), "y": axes.rounded(values, digits), "connectgaps": False}


def known(values: Sequence[float | None]) -> list[float]:
    """Return the values that are not missing."""
    return [value for value in values if value is not None]


def _bands(line: Line, expected: Expected) -> list[Figure]:
    """Shade each band, the widest first, so that the narrower lie over it; both ends are told on the line."""
    traces: list[Figure] = []
    for band in sorted(expected.bands, key=lambda band: -band.level):
        edge = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        days = axes.positions(line.grain, expected.starts)
        traces.append({**edge, **days, "y": axes.rounded(band.low, ENOUGH_DIGITS)})
        upper = {"fill": "tonexty", "fillcolor": washed(ACCENT, 0.16), "name": f"{band.level} % interval"}
        traces.append({**edge, **days, "y": axes.rounded(band.high, ENOUGH_DIGITS), **upper})
    return traces


def _expected(line: Line, expected: Expected, currency: str) -> Figure:
    ranges = [_ranges(line, expected, at, currency) for at in range(len(expected.starts))]
    few = len(expected.starts) == 1
    return {
        "type": "scatter", "mode": "lines+markers" if few else "lines", "name": "Forecast",
        "line": {"color": ACCENT, "width": 2, "dash": "dash"},
        "marker": {"color": ACCENT, "size": 8, "symbol": "diamond-open"},
        **axes.positions(line.grain, expected.starts), "y": axes.rounded(expected.values),
        "customdata": ranges,
        "hovertemplate": f"{axes.period(line.grain)}: {axes.hover(line.unit, currency)} expected"
        "%{customdata}<extra></extra>",
    }  # fmt: skip


def _ranges(line: Line, expected: Expected, at: int, currency: str) -> str:
    return "".join(
        f"<br>{band.level} %: {formatted.short(line.unit, band.low[at], currency)} to "
        f"{formatted.short(line.unit, band.high[at], currency)}"
        for band in sorted(expected.bands, key=lambda band: band.level)
    )


def _average(line: Line, at: int, layers: Layers) -> Figure:
    average, (colour, dash) = layers.averages[at], AVERAGES[at % len(AVERAGES)]
    return {
        "type": "scatter", "mode": "lines", "name": average.named(line.grain),
        "line": {"color": colour, "width": 1.5, "dash": dash}, "hoverinfo": "skip",
        **placed(line, average.values, ENOUGH_DIGITS),
    }  # fmt: skip


def _regression(line: Line, fitted: Sequence[float | None]) -> Figure:
    """Draw a straight line by its two ends."""
    there = [at for at, value in enumerate(fitted) if value is not None]
    ends = [there[0], there[-1]]
    return {
        "type": "scatter", "mode": "lines", "name": "Regression", "hoverinfo": "skip",
        "line": {"color": FAINT, "width": 2, "dash": "longdash"},
        "x": [line.starts[at].isoformat() for at in ends], "y": axes.rounded([fitted[at] for at in ends]),
    }  # fmt: skip


def anomalies(line: Line, marks: Sequence[Mark]) -> Figure:
    """Ring the values that are unusual."""
    values = dict(zip(line.starts, line.values, strict=True))
    found = [mark for mark in marks if values.get(mark.start) is not None]
    return {
        "type": "scatter", "mode": "markers", "name": "Anomalies",
        "marker": {"color": ANOMALY, "size": 11, "symbol": "circle-open", "line": {"width": 2}},
        "x": [mark.start.isoformat() for mark in found],
        "y": axes.rounded([values[mark.start] for mark in found]),
        "customdata": [axes.plain(mark.text) for mark in found],
        "hovertemplate": "%{customdata}<extra></extra>",
    }  # fmt: skip


def _changes(line: Line, marks: Sequence[Mark]) -> Figure:
    """Mark changes at the upper edge; a mark stands at the period it lies in, where the pointer finds it."""
    return {
        "type": "scatter", "mode": "markers", "name": "Level changes", "yaxis": ABOVE, "cliponaxis": False,
        "marker": {"color": CHANGE, "size": 10, "symbol": "diamond"},
        "x": [_period_of(line, mark.start).isoformat() for mark in marks], "y": [TOP] * len(marks),
        "customdata": [axes.plain(mark.text) for mark in marks],
        "hovertemplate": "%{customdata}<extra></extra>",
    }  # fmt: skip


def _period_of(line: Line, day: date) -> date:
    starts = [*line.starts]
    return starts[max(bisect_right(starts, day) - 1, 0)] if starts else day


def _upright(day: str, colour: str, dash: str) -> Figure:
    line = {"color": colour, "width": 1.5, "dash": dash}
    return {"type": "line", "xref": "x", "yref": "paper", "x0": day, "x1": day, "y0": 0, "y1": 1, "line": line}


def _level(limit: Limit, at: int) -> Figure:
    line = {"color": (TARGET, ANOMALY)[at % 2], "width": 1.5, "dash": ("dash", "dot")[at % 2]}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": limit.value, "y1": limit.value, "line": line}
