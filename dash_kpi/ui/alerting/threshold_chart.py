"""The chart beside the form: the KPI's history, the limits that can be dragged, and where it would have fired."""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from math import floor, log10

from dash_kpi.alerting.rules.rule import Condition, Rule
from dash_kpi.alerting.thresholds.backtest import Backtest, Firing, Line
from dash_kpi.alerting.thresholds.values import Tried
from dash_kpi.kpis.calendar import Grain
from dash_kpi.reporting.chart_values import Layers, Limit, TimeSeries
from dash_kpi.reporting.chart_values import Line as Drawn
from dash_kpi.ui.charts import axes, timeseries
from dash_kpi.ui.charts.axes import Figure
from dash_kpi.ui.charts.colours import ANOMALY, TARGET, washed
from dash_kpi.ui.charts.legend import Key

STEPS = 200  # of the height of the chart
ROOM = 0.15  # of the height, above the highest and below the lowest, into which a limit can be dragged
FARTHEST = 3.0  # heights of the history, from which on a limit is not shown: it would flatten everything else
OF_NUMBERS = ("below", "above", "inside", "outside")


def chosen(found: Backtest, segment: str) -> Line | None:
    """Return the segment that is drawn: the wished one, or the first that would have fired, or the first."""
    names = [one.segment for one in found.lines]
    wanted = segment if segment in names else next((one.segment for one in found.firings), "")
    return next((one for one in found.lines if one.segment == wanted), found.lines[0] if found.lines else None)


def figure(found: Tried, grain: str, segment: str, currency: str = "") -> Figure:
    """Draw one segment: its history, the limits, the stretches in which it would have fired."""
    line = chosen(found.backtest, segment)
    if line is None:
        return axes.empty(axes.NO_VALUES if not found.backtest.reason else "")
    values = series(found, line, grain)
    drawn = timeseries.figure(values, currency)
    if not drawn["data"]:
        return drawn
    firings = [one for one in found.backtest.firings if one.segment == line.segment]
    days = values.line.starts
    bounds = _bounds(line, values) if _has_moving_limits(found.rule) else []
    drawn["data"] = [*drawn["data"], *bounds, *_marks(firings, line, days)]
    layout = drawn["layout"]
    layout["shapes"] = [*layout["shapes"], *_stretches(firings, line, days)]
    layout["yaxis"] = layout["yaxis"] | {"range": span(values, (*line.low, *line.high) if bounds else ())}
    layout["meta"] = {**layout.get("meta", {}), "limits": _handles(found.rule, line)}
    return drawn


def series(found: Tried, line: Line, grain: str) -> TimeSeries:
    """Return the history of a segment as charts draw it, with the limits that are one number for all of it."""
    label = f"{found.label}, {line.segment}" if line.segment else found.label
    unit: Grain = "day" if grain.startswith("rolling") else grain  # type: ignore[assignment]
    later = timedelta(days=int(grain.removeprefix("rolling_")) - 1 if grain.startswith("rolling") else 0)
    days = tuple(day + later for day in line.starts)
    limits = tuple(Limit(_name(field, found.rule), value) for field, value in _fixed(found.rule, line))
    return TimeSeries(Drawn(label, unit, days, line.labels, line.values, found.unit), Layers(limits=limits))


def caption(found: Tried, grain: str, segment: str, currency: str = "") -> str:
    """Say in one sentence what is drawn."""
    line = chosen(found.backtest, segment)
    if line is None:
        return ""
    values = series(found, line, grain)
    low, high = span(values)
    beyond = any(not low <= one.value <= high for one in values.layers.limits)
    said = timeseries.summary(replace(values, layers=Layers()), currency)
    return f"{said} The limit lies beyond the chart." if beyond else said


def keys(found: Tried, grain: str, segment: str, currency: str = "") -> tuple[Key, ...]:
    """Name what is drawn."""
    line = chosen(found.backtest, segment)
    if line is None:
        return ()
    fired = any(one.segment == line.segment for one in found.backtest.firings)
    moving = [Key("Limit", "limit-2")] if _has_moving_limits(found.rule) else []
    marks = [Key("would have fired", "fired"), Key("recovered", "recovered")] if fired else []
    return (*timeseries.keys(series(found, line, grain), currency), *moving, *marks)


def step_of(line: Line | None) -> float:
    """Return the size of one step of a limit, about a two-hundredth of the height, as people count: 1, 2, 5, 10."""
    low, high = _ends([value for value in line.values if value is not None] if line else [])
    size = (high - low) / STEPS
    if size <= 0:
        return 1.0
    power = 10.0 ** floor(log10(size))
    return float(f"{next(one for one in (1, 2, 5, 10) if size <= one * power * (1 + 1e-9)) * power:.12g}")


