"""What figures have in common: periods placed in time, ticks by grain, scales and tips by unit."""

from collections.abc import Mapping, Sequence
from datetime import date
from html import escape
from typing import Any

from dash_kpi.reporting.values import Unit
from dash_kpi.ui import format as formatted

MOST_WEEKS = 60
MOST_TICKS = 6  # marked one by one even on a phone
EQUAL_STEPS = {"day": 86_400_000, "week": 7 * 86_400_000}  # milliseconds
TICK_STEPS = {**EQUAL_STEPS, "month": "M1", "quarter": "M3", "year": "M12"}
TICK_FORMATS = {"day": "%-d %b\n%Y", "week": "%-d %b\n%Y", "month": "%b\n%Y", "quarter": "Q%q\n%Y", "year": "%Y"}
MOST_MARKERS = 40  # with more points, markers would hide the line
MOST_POINTS = 1_500
LONGEST_LABEL = 24

Figure = dict[str, Any]


def positions(grain: str, starts: Sequence[date]) -> Figure:
    """Place the periods in time; where all are equally long, the first and the step say it all."""
    if grain in EQUAL_STEPS and starts:
        return {"x0": starts[0].isoformat(), "dx": EQUAL_STEPS[grain]}
    return {"x": [day.isoformat() for day in starts]}


def points(grain: str, starts: Sequence[date], values: Sequence[float | None]) -> Figure:
    """Place values in time, at most MOST_POINTS of them, the extremes and the gaps kept."""
    if len(values) <= MOST_POINTS:
        return {**positions(grain, starts), "y": rounded(values)}
    kept = keeping(values)
    return {"x": [starts[at].isoformat() for at in kept], "y": rounded([values[at] for at in kept])}


def keeping(values: Sequence[float | None], most: int = MOST_POINTS) -> list[int]:
    """Return the positions that a long line keeps: of each stretch the least, the greatest and the first gap."""
    if len(values) <= most:
        return list(range(len(values)))
    stride = -(-len(values) * 3 // most)
    kept: set[int] = set()
    for first in range(0, len(values), stride):
        stretch = range(first, min(first + stride, len(values)))
        known = [(value, at) for at in stretch if (value := values[at]) is not None]
        kept |= {min(known)[1], max(known)[1]} if known else set()
        kept |= set([at for at in stretch if values[at] is None][:1])
    return sorted(kept)


def rounded(values: Sequence[float | None], digits: int = 10) -> list[float | None]:
    """Round to significant digits: more would only make the page heavier."""
    return [None if value is None else float(f"{value:.{digits}g}") for value in values]


def ticks(grain: str, starts: Sequence[date]) -> Figure:
    """Write the year on a second line; with few periods mark each, with many as many as there is room for."""
    axis: Figure = {"type": "date", "tickformat": TICK_FORMATS[grain], "tickangle": 0}
    axis["hoverformat"] = one_line(grain)
    many = len(starts)
    if not 0 < many <= (MOST_WEEKS if grain == "week" else MOST_TICKS):
        return axis
    step = TICK_STEPS[grain]
    if grain == "week":
        step = EQUAL_STEPS["week"] * -(-many // MOST_TICKS)  # left alone, the axis would mark Sundays
    return axis | {"tick0": starts[0].isoformat(), "dtick": step}


def period(grain: str) -> str:
    """Write, for the pointer, the period that a point stands for."""
    return f"%{{x|{one_line(grain)}}}"


def one_line(grain: str) -> str:
    """Return the format of a period's first day in one line."""
    return ("week of " if grain == "week" else "") + TICK_FORMATS[grain].replace("\n", " ")


def scale(unit: Unit, currency: str) -> Figure:
    """Write the ticks of an axis in a unit."""
    if unit == "percent":
        return {"tickformat": ".1~%"}
    if unit == "currency" and currency:
        return {"tickprefix": formatted.SYMBOLS.get(currency, currency + " ")}
    return {}


def reach(unit: Unit) -> str:
    """Tell whether an axis starts at zero: amounts do, rates need not."""
    return "tozero" if unit in ("currency", "number") else "normal"


def hover(unit: Unit, currency: str, name: str = "y") -> str:
    """Write, for the pointer, a coordinate in a unit."""
    if unit == "percent":
        return f"%{{{name}:.2%}}"
    if unit == "ratio":
        return f"%{{{name}:,.4f}}"
    symbol = formatted.SYMBOLS.get(currency, currency and currency + " ") if unit == "currency" else ""
    return symbol + (f"%{{{name}:,.2f}}" if unit == "currency" else f"%{{{name}:,.4~f}}")


def layout(xaxis: Mapping[str, Any], yaxis: Mapping[str, Any], **rest: Any) -> Figure:
    """Lay out a figure that neither zooms nor has a legend of its own."""
    base = {"dragmode": False, "showlegend": False}
    return {"xaxis": {"fixedrange": True, **xaxis}, "yaxis": {"fixedrange": True, **yaxis}, **base, **rest}


def empty() -> Figure:
    """Draw nothing, without axes."""
    return {"data": [], "layout": {"xaxis": {"visible": False}, "yaxis": {"visible": False}}}


def plain(text: str) -> str:
    """Return a text so that a figure shows it as it is, never as markup."""
    return escape(text, quote=False).replace("%{", "% {")


def label(text: str) -> str:
    """Return a name short enough for an axis."""
    return plain(text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1].rstrip() + "…")
