"""What moved a KPI, in one sentence and in bounded time: for messages, where a page explains it in full."""

from collections.abc import Sequence

from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.drivers.contributions import Contribution
from dash_kpi.kpis.drivers.explanation import explain
from dash_kpi.kpis.evaluate import over_span
from dash_kpi.kpis.measures import Measures
from dash_kpi.kpis.periods import Days
from dash_kpi.reporting.breakdown import dimensions_of
from dash_kpi.reporting.contributions import Moved, combination_of, contributions_of_all, method_of
from dash_kpi.reporting.frame import Frame
from dash_kpi.reporting.view import CUSTOM, View
from dash_kpi.storage.database import Database
from dash_kpi.storage.filters import Filters
from dash_kpi.storage.sources import FILE, State

MOST_DIMENSIONS = 6  # that are looked at
LEAST_EXPLAINED = 0.25


def driver_sentence(
    database: Database, state: State, kpi: Kpi, filters: Filters, measures: Measures, span: Days, reference: Days
) -> str:
    """Say which values brought most of the change between two spans; "" where none stands out.

    Only for sums and ratios of them: anything else is asked value by value, which takes long. Remembered by revision.
    """
    if kpi.problem or kpi.uses_earlier or method_of(kpi) == "without":
        return ""
    key = ("driver", state.workspace_id, state.revision, kpi.name, filters, span, reference)
    return database.answers.get(key, lambda: _sentence(database, state, kpi, filters, measures, span, reference))


def _sentence(
    database: Database, state: State, kpi: Kpi, filters: Filters, measures: Measures, span: Days, reference: Days
) -> str:
    after, before = (over_span(kpi, measures, days) for days in (span, reference))
    if after is None or before is None or after == before:
        return ""
    view = View(CUSTOM, span.start, span.end, kpi=kpi.name, filters=filters)
    moved = Moved(Frame(database, state, view, measures, span, reference, "day"), reference, before, after)
    narrowed = {name for name, values in filters if len(values) == 1}
    names = [name for name in dimensions_of(state) if name != FILE and name not in narrowed][:MOST_DIMENSIONS]
    parts = {name: contributions_of_all([(kpi, moved)], name).get(kpi.name, ()) for name in names}
    of_use = _best_first(parts, after - before, kpi)
    best = combination_of(kpi, moved, of_use, parts) if of_use else None
    return best.sentence if best else ""


def _best_first(parts: dict[str, tuple[Contribution, ...]], change: float, kpi: Kpi) -> Sequence[str]:
    """Return the dimensions that explain something, the best first."""
    found = {name: explain(some, change, method_of(kpi)).explained or 0.0 for name, some in parts.items() if some}
    return sorted((name for name, share in found.items() if share >= LEAST_EXPLAINED), key=lambda name: -found[name])
