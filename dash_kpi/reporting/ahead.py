"""What is computed before anybody asks: the forecasts of the newest revision."""

from collections.abc import Iterator
from datetime import datetime

from sqlalchemy import select

from dash_kpi.kpis.calendar import GRAINS, Grain
from dash_kpi.kpis.forecasting.history import HORIZONS
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.reporting.forecasts import Wanted, computed, grain_of, keep, kept_periods, made_by
from dash_kpi.reporting.outlook import parts_ahead
from dash_kpi.storage import models
from dash_kpi.storage.database import Database
from dash_kpi.storage.sources import State, state_at

AHEAD: tuple[Grain, ...] = ("day", "week", "month", "quarter")


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
                kept.made == made_by(database),
            )
        )
        there = {tuple(row) for row in rows}
    for wanted in wanted_ahead(database, state):
        if (wanted.kpi.name, wanted.grain, wanted.periods) not in there:
            keep(database, state, wanted, computed(database, state, wanted), now)
            return True
    return False


def wanted_ahead(database: Database, state: State) -> Iterator[Wanted]:
    """Yield what people will ask for: every shown KPI at its own grain and coarser, and what its target needs."""
    for kpi in kpis_of(database, state):
        if kpi.problem is None:
            own = GRAINS.index(grain_of(database, state, kpi))
            yield from (Wanted(kpi, grain, HORIZONS[grain]) for grain in AHEAD if GRAINS.index(grain) >= own)
            if kpi.target:
                parts = parts_ahead(database, state, kpi)
                yield from (Wanted(kpi, grain, kept_periods(grain, periods)) for grain, periods in parts)
