"""What lies over a time series: averages, regression, forecast, limits, and marks of what happened."""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date

from dash_kpi.reporting.chart_values import Expected, Layers, Limit, Line, Mark, Note
from dash_kpi.ui import format as formatted
from dash_kpi.ui.charts import axes
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.colours import ACCENT, ANOMALY, CHANGE, FAINT, RESTATED, TARGET, washed

AVERAGES = ((TARGET, "solid"), (RESTATED, "dash"), (CHANGE, "dot"))
ENOUGH_DIGITS = 6  # for what is a smoothed value anyway
ABOVE = "y2"  # an axis from 0 to 1, for marks that have no value


def behind(line: Line, layers: Layers, currency: str) -> list[Figure]:
    """Draw what lies behind the line: the comparison and the bands of the forecast."""
    traces = [_comparison(line, layers, currency)] if any(value is not None for value in layers.comparison) else []
    return traces + (_bands(line, layers.expected, currency) if layers.expected else [])


def before(line: Line, layers: Layers, currency: str) -> list[Figure]:
    """Draw what lies before the line."""
    traces = [_average(line, at, layers) for at in range(len(layers.averages))]
    if any(value is not None for value in layers.regression):
        traces.append(_regression(line, layers.regression))
    if layers.expected and layers.expected.starts:
        traces.append(_expected(line, layers.expected, currency))
    if layers.anomalies:
        traces.append(_anomalies(line, layers.anomalies, currency))
    above = [(mark.start, mark.text) for mark in layers.changes]
    if above:
        traces.append(_above(line, above, "Level changes", CHANGE, "diamond"))
    if layers.notes:
        traces.append(
            _above(line, [(note.first, _said(note)) for note in layers.notes], "Notes", FAINT, "triangle-down")
        )
    return traces


def shapes(layers: Layers) -> list[Figure]:
    """Draw the lines of limits and changes, and the spans of notes."""
    return [
        *(_span(note) for note in layers.notes),
        *(_upright(mark.start.isoformat(), CHANGE, "dash") for mark in layers.changes),
        *(_level(limit, at) for at, limit in enumerate(layers.limits)),
    ]


def annotations(layers: Layers, line: Line, currency: str) -> list[Figure]:
    """Name each limit at its line."""
    return [
        {
            "xref": "paper", "x": 0, "xanchor": "left", "y": limit.value, "yanchor": "bottom", "showarrow": False,
            "text": f"{axes.label(limit.label)} {formatted.short(line.unit, limit.value, currency)}",
        }
        for limit in layers.limits
    ]  # fmt: skip


def _comparison(line: Line, layers: Layers, currency: str) -> Figure:
    length = len(line.values)
    values = (*layers.comparison, *[None] * length)[:length]
    return {
        "type": "scatter", "mode": "lines", "name": "Comparison", "line": {"color": FAINT, "width": 1.5},
        **axes.points(line.grain, line.starts, values),
        "connectgaps": False,
        **(
            {"customdata": [axes.plain(text) for text in layers.comparison_labels[:length]],
             "hovertemplate": f"%{{customdata}}: {axes.hover(line.unit, currency)}<extra></extra>"}
            if length <= axes.MOST_POINTS
            else {"hoverinfo": "skip"}
        ),
    }  # fmt: skip


def _bands(line: Line, expected: Expected, currency: str) -> list[Figure]:
    """Shade each band, the widest first, so that the narrower lie over it; both ends are told on the line."""
    traces: list[Figure] = []
    for band in sorted(expected.bands, key=lambda band: -band.level):
        edge = {"type": "scatter", "mode": "lines", "line": {"width": 0}, "hoverinfo": "skip"}
        traces.append({**edge, **axes.points(line.grain, expected.starts, band.low)})
        upper = {"fill": "tonexty", "fillcolor": washed(ACCENT, 0.16), "name": f"{band.level} % interval"}
        traces.append({**edge, **axes.points(line.grain, expected.starts, band.high), **upper})
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
    placed = axes.points(line.grain, line.starts, average.values)
    return {
        "type": "scatter", "mode": "lines", "name": f"{average.periods}-{line.grain} average",
        "line": {"color": colour, "width": 1.5, "dash": dash}, "hoverinfo": "skip",
        **placed, "y": axes.rounded(placed["y"], ENOUGH_DIGITS), "connectgaps": False,
    }  # fmt: skip


def _regression(line: Line, fitted: Sequence[float | None]) -> Figure:
    """Draw a straight line by its two ends."""
    known = [at for at, value in enumerate(fitted) if value is not None]
    ends = [known[0], known[-1]]
    return {
        "type": "scatter", "mode": "lines", "name": "Regression", "hoverinfo": "skip",
        "line": {"color": FAINT, "width": 2, "dash": "longdash"},
        "x": [line.starts[at].isoformat() for at in ends], "y": axes.rounded([fitted[at] for at in ends]),
    }  # fmt: skip


def _anomalies(line: Line, marks: Sequence[Mark], currency: str) -> Figure:
    values = dict(zip(line.starts, line.values, strict=True))
    known = [mark for mark in marks if values.get(mark.start) is not None]
    return {
        "type": "scatter", "mode": "markers", "name": "Anomalies",
        "marker": {"color": ANOMALY, "size": 11, "symbol": "circle-open", "line": {"width": 2}},
        "x": [mark.start.isoformat() for mark in known],
        "y": axes.rounded([values[mark.start] for mark in known]),
        "customdata": [axes.plain(mark.text) for mark in known],
        "hovertemplate": "%{customdata}<extra></extra>",
    }  # fmt: skip


def _above(line: Line, texts: Sequence[tuple[date, str]], name: str, colour: str, symbol: str) -> Figure:
    """Mark days at the upper edge; a mark stands at the period it lies in, where the pointer finds it."""
    return {
        "type": "scatter", "mode": "markers", "name": name, "yaxis": ABOVE, "cliponaxis": False,
        "marker": {"color": colour, "size": 10, "symbol": symbol},
        "x": [_period_of(line, day).isoformat() for day, _ in texts], "y": [1] * len(texts),
        "customdata": [axes.plain(text) for _, text in texts],
        "hovertemplate": "%{customdata}<extra></extra>",
    }  # fmt: skip


def _period_of(line: Line, day: date) -> date:
    starts = [*line.starts]
    return starts[max(bisect_right(starts, day) - 1, 0)] if starts else day


def _said(note: Note) -> str:
    return f"{formatted.days(note.first, note.last)}: {note.text}"


def _span(note: Note) -> Figure:
    first, last = note.first.isoformat(), note.last.isoformat()
    if first == last:
        return _upright(first, FAINT, "dot")
    return {
        "type": "rect", "xref": "x", "yref": "paper", "x0": first, "x1": last, "y0": 0, "y1": 1,
        "fillcolor": washed(FAINT, 0.16), "line": {"width": 0}, "layer": "below",
    }  # fmt: skip


def _upright(day: str, colour: str, dash: str) -> Figure:
    line = {"color": colour, "width": 1.5, "dash": dash}
    return {"type": "line", "xref": "x", "yref": "paper", "x0": day, "x1": day, "y0": 0, "y1": 1, "line": line}


def _level(limit: Limit, at: int) -> Figure:
    line = {"color": (TARGET, ANOMALY)[at % 2], "width": 1.5, "dash": ("dash", "dot")[at % 2]}
    return {"type": "line", "xref": "paper", "x0": 0, "x1": 1, "y0": limit.value, "y1": limit.value, "line": line}
