"""The overview: cards, the chosen KPI over time, and its breakdown."""

from dash_kpi.kpis.periods import Days, span_label
from dash_kpi.reporting.breakdown import breakdown, dimensions_of
from dash_kpi.reporting.cards import card
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.reporting.frame import Frame, frame_of, revision_not_there
from dash_kpi.reporting.series import series
from dash_kpi.reporting.shared import shared_notes
from dash_kpi.reporting.values import Overview, Span
from dash_kpi.reporting.view import View
from dash_kpi.storage.daily import selected
from dash_kpi.storage.database import Database
from dash_kpi.storage.sources import FILE, State, state_at

MOST_VALUES = 2000


def overview(database: Database, workspace: str, view: View) -> Overview:
    """Return what the overview shows for a view; remembered by revision, for a revision never changes.

    Raises NotFound for an unknown workspace. Whatever of the view does not exist in the data (a KPI, a
    dimension) has its default.
    """
    state = state_at(database, workspace, view.as_of)
    key = ("overview", state.workspace_id, state.revision, state.is_past, view)
    return database.answers.get(key, lambda: _overview(database, state, view))


def dimension_values(database: Database, workspace: str, dimension: str, as_of: int | None = None) -> tuple[str, ...]:
    """Return the values of a dimension, the most frequent 2,000 at most, sorted; "" stands for blank."""
    state = state_at(database, workspace, as_of)
    if dimension == FILE:
        return tuple(sorted({source.file for source in state.sources}, key=str.casefold))
    files = [source.snapshot for source in state.sources if dimension in source.dimensions]
    if not files:
        return ()
    key = ("values", state.workspace_id, state.revision, dimension)
    return database.answers.get(key, lambda: tuple(database.snapshots.values(files, dimension, MOST_VALUES)))


def _overview(database: Database, state: State, view: View) -> Overview:
    frame = frame_of(database, state, view)
    # The KPIs are those of all data: a card that a filter empties says "n/a" rather than vanish.
    kpis = kpis_of(database, state) if frame else ()
    if frame is None or not kpis:
        return Overview(state.revision, None, None, "day", (), notes=revision_not_there(state, view), view=view)
    chosen = next((kpi for kpi in kpis if kpi.name == view.kpi), kpis[0])
    dimensions = dimensions_of(state)
    return Overview(
        revision=state.revision,
        span=_span(frame.span),
        reference=_span(frame.reference) if frame.reference else None,
        grain=frame.grain,
        grains=frame.grains,
        cards=tuple(card(kpi, frame) for kpi in kpis),
        series=series(chosen, frame),
        breakdown=breakdown(chosen, frame, view.by if view.by in dimensions else dimensions[0]),
        dimensions=dimensions,
        notes=(*revision_not_there(state, view), *_notes(frame)),
        view=view,
    )


def _span(days: Days) -> Span:
    return Span(days.start, days.end, span_label(days))


def _notes(frame: Frame) -> tuple[str, ...]:
    """Say that these are the samples, and which files a filter leaves out because they lack its dimension."""
    notes = []
    reference = frame.reference
    if frame.view.compare == "fixed" and reference and reference.length != frame.span.length:
        notes.append(
            f"The period has {frame.span.length:,} days and what it is compared with {reference.length:,}: "
            "sums over them are not like for like."
        )
    if all(source.is_sample for source in frame.state.sources):
        notes.append(
            f"These are sample numbers. Put a workbook of your own into {frame.database.settings.inbox}, "
            "or upload it on the page Data, and they step aside."
        )
    if civil := frame.of_civil_months():
        notes.append(
            f"{', '.join(civil)}: one value for each civil month, which counts on its first day, so that some "
            f"months of the calendar {frame.calendar.weeks} have two and some none."
        )
    kept = {source.id for source in selected(frame.state, frame.view.filters)[0]}
    files = dict(frame.view.filters).get(FILE)
    out = sorted({s.file for s in frame.state.sources if s.id not in kept and (files is None or s.file in files)})
    if out:
        names = " and ".join(name for name, _ in frame.view.filters if name != FILE)
        notes.append(f"Not in these numbers, for want of {names}: {', '.join(out)}.")
    return (*notes, *shared_notes(frame.database, frame.state))
