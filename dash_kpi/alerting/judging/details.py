"""What is known about an alert's number: the values before it, the files behind it, and what moved it."""

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date
from time import monotonic

from dash_kpi.alerting.judging.closed import closed_spans
from dash_kpi.alerting.judging.told import Details
from dash_kpi.alerting.rules.judge import Reading
from dash_kpi.alerting.rules.rule import OF_NOW, Rule
from dash_kpi.kpis.blank import value_of
from dash_kpi.kpis.calendar import Days
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.evaluate import basis_of, span_of, values_over
from dash_kpi.kpis.measures import Measures
from dash_kpi.kpis.spans import Spans
from dash_kpi.reporting.driver_sentence import driver_sentence
from dash_kpi.reporting.view import CUSTOM, View
from dash_kpi.storage.daily import measures_of, selected
from dash_kpi.storage.database import Database
from dash_kpi.storage.filters import Filters
from dash_kpi.storage.segments import measures_by
from dash_kpi.storage.sources import State

MOST_VALUES = 24
MOST_FILES = 20
MOST_SECONDS = 2.0  # a revision, for what moved numbers; no message waits longer for it


def details_of(
    database: Database,
    state: State,
    kpi: Kpi,
    rule: Rule,
    segment: str,
    reading: Reading,
    values: Sequence[float | None],
    labels: Sequence[str],
) -> Details:
    """Return what is to be told of a number beside the number itself; `values` end with it."""
    filters = filters_of(rule, segment)
    days = Days(reading.start, reading.end)
    found = Details(
        label=kpi.label,
        unit=kpi.unit,
        decimals=kpi.definition.decimals,
        direction=kpi.direction,
        period=reading.label,
        values=tuple(values)[-MOST_VALUES:],
        labels=tuple(labels)[-MOST_VALUES:],
        view=_view(kpi, rule, filters, days),
    )
    if reading.kind in OF_NOW:
        is_about_days = reading.kind == "restated" and reading.value is not None
        return replace(found, files=_files(database, state, kpi, filters, days) if is_about_days else ())
    measures = _measures(database, state, rule, segment)
    spans = _spans(database, rule, days)
    previous, year_ago = (_value(kpi, measures, one, state) for one in (spans.previous, spans.year_ago))
    before = spans.previous.pieces[0]
    driver = ""
    if before and previous is not None:
        driver = _driver(
            database, state, lambda: driver_sentence(database, state, kpi, filters, measures, days, before)
        )
    return replace(
        found,
        previous=previous,
        year_ago=year_ago,
        files=_files(database, state, kpi, filters, days),
        driver=driver,
    )


class _Spent:
    """The seconds that were spent on what moved numbers, at one revision."""

    def __init__(self) -> None:
        self.seconds = 0.0


def _driver(database: Database, state: State, ask: Callable[[], str]) -> str:
    """Return what moved a number, while there is time: a thousand alerts at once must be told all the same."""
    spent = database.answers.get(("seconds of drivers", state.workspace_id, state.revision), _Spent)
    if spent.seconds > MOST_SECONDS:
        return ""
    began = monotonic()
    try:
        return ask()
    finally:
        spent.seconds += monotonic() - began


def filters_of(rule: Rule, segment: str) -> Filters:
    """Return the filters of the rows that a segment of a rule is about."""
    if not rule.by or not segment:
        return rule.filters
    others = (one for one in rule.filters if one[0] != rule.by)
    return tuple(sorted((*others, (rule.by, (value_of(segment),)))))


def _measures(database: Database, state: State, rule: Rule, segment: str) -> Measures:
    """Return the measures that a segment was judged by; they are remembered since."""
    if rule.by and segment:
        found = measures_by(database, state, rule.filters, rule.by).get(value_of(segment))
        if found is not None:
            return found
    return measures_of(database, state, filters_of(rule, segment))


def _spans(database: Database, rule: Rule, days: Days) -> Spans:
    """Return the period, with the way to the one before it."""
    calendar = database.settings.calendar
    known = closed_spans(rule, days.start, days.end, calendar)
    if known is not None:
        return Spans((days,), known.back, known.unit, calendar)
    return Spans((days,), lambda piece: calendar.before(piece, rule.unit_grain), rule.unit_grain, calendar)


def _value(kpi: Kpi, measures: Measures, spans: Spans, state: State) -> float | None:
    """Return a KPI over an earlier period; none where the data begins within it: it would be too small."""
    piece, covered = spans.pieces[0], span_of(kpi, measures)
    if piece is None or covered is None or piece.start < covered.start:
        return None
    if not all(name in measures for name in kpi.inputs):
        return None
    value = float(values_over(kpi, measures, spans)[0])
    return value if math.isfinite(value) else None


def _files(database: Database, state: State, kpi: Kpi, filters: Filters, days: Days) -> tuple[str, ...]:
    """Return the files that hold the days and count for the KPI."""
    taken = basis_of(kpi, measures_of(database, state, ())).sources
    found = (
        one.file
        for one in selected(state, filters)[0]
        if one.id in taken and one.days.start <= days.end and one.days.end >= days.start
    )
    return tuple(sorted(dict.fromkeys(found)))[:MOST_FILES]


def _view(kpi: Kpi, rule: Rule, filters: Filters, days: Days) -> str:
    """Return the query of a page that shows the KPI, for the rows and the days of the alert."""
    first, last = _days_shown(days)
    view = View(CUSTOM, first, last, kpi=kpi.name, grain=rule.unit_grain, by=rule.by or None, filters=filters)
    return view.to_query()


def _days_shown(days: Days) -> tuple[date, date]:
    return min(days.start, days.end), max(days.start, days.end)
