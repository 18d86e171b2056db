"""A KPI against its target: the period that is under way, what it will come to, and the chance of missing it."""

from dash_kpi.kpis.periods import GRAINS, Grain
from dash_kpi.reporting.chart_values import Progress
from dash_kpi.reporting.forecasts import grain_of
from dash_kpi.reporting.outlook import outlook_of
from dash_kpi.reporting.trends.subject import Subject
from dash_kpi.reporting.trends.values import Panel, Said


def target_panel(subject: Subject) -> Panel | None:
    """Return the period that the data of the KPI ends in against its target; None without a target."""
    kpi, frame = subject.kpi, subject.frame
    if kpi.target is None or not frame.has(kpi):
        return None
    found = outlook_of(frame.database, frame.state, kpi, period_of(subject), frame.view.filters)
    if found is None:
        return None
    what, ending = f"{kpi.label} in {found.period_label}", found.ending
    values = Progress(what, kpi.unit, found.so_far, found.target, kpi.direction, ending.expected)
    words = (("Outlook", ending.reason or ending.sentence), ("Counted", ending.limits))
    said = tuple(Said(about, text) for about, text in words if text)
    return Panel("target", f"{what} against its target", "bullet", values, said, width="whole", ending=ending)


def period_of(subject: Subject) -> Grain:
    """Return the period that is set against the target: the target's own, else a month or what is shown."""
    kpi, frame = subject.kpi, subject.frame
    wanted = kpi.target.per if kpi.target and kpi.target.per else max(frame.grain, "month", key=GRAINS.index)
    own: Grain = grain_of(frame.database, frame.state, kpi)
    return max(wanted, own, key=GRAINS.index)
