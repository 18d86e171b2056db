"""What differs between two revisions: the KPIs by month, and the rows that made it so."""

import math
from collections.abc import Iterable
from dataclasses import asdict
from typing import Any

from dash_kpi.kpis.calendar import CIVIL, Calendar
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.evaluate import over_periods
from dash_kpi.kpis.measures import Measures
from dash_kpi.kpis.periods import GRAINS, Days, Grain, starts_between
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.reporting.data import revisions
from dash_kpi.reporting.frame import change_of
from dash_kpi.reporting.rows import of_one_measure
from dash_kpi.reporting.values import CellChange, Differences, KpiChange, RowChanged, SourceChange
from dash_kpi.storage.daily import measures_of
from dash_kpi.storage.database import Database
from dash_kpi.storage.differences import RowChange, RowDifference, row_difference
from dash_kpi.storage.sources import SourceState, State, checked_revision, state_at

MOST_BETWEEN = 20
TOLERANCE = 1e-12  # relative: the same numbers, added up in another order


def differences(database: Database, workspace: str, before: int, after: int) -> Differences:
    """Return what differs between two revisions, in the direction asked for; remembered, for neither changes.

    Raises NotFound for a revision or workspace that is not there. Revision 0 is before anything.
    """
    old, new = (state_at(database, workspace, checked_revision(database, workspace, one)) for one in (before, after))
    key = ("differences", new.workspace_id, before, after)
    return database.answers.get(key, lambda: _differences(database, workspace, old, new))


def as_json(found: Differences, calendar: Calendar = CIVIL) -> dict[str, Any]:
    """Return the difference as `dash-kpi diff --json` and the API give it."""
    return {
        "workspace": found.workspace,
        "from": found.before,
        "to": found.after,
        "revisions": [asdict(row) for row in found.between],
        "by": found.grain,
        "kpis": [
            {
                "name": one.name,
                "label": one.label,
                "unit": one.unit,
                "period": calendar.key(one.period, _grain(found.grain)),
                "before": one.before,
                "after": one.after,
                "change": one.change,
            }
            for one in found.kpis
        ],
        "sources": [
            {
                "file": one.file,
                "sheet": one.sheet,
                "status": one.status,
                "rows_added": one.added,
                "rows_removed": one.removed,
                "rows_altered": one.altered,
                "added": [_row_json(row) for row in one.added_rows],
                "removed": [_row_json(row) for row in one.removed_rows],
                "altered": [_row_json(row) for row in one.altered_rows],
            }
            for one in found.sources
        ],
    }


def _row_json(row: RowChanged) -> dict[str, Any]:
    cells = {one.column: {"before": one.before, "after": one.after, "cell": one.address} for one in row.cells}
    return {"row": row.row, "row_before": row.row_before, "of": dict(row.name), "cells": cells}


def _grain(name: str) -> Grain:
    return next(grain for grain in GRAINS if grain == name)


def _differences(database: Database, workspace: str, old: State, new: State) -> Differences:
    first, last = sorted((old.revision, new.revision))
    listed = revisions(database, workspace)
    grain = max("month", old.grain, new.grain, key=GRAINS.index)
    return Differences(
        workspace=workspace,
        before=old.revision,
        after=new.revision,
        grain=grain,
        kpis=tuple(_kpis(database, old, new, _grain(grain))),
        sources=tuple(_sources(database, old, new, _labels(database, old, new))),
        between=tuple(row for row in listed if first < row.number <= last)[:MOST_BETWEEN],
    )


def _kpis(database: Database, old: State, new: State, grain: Grain) -> Iterable[KpiChange]:
    """Compare every KPI over every period of either revision."""
    spans = [state.span for state in (old, new) if state.span]
    if not spans:
        return
    span = Days(min(one.start for one in spans), max(one.end for one in spans))
    calendar = database.settings.calendar
    known = [{kpi.name: kpi for kpi in kpis_of(database, state)} for state in (old, new)]
    measures = [measures_of(database, state, ()) for state in (old, new)]
    starts = starts_between(span, grain, calendar)
    for name, kpi in {**known[0], **known[1]}.items():
        # A formula may differ between revisions; the name of a KPI does not.
        values = (_values(own.get(name), one, span, grain) for own, one in zip(known, measures, strict=True))
        for start, before, after in zip(starts, *values, strict=True):
            if not _is_same(before, after):
                change = change_of(kpi, after, before)[0]
                label = calendar.label(start, grain)
                yield KpiChange(kpi.name, kpi.label, kpi.unit, kpi.direction, start, label, before, after, change)


def _values(kpi: Kpi | None, measures: Measures, span: Days, grain: Grain) -> tuple[float | None, ...]:
    """Return a KPI by period, nothing where the revision did not have it."""
    missing = (None,) * len(starts_between(span, grain, measures.calendar))
    return over_periods(kpi, measures, span, grain) if kpi else missing


def _is_same(before: float | None, after: float | None) -> bool:
    if before is None or after is None:
        return before is after
    return math.isclose(before, after, rel_tol=TOLERANCE)


def _labels(database: Database, old: State, new: State) -> dict[str, str]:
    """Return what people call the measures of either revision."""
    kpis = [kpi for state in (old, new) for kpi in kpis_of(database, state)]
    return {name: kpi.label for name, kpi in of_one_measure(kpis).items()}


def _sources(database: Database, old: State, new: State, labels: dict[str, str]) -> Iterable[SourceChange]:
    """Compare the sources whose snapshot is another one; one that is read anew without a difference is passed over."""
    before, after = ({source.id: source for source in state.sources} for state in (old, new))
    for number in dict.fromkeys([*after, *before]):
        was, now = before.get(number), after.get(number)
        if was and now and was.snapshot == now.snapshot:
            continue
        found = row_difference(database, was, now)
        if found.added.count or found.removed.count or found.altered.count:
            yield _source(was, now, found, labels)


def _source(
    was: SourceState | None, now: SourceState | None, found: RowDifference, labels: dict[str, str]
) -> SourceChange:
    source = now or was
    assert source is not None  # noqa: S101  at least one side has it
    naming = {"date", *(was.dimensions if was else ()), *(now.dimensions if now else ())}
    added, removed, altered = (
        tuple(_row(change, found.columns, naming, labels) for change in changes.listed)
        for changes in (found.added, found.removed, found.altered)
    )
    return SourceChange(
        file=source.file,
        sheet=source.sheet or None,
        status="new" if was is None else "gone" if now is None else "changed",
        added=found.added.count,
        removed=found.removed.count,
        altered=found.altered.count,
        added_rows=added,
        removed_rows=removed,
        altered_rows=altered,
    )


def _row(change: RowChange, columns: tuple[str, ...], naming: set[str], labels: dict[str, str]) -> RowChanged:
    """Say what names the row, and which of its values differ."""
    blank = (None,) * len(columns)
    before, after = change.before or blank, change.after or blank
    shown = before if change.after is None else after
    is_altered = change.before is not None and change.after is not None
    place = change.new or change.old
    return RowChanged(
        row=change.new.row if change.new else None,
        row_before=change.old.row if change.old else None,
        name=tuple((name, value) for name, value in zip(columns, shown, strict=True) if name in naming),
        cells=tuple(
            CellChange(name, labels.get(name, name), was, now, place.cell(name) if place else None)
            for name, was, now in zip(columns, before, after, strict=True)
            if was != now and (is_altered or name not in naming)
        ),
    )
