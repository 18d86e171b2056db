"""The KPIs of a workspace at a revision."""

from dash_kpi.kpis.catalogue import Kpi, catalogue, is_shown
from dash_kpi.storage.daily import measures_of
from dash_kpi.storage.database import Database
from dash_kpi.storage.sources import State


def kpis_of(database: Database, state: State) -> tuple[Kpi, ...]:
    """Return the KPIs that are shown; remembered by revision. They are those of all data, whatever a view filters."""
    return tuple(kpi for kpi in every_kpi(database, state) if is_shown(kpi))


def every_kpi(database: Database, state: State) -> tuple[Kpi, ...]:
    """Return every KPI, hidden ones too."""

    def compute() -> tuple[Kpi, ...]:
        measures = measures_of(database, state, ())
        return catalogue(measures.aggregations_of(), measures.dimensions, state.definitions)

    return database.answers.get(("kpis", state.workspace_id, state.revision), compute)
