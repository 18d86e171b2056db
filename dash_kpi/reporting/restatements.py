"""Restatements: periods that were over, and whose number a later revision changed."""

from collections.abc import Iterator, Mapping
from datetime import date

from dash_kpi.kpis.calendar import EPOCH, Calendar
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.evaluate import over_periods
from dash_kpi.kpis.measures import Measures
from dash_kpi.kpis.periods import Days, Grain
from dash_kpi.reporting.frame import Frame
from dash_kpi.reporting.values import Restatement
from dash_kpi.storage.daily import selected
from dash_kpi.storage.restatements import History, history, replaced_days


def restatements(kpi: Kpi, frame: Frame, starts: tuple[date, ...]) -> tuple[Restatement, ...]:
    """Return which of the periods that begin on `starts` were restated lately, each by its latest revision.

    Only what the daily measures can answer is looked at: under a filter of rows there is none.
    """
    data = frame.state.span
    if data is None or not frame.has(kpi) or not kpi.is_of_days or selected(frame.state, frame.view.filters)[1]:
        return ()
    first, last = frame.span
    whole = [
        start
        for start in starts
        if max(start, data.start) >= first and frame.calendar.end_of(start, frame.grain) <= last
    ]
    if not whole:
        return ()
    days = Days(_earlier(kpi, whole[0], frame.grain, frame.calendar), last)
    replaced = replaced_days(frame.database, frame.state, kpi.inputs, days)
    touched = {
        revision: {
            start for day in replaced[revision] for start in _touched(kpi, day, frame.grain, frame.calendar)
        }.intersection(whole)
        for revision in sorted(replaced, reverse=True)
    }
    return tuple(sorted(_latest(kpi, frame, touched), key=lambda one: one.start)) if touched else ()


def _latest(kpi: Kpi, frame: Frame, touched: Mapping[int, set[date]]) -> Iterator[Restatement]:
    """Yield for each period the newest revision, of those given newest first, that made another number of it."""
    sources = [source.id for source in selected(frame.state, frame.view.filters)[0]]
    past = history(frame.database, frame.state, kpi.inputs, sources, min(touched) - 1)
    left = set[date]().union(*touched.values())
    for revision, starts in touched.items():
        for found in _restated(kpi, frame, past, revision, sorted(starts & left)):
            left.discard(found.start)
            yield found


def _earlier(kpi: Kpi, start: date, grain: Grain, calendar: Calendar) -> date:
    """Return the first day whose change changes the period: growth looks at the period before."""
    return calendar.next_start(start, grain, -1) if kpi.uses_earlier and start.year > 1 else start


def _touched(kpi: Kpi, day: date, grain: Grain, calendar: Calendar) -> Iterator[date]:
    start = calendar.start_of(day, grain)
    yield start
    if kpi.uses_earlier:
        yield calendar.next_start(start, grain)


def _restated(kpi: Kpi, frame: Frame, past: History, revision: int, starts: list[date]) -> Iterator[Restatement]:
    """Compare the periods that were over before the revision with what it made of them."""
    was, now = (_measures(frame, past, number) for number in (revision - 1, revision))
    for start in starts:
        if was.span is None or frame.calendar.end_of(start, frame.grain) >= was.span.end:
            continue
        old, new = (_value(kpi, measures, start, frame.grain) for measures in (was, now))
        if old is not None and old != new:
            yield Restatement(start, revision, old, new)


def _measures(frame: Frame, past: History, revision: int) -> Measures:
    columns = past.at(revision)
    days = [day for column in columns.values() for day in (int(column.days.min()), int(column.days.max()))]
    span = Days(*(date.fromordinal(day + EPOCH) for day in (min(days), max(days)))) if days else None
    return Measures(columns, frame.state.aggregations, span, frame.calendar)


def _value(kpi: Kpi, measures: Measures, start: date, grain: Grain) -> float | None:
    if not all(name in measures for name in kpi.inputs):
        return None
    return over_periods(kpi, measures, Days(start, measures.calendar.end_of(start, grain)), grain)[0]
