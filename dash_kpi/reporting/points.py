"""KPIs as points over time: what the command line prints and programs read."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from dash_kpi.errors import NotFound
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.evaluate import over_periods, over_span
from dash_kpi.kpis.measures import Measures
from dash_kpi.kpis.periods import Comparison, Days, Grain, reference_span, starts_between
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.storage.daily import measures_of
from dash_kpi.storage.database import Database
from dash_kpi.storage.filters import Filters
from dash_kpi.storage.sources import State, checked_revision, state_at

By = Literal["total"] | Grain


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: which KPIs, over which days, by which grain, of which rows, as of which revision."""

    kpis: tuple[str, ...] = ()  # none: every KPI
    start: date | None = None  # none: from the first day of the data
    end: date | None = None  # none: to the last day of the data
    by: By = "total"
    filters: Filters = ()
    compare: Comparison = "none"
    as_of: int | None = None


def points(database: Database, workspace: str, question: Question) -> dict[str, Any]:
    """Return the answer as `dash-kpi kpis --json` prints it; a value that does not exist is None.

    Raises NotFound for an unknown workspace, KPI, dimension or revision.
    """
    state = state_at(database, workspace, checked_revision(database, workspace, question.as_of))
    check_dimensions(state, [name for name, _ in question.filters])
    all_kpis = kpis_of(database, state)
    chosen = wanted(all_kpis, question.kpis)
    inputs = frozenset(name for kpi in chosen for name in kpi.inputs)
    calendar = database.settings.calendar
    measures = measures_of(database, state, question.filters, inputs)
    span = _span(state, question)
    reference = reference_span("", span, question.compare, calendar) if span else None
    return {
        "workspace": workspace,
        "revision": state.revision,
        "by": question.by,
        "filters": {name: list(values) for name, values in question.filters},
        "kpis": [
            {
                "name": kpi.name,
                "label": kpi.label,
                "unit": kpi.unit,
                "points": _points(kpi, measures, span, question.by) if span else [],
                "compare": None
                if reference is None
                else {"with": question.compare, "points": _points(kpi, measures, reference, question.by)},
            }
            for kpi in chosen
        ],
    }


def wanted(kpis: Sequence[Kpi], names: Sequence[str]) -> list[Kpi]:
    """Return the KPIs of these names, every one where none is named. Raises NotFound."""
    by_name = {kpi.name: kpi for kpi in kpis}
    for name in names:
        if name not in by_name:
            raise NotFound("KPI", name, by_name)
    return [by_name[name] for name in names] if names else list(kpis)


def check_dimensions(state: State, names: Sequence[str]) -> None:
    """Raise NotFound for a dimension that no source has."""
    for name in names:
        if name not in state.dimensions:
            raise NotFound("dimension", name, state.dimensions)


def _span(state: State, question: Question) -> Days | None:
    if state.span is None:
        return None
    span = Days(question.start or state.span.start, question.end or state.span.end)
    return span if span.start <= span.end else None


def _points(kpi: Kpi, measures: Measures, span: Days, by: By) -> list[dict[str, Any]]:
    has_inputs = kpi.tree is not None and all(name in measures for name in kpi.inputs)
    if by == "total":
        before = reference_span("", span, "previous", measures.calendar)
        value = over_span(kpi, measures, span, before) if has_inputs else None
        return [{"period": f"{span.start}/{span.end}", "value": value}]
    starts = starts_between(span, by, measures.calendar)
    values = over_periods(kpi, measures, span, by) if has_inputs else [None] * len(starts)
    return [
        {"period": measures.calendar.key(start, by), "value": value}
        for start, value in zip(starts, values, strict=True)
    ]
