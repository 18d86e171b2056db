"""The page Trends: the section that is open, and what can be chosen."""

from collections.abc import Callable

from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.periods import span_label
from dash_kpi.reporting.breakdown import dimensions_of
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.reporting.frame import frame_of, revision_not_there
from dash_kpi.reporting.shared import shared_notes
from dash_kpi.reporting.trends import distribution, growth, history, seasons, segments, together
from dash_kpi.reporting.trends.subject import Subject, at_grain, grains_of, subject_of
from dash_kpi.reporting.trends.values import Named, Panel, TrendsPage
from dash_kpi.reporting.trends.view import Show, TrendsView
from dash_kpi.reporting.values import Span
from dash_kpi.storage.database import Database
from dash_kpi.storage.sources import State, state_at

PANELS: dict[Show, Callable[[Subject], tuple[Panel, ...]]] = {
    "history": history.panels,
    "growth": growth.panels,
    "seasons": seasons.panels,
    "distribution": distribution.panels,
    "together": together.panels,
    "segments": segments.panels,
}


def trends(database: Database, workspace: str, view: TrendsView) -> TrendsPage:
    """Return the open section for a view; remembered by revision.

    Raises NotFound for an unknown workspace. Whatever of the view does not exist in the data has its default.
    """
    state = state_at(database, workspace, view.view.as_of)
    key = ("trends", state.workspace_id, state.revision, state.is_past, view)
    return database.answers.get(key, lambda: _trends(database, state, view))


def subject_for(database: Database, state: State, view: TrendsView) -> Subject | None:
    """Return the KPI of a view with its history; None where there is no data, or no KPI."""
    frame = frame_of(database, state, view.view)
    kpis = kpis_of(database, state) if frame else ()
    if frame is None or not kpis:
        return None
    chosen = next((kpi for kpi in kpis if kpi.name == view.view.kpi), kpis[0])
    others = [kpi for kpi in kpis if kpi.name in view.others] if view.show == "together" else []
    return subject_of(chosen, at_grain(frame, view, (chosen, *others)), view, kpis)


def _trends(database: Database, state: State, view: TrendsView) -> TrendsPage:
    missing = revision_not_there(state, view.view)
    subject = subject_for(database, state, view)
    if subject is None:
        return TrendsPage(state.revision, view, notes=missing)
    frame, kpi = subject.frame, subject.kpi
    return TrendsPage(
        revision=state.revision,
        view=view,
        span=Span(frame.span.start, frame.span.end, span_label(frame.span)),
        grain=frame.grain,
        grains=grains_of(frame, (kpi,)),
        kpi=_named(kpi),
        others=tuple(_named(other) for other in subject.others),
        kpis=tuple(_named(one) for one in subject.kpis),
        dimensions=dimensions_of(state),
        dimension=segments.dimension_of(subject),
        panels=PANELS[view.show](subject),
        notes=(*missing, *_problems(subject), *shared_notes(database, state)),
    )


def _problems(subject: Subject) -> tuple[str, ...]:
    """Say why a KPI that was chosen has no value at all."""
    chosen = (subject.kpi, *subject.others)
    return tuple(f"{kpi.label}: {_problem(kpi)}" for kpi in chosen if not subject.frame.has(kpi))


def _problem(kpi: Kpi) -> str:
    return kpi.problem or "the data under these filters does not have what it is computed from."


def _named(kpi: Kpi) -> Named:
    return Named(kpi.name, kpi.label, kpi.unit, kpi.definition.decimals)
