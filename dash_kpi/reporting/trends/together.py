"""The section Together: several KPIs in one chart, which of them move together, and two of them point by point."""

from collections.abc import Sequence

import numpy as np

from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.evaluate import optional
from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.statistics.correlation import Correlation, Surprises, aligned, correlations, matrix
from dash_kpi.kpis.timeline import Timeline
from dash_kpi.reporting.chart_values import Correlations, Line, Pairs, Point, Together
from dash_kpi.reporting.trends.analyses import remembered
from dash_kpi.reporting.trends.subject import Subject, history_of, line_of, timeline_over
from dash_kpi.reporting.trends.values import Panel, Said

MOST_CORRELATED = 10  # KPIs of the matrix
MOST_PERIODS = 1_100  # of the history that correlations look at
MOST_SAID = 4
MOST_UNITS = 2  # each with an axis of its own
FLAT = 8  # times as high: the smaller of two lines on one axis would hardly move
FEWEST = 3
BEYOND = "Beyond trend and season"
ALONE = "Choose another KPI to set beside this one."
BY_DEFINITION = "KPIs that are computed from one another go together by definition."


def panels(subject: Subject) -> tuple[Panel, ...]:
    """Return the KPIs in one chart, two of them against each other, and every one with every other."""
    beside = _beside(subject)
    known = [kpi for kpi in subject.kpis if subject.frame.has(kpi)]
    kpis = tuple(dict.fromkeys((subject.kpi, *beside, *known)))[:MOST_CORRELATED]
    return (_lines(subject, beside), _scatter(subject, beside, kpis), _matrix(subject, kpis))


def _beside(subject: Subject) -> tuple[Kpi, ...]:
    """Return the KPIs that were chosen; none chosen, the first other one."""
    others = tuple(kpi for kpi in subject.kpis if kpi.name != subject.kpi.name and subject.frame.has(kpi))
    return subject.others or others[:1]


def _lines(subject: Subject, beside: tuple[Kpi, ...]) -> Panel:
    shown = [(kpi, timeline_over(kpi, subject.frame, subject.frame.span)) for kpi in beside]
    lines = [line_of(kpi, subject, one) for kpi, one in ((subject.kpi, subject.shown), *shown)]
    title = "KPIs together" if len(lines) > 1 else subject.kpi.label
    is_indexed = _differ(lines)
    said = [Said("Scale", "They differ too much for one scale, so each stands at 100 where it begins.")]
    values = Together(title, tuple(lines), is_indexed, "bar" if subject.view.style == "bar" else "line")
    said = said if is_indexed else []
    return Panel("together", title, "together", values, tuple(said), width="whole")


def _differ(lines: Sequence[Line]) -> bool:
    """Tell whether lines have more than two units, or one unit in sizes of which the smaller would lie flat."""
    sizes: dict[str, list[float]] = {}
    for line in lines:
        if known := [abs(value) for value in line.values if value is not None]:
            sizes.setdefault(line.unit, []).append(max(known))
    return len({line.unit for line in lines}) > MOST_UNITS or any(max(of) > FLAT * min(of) for of in sizes.values())


def _scatter(subject: Subject, beside: tuple[Kpi, ...], kpis: tuple[Kpi, ...]) -> Panel:
    if not beside:
        return Panel("scatter", "Two KPIs", "scatter", said=(Said("Two KPIs", ALONE),))
    other = beside[0]
    across = timeline_over(other, subject.frame, subject.frame.span)
    both = subject.shown.usable & across.usable
    x, y = across.values[both], subject.shown.values[both]
    points = tuple(
        Point(subject.label(start), *optional(np.array([a, b])))
        for start, a, b in zip(
            (start for start, usable in zip(across.starts, both, strict=True) if usable), x, y, strict=True
        )
    )
    slope, r = _fit(x, y)
    values = Pairs(other.label, other.unit, subject.kpi.label, subject.kpi.unit, points, slope, r)
    said = [one.sentence for one in _links(subject, kpis) if one.second == other.label]
    title = f"{subject.kpi.label} and {other.label}, {subject.frame.grain} by {subject.frame.grain}"
    return Panel("scatter", title, "scatter", values, tuple(Said(BEYOND, sentence) for sentence in said))


def _fit(x: Floats, y: Floats) -> tuple[tuple[float, float] | None, float | None]:
    """Return the line of least squares and Pearson's r; None where one of the two does not vary."""
    if len(x) < FEWEST:
        return None, None
    size_x, size_y = float(np.abs(x).max()) or 1.0, float(np.abs(y).max()) or 1.0
    across, upward = x / size_x - (x / size_x).mean(), y / size_y - (y / size_y).mean()
    width, height = float(across @ across), float(upward @ upward)
    if width <= 1e-18 or height <= 1e-18:
        return None, None
    slope = float(across @ upward) / width * size_y / size_x
    r = float(np.clip(across @ upward / np.sqrt(width * height), -1, 1))
    return (slope, float(y.mean()) - slope * float(x.mean())), r


def _matrix(subject: Subject, kpis: tuple[Kpi, ...]) -> Panel:
    title = "Which KPIs move together"
    if len(kpis) < 2:
        return Panel("correlation", title, "correlation", said=(Said("Two KPIs", ALONE),))
    names, timelines = tuple(kpi.name for kpi in kpis), {kpi.label: _recent(subject, kpi) for kpi in kpis}
    found = remembered(subject, ("matrix", names), lambda: matrix(timelines, _surprises(subject, kpis)))
    periods = max(int(_recent(subject, kpi).usable.sum()) for kpi in kpis)
    values = Correlations(found.names, tuple(optional(row) for row in found.r), periods)
    links = [one for one in _links(subject, kpis) if one.is_significant][:MOST_SAID]
    said = [*(Said(subject.kpi.label, one.sentence) for one in links), Said("Mind", BY_DEFINITION)]
    known = sum(subject.frame.has(kpi) for kpi in subject.kpis)
    said += [Said("Shown", f"{len(kpis)} of {known} KPIs.")] if known > len(kpis) else []
    return Panel("correlation", title, "correlation", values, tuple(said))


def _links(subject: Subject, kpis: tuple[Kpi, ...]) -> list[Correlation]:
    """Return how the KPI goes with each of the others at its best lag, the most certain first."""
    names = tuple(kpi.name for kpi in kpis)
    timelines = {kpi.label: _recent(subject, kpi) for kpi in kpis}
    found = remembered(subject, ("links", names), lambda: correlations(timelines, rows=_surprises(subject, kpis)))
    return [one for one in found if one.first == subject.kpi.label]


def _surprises(subject: Subject, kpis: tuple[Kpi, ...]) -> list[Surprises]:
    """Return what each KPI did that its own past does not explain: the dear part, which two charts need."""
    names = tuple(kpi.name for kpi in kpis)
    return remembered(subject, ("surprises", names), lambda: aligned([_recent(subject, kpi) for kpi in kpis]))


def _recent(subject: Subject, kpi: Kpi) -> Timeline:
    """Return the newest part of a history, which is what links between KPIs are told from."""
    whole = history_of(kpi, subject.frame, subject.frame.grain)
    cut = max(0, len(whole) - MOST_PERIODS)
    return Timeline(whole.grain, whole.starts[cut:], whole.values[cut:], whole.whole[cut:], whole.calendar)
