"""Daily measures: from `kpi_data` where nothing is filtered, from the snapshots where something is."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import String, or_, select, type_coerce

from dash_kpi.kpis.calendar import EPOCH, Calendar, Days
from dash_kpi.kpis.measures import Daily, Measures, daily, joined
from dash_kpi.storage.database import Database
from dash_kpi.storage.filters import Filters
from dash_kpi.storage.formula_rows import FormulaRows
from dash_kpi.storage.models import KpiData
from dash_kpi.storage.sources import FILE, SourceState, State

PLANS = frozenset({"budget"})  # measures of what is to come


def measures_of(database: Database, state: State, filters: Filters, wanted: frozenset[str] | None = None) -> Measures:
    """Return the daily measures of a state, under filters, ready for KPIs; remembered by revision."""

    def compute() -> Measures:
        sources, rest = selected(state, filters)
        names = {name for source in sources for name in source.dimensions if name != FILE}
        columns = daily_measures(database, state, filters, wanted)
        is_whole = not filters and wanted is None
        return Measures(
            columns,
            state.aggregations,
            state.span,
            database.settings.calendar,
            {name: frozenset(s.id for s in sources if name in s.dimensions) for name in names},
            FormulaRows(database, sources, rest),
            {source.id: source.grain for source in sources},
            _known_days(state, columns, database.settings.calendar)
            if is_whole
            else measures_of(database, state, ()).spans,
        )

    return database.answers.get(("measures", state.workspace_id, state.revision, filters, wanted), compute)


def known_until(state: State, measures: Measures) -> Days | None:
    """Return the days that any source covers, up to the last on which something happened: a plan is not yet news."""
    ends = [measures.spans[one.id].end for one in state.sources if set(one.aggregations) - PLANS]
    return Days(state.span.start, max(ends)) if state.span and ends else state.span


def _known_days(state: State, columns: Mapping[str, Daily], calendar: Calendar) -> dict[int, Days]:
    """Return the days that each source covers; rows that only hold a plan do not count where it has more than plans."""
    last: dict[int, int] = {}
    for name in columns.keys() - PLANS:
        column = columns[name]  # in the order of sources and days
        sources = np.unique(column.sources)
        ends = column.days[np.searchsorted(column.sources, sources, side="right") - 1]
        for source, day in zip(sources.tolist(), ends.tolist(), strict=True):
            last[source] = max(day, last.get(source, day))
    known = {}
    for source in state.sources:
        start, end = source.days
        if source.id in last:
            end = min(end, calendar.end_of(date.fromordinal(last[source.id] + EPOCH), source.grain))
        known[source.id] = Days(start, end)
    return known


def daily_measures(
    database: Database, state: State, filters: Filters, wanted: Collection[str] | None = None
) -> Mapping[str, Daily]:
    """Return measures by source and day: those that are wanted, or every one.

    A source that lacks a dimension of the filters has no row that they let through.
    """
    sources, rest = selected(state, filters)
    if rest:
        return _from_snapshots(database, sources, rest, wanted)
    return _from_kpi_data(database, state, sources, wanted)


def selected(state: State, filters: Filters) -> tuple[list[SourceState], Filters]:
    """Return the sources that can have rows under the filters, and the filters that rows must pass.

    The file a row came from is known without looking at the rows.
    """
    files = dict(filters).get(FILE)
    rest = tuple(item for item in filters if item[0] != FILE)
    wanted = {name for name, _ in rest}
    chosen = [source for source in state.sources if files is None or source.file in files]
    return [source for source in chosen if wanted <= set(source.dimensions)], rest


def _from_kpi_data(
    database: Database, state: State, sources: list[SourceState], wanted: Collection[str] | None
) -> dict[str, Daily]:
    columns = (KpiData.measure, KpiData.source_id, type_coerce(KpiData.day, String), KpiData.total, KpiData.count)
    query = select(*columns).where(
        KpiData.workspace_id == state.workspace_id,
        KpiData.valid_from <= state.revision,
        or_(KpiData.valid_to.is_(None), KpiData.valid_to > state.revision),
    )
    if len(sources) < len(state.sources):
        query = query.where(KpiData.source_id.in_([source.id for source in sources]))
    if wanted is not None:
        query = query.where(KpiData.measure.in_(wanted))
    rows: dict[str, list[Any]] = defaultdict(list)
    with database.reading() as session:
        for measure, *row in session.connection().execute(query).all():
            rows[measure].append(row)
    return {measure: daily(*zip(*found, strict=True)) for measure, found in rows.items()}


def _from_snapshots(
    database: Database, sources: list[SourceState], filters: Filters, wanted: Collection[str] | None
) -> dict[str, Daily]:
    """Ask once for all sources that have the same measures: a folder of monthly files is one query."""
    groups: dict[tuple[str, ...], dict[str, int]] = defaultdict(dict)
    for source in sources:
        names = tuple(name for name in source.aggregations if wanted is None or name in wanted)
        groups[names][source.snapshot] = source.id
    return _joined(database.snapshots.daily(files, names, filters) for names, files in groups.items() if names)


def _joined(parts: Iterable[Mapping[str, Daily]]) -> dict[str, Daily]:
    """Put together what different sources have of the same measures."""
    found: dict[str, list[Daily]] = defaultdict(list)
    for part in parts:
        for measure, values in part.items():
            found[measure].append(values)
    return {measure: joined(parts) for measure, parts in found.items()}
