"""Figures as plain dicts, without a template: `assets/theme.js` gives them the colours of the theme."""

from collections.abc import Sequence

from dash_kpi.reporting.values import Series
from dash_kpi.ui import format as formatted
from dash_kpi.ui.charts import axes
from dash_kpi.ui.charts.axes import MOST_MARKERS, Figure
from dash_kpi.ui.charts.colours import ACCENT, FAINT, RESTATED


def trend(series: Series, currency: str = "") -> Figure:
    """Draw a KPI over time, the comparison faint behind it, and periods that are cut short dotted and hollow."""
    traces = [_comparison(series, currency)] if any(value is not None for value in series.comparison) else []
    traces.append(_line(series, currency))
    if series.incomplete:
        traces += [_connector(series), _hollow(series, currency)]
    if series.restated:
        traces.append(_restated(series, currency))
    return {"data": traces, "layout": _layout(series, currency)}


def empty() -> Figure:
    """Draw nothing, without axes."""
    return axes.empty()


def _line(series: Series, currency: str) -> Figure:
    values = [None if at in series.incomplete else value for at, value in enumerate(series.values)]
    return {
        **_trace(series, values),
        "name": series.label,
        "mode": "lines+markers" if len(values) <= MOST_MARKERS else "lines",
        "line": {"color": ACCENT, "width": 2.25},
        "marker": {"color": ACCENT, "size": 12 if len(values) == 1 else 6},
        "hovertemplate": f"{axes.period(series.grain)}: {axes.hover(series.unit, currency)}<extra></extra>",
    }


def _comparison(series: Series, currency: str) -> Figure:
    length = len(series.values)
    values = (*series.comparison, *[None] * length)[:length]
    return {
        **_trace(series, values),
        "name": "Comparison",
        "mode": "lines+markers" if sum(value is not None for value in values) == 1 else "lines",
        "line": {"color": FAINT, "width": 1.5},
        "customdata": series.comparison_labels[:length],
        "hovertemplate": f"%{{customdata}}: {axes.hover(series.unit, currency)}<extra></extra>",
    }


def _connector(series: Series) -> Figure:
    near = {at + step for at in series.incomplete for step in (-1, 0, 1)}
    return {
        **_trace(series, [value if at in near else None for at, value in enumerate(series.values)]),
        "mode": "lines",
        "line": {"color": ACCENT, "width": 2, "dash": "dot"},
        "hoverinfo": "skip",
    }


def _hollow(series: Series, currency: str) -> Figure:
    return {
        **_trace(series, [value if at in series.incomplete else None for at, value in enumerate(series.values)]),
        "name": "Incomplete",
        "mode": "markers",
        "marker": {"color": ACCENT, "size": 8, "symbol": "circle-open", "line": {"width": 2}},
        "cliponaxis": False,
        "hovertemplate": f"{axes.period(series.grain)}: {axes.hover(series.unit, currency)} (incomplete)"
        "<extra></extra>",
    }


def _restated(series: Series, currency: str) -> Figure:
    """Mark the periods that a later revision changed, and say in the tip what they were."""
    marks = {one.start: one for one in series.restated}
    values = [value if day in marks else None for day, value in zip(series.periods, series.values, strict=True)]
    tips = [
        f"restated by revision {marks[day].revision}, was {formatted.exact(series.unit, marks[day].before, currency)}"
        if day in marks
        else ""
        for day in series.periods
    ]
    return {
        **_trace(series, values),
        "name": "Restated",
        "mode": "markers",
        "marker": {"color": RESTATED, "size": 11, "symbol": "diamond-open", "line": {"width": 2}},
        "customdata": tips,
        "hovertemplate": "%{customdata}<extra></extra>",
    }


def _trace(series: Series, values: Sequence[float | None]) -> Figure:
    placed = axes.positions(series.grain, series.periods)
    return {"type": "scatter", **placed, "y": axes.rounded(values), "connectgaps": False}


def _layout(series: Series, currency: str) -> Figure:
    ticks = axes.ticks(series.grain, series.periods)
    if len(series.periods) == 1:
        ticks |= axes.alone(series.grain, series.periods[0])
    return {
        "xaxis": {**ticks, "fixedrange": True},
        "yaxis": {
            **axes.scale(series.unit, currency, series.values),
            "fixedrange": True,
            "rangemode": axes.reach(series.unit),
        },
        **axes.by_period(len(series.periods)),
        "dragmode": False,
        "showlegend": False,
        "uirevision": series.name,
    }
