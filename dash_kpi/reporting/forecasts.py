"""Forecasts of KPIs: computed once for a revision, by the worker or by whoever asks first, and kept for all."""

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from dash_kpi.kpis.calendar import DAY, GRAINS, Calendar, Days, Grain
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.evaluate import basis_of, timeline
from dash_kpi.kpis.forecasting.forecast import Bounds, Forecast, forecast
from dash_kpi.kpis.forecasting.history import HORIZONS, LONGEST_HORIZON
from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.timeline import Timeline
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.storage import models
from dash_kpi.storage.daily import measures_of
from dash_kpi.storage.database import Database
from dash_kpi.storage.snapshots import Filters
from dash_kpi.storage.sources import State, state_at

log = logging.getLogger(__name__)

METHOD = 1  # raise it when forecasts come out differently: those that are kept are computed anew
AHEAD: tuple[Grain, ...] = ("day", "week", "month", "quarter")  # the grains that are computed before anybody asks
KEPT_REVISIONS = 2  # the newest, and the one that pages may still show
FAILED = "The forecast failed for a reason that nobody foresaw; the log says more."


class Wanted(NamedTuple):
    """One forecast of a state: which KPI, at which grain, how many periods ahead."""

    kpi: Kpi
    grain: Grain
    periods: int


def forecast_of(
    database: Database,
    state: State,
    kpi: Kpi,
    grain: Grain,
    filters: Filters = (),
    periods: int | None = None,
) -> Forecast:
    """Return the forecast of a KPI from its whole history; remembered by revision.

    Without filters it is the one that is kept in the database; where it is not there yet, it is computed
    now, and kept for others unless the revision is past. Fewer `periods` than usual are the first of the usual.
    """
    usual = HORIZONS[grain]
    ahead = max(usual, min(periods or usual, LONGEST_HORIZON[grain]))
    wanted = Wanted(kpi, grain, ahead)
    key = ("forecast", state.workspace_id, state.revision, kpi.name, grain, ahead, filters)

    def compute() -> Forecast:
        if filters:
            return _computed(database, state, wanted, filters)
        found = _kept(database, state, wanted)
        return found or _computed_and_kept(database, state, wanted)

    return first_of(database.answers.get(key, compute), periods or usual)


def first_of(found: Forecast, periods: int) -> Forecast:
    """Return the first periods of a forecast."""
    if len(found.starts) <= periods:
        return found
    names = ("starts", "mean", "low80", "high80", "low95", "high95")
    cut = {name: getattr(found, name)[:periods] for name in names}
    return replace(found, **cut, errors=tuple(path[:periods] for path in found.errors))


def grain_of(database: Database, state: State, kpi: Kpi) -> Grain:
    """Return the finest grain at which a KPI is known: the coarsest of the sources that it takes."""
    sources = basis_of(kpi, measures_of(database, state, ())).sources
    grains = [source.grain for source in state.sources if source.id in sources]
    return max(grains, key=GRAINS.index, default="day")


def span_of_kpi(database: Database, state: State, kpi: Kpi) -> Days | None:
    """Return the days that the sources of a KPI cover: another source that goes on later says nothing of it."""
    sources = basis_of(kpi, measures_of(database, state, ())).sources
    covered = [source.days for source in state.sources if source.id in sources]
    if not covered:
        return state.span
    return Days(min(days.start for days in covered), max(days.end for days in covered))


def timeline_of(database: Database, state: State, kpi: Kpi, grain: Grain, filters: Filters = ()) -> Timeline | None:
    """Return the whole history of a KPI, None where it has none."""
    measures, span = measures_of(database, state, filters), span_of_kpi(database, state, kpi)
    if span is None or kpi.tree is None or not all(name in measures for name in kpi.inputs):
        return None
    return timeline(kpi, measures, span, grain)


def precompute(database: Database, workspace: str, now: datetime) -> int:
    """Compute what is missing of the newest revision, and return how many forecasts that were."""
    count = 0
    while advance(database, workspace, now):
        count += 1
    return count


def advance(database: Database, workspace: str, now: datetime) -> bool:
    """Compute the next forecast that the newest revision lacks, and tell whether there was one.

    One at a time, so that whoever calls can let others go first; a newer revision is noticed at each.
    """
    state = state_at(database, workspace)
    with database.reading() as session:
        kept = models.Forecast
        rows = session.execute(
            select(kept.kpi, kept.grain, kept.periods).where(
                kept.workspace_id == state.workspace_id,
                kept.revision == state.revision,
                kept.made == _made(database),
            )
        )
        there = {tuple(row) for row in rows}
    for wanted in wanted_ahead(database, state):
        if (wanted.kpi.name, wanted.grain, wanted.periods) not in there:
            _keep(database, state, wanted, _computed(database, state, wanted), now)
            return True
    return False


