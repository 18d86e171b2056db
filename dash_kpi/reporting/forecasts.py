"""Forecasts of KPIs: computed once for a revision, by the worker or by whoever asks first, and kept for all."""

import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

import numpy as np
from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from dash_kpi.kpis.calendar import DAY, GRAINS, Calendar, Days, Grain
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.evaluate import basis_of, span_of, timeline
from dash_kpi.kpis.forecasting.forecast import Bounds, Forecast, forecast
from dash_kpi.kpis.forecasting.history import HORIZONS, LONGEST_HORIZON
from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.timeline import Timeline
from dash_kpi.storage import models
from dash_kpi.storage.daily import measures_of
from dash_kpi.storage.database import Database
from dash_kpi.storage.filters import Filters
from dash_kpi.storage.sources import State

log = logging.getLogger(__name__)

METHOD = 1  # raise it when forecasts come out differently: those that are kept are computed anew
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
    ahead = kept_periods(grain, periods or usual)
    wanted = Wanted(kpi, grain, ahead)
    key = ("forecast", state.workspace_id, state.revision, kpi.name, grain, ahead, filters)

    def compute() -> Forecast:
        if filters:
            return computed(database, state, wanted, filters)
        found = _kept(database, state, wanted)
        return found or _computed_for_all(database, state, wanted)

    return columns_of(database.answers.get(key, compute), slice(periods or usual))


def kept_periods(grain: Grain, periods: int) -> int:
    """Return how far a forecast reaches that so many periods are the first of."""
    return max(HORIZONS[grain], min(periods, LONGEST_HORIZON[grain]))


def columns_of(found: Forecast, which: slice) -> Forecast:
    """Return a forecast for some of its periods."""
    names = ("starts", "mean", "low80", "high80", "low95", "high95")
    kept = {name: getattr(found, name)[which] for name in names}
    return replace(found, **kept, errors=tuple(path[which] for path in found.errors))


def grain_of(database: Database, state: State, kpi: Kpi) -> Grain:
    """Return the finest grain at which a KPI is known: the coarsest of the sources that it takes."""
    sources = basis_of(kpi, measures_of(database, state, ())).sources
    grains = [source.grain for source in state.sources if source.id in sources]
    return max(grains, key=GRAINS.index, default="day")


def span_of_kpi(database: Database, state: State, kpi: Kpi) -> Days | None:
    """Return the days that the sources of a KPI cover: another source that goes on later says nothing of it."""
    return span_of(kpi, measures_of(database, state, ()))


def timeline_of(database: Database, state: State, kpi: Kpi, grain: Grain, filters: Filters = ()) -> Timeline | None:
    """Return the whole history of a KPI, None where it has none."""
    measures, span = measures_of(database, state, filters), span_of_kpi(database, state, kpi)
    if span is None or kpi.tree is None or not all(name in measures for name in kpi.inputs):
        return None
    return timeline(kpi, measures, span, grain)


def _computed_for_all(database: Database, state: State, wanted: Wanted) -> Forecast:
    found = computed(database, state, wanted)
    if not state.is_past and found.reason != FAILED:
        try:
            keep(database, state, wanted, found, datetime.now(UTC))
        except SQLAlchemyError:  # somebody else writes it, or nobody can: the answer is there all the same
            log.warning("forecast not kept kpi=%s grain=%s", wanted.kpi.name, wanted.grain, exc_info=True)
    return found


def computed(database: Database, state: State, wanted: Wanted, filters: Filters = ()) -> Forecast:
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


def made_by(database: Database) -> str:
    """Say what forecasts are made by, beside the data."""
    calendar = database.settings.calendar
    parts = (METHOD, calendar.week_start, calendar.year_start, calendar.weeks, calendar.holidays)
    return ":".join(str(part) for part in parts)


def _kept(database: Database, state: State, wanted: Wanted) -> Forecast | None:
    with database.reading() as session:
        row = session.get(models.Forecast, _key(state, wanted))
        if row is None or row.made != made_by(database):
            return None
        found = Forecast.from_json(row.forecast)
    return None if found.reason == FAILED else found  # whoever asks tries again; only the worker does not


def keep(database: Database, state: State, wanted: Wanted, found: Forecast, now: datetime) -> None:
    """Keep a forecast, and let go of those that no page shows any more."""
    kept = models.Forecast
    workspace_id, revision, name, grain, periods = _key(state, wanted)
    row = kept(
        workspace_id=workspace_id,
        revision=revision,
        kpi=name,
        grain=grain,
        periods=periods,
        made=made_by(database),
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
