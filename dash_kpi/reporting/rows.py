"""The rows behind a number: which they are, where they stand, and that they add up to it."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np

from dash_kpi.errors import Refused
from dash_kpi.kpis.calendar import EPOCH
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.evaluate import basis_of, over_span, span_of
from dash_kpi.kpis.formulas.tree import Column
from dash_kpi.kpis.measures import Daily, Measures, joined
from dash_kpi.kpis.periods import Days, reference_span, span_label
from dash_kpi.kpis.spans import periods
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.reporting.frame import Frame, frame_of, revision_not_there
from dash_kpi.reporting.points import check_dimensions, wanted
from dash_kpi.reporting.values import BehindRow, Input, RowsBehind, RowsPage, Span
from dash_kpi.reporting.view import CUSTOM, Filters, View
from dash_kpi.storage.daily import measures_of, selected
from dash_kpi.storage.database import Database
from dash_kpi.storage.rows import Choice, SheetRow, Sums
from dash_kpi.storage.rows import rows as stored_rows
from dash_kpi.storage.rows import sums as stored_sums
from dash_kpi.storage.sources import FILE, State, checked_revision, state_at

PAGE_ROWS = 50
TOLERANCE = 1e-9  # relative: two ways of adding up the same numbers


@dataclass(frozen=True, slots=True)
class RowsQuestion:
    """Whose rows are asked for: of which KPI, over which days, under which filters, as of which revision."""

    kpi: str | None = None  # none: the first
    start: date | None = None  # none: from the first day of the data
    end: date | None = None  # none: to the last day of the data
    filters: Filters = ()
    as_of: int | None = None


@dataclass(frozen=True)
class _Number:
    """One number: a KPI over a span, under filters, at a revision."""

    database: Database
    state: State
    kpi: Kpi
    named: dict[str, Kpi]  # the KPIs that are one measure, which lend it label and unit
    span: Days
    before: Days | None
    filters: Filters

    @cached_property
    def measures(self) -> Measures:
        return measures_of(self.database, self.state, self.filters)

    @cached_property
    def value(self) -> float | None:
        """The number as cards show it."""
        return over_span(self.kpi, self.measures, self.span, self.before)

    @cached_property
    def choice(self) -> Choice:
        """The rows that it comes from: of the sources that the KPI takes, and of no other."""
        possible, rest = selected(self.state, self.filters)
        basis = basis_of(self.kpi, self.measures).sources if self.has_inputs else frozenset()
        sources = tuple(source for source in possible if source.id in basis)
        dimensions = dict.fromkeys(name for source in sources for name in source.dimensions if name != FILE)
        shared = set.intersection(*(set(column.where) for column in self.kpi.columns)) if self.kpi.columns else set()
        return Choice(sources, self.shown, tuple(dimensions), self.span, (*rest, *sorted(shared)))

    @property
    def has_inputs(self) -> bool:
        return self.kpi.tree is not None and all(name in self.measures for name in self.kpi.inputs)

    @property
    def shown(self) -> tuple[str, ...]:
        """The measures whose rows are shown: those of the KPI, or all where it only counts values of dimensions."""
        return self.kpi.inputs or tuple(self.measures.columns)

    @cached_property
    def sums(self) -> Sums:
        return stored_sums(self.database, self.choice)

    @property
    def inputs(self) -> tuple[Input, ...]:
        """What the rows come to."""
        return tuple(self._input(name) for name in self.shown)

    def _input(self, name: str) -> Input:
        aggregation, column = self.state.aggregations.get(name, "sum"), self.sums.measures.get(name)
        value, count = _value(column, aggregation)
        own = self.named.get(name)
        label = own.label if own else name.replace("_", " ").capitalize()
        return Input(name, label, own.unit if own else "number", aggregation, value, count)

    @property
    def foot(self) -> float | None:
        """The KPI from what the rows come to, as the last line of their table says it."""
        if not self.has_inputs:
            return None
        columns = {name: self._as_rows_say(name) for name in self.kpi.inputs}
        return over_span(self.kpi, replace(self.measures, columns=columns, _known={}), self.span, self.before)

    def _as_rows_say(self, measure: str) -> Daily:
        """Return a measure as the rows come to it within the span; outside it, it is what it is."""
        first, last = (day.toordinal() - EPOCH for day in self.span)
        known = self.measures.columns[measure]
        outside = known.at((known.days < first) | (known.days > last))
        inside = self.sums.measures.get(measure)
        return joined([outside, inside]) if inside else outside


def rows_behind(
    database: Database, workspace: str, question: RowsQuestion, page: int = 1, size: int = PAGE_ROWS
) -> RowsBehind:
    """Return one page of the rows behind a number. Raises NotFound for what does not exist, Refused without data."""
    return _behind(workspace, _asked(database, workspace, question), page, size)


def rows_page(database: Database, workspace: str, view: View, page: int = 1) -> RowsPage:
    """Return what the page shows for a view; whatever of the view does not exist has its default, and says so."""
    state = state_at(database, workspace, view.as_of)
    key = ("rows", state.workspace_id, state.revision, state.is_past, view, page)
    return database.answers.get(key, lambda: _page(database, workspace, state, view, page))


def row_table(
    database: Database, workspace: str, question: RowsQuestion
) -> tuple[tuple[str, ...], Iterator[tuple[Any, ...]]]:
    """Return the headings of a table of all rows behind a number, and its rows. Raises as `rows_behind` does."""
    number = _asked(database, workspace, question)
    has_cells = number.sums.placed > 0
    heads = ("File", "Sheet", "Row", *(["Cells"] if has_cells else []), "Date")
    return (*heads, *number.choice.dimensions, *number.kpi.inputs), (
        (
            *(row.source.file, row.source.sheet or None, row.row),
            *([" ".join(filter(None, dict.fromkeys(row.cells)))] if has_cells else []),
            *(row.day, *row.dimensions, *row.measures),
        )
        for row in stored_rows(database, number.choice)
    )


def _asked(database: Database, workspace: str, question: RowsQuestion) -> _Number:
    """Find what a question of a program is about; it names things exactly."""
    state = state_at(database, workspace, checked_revision(database, workspace, question.as_of))
    check_dimensions(state, [name for name, _ in question.filters])
    kpis = kpis_of(database, state)
    asked = wanted(kpis, [] if question.kpi is None else [question.kpi])
    if state.span is None or not asked:
        raise Refused(f"There is no data at revision {state.revision}.")
    span = Days(question.start or state.span.start, question.end or state.span.end)
    if span.start > span.end:
        raise Refused(f"The first day, {span.start}, is after the last, {span.end}.")
    kpi = asked[0]
    before = reference_span("", span, "previous", database.settings.calendar) if kpi.uses_earlier else None
    return _Number(database, state, kpi, of_one_measure(kpis), span, before, question.filters)


def _page(database: Database, workspace: str, state: State, view: View, page: int) -> RowsPage:
    frame = frame_of(database, state, view)
    kpis = kpis_of(database, state) if frame else ()
    if frame is None or not kpis:
        return RowsPage(state.revision, view, notes=revision_not_there(state, view))
    kpi = next((kpi for kpi in kpis if kpi.name == view.kpi), kpis[0])
    number = _Number(database, state, kpi, of_one_measure(kpis), frame.span, _before(kpi, frame), view.filters)
    unknown = [f"There is no KPI named '{view.kpi}'; these are the rows behind {kpi.label}."]
    return RowsPage(
        revision=state.revision,
        view=replace(view, kpi=kpi.name),
        behind=_behind(workspace, number, page, PAGE_ROWS),
        kpis=tuple((kpi.name, kpi.label) for kpi in kpis),
        span=_span(frame.span),
        grain=frame.grain,
        grains=frame.grains,
        dimensions=state.dimensions,
        notes=(*revision_not_there(state, view), *(unknown if view.kpi not in (None, kpi.name) else ())),
    )


def _behind(workspace: str, number: _Number, page: int, size: int) -> RowsBehind:
    total = number.sums.rows
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    found = stored_rows(number.database, number.choice, size, (page - 1) * size)
    return RowsBehind(
        workspace=workspace,
        revision=number.state.revision,
        kpi=number.kpi.name,
        label=number.kpi.label,
        unit=number.kpi.unit,
        value=number.value,
        reason=None if number.value is not None else _reason(number),
        foot=number.foot,
        span=_span(number.span),
        inputs=number.inputs,
        dimensions=number.choice.dimensions,
        total=total,
        page=page,
        pages=pages,
        rows=tuple(_row(row) for row in found),
        has_cells=number.sums.placed > 0,
        before=_span(number.before) if number.before else None,
        notes=_notes(number),
    )


def _row(row: SheetRow) -> BehindRow:
    return BehindRow(
        row.source.file, row.source.sheet or None, row.row, row.cells, row.day, row.measures, row.dimensions
    )


def _notes(number: _Number) -> tuple[str, ...]:
    """Say when the rows do not come to the number: then one of the two is wrong."""
    value, foot = number.value, number.foot
    if value is None and foot is None:
        return ()
    if value is not None and foot is not None and math.isclose(value, foot, rel_tol=TOLERANCE, abs_tol=TOLERANCE):
        return ()
    return (
        f"The rows come to {foot}, but the number is {value}. Run dash-kpi db check: it says which file is damaged.",
    )


def _reason(number: _Number) -> str:
    if number.kpi.problem:
        return number.kpi.problem
    if not number.sums.rows:
        return "No row in this period has what it is computed from."
    if number.kpi.uses_earlier:
        return "There is no data for the period before."
    return "The rows do not have everything that it is computed from."


def _before(kpi: Kpi, frame: Frame) -> Days | None:
    """Return what a KPI such as growth sets the span against: what the chart does for one of its periods."""
    if not kpi.uses_earlier:
        return None
    view, span = frame.view, frame.span
    if view.period == CUSTOM and view.grain and frame.calendar.end_of(span.start, frame.grain) >= span.end:
        return periods(span, frame.grain, frame.calendar, span_of(kpi, frame.measures)).previous.pieces[0]
    return reference_span(view.period, span, view.before, frame.calendar)


def of_one_measure(kpis: Iterable[Kpi]) -> dict[str, Kpi]:
    """Return the KPIs that are one measure and nothing else, by its name."""
    return {kpi.name: kpi for kpi in kpis if isinstance(kpi.tree, Column) and kpi.tree.name == kpi.name}


def _value(column: Daily | None, aggregation: str) -> tuple[float | None, int]:
    """Return what a measure comes to, from what the number itself is made of and in the same exact way."""
    if column is None or not (count := int(column.counts.sum())):
        return None, 0
    if aggregation == "last":
        ends = {source: column.days[column.sources == source].max() for source in np.unique(column.sources)}
        column = column.at(
            np.array([day == ends[source] for source, day in zip(column.sources, column.days, strict=True)])
        )
    total = math.fsum(column.totals.tolist())
    return total / count if aggregation == "mean" else total, count


def _span(days: Days) -> Span:
    return Span(days.start, days.end, span_label(days))
