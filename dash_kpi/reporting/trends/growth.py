"""The section Growth: by how much it changed from period to period and within a year, and how much it moves."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import numpy as np

from dash_kpi.kpis.evaluate import optional
from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import add_months
from dash_kpi.kpis.statistics.smoothing import growth, to_date, volatility
from dash_kpi.kpis.timeline import Timeline
from dash_kpi.reporting.chart_values import Line, Together
from dash_kpi.reporting.trends.subject import Subject
from dash_kpi.reporting.trends.values import Panel, Said

Over = Literal["period", "year"]
UNCHANGED = 0.0005


def panels(subject: Subject) -> tuple[Panel, ...]:
    """Return the growth of each period that is shown, and the running total of the year against the last."""
    return _growth(subject), _running(subject)


def _growth(subject: Subject) -> Panel:
    grain = subject.frame.grain
    lines = [_changes(subject, "period", f"Against the {grain} before")]
    if grain != "year":
        lines.append(_changes(subject, "year", "Against the year before"))
    how = " in points" if subject.in_points else ""
    said = [Said("Volatility", volatility(subject.history, in_points=subject.in_points).sentence)]
    if subject.in_points:
        said.append(Said("Points", "It is a percentage: its growth is the difference of two percentages."))
    return Panel(
        name="growth",
        title=f"Growth of {subject.kpi.label}{how} by {grain}",
        kind="together",
        values=Together(f"Growth of {subject.kpi.label}", tuple(lines), style="bar"),
        said=tuple(said),
        width="whole",
    )


def _changes(subject: Subject, over: Over, label: str) -> Line:
    found = growth(subject.history, over, in_points=subject.in_points)
    shown = subject.shown
    labels = tuple(subject.label(start) for start in shown.starts)
    return Line(label, shown.grain, shown.starts, labels, subject.along(found.values), "percent")


def _running(subject: Subject) -> Panel:
    title = f"{subject.kpi.label} of the year to date"
    if not subject.kpi.is_additive:
        sentence = f"{subject.kpi.label} is no sum, so nothing is added up over the year."
        return Panel("to_date", title, "together", said=(Said("To date", sentence),))
    calendar, history = subject.frame.calendar, subject.history
    if not len(history) or not len(subject.shown):
        return Panel("to_date", title, "together", said=(Said("To date", "There is no data in this period."),))
    last = min(history.starts[-1], subject.shown.starts[-1])
    year = calendar.start_of(last, "year")
    before = calendar.next_start(year, "year", -1)
    totals = to_date(history, [before, year])
    now = [at for at, start in enumerate(history.starts) if year <= start <= calendar.end_of(year, "year")]
    now = [at for at in now if history.starts[at] <= last]
    earlier = [at for at, start in enumerate(history.starts) if before <= start < year]
    starts = tuple(history.starts[at] for at in now)
    lines = (
        Line(
            calendar.label(year, "year"),
            subject.frame.grain,
            starts,
            tuple(subject.label(one) for one in starts),
            optional(totals.values[now]),
            subject.kpi.unit,
        ),
        _moved(subject, calendar.label(before, "year"), earlier, totals.values[earlier], year),
    )
    values = Together(title, tuple(line for line in lines if any(value is not None for value in line.values)))
    partial = bool(totals.is_partial[now].any() or totals.is_partial[earlier].any())
    said = _compared(lines[0], lines[1], history, now)
    if partial:
        said = (*said, Said("Missing", "Some periods have no value; what is added up is too small by them."))
    return Panel("to_date", title, "together", values, said, width="whole")


def _moved(subject: Subject, label: str, at: Sequence[int], totals: Floats, year: date) -> Line:
    """Draw last year at the places of this one, under its own names; 29 February has no place of its own."""
    frame, placed = subject.frame, {}
    for number, (place, total) in enumerate(zip(at, totals.tolist(), strict=True)):
        start = subject.history.starts[place]
        by_weeks = frame.grain == "week" or bool(frame.calendar.weeks)
        moved = frame.calendar.next_start(frame.calendar.start_of(year, frame.grain), frame.grain, number)
        if not by_weeks:
            moved = frame.calendar.start_of(add_months(start, 12), frame.grain)
        placed[moved] = (subject.label(start), total)
    names, values = zip(*placed.values(), strict=True) if placed else ((), ())
    known = optional(np.array(values, dtype=np.float64))
    return Line(label, frame.grain, tuple(placed), tuple(names), known, subject.kpi.unit)


def _compared(now: Line, before: Line, history: Timeline, at: Sequence[int]) -> tuple[Said, ...]:
    """Say where the year stands against the last one, at its last period that is whole."""
    earlier = dict(zip(before.starts, before.values, strict=True))
    whole = [place for place, number in enumerate(at) if history.whole[number]]
    for place in reversed(whole):
        total, other = now.values[place], earlier.get(now.starts[place])
        if total is None or other is None:
            continue
        up_to = f"Up to {now.labels[place]}"
        if other <= 0:
            return (Said("To date", f"{up_to}: the year before has no total above zero to compare with."),)
        change = total / other - 1
        if abs(change) < UNCHANGED:
            return (Said("To date", f"{up_to} it is where it was a year before."),)
        side = "above" if change > 0 else "below"
        return (Said("To date", f"{up_to} it is {abs(change):.1%} {side} the same part of the year before."),)
    return (Said("To date", "There is no year before to compare with."),)