def span(values: TimeSeries, moving: Sequence[float | None] = ()) -> list[float]:
    """Return the ends of the axis of values: the history and what limits are near it, with room around."""
    known = [value for value in values.line.values if value is not None]
    low, high = _ends(known)
    height = (high - low) or abs(high) or 1.0
    near = [one.value for one in values.layers.limits if low - FARTHEST * height < one.value < high + FARTHEST * height]
    near += [one for one in moving if one is not None and low - height / 2 < one < high + height / 2]
    if axes.reach(values.line.unit) == "tozero" and low >= 0:
        near.append(0.0)
    low, high = _ends([*known, *near])
    room = ROOM * ((high - low) or 1.0)
    return [0.0 if low == 0 else low - room, high + room]


def _ends(values: Sequence[float]) -> tuple[float, float]:
    return (min(values), max(values)) if values else (0.0, 0.0)


def _fixed(rule: Rule | None, line: Line) -> list[tuple[str, float]]:
    """Return the limits that are one number, each with its field; a limit of a segment's own has none."""
    found: list[tuple[str, float]] = []
    for at, condition in enumerate(rule.conditions if rule else ()):
        for side, limit in _sides(condition):
            own = rule.limits.get(line.segment) if rule and at == 0 else None
            is_replaced = own is not None and side == ("low" if condition.low else "high")
            if is_replaced and own is not None:
                found.append(("", own))
            elif limit is not None:
                found.append((f"conditions.{at}.{side}", limit))
    return found


def _name(field: str, rule: Rule | None) -> str:
    """Name a limit, so that several are told apart."""
    if not field:
        return "Its own limit"
    _, at, side = field.split(".")
    is_range = rule is not None and rule.conditions[int(at)].kind in ("inside", "outside")
    which = {"low": "lower limit", "high": "upper limit"}[side] if is_range else "limit"
    return f"{'Second ' if at == '1' else ''}{which}".capitalize()


def _sides(condition: Condition) -> list[tuple[str, float | None]]:
    if condition.kind not in OF_NUMBERS:
        return []
    pairs = (("low", condition.low, "above"), ("high", condition.high, "below"))
    return [(side, limit.value) for side, limit, other in pairs if limit is not None and condition.kind != other]


def _has_moving_limits(rule: Rule | None) -> bool:
    """Tell whether some limit differs by period, as that of last year does."""
    return any(
        one.kind not in OF_NUMBERS or any(limit is None for _, limit in _sides(one))
        for one in (rule.conditions if rule else ())
    )


def _handles(rule: Rule | None, line: Line) -> list[Figure]:
    """Tell `assets/thresholds.js` which lines can be dragged, and which field each is of."""
    return [{"field": field, "value": value, "shape": at} for at, (field, value) in enumerate(_fixed(rule, line))]


def _bounds(line: Line, values: TimeSeries) -> list[Figure]:
    return [
        {
            "type": "scatter", "mode": "lines", "name": "Limit", "hoverinfo": "skip", "connectgaps": False,
            "line": {"color": ANOMALY, "width": 1.5, "dash": "dot"},
            "x": [day.isoformat() for day in values.line.starts], "y": axes.rounded(bound, 6),
        }
        for bound in (line.low, line.high)
        if any(value is not None for value in bound)
    ]  # fmt: skip


def _marks(firings: Sequence[Firing], line: Line, days: Sequence[date]) -> list[Figure]:
    fired = [(one.fired, f"Would have fired: {one.fired_label}") for one in firings]
    resolved = [(one.resolved, f"Recovered: {one.resolved_label}") for one in firings if one.resolved]
    looks: tuple[tuple[str, Figure, list[tuple[date, str]]], ...] = (
        ("Would have fired", {"color": ANOMALY, "size": 11, "symbol": "triangle-down"}, fired),
        ("Recovered", {"color": TARGET, "size": 9, "symbol": "circle-open", "line": {"width": 2}}, resolved),
    )
    return [
        {
            "type": "scatter", "mode": "markers", "name": name, "marker": marker, "cliponaxis": False,
            "x": [days[_at(line, day)].isoformat() for day, _ in marks],
            "y": axes.rounded([line.values[_at(line, day)] for day, _ in marks]),
            "customdata": [axes.plain(words) for _, words in marks],
            "hovertemplate": "%{customdata}<extra></extra>",
        }
        for name, marker, marks in looks
        if marks
    ]  # fmt: skip


def _stretches(firings: Sequence[Firing], line: Line, days: Sequence[date]) -> list[Figure]:
    """Shade the time from each firing to its end, or to the end of the history."""
    return [
        {
            "type": "rect", "xref": "x", "yref": "paper", "y0": 0, "y1": 1, "layer": "below",
            "x0": days[_at(line, one.fired)].isoformat(),
            "x1": (days[_at(line, one.resolved)] if one.resolved else days[-1]).isoformat(),
            "line": {"width": 0}, "fillcolor": washed(ANOMALY, 0.12),
        }
        for one in firings
    ]  # fmt: skip


def _at(line: Line, day: date) -> int:
    return min(bisect_left(line.starts, day), len(line.starts) - 1)


def newest_firings(found: Backtest, most: int) -> list[Firing]:
    """Return the newest firings, the newest first."""
    return sorted(found.firings, key=lambda one: one.fired, reverse=True)[:most]
