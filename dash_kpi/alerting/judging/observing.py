"""Observing: the series that rules are judged by, out of the data of one revision."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

import numpy as np

from dash_kpi.alerting.judging.closed import Closed, closed_spans, closed_until, labels_of
from dash_kpi.alerting.rules.conditions import Judged, judged
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.rules.series import Series
from dash_kpi.errors import NotFound, Refused
from dash_kpi.kpis.blank import value_words
from dash_kpi.kpis.calendar import Calendar
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.evaluate import span_of, values_over
from dash_kpi.kpis.measures import Floats, Measures
from dash_kpi.kpis.spans import Spans
from dash_kpi.kpis.statistics.running import Bands, running_bands
from dash_kpi.kpis.statistics.sensitivity import Sensitivity
from dash_kpi.kpis.targets import target_over
from dash_kpi.kpis.timeline import Timeline
from dash_kpi.reporting.catalogue import every_kpi
from dash_kpi.reporting.late import Watch, watches
from dash_kpi.storage.daily import measures_of
from dash_kpi.storage.database import Database
from dash_kpi.storage.reports import Report, reports_of
from dash_kpi.storage.segments import measures_by
from dash_kpi.storage.sources import State

WHOLE = ""  # the segment of a rule that is not judged by the values of a dimension


@dataclass(frozen=True)
class Observed:
    """One segment of a rule: its closed periods, and each of them judged by the rule's conditions."""

    series: Series
    judged: Judged


@dataclass(frozen=True)
class Observer:
    """The data of one revision as rules look at it at one moment, which is in the team's time zone."""

    database: Database
    workspace: str
    state: State
    now: datetime

    @property
    def calendar(self) -> Calendar:
        """How time is cut into periods."""
        return self.database.settings.calendar

    @property
    def today(self) -> date:
        """The team's day."""
        return self.now.date()

    @cached_property
    def kpis(self) -> Mapping[str, Kpi]:
        """Every KPI by its name, hidden ones too."""
        return {kpi.name: kpi for kpi in every_kpi(self.database, self.state)}

    @cached_property
    def watches(self) -> Mapping[int, Watch]:
        """When each source is due."""
        with self.database.reading() as session:
            return watches(session, self.state, self.now)

    @cached_property
    def reports(self) -> Mapping[int, Report]:
        """What the last reading of each source found."""
        with self.database.reading() as session:
            return reports_of(session, self.state)

    def kpi_of(self, rule: Rule) -> Kpi:
        """Return the KPI of a rule. Raises NotFound, and Refused where it cannot be computed."""
        if rule.kpi not in self.kpis:
            raise NotFound("KPI", rule.kpi, self.kpis)
        kpi = self.kpis[rule.kpi]
        if kpi.problem:
            raise Refused(kpi.problem)
        return kpi

    def closed(self, rule: Rule) -> Closed | None:
        """Return up to which day the periods of a rule have closed, None without data. Raises Refused."""
        whole = measures_of(self.database, self.state, ())
        return closed_until(self.kpi_of(rule), whole, self.state.sources, rule.unit_grain, self.today)

    def first_day(self, rule: Rule) -> date | None:
        """Return the first day of the data of a rule's KPI, None without data. Raises Refused."""
        covered = span_of(self.kpi_of(rule), measures_of(self.database, self.state, ()))
        return covered.start if covered else None

    def observe(self, rule: Rule) -> dict[str, Observed]:
        """Return every segment of a rule on closed periods, "" for the whole. Raises Refused.

        A KPI without data has no segment; one that a dimension has too many values for has those with most rows.
        """
        return {
            segment: Observed(series, judged(rule, series, rule.limits.get(segment)))
            for segment, series in self.series(rule).items()
        }

    def series(self, rule: Rule) -> dict[str, Series]:
        """Return the closed periods of every segment of a rule; remembered by revision and day. Raises Refused."""
        kpi, closed = self.kpi_of(rule), self.closed(rule)
        if closed is None:
            return {}
        key = (
            "series",
            self.state.workspace_id,
            self.state.revision,
            rule.kpi,
            rule.grain,
            rule.filters,
            rule.by,
            closed,
        )
        return self.database.answers.get(key, lambda: self._series(kpi, rule, closed))

    def _series(self, kpi: Kpi, rule: Rule, closed: Closed) -> dict[str, Series]:
        covered = span_of(kpi, measures_of(self.database, self.state, ()))
        spans = closed_spans(rule, covered.start, closed.until, self.calendar) if covered else None
        if spans is None or covered is None:
            return {}
        found = {WHOLE: measures_of(self.database, self.state, rule.filters)}
        if rule.by:
            by = measures_by(self.database, self.state, rule.filters, rule.by)
            found = {value_words(value): measures for value, measures in by.items()}  # "" is the whole
        labels = labels_of(spans, rule, self.calendar)
        return {
            segment: _series_of(kpi, measures, spans, labels, rule, covered.start)
            for segment, measures in found.items()
            if all(name in measures for name in kpi.inputs) or not rule.by
        }


def _series_of(kpi: Kpi, measures: Measures, spans: Spans, labels: tuple[str, ...], rule: Rule, first: date) -> Series:
    pieces = [piece for piece in spans.pieces if piece]
    values = _values(kpi, measures, spans)

    def bands(sensitivity: Sensitivity) -> Bands:
        ends = tuple(piece.end if rule.days else piece.start for piece in pieces)
        whole = np.ones(len(pieces), dtype=bool)
        return running_bands(Timeline(rule.unit_grain, ends, values, whole, measures.calendar), sensitivity)

    return Series(
        starts=tuple(piece.start for piece in pieces),
        ends=tuple(piece.end for piece in pieces),
        labels=labels,
        values=values,
        unit=kpi.unit,
        find_targets=lambda: target_over(kpi, measures, spans),
        find_previous=lambda: _whole(_values(kpi, measures, spans.previous), spans.previous, first),
        find_year_ago=lambda: _whole(_values(kpi, measures, spans.year_ago), spans.year_ago, first),
        find_bands=bands,
    )


def _whole(values: Floats, spans: Spans, first: date) -> Floats:
    """Return the values without those of periods that began before the data did: they would be too small."""
    is_whole = [piece is not None and piece.start >= first for piece in spans.pieces]
    whole: Floats = np.where(np.array(is_whole, dtype=bool), values, np.nan)
    return whole


def _values(kpi: Kpi, measures: Measures, spans: Spans) -> Floats:
    if not all(name in measures for name in kpi.inputs):
        return np.full(len(spans), np.nan)
    return values_over(kpi, measures, spans)
