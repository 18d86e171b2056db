"""What figures have in common: periods placed in time, ticks by grain, scales and tips by unit."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time, timedelta
from html import escape
from typing import Any

from dash_kpi.reporting.values import Unit
from dash_kpi.ui import format as formatted

MOST_WEEKS = 60
MOST_TICKS = 6  # marked one by one even on a phone
EQUAL_STEPS = {"day": 86_400_000, "week": 7 * 86_400_000}  # milliseconds
STEPS = {**EQUAL_STEPS, "month": 2_629_800_000, "quarter": 7_889_400_000, "year": 31_557_600_000}
TICK_STEPS = {**EQUAL_STEPS, "month": "M1", "quarter": "M3", "year": "M12"}
TICK_FORMATS = {"day": "%-d %b\n%Y", "week": "%-d %b\n%Y", "month": "%b\n%Y", "quarter": "Q%q\n%Y", "year": "%Y"}
MILLISECOND = timedelta(milliseconds=1)
MOST_MARKERS = 40  # with more points, markers would hide the line
MOST_POINTS = 1_100  # three years of days; with more, a line shows its level
LONGEST_LABEL = 24
HOURS = "\u00a0h"  # what a duration is counted in
EMPTY_HEIGHT = 96  # pixels
NO_VALUES = "No values in this period"

Figure = dict[str, Any]


def when(grain: str, label: str) -> str:
    """Write the label of a period as part of a sentence: on 3 Mar 2025, in the week of 3 Mar 2025, in Mar 2025."""
    return f"on {label}" if grain == "day" else f"in the {label}" if grain == "week" else f"in {label}"


def positions(grain: str, starts: Sequence[date]) -> Figure:
    """Place the periods in time; where all are equally far apart, the first and the step say it all."""
    if grain in EQUAL_STEPS and starts:
        step = (starts[1] - starts[0]) // MILLISECOND if len(starts) > 1 else EQUAL_STEPS[grain]
        return {"x0": starts[0].isoformat(), "dx": step}
    return {"x": [day.isoformat() for day in starts]}


def rounded(values: Sequence[float | None], digits: int = 10) -> list[float | None]:
    """Round to significant digits: more would only make the page heavier."""
    return [None if value is None else float(f"{value:.{digits}g}") for value in values]


def ticks(grain: str, starts: Sequence[date]) -> Figure:
    """Write the year on a second line; with few periods mark each, with many as many as there is room for."""
    axis: Figure = {"type": "date", "tickformat": TICK_FORMATS[grain], "tickangle": 0}
    axis["hoverformat"] = one_line(grain)
    many = len(starts)
    if many > 1:
        axis["range"] = around(starts[0], starts[-1], STEPS[grain] / 2)
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


def scale(unit: Unit, currency: str, values: Iterable[float | None] = ()) -> Figure:
    """Write the ticks of an axis in a unit; where some are negative, the symbol stands at the first alone."""
    if unit == "percent":
        return {"tickformat": ".1~%"}
    if unit == "duration":
        return {"ticksuffix": HOURS}
    if unit == "currency" and currency:
        symbol: Figure = {"tickprefix": formatted.SYMBOLS.get(currency, currency + " ")}
        has_negative = any(value is not None and value < 0 for value in values)
        return symbol | (
            {"showtickprefix": "last", "showexponent": "all"} if has_negative else {}
        )  # else it would read €−1,000
    return {}


def alone(grain: str, start: date) -> Figure:
    """Give a single period an axis on which it stands in the middle."""
    return {"range": around(start, start, STEPS[grain] * 2), "tickmode": "array", "tickvals": [start.isoformat()]}


def around(first: date, last: date, room: float) -> list[str]:
    """Return the ends of an axis with room, in milliseconds, before the first period and after the last."""
    edge = timedelta(milliseconds=room)
    return [(datetime.combine(first, time()) - edge).isoformat(), (datetime.combine(last, time()) + edge).isoformat()]


def named(labels: Sequence[str], step: int = 1) -> Figure:
    """Name every position of an axis; where room is short, `assets/charts.js` leaves some names out."""
    marked = list(range(0, len(labels), step))
    texts = [label(labels[at]) for at in marked]
    return {"tickmode": "array", "tickvals": marked, "ticktext": texts, "tickangle": 0}


def by_period(many: int) -> Figure:
    """Let the pointer find what is at a period, and nothing of its neighbours; `assets/charts.js` knows the pixels."""
    return {"hovermode": "x", "meta": {"periods": many}}


def reach(unit: Unit) -> str:
    """Tell whether an axis starts at zero: amounts do, rates need not."""
    return "tozero" if unit in ("currency", "number", "duration") else "normal"


def hover(unit: Unit, currency: str, name: str = "y") -> str:
    """Write, for the pointer, a coordinate in a unit."""
    if unit == "percent":
        return f"%{{{name}:.2%}}"
    if unit == "ratio":
        return f"%{{{name}:,.4f}}"
    if unit == "duration":
        return f"%{{{name}:,.2~f}}{HOURS}"
    symbol = formatted.SYMBOLS.get(currency, currency and currency + " ") if unit == "currency" else ""
    return symbol + (f"%{{{name}:,.2f}}" if unit == "currency" else f"%{{{name}:,.4~f}}")


def layout(xaxis: Mapping[str, Any], yaxis: Mapping[str, Any], **rest: Any) -> Figure:
    """Lay out a figure that neither zooms nor has a legend of its own."""
    base = {"dragmode": False, "showlegend": False}
    return {"xaxis": {"fixedrange": True, **xaxis}, "yaxis": {"fixedrange": True, **yaxis}, **base, **rest}


def empty(text: str = "") -> Figure:
    """Draw nothing, without axes, and say why."""
    hidden = {"visible": False, "fixedrange": True}
    laid: Figure = {"xaxis": hidden, "yaxis": hidden, "dragmode": False}
    if text:
        middle = {"xref": "paper", "yref": "paper", "x": 0.5, "y": 0.5, "showarrow": False}
        laid |= {"annotations": [{**middle, "text": text}], "meta": {"height": EMPTY_HEIGHT}}
    return {"data": [], "layout": laid}


def plain(text: str) -> str:
    """Return a text so that a figure shows it as it is, never as markup."""
    return escape(text, quote=False).replace("%{", "% {")


def label(text: str) -> str:
    """Return a name short enough for an axis."""
    return plain(text if len(text) <= LONGEST_LABEL else text[: LONGEST_LABEL - 1].rstrip() + "…")
