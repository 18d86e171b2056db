"""The frame of a view: the data, the spans and the grain that every part of a page starts from."""

from dataclasses import dataclass, replace
from typing import Self

from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.evaluate import basis_of
from dash_kpi.kpis.evaluate import span_of as covered_by
from dash_kpi.kpis.measures import Measures
from dash_kpi.kpis.periods import GRAINS, Calendar, Days, Grain, grain_for, reference_span, span_of, starts_between
from dash_kpi.reporting.view import CUSTOM, View
from dash_kpi.storage.daily import known_until, measures_of
from dash_kpi.storage.database import Database
from dash_kpi.storage.sources import State

MOST_PERIODS = 800  # points that a chart can show apart on a wide screen

NO_DATA_BEFORE = "There is no data for the comparison."


@dataclass(frozen=True, slots=True)
class Frame:
    """The data of a view, cut to nothing yet."""

    database: Database
    state: State
    view: View
    measures: Measures
    span: Days
    reference: Days | None
    grain: Grain

    @property
    def grains(self) -> tuple[Grain, ...]:
        """The grains that the data has and that a chart of the span can show."""
        return allowed_grains(self.state, self.span, self.calendar)

    def has(self, kpi: Kpi) -> bool:
        """Tell whether the data has everything that the KPI is computed from."""
        return kpi.tree is not None and all(name in self.measures for name in kpi.inputs)

    def at_grain_of(self, kpi: Kpi) -> Self:
        """Return the frame at a grain that the KPI has: a monthly budget is not drawn as thirty empty days."""
        sources = basis_of(kpi, self.measures).sources
        first, last = self.span
        grains = [
            source.grain
            for source in self.state.sources
            if source.id in sources and source.days.start <= last and source.days.end >= first
        ]
        return replace(self, grain=max([self.grain, *grains], key=GRAINS.index))

    def as_far_as_known(self, kpi: Kpi) -> Self:
        """Return the frame cut where the sources of a KPI end before others do, so that like is compared with like."""
        covered, data = covered_by(kpi, self.measures), self.state.span
        if covered is None or data is None or not self.span.start <= covered.end < min(self.span.end, data.end):
            return self
        span, reference = Days(self.span.start, covered.end), self.reference
        if reference and self.view.against:
            reference = Days(reference.start, min(reference.end, reference.start + (span.end - span.start)))
        elif reference:
            reference = _reference(self.view, span, self.calendar)
        return replace(self, span=span, reference=reference)

    def of_civil_months(self, kpi: Kpi | None = None) -> list[str]:
        """Return the files, of a KPI or all, with one value a civil month or more, where months are of whole weeks.

        Such a value stands on the first of its month, so that one month of weeks may have two and another none.
        """
        sources = basis_of(kpi, self.measures).sources if kpi else {source.id for source in self.state.sources}
        coarse = GRAINS[GRAINS.index("month") :] if self.calendar.weeks else ()
        return sorted({one.file for one in self.state.sources if one.id in sources and one.grain in coarse})

    @property
    def calendar(self) -> Calendar:
        """How time is cut into periods."""
        return self.measures.calendar


def frame_of(database: Database, state: State, view: View) -> Frame | None:
    """Return the data, spans and grain of a view; None when there is no data at all."""
    if state.span is None:
        return None
    known = known_until(state, measures_of(database, state, ())) or state.span
    calendar, (first, last) = database.settings.calendar, known
    if view.period == CUSTOM and view.start and view.end:
        span = Days(view.start, view.end)
    else:
        span = span_of(view.period, first, last, calendar)
    reference = _reference(view, span, calendar)
    grain = view.grain if view.grain in allowed_grains(state, span, calendar) else grain_for(span, state.grain)
    return Frame(database, state, view, measures_of(database, state, view.filters), span, reference, grain)


def _reference(view: View, span: Days, calendar: Calendar) -> Days | None:
    if view.compare in ("fixed", "target"):
        return view.against
    return reference_span(view.period, span, view.before if view.compare != "none" else "none", calendar)


def allowed_grains(state: State, span: Days, calendar: Calendar) -> tuple[Grain, ...]:
    """Return the grains that the data has and that a chart of the span can show."""
    finest = GRAINS.index(state.grain)
    return tuple(g for g in GRAINS[finest:] if len(starts_between(span, g, calendar)) <= MOST_PERIODS)


def revision_not_there(state: State, view: View) -> tuple[str, ...]:
    """Say that the revision which a view asks for is not there."""
    if view.as_of is None or view.as_of <= state.revision:
        return ()
    return (f"There is no revision {view.as_of}; these are the numbers of the newest, {state.revision}.",)


def change_of(kpi: Kpi, value: float | None, earlier: float | None) -> tuple[float | None, str | None]:
    """Return how a KPI changed, or why that cannot be said: relative, for percentages in points."""
    if value is None or earlier is None:
        return None, NO_DATA_BEFORE if earlier is None else "There is no value to compare."
    if kpi.unit == "percent":
        return value - earlier, None
    if earlier == 0:
        return None, "The comparison is zero."
    return (value - earlier) / abs(earlier), None
