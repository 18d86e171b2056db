"""Figures as plain dicts, without a template: `assets/theme.js` gives them the colours of the theme.

The colours that carry meaning stand here; each has at least 3:1 against the surfaces of both themes.
"""

from collections.abc import Sequence
from typing import Any

from dash_kpi.reporting.values import Series, Unit
from dash_kpi.ui import format as formatted

ACCENT = "#3d7edb"
FAINT = "#8590a3"
RESTATED = "#c2701c"
MOST_WEEKS = 60
MOST_TICKS = 6  # marked one by one even on a phone
EQUAL_STEPS = {"day": 86_400_000, "week": 7 * 86_400_000}  # milliseconds
TICK_STEPS = {**EQUAL_STEPS, "month": "M1", "quarter": "M3", "year": "M12"}
TICK_FORMATS = {"day": "%-d %b\n%Y", "week": "%-d %b\n%Y", "month": "%b\n%Y", "quarter": "Q%q\n%Y", "year": "%Y"}
MOST_MARKERS = 40  # with more points, markers would hide the line

Figure = dict[str, Any]


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
    return {"data": [], "layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False}}}


def _line(series: Series, currency: str) -> Figure:
    values = [None if at in series.incomplete else value for at, value in enumerate(series.values)]
    return {
        **_trace(series, values),
        "name": series.label,
        "mode": "lines+markers" if len(values) <= MOST_MARKERS else "lines",
        "line": {"color": ACCENT, "width": 2.25},
        "marker": {"color": ACCENT, "size": 6},
        "hovertemplate": f"{_period(series)}: {_hover(series.unit, currency)}<extra></extra>",
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
        "hovertemplate": f"%{{customdata}}: {_hover(series.unit, currency)}<extra></extra>",
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
        "hovertemplate": f"{_period(series)}: {_hover(series.unit, currency)} (incomplete)<extra></extra>",
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
    rounded = [None if value is None else float(f"{value:.10g}") for value in values]
    return {"type": "scatter", **_positions(series), "y": rounded, "connectgaps": False}


def _positions(series: Series) -> Figure:
    """Place the periods in time; where all are equally long, the first and the step say it all."""
    if series.grain in EQUAL_STEPS and series.periods:
        return {"x0": series.periods[0].isoformat(), "dx": EQUAL_STEPS[series.grain]}
    return {"x": [day.isoformat() for day in series.periods]}


def _period(series: Series) -> str:
    """Write, for the pointer, the period that a point stands for."""
    return f"%{{x|{_one_line(series.grain)}}}"


def _one_line(grain: str) -> str:
    return ("week of " if grain == "week" else "") + TICK_FORMATS[grain].replace("\n", " ")


def _layout(series: Series, currency: str) -> Figure:
    return {
        "xaxis": {**_ticks(series), "fixedrange": True},
        "yaxis": {**_scale(series.unit, currency), "fixedrange": True, "rangemode": _range(series)},
        "hovermode": "x",
        "hoverdistance": -1,  # the nearest period, however far: a click between two points means one of them
        "dragmode": False,
        "showlegend": False,
        "uirevision": series.name,
    }


def _ticks(series: Series) -> Figure:
    """Write the year on a second line; with few periods mark each, with many as many as there is room for."""
    ticks: Figure = {"type": "date", "tickformat": TICK_FORMATS[series.grain], "tickangle": 0}
    ticks["hoverformat"] = _one_line(series.grain)
    many = len(series.periods)
    if not 0 < many <= (MOST_WEEKS if series.grain == "week" else MOST_TICKS):
        return ticks
    step = TICK_STEPS[series.grain]
    if series.grain == "week":
        step = EQUAL_STEPS["week"] * -(-many // MOST_TICKS)  # left alone, the axis would mark Sundays
    return ticks | {"tick0": series.periods[0].isoformat(), "dtick": step}


def _range(series: Series) -> str:
    return "tozero" if series.unit in ("currency", "number") else "normal"


def _scale(unit: Unit, currency: str) -> Figure:
    if unit == "percent":
        return {"tickformat": ".1~%"}
    if unit == "currency" and currency:
        return {"tickprefix": formatted.SYMBOLS.get(currency, currency + " ")}
    return {}


def _hover(unit: Unit, currency: str) -> str:
    if unit == "percent":
        return "%{y:.2%}"
    if unit == "ratio":
        return "%{y:,.4f}"
    symbol = formatted.SYMBOLS.get(currency, currency and currency + " ") if unit == "currency" else ""
    return symbol + ("%{y:,.2f}" if unit == "currency" else "%{y:,.4~f}")
