"""The preview of a definition that is not saved yet: its last periods, and the mistake in it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from dash_kpi.errors import Refused
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.definition import Definition
from dash_kpi.kpis.drafts import TargetError, check_name, draft
from dash_kpi.kpis.evaluate import basis_of, optional, span_of, values_over
from dash_kpi.kpis.formulas.errors import FormulaError
from dash_kpi.kpis.measures import Measures
from dash_kpi.kpis.periods import GRAINS, Calendar, Days, Grain
from dash_kpi.kpis.spans import periods
from dash_kpi.kpis.targets import Status, status_of, target_over
from dash_kpi.reporting.catalogue import every_kpi
from dash_kpi.reporting.frame import change_of
from dash_kpi.storage.daily import measures_of
from dash_kpi.storage.database import Database
from dash_kpi.storage.sources import State, state_at

PERIODS = 12
FEWEST_PERIODS = 6  # with fewer months a preview shows weeks, where the data has them
NO_NAME = "draft"  # what is judged before it has a name


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a field; `start` and `end` are places in its text, from 0, where that is known."""

    field: str  # "formula", "target", "name"; "" for the definition as a whole
    sentence: str
    start: int | None = None
    end: int | None = None
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Preview:
    """A KPI over its last periods; with a mistake there is nothing to compute."""

    definition: Definition
    mistakes: tuple[Mistake, ...] = ()
    grain: Grain = "month"
    starts: tuple[date, ...] = ()
    labels: tuple[str, ...] = ()
    values: tuple[float | None, ...] = ()
    targets: tuple[float | None, ...] = ()
    is_last_whole: bool = True
    change: float | None = None  # of the last period against the one before
    change_reason: str | None = None
    status: Status | None = None  # of the last period
    sources: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    note: str | None = None  # why there is nothing to see although nothing is wrong


def preview(database: Database, workspace: str, given: Mapping[str, Any], *, is_new: bool = False) -> Preview:
    """Judge a definition and compute its last periods. Raises NotFound for an unknown workspace.

    What is wrong is no failure but part of the answer: it is asked while somebody types.
    """
    state = state_at(database, workspace)
    measures = measures_of(database, state, ())
    try:
        wanted = Definition.from_json({**given, "name": given.get("name") or NO_NAME})
    except Refused as refusal:
        return Preview(Definition(NO_NAME, "", ""), (Mistake(_refused_field(given), str(refusal)),))
    mistakes = list(_wrong_name(database, state, wanted)) if is_new else []
    try:
        kpi = draft(wanted, measures.aggregations_of(), tuple(measures.dimensions), state.definitions)
    except FormulaError as error:
        field = "target" if isinstance(error, TargetError) else "formula"
        mistakes.append(Mistake(field, str(error), error.start, error.end, error.suggestion))
        return Preview(wanted, tuple(mistakes))
    return replace(_computed(kpi, measures, state, database.settings.calendar), mistakes=tuple(mistakes))


def _refused_field(given: Mapping[str, Any]) -> str:
    """Return which field cannot be accepted whatever the others say."""
    for field in ("name", "formula", "target"):
        try:
            Definition.from_json({"name": NO_NAME, field: given.get(field) or (NO_NAME if field == "name" else "")})
        except Refused:
            return field
    return ""


def _wrong_name(database: Database, state: State, wanted: Definition) -> tuple[Mistake, ...]:
    try:
        check_name(wanted.name, [kpi.name for kpi in every_kpi(database, state)])
    except Refused as refusal:
        return (Mistake("name", str(refusal)),)
    return ()


def _computed(kpi: Kpi, measures: Measures, state: State, calendar: Calendar) -> Preview:
    if state.span is None:
        return Preview(kpi.definition, note="There is no data yet; the formula is computed as soon as there is.")
    grain = grain_of_preview(state, calendar)
    covered = span_of(kpi, measures) if basis_of(kpi, measures).sources else None
    end = covered.end if covered else state.span.end  # a budget of another source may go on for months
    last = calendar.start_of(end, grain)
    first = max(calendar.next_start(last, grain, 1 - PERIODS), calendar.start_of(state.span.start, grain))
    spans = periods(Days(first, end), grain, calendar, covered or measures.span)
    starts = tuple(calendar.start_of(piece.start, grain) for piece in spans.pieces if piece)
    values, targets = optional(values_over(kpi, measures, spans)), optional(target_over(kpi, measures, spans))
    before = optional(values_over(kpi, measures, spans.previous))[-1]  # the same part, where the last is not over
    change, reason = change_of(kpi, values[-1], before)
    basis, files = basis_of(kpi, measures), {source.id: source.file for source in state.sources}
    return Preview(
        definition=kpi.definition,
        grain=grain,
        starts=starts,
        labels=tuple(calendar.label(start, grain) for start in starts),
        values=values,
        targets=targets,
        is_last_whole=calendar.end_of(last, grain) <= end,
        change=change,
        change_reason=reason,
        status=status_of(kpi.direction, values[-1], targets[-1]),
        sources=tuple(sorted({files[one] for one in basis.sources})),
        left_out=tuple(sorted({files[one] for one in basis.left_out})),
        note=None if any(value is not None for value in values) else _nothing(kpi, grain, len(starts)),
    )


def grain_of_preview(state: State, calendar: Calendar) -> Grain:
    """Return months where there are some, else what is finer, or as coarse as the data is."""
    if state.span is None or GRAINS.index(state.grain) > GRAINS.index("month"):
        return state.grain
    for grain in ("month", "week", "day"):
        start = calendar.start_of(state.span.end, grain)
        if grain == state.grain or calendar.next_start(start, grain, 1 - FEWEST_PERIODS) >= state.span.start:
            return grain
    return state.grain


def _nothing(kpi: Kpi, grain: Grain, number: int) -> str:
    if not kpi.inputs and not kpi.dimensions:
        return "The formula takes no measure, so that it says nothing about the data."
    names = ", ".join((*kpi.inputs, *sorted(kpi.dimensions)))
    plural = f"the last {number} {grain}s" if number > 1 else f"the last {grain}"
    return f"It has no value in {plural}: no row has what it needs ({names}), or it divides by zero."