def wanted_ahead(database: Database, state: State) -> Iterator[Wanted]:
    """Yield what people will ask for: every shown KPI at its own grain and the coarser ones."""
    for kpi in kpis_of(database, state):
        if kpi.problem is None:
            own = GRAINS.index(grain_of(database, state, kpi))
            yield from (Wanted(kpi, grain, HORIZONS[grain]) for grain in AHEAD if GRAINS.index(grain) >= own)


def _computed_and_kept(database: Database, state: State, wanted: Wanted) -> Forecast:
    found = _computed(database, state, wanted)
    if not state.is_past:
        try:
            _keep(database, state, wanted, found, datetime.now(UTC))
        except SQLAlchemyError:  # somebody else writes it, or nobody can: the answer is there all the same
            log.warning("forecast not kept kpi=%s grain=%s", wanted.kpi.name, wanted.grain, exc_info=True)
    return found


def _computed(database: Database, state: State, wanted: Wanted, filters: Filters = ()) -> Forecast:
    """Return a forecast, or the reason why there is none: what fails for one KPI must not stop the others."""
    kpi, grain, periods = wanted
    if kpi.problem:
        return Forecast(grain, reason=kpi.problem)
    try:
        own = grain_of(database, state, kpi)
        if GRAINS.index(grain) < GRAINS.index(own):
            return Forecast(grain, reason=f"{kpi.label} is known by {own}; there is no forecast by {grain}.")
        past = timeline_of(database, state, kpi, grain, filters)
        if past is None:
            return Forecast(grain, reason="There is no data yet.")
        dates = database.settings.calendar
        calendar = _working_days(dates, past, periods) if dates.holidays else None
        return forecast(past, periods, calendar=calendar, bounds=bounds_of(kpi), dates=dates)
    except Exception:  # the log says which; the others go on
        log.exception("forecast failed kpi=%s grain=%s revision=%d", kpi.name, grain, state.revision)
        return Forecast(grain, reason=FAILED)


def bounds_of(kpi: Kpi) -> Bounds | None:
    """Return the bounds of a KPI: an amount keeps to what it was, a margin or a growth may fall below zero."""
    return None if kpi.is_additive or kpi.unit not in ("percent", "ratio") else Bounds()


def _working_days(calendar: Calendar, past: Timeline, periods: int) -> Floats:
    """Return the number of working days of each period of a timeline, and of so many after it."""
    after = (calendar.next_start(past.starts[-1], past.grain, step) for step in range(1, periods + 2))
    starts = (*past.starts, *after)
    passed = np.append(0, np.cumsum(calendar.working(Days(starts[0], starts[-1] - DAY))))
    at = [(start - starts[0]).days for start in starts]
    return np.diff(passed[at]).astype(np.float64)


def _made(database: Database) -> str:
    calendar = database.settings.calendar
    parts = (METHOD, calendar.week_start, calendar.year_start, calendar.weeks, calendar.holidays)
    return ":".join(str(part) for part in parts)


def _kept(database: Database, state: State, wanted: Wanted) -> Forecast | None:
    with database.reading() as session:
        row = session.get(models.Forecast, _key(state, wanted))
        if row is None or row.made != _made(database):
            return None
        return Forecast.from_json(row.forecast)


def _keep(database: Database, state: State, wanted: Wanted, found: Forecast, now: datetime) -> None:
    """Keep a forecast, and let go of those that no page shows any more."""
    kept = models.Forecast
    workspace_id, revision, name, grain, periods = _key(state, wanted)
    row = kept(
        workspace_id=workspace_id,
        revision=revision,
        kpi=name,
        grain=grain,
        periods=periods,
        made=_made(database),
        forecast=found.as_json(),
        computed_at=now,
    )
    with database.writing() as session:
        session.merge(row)
        session.flush()
        having = select(kept.revision).where(kept.workspace_id == workspace_id).distinct()
        newest = having.order_by(kept.revision.desc()).limit(KEPT_REVISIONS).subquery()
        oldest = session.scalar(select(func.min(newest.c.revision)))
        session.execute(delete(kept).where(kept.workspace_id == workspace_id, kept.revision < oldest))


def _key(state: State, wanted: Wanted) -> tuple[int, int, str, str, int]:
    return state.workspace_id, state.revision, wanted.kpi.name, wanted.grain, wanted.periods
