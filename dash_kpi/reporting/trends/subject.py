"""What every section starts from: a KPI with its whole history at the grain, and the part that is shown."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np

from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.evaluate import optional, timeline
from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import GRAINS, Days, Grain, starts_between
from dash_kpi.kpis.timeline import Timeline
from dash_kpi.reporting.chart_values import Line, Values
from dash_kpi.reporting.forecasts import grain_of, timeline_of
from dash_kpi.reporting.frame import Frame
from dash_kpi.reporting.trends.view import TrendsView

MOST_PERIODS = 20_000  # that a chart is given; it thins them for the screen


@dataclass(frozen=True, slots=True)
class Subject:
    """A KPI in a frame: `history` is all of it at the grain, `shown` what the span shows of it."""

    kpi: Kpi
    frame: Frame
    view: TrendsView
    kpis: tuple[Kpi, ...]  # every one that is shown
    history: Timeline
    shown: Timeline

    @property
    def in_points(self) -> bool:
        """Tell whether changes of the KPI are differences of percentages."""
        return self.kpi.unit == "percent"

    @property
    def others(self) -> tuple[Kpi, ...]:
        """The KPIs that are set beside the main one."""
        by_name = {kpi.name: kpi for kpi in self.kpis}
        return tuple(by_name[name] for name in self.view.others if name in by_name and name != self.kpi.name)

    def label(self, start: date) -> str:
        """Return a period as people write it."""
        return self.frame.calendar.label(start, self.frame.grain)

    def along(self, values: Sequence[float] | Floats) -> Values:
        """Return what is known by period of the history for the periods that are shown."""
        known = dict(zip(self.history.starts, np.asarray(values, dtype=np.float64).tolist(), strict=True))
        return optional(np.array([known.get(start, np.nan) for start in self.shown.starts], dtype=np.float64))

    def is_shown(self, start: date) -> bool:
        """Tell whether a period of the history is shown."""
        starts = self.shown.starts
        return bool(starts) and starts[0] <= start <= starts[-1]


def subject_of(kpi: Kpi, frame: Frame, view: TrendsView, kpis: tuple[Kpi, ...]) -> Subject:
    """Return a KPI with its history."""
    return Subject(kpi, frame, view, kpis, history_of(kpi, frame, frame.grain), timeline_over(kpi, frame, frame.span))


def history_of(kpi: Kpi, frame: Frame, grain: Grain) -> Timeline:
    """Return a KPI over all days that its sources cover, by a grain; remembered by revision."""
    state, filters = frame.state, frame.view.filters
    key = ("timeline", state.workspace_id, state.revision, filters, kpi.name, grain)
    found = frame.database.answers.get(key, lambda: timeline_of(frame.database, state, kpi, grain, filters))
    return found or Timeline(grain, (), np.empty(0), np.empty(0, dtype=bool), frame.calendar)


def timeline_over(kpi: Kpi, frame: Frame, span: Days) -> Timeline:
    """Return a KPI by the frame's grain over a span; its first and last period end where the span does."""
    if frame.has(kpi):
        return timeline(kpi, frame.measures, span, frame.grain)
    starts = starts_between(span, frame.grain, frame.calendar)
    values, whole = np.full(len(starts), np.nan), np.zeros(len(starts), dtype=bool)
    return Timeline(frame.grain, starts, values, whole, frame.calendar)


def line_of(kpi: Kpi, subject: Subject, shown: Timeline, label: str | None = None) -> Line:
    """Return a timeline as a chart takes it."""
    return Line(
        label=label or kpi.label,
        grain=shown.grain,
        starts=shown.starts,
        labels=tuple(subject.label(start) for start in shown.starts),
        values=optional(shown.values),
        unit=kpi.unit,
        incomplete=frozenset(np.flatnonzero(~shown.whole).tolist()),
    )


def at_grain(frame: Frame, view: TrendsView, kpis: Sequence[Kpi]) -> Frame:
    """Return the frame at the grain that is asked for, also where only a thinned chart can show it.

    No KPI is shown finer than it is known: a monthly one is not 30 empty days.
    """
    known = grains_of(frame, kpis)
    wanted = view.view.grain if view.view.grain in known else frame.grain
    return replace(frame, grain=wanted if wanted in known and wanted else known[0])


def grains_of(frame: Frame, kpis: Sequence[Kpi]) -> tuple[Grain, ...]:
    """Return the grains that the KPIs have and that a thinned chart of the span can show."""
    own = [grain_of(frame.database, frame.state, kpi) for kpi in kpis if frame.has(kpi)]
    finest = max((frame.state.grain, *own), key=GRAINS.index)
    span, calendar = frame.span, frame.calendar
    grains = GRAINS[GRAINS.index(finest) :]
    return tuple(g for g in grains if len(starts_between(span, g, calendar)) <= MOST_PERIODS) or GRAINS[-1:]
