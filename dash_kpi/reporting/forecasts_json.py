"""Forecasts and outlooks for programs: what `dash-kpi forecast --json` prints and the API answers."""

from dataclasses import asdict, dataclass
from typing import Any

from dash_kpi.kpis.calendar import GRAINS, Calendar, Grain
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.forecasting.forecast import Forecast
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.reporting.forecasts import forecast_of, grain_of
from dash_kpi.reporting.outlook import crossing_of, outlooks_of
from dash_kpi.reporting.points import check_dimensions, wanted
from dash_kpi.storage.database import Database
from dash_kpi.storage.filters import Filters
from dash_kpi.storage.sources import State, checked_revision, state_at

USUAL: Grain = "month"  # where nobody says, and the data is not coarser


@dataclass(frozen=True, slots=True)
class ForecastQuestion:
    """What is asked: which KPIs, by which grain, how far ahead, beside which line, of which rows and revision."""

    kpis: tuple[str, ...] = ()  # none: every KPI
    by: Grain | None = None  # none: by month, or as the data is
    periods: int | None = None  # none: as far as suits the grain
    line: float | None = None
    filters: Filters = ()
    as_of: int | None = None


def forecasts_json(database: Database, workspace: str, question: ForecastQuestion) -> dict[str, Any]:
    """Return the forecasts with the outlooks of the current periods; what does not exist is None.

    Raises NotFound for an unknown workspace, KPI, dimension or revision.
    """
    state = state_at(database, workspace, checked_revision(database, workspace, question.as_of))
    check_dimensions(state, [name for name, _ in question.filters])
    asked = wanted(kpis_of(database, state), question.kpis)
    return {
        "workspace": workspace,
        "revision": state.revision,
        "filters": {name: list(values) for name, values in question.filters},
        "kpis": [_of_kpi(database, state, kpi, question) for kpi in asked],
    }


def _of_kpi(database: Database, state: State, kpi: Kpi, question: ForecastQuestion) -> dict[str, Any]:
    usual: Grain = max((USUAL, grain_of(database, state, kpi)), key=GRAINS.index)
    grain = question.by or usual
    found = forecast_of(database, state, kpi, grain, question.filters, question.periods)
    answer = {
        "name": kpi.name,
        "label": kpi.label,
        "unit": kpi.unit,
        "by": grain,
        "points": points_ahead(database.settings.calendar, found),
        **{name: getattr(found, name) for name in ("reason", "sentence", "model", "rehearsals", "mase")},
        **{name: getattr(found, name) for name in ("error_percent", "coverage80", "coverage95")},
        "notes": list(found.notes),
        "outlooks": [one.as_json() for one in outlooks_of(database, state, kpi, question.filters)],
    }
    if question.line is not None:
        crossed = crossing_of(database, state, kpi, grain, question.line, question.filters)
        answer["line"] = {"value": question.line, **_plain(asdict(crossed))}
    return answer


def points_ahead(calendar: Calendar, found: Forecast) -> list[dict[str, Any]]:
    """Return the periods of a forecast with their values and intervals."""
    columns = ("mean", "low80", "high80", "low95", "high95")
    rows = zip(found.starts, *(getattr(found, name) for name in columns), strict=True)
    return [
        {
            "period": calendar.key(start, found.grain),
            **dict(zip(("value", *columns[1:]), values, strict=True)),
        }
        for start, *values in rows
    ]


def _plain(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if hasattr(value, "isoformat") else value for name, value in values.items()}
