"""Why a KPI moved between the span of a view and its reference."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.drivers.bridge import Bridge
from dash_kpi.kpis.drivers.combination import Combination
from dash_kpi.kpis.drivers.contributions import Contribution, Method
from dash_kpi.kpis.drivers.explanation import Explanation, explain
from dash_kpi.kpis.evaluate import basis_of, over_span
from dash_kpi.kpis.periods import Comparison, reference_span, span_label
from dash_kpi.reporting.breakdown import dimensions_of
from dash_kpi.reporting.bridges import bridge_of
from dash_kpi.reporting.cards import ends_early
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.reporting.contributions import Moved, combination_of, contributions_of, method_of, without_dimension
from dash_kpi.reporting.frame import Frame, frame_of, revision_not_there
from dash_kpi.reporting.points import check_dimensions, wanted
from dash_kpi.reporting.values import Direction, Span, Unit
from dash_kpi.reporting.view import CUSTOM, DEFAULT_PERIOD, Filters, View, check_days
from dash_kpi.storage.database import Database
from dash_kpi.storage.sources import FILE, State, checked_revision, state_at


@dataclass(frozen=True, slots=True)
class Ranked:
    """A dimension with how well it explains the change."""

    name: str
    explanation: Explanation


@dataclass(frozen=True, slots=True)
class Drivers:
    """Everything that the page shows; `problem` says why there is nothing to explain."""

    revision: int
    view: View
    span: Span | None = None
    reference: Span | None = None
    grain: str = "day"
    grains: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    kpis: tuple[tuple[str, str], ...] = ()  # name and label
    kpi: str = ""
    label: str = ""
    unit: Unit = "number"
    direction: Direction = "neutral"
    before: float | None = None
    after: float | None = None
    method: Method = "sum"
    dimension: str | None = None
    parts: tuple[Contribution, ...] = ()
    ranked: tuple[Ranked, ...] = ()
    combination: Combination | None = None
    bridge: Bridge | None = None
    bridge_by: str | None = None
    notes: tuple[str, ...] = ()
    problem: str | None = None

    @property
    def change(self) -> float | None:
        """The difference, None where one side has no value."""
        return None if self.before is None or self.after is None else self.after - self.before


def drivers(database: Database, workspace: str, view: View) -> Drivers:
    """Return why the KPI of a view moved; remembered by revision.

    Without a comparison in the view it is the previous period. Raises NotFound for an unknown workspace. A KPI or a
    dimension that does not exist has its default: the first KPI, the dimension that explains most.
    """
    state = state_at(database, workspace, view.as_of)
    key = ("drivers", state.workspace_id, state.revision, state.is_past, view)
    return database.answers.get(key, lambda: _drivers(database, state, view))


def view_of(
    kpi: str | None,
    by: str | None,
    start: date | None,
    end: date | None,
    compare: Comparison,
    filters: Filters,
    as_of: int | None,
) -> View:
    """Return the view that a program asks about. Raises Refused for half a period or one that ends before it begins."""
    check_days(start, end)
    period = CUSTOM if start else DEFAULT_PERIOD
    return View(period, start, end, compare, kpi=kpi, by=by, as_of=as_of, filters=filters)


def drivers_json(database: Database, workspace: str, view: View) -> dict[str, Any]:
    """Return the same as programs read it, refusing what does not exist. Raises NotFound."""
    state = state_at(database, workspace, checked_revision(database, workspace, view.as_of))
    wanted(kpis_of(database, state), [view.kpi] if view.kpi else [])
    check_dimensions(state, [*(name for name, _ in view.filters), *([view.by] if view.by else [])])
    answer = drivers(database, workspace, view)
    found = asdict(answer)
    for name in ("view", "grain", "grains", "kpis", "dimensions"):
        del found[name]
    for name in ("span", "reference"):
        if found[name]:
            found[name] = f"{found[name]['start']}/{found[name]['end']}"
    filters = {name: list(values) for name, values in view.filters}
    return {"workspace": workspace, "filters": filters, **found, "change": answer.change}


def _drivers(database: Database, state: State, view: View) -> Drivers:
    frame = frame_of(database, state, view)
    kpis = kpis_of(database, state) if frame else ()
    if frame is None or not kpis:
        return Drivers(state.revision, view, notes=revision_not_there(state, view))
    kpi = next((kpi for kpi in kpis if kpi.name == view.kpi), kpis[0])
    own = frame.as_far_as_known(kpi)
    ends, frame = ends_early(frame, own), own
    if frame.reference is None:
        frame = replace(frame, reference=reference_span(view.period, frame.span, "previous", frame.calendar))
    answer = Drivers(
        state.revision,
        view,
        span=Span(*frame.span, span_label(frame.span)),
        reference=Span(*frame.reference, span_label(frame.reference)) if frame.reference else None,
        grain=frame.grain,
        grains=frame.grains,
        dimensions=dimensions_of(state),
        kpis=tuple((one.name, one.label) for one in kpis),
        kpi=kpi.name,
        label=kpi.label,
        unit=kpi.unit,
        direction=kpi.direction,
        method=method_of(kpi),
        notes=(*revision_not_there(state, view), *([ends] if ends else []), *_notes(frame, kpi)),
    )
    return _moved(answer, kpi, frame)


def _moved(answer: Drivers, kpi: Kpi, frame: Frame) -> Drivers:
    """Add both values, and what explains the difference."""
    if frame.reference is None:
        return replace(
            answer, problem="Choose a shorter period: there is nothing before all of the data to compare it with."
        )
    if kpi.problem or not frame.has(kpi):
        return replace(answer, problem=kpi.problem or f"These rows do not have what {kpi.label} is computed from.")
    if kpi.uses_earlier:
        return replace(
            answer, problem=f"{kpi.label} is itself a comparison with earlier days; choose what it compares."
        )
    after, before = (over_span(kpi, frame.measures, span) for span in (frame.span, frame.reference))
    answer = replace(answer, before=before, after=after)
    if before is None or after is None:
        empty = frame.reference if before is None else frame.span
        return replace(
            answer, problem=f"{kpi.label} has no value for {span_label(empty)}, so there is nothing to compare."
        )
    return _explained(answer, kpi, Moved(frame, frame.reference, before, after))


def _explained(answer: Drivers, kpi: Kpi, moved: Moved) -> Drivers:
    """Add the dimensions, the values of one of them, the best combination and the bridge."""
    change = moved.after - moved.before
    parts = {name: contributions_of(kpi, moved, name) for name in answer.dimensions}
    # Files of each year explain any change of years: true, and of no use unless nothing else is there.
    of_use = [name for name in answer.dimensions if name != FILE] or [FILE]
    found = [Ranked(name, explain(parts[name], change, answer.method)) for name in of_use if parts[name]]
    ranked = tuple(sorted(found, key=_rank))
    if not ranked:
        return replace(answer, problem="None of the files has a dimension to tell rows apart by.")
    by_view = answer.view.by
    chosen = by_view if by_view and parts.get(by_view) else ranked[0].name
    by, bridge = bridge_of(kpi, moved, answer.dimensions, by_view)
    return replace(
        answer,
        dimension=chosen,
        parts=_sorted(parts[chosen]),
        ranked=ranked,
        combination=combination_of(kpi, moved, [one.name for one in ranked], parts),
        bridge=bridge,
        bridge_by=by,
        notes=(*answer.notes, *without_dimension(kpi, moved, chosen), *_bridge_notes(answer, bridge, by, change)),
    )


def _rank(one: Ranked) -> tuple[float, float, str]:
    return -(one.explanation.explained or 0), -(one.explanation.surprise or 0), one.name


def _sorted(parts: Sequence[Contribution]) -> tuple[Contribution, ...]:
    """Put the largest movements first, what is not told apart last."""
    return tuple(sorted(parts, key=lambda part: (part.value is None, -abs(part.change), part.value or "")))


def _notes(frame: Frame, kpi: Kpi) -> list[str]:
    notes = []
    first = frame.state.span
    if first and frame.reference and frame.reference.start < first.start <= frame.reference.end:
        notes.append(f"The data begins on {first.start}: the comparison holds only a part of its days.")
    left_out = basis_of(kpi, frame.measures).left_out
    if files := sorted({source.file for source in frame.state.sources if source.id in left_out}):
        notes.append(f"Not in {kpi.label}, for they lack one of its measures: {', '.join(files)}.")
    return notes


def _bridge_notes(answer: Drivers, bridge: Bridge | None, by: str | None, change: float) -> list[str]:
    if bridge is None or abs(bridge.after - bridge.before - change) <= 1e-6 * max(
        1.0, abs(answer.before or 0), abs(change)
    ):
        return []
    return [f"Price, volume and mix cover only the files that have units, prices and {by}: not all of the change."]
