"""The section Distribution: how often which value occurred in what is shown, and how values spread by period."""

import numpy as np

from dash_kpi.kpis.statistics import distribution as spread
from dash_kpi.kpis.statistics.distribution import Grouping
from dash_kpi.reporting.chart_values import Box, Boxes, Histogram
from dash_kpi.reporting.trends.subject import Subject
from dash_kpi.reporting.trends.values import Panel, Said

GROUPINGS: tuple[Grouping, ...] = ("weekday", "month", "quarter")
LETTERS = 3  # of a weekday, so that all have room on a phone
FEWEST_IN_A_BOX = 3


def panels(subject: Subject) -> tuple[Panel, ...]:
    """Return the histogram, and the boxes that say more than single values would."""
    found = [_boxes(subject, by) for by in GROUPINGS]
    return (_histogram(subject), *(panel for panel in found if panel))


def _histogram(subject: Subject) -> Panel:
    shown, grain = subject.shown, subject.frame.grain
    usable = shown.values[shown.usable]
    counted = spread.histogram(usable)
    title = f"How often {subject.kpi.label} had which value"
    if counted.reason:
        return Panel("histogram", title, "histogram", said=(Said("Values", f"There are {counted.reason}."),))
    median = spread.quantiles(usable, (0.5,))[0]
    values = Histogram(
        subject.kpi.label, subject.kpi.unit, tuple(counted.edges.tolist()), counted.counts, median, grain
    )
    cut = int((~shown.whole & ~np.isnan(shown.values)).sum())
    said = (
        (Said("Left out", f"{cut} {grain}{'s' if cut > 1 else ''} cut short by the period or the end of the data."),)
        if cut
        else ()
    )
    return Panel("histogram", title, "histogram", values, said)


def _boxes(subject: Subject, by: Grouping) -> Panel | None:
    """Return a box for each part of a cycle; None where the grain does not tell them apart."""
    found = spread.boxes(subject.shown, by)
    if found.reason or not found.boxes:
        return None
    title = f"Spread of {subject.kpi.label} by {by}"
    if max(box.count for box in found.boxes) < FEWEST_IN_A_BOX:
        many = f"No {by} has {FEWEST_IN_A_BOX} values in this period; a longer one, or a finer grain, has."
        return Panel(f"box_{by}", title, "boxes", said=(Said("Too little", many),))
    boxes = tuple(
        Box(
            box.label[:LETTERS],
            box.low,
            box.lower_quartile,
            box.median,
            box.upper_quartile,
            box.high,
            tuple(value for _, value in box.outliers),
        )
        for box in found.boxes
    )
    return Panel(f"box_{by}", title, "boxes", Boxes(subject.kpi.label, subject.kpi.unit, boxes))
