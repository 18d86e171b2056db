"""The overview as tables to export: KPIs, KPIs by period, the breakdown, and where the numbers come from."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

from sqlalchemy import select

from dash_kpi.errors import Refused
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.periods import Days
from dash_kpi.reporting.annotations import Note, notes_on
from dash_kpi.reporting.breakdown import breakdown
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.reporting.changes import Changes, what_changed
from dash_kpi.reporting.changes_table import changes_table
from dash_kpi.reporting.frame import frame_of
from dash_kpi.reporting.overview import overview
from dash_kpi.reporting.tables import Chart, Definition, Export, Format, Reason, SourceFile, Table, Value
from dash_kpi.reporting.values import Breakdown, Card, Overview, Series, Span
from dash_kpi.reporting.view import View
from dash_kpi.storage.daily import selected
from dash_kpi.storage.database import Database
from dash_kpi.storage.filters import Filters, in_words
from dash_kpi.storage.models import Snapshot
from dash_kpi.storage.sources import State, state_at

Part = Literal["cards", "series", "breakdown", "changes"]
PARTS: tuple[Part, ...] = ("cards", "series", "breakdown", "changes")

MOST_VALUES = 5_000  # of the dimension of a breakdown
MOST_BARS = 12
INCOMPLETE = "incomplete"


def overview_export(database: Database, workspace: str, view: View, now: datetime) -> Export:
    """Return what the overview shows for a view, in full, as tables and charts.

    Raises Refused where there is no data, and NotFound for an unknown workspace.
    """
    answer = overview(database, workspace, view)
    if answer.span is None or answer.series is None:
        raise Refused("There is no number to export yet.")
    state = state_at(database, workspace, answer.revision)
    kpis = kpis_of(database, state)
    split = _breakdown(database, state, answer, kpis)
    currency = database.settings.currency
    tables = [_cards(answer, currency), _series(answer.series), _periods(answer.series, answer.cards)]
    tables += [_split(split)] if split else []
    tables.append(changes_table(_changes(database, workspace, answer)))
    notes = notes_on(database, workspace, answer.series.name, Days(answer.span.start, answer.span.end))
    tables += [notes_table(notes, answer.series.label)] if notes else []
    return Export(
        title="Overview",
        subtitle=_subtitle(answer, str(database.settings.inbox), now),
        tables=tuple(tables),
        charts=_charts(answer.series, split),
        sources=sources_of(database, state, view),
        definitions=tuple(definition_of(kpi, currency) for kpi in kpis),
        currency=currency,
        name=file_name("overview", answer.span),
    )


def overview_table(database: Database, workspace: str, view: View, part: Part) -> tuple[Table, str]:
    """Return one part of the overview as a table, and a name for its file. Raises as `overview_export`."""
    answer = overview(database, workspace, view)
    if answer.span is None or answer.series is None:
        raise Refused("There is no number to export yet.")
    if part == "cards":
        return _cards(answer, database.settings.currency), file_name("kpis", answer.span)
    if part == "changes":
        return changes_table(_changes(database, workspace, answer)), file_name("changes", answer.span)
    if part == "series":
        return _series(answer.series), file_name(answer.series.name, answer.span)
    state = state_at(database, workspace, answer.revision)
    split = _breakdown(database, state, answer, kpis_of(database, state))
    if split is None:
        raise Refused(f"There is no breakdown of {answer.series.label}.")
    return _split(split), file_name(f"{answer.series.name}-by-{split.dimension}", answer.span)


def _changes(database: Database, workspace: str, answer: Overview) -> Changes:
    """Return what changed at the revision of the overview, also where another one came meanwhile."""
    found = what_changed(database, workspace, answer.view)
    if found.revision == answer.revision:
        return found
    return what_changed(database, workspace, replace(answer.view, as_of=answer.revision))


def _breakdown(database: Database, state: State, answer: Overview, kpis: Sequence[Kpi]) -> Breakdown | None:
    """Return the breakdown with all its values, of which the page shows the first."""
    frame = frame_of(database, state, answer.view)
    if frame is None or answer.breakdown is None or answer.series is None:
        return None
    chosen = next(kpi for kpi in kpis if kpi.name == answer.series.name)
    return breakdown(chosen, frame, answer.breakdown.dimension, MOST_VALUES)


def _cards(answer: Overview, currency: str) -> Table:
    rows, reasons = [], []
    for at, card in enumerate(answer.cards):
        unit = _unit(card.unit, currency)
        change = "points" if card.unit == "percent" else "relative"
        remark = " ".join(filter(None, (card.reason, card.note))) or None
        files = ", ".join(card.sources)
        rows.append((card.label, card.value, unit, card.reference, card.change, change, remark, files))
        reasons += [Reason(at, 1, card.reason)] if card.value is None and card.reason else []
        reasons += [Reason(at, 4, card.change_reason)] if card.change is None and card.change_reason else []
    units: tuple[Format, ...] = tuple(card.unit for card in answer.cards)
    return Table(
        title="KPIs",
        heads=("KPI", "Value", "Unit", "Comparison", "Change", "Change is", "Remark", "Files"),
        rows=tuple(rows),
        formats=("text", units, "text", units, tuple(map(_change, units)), "text", "text", "text"),
        reasons=tuple(reasons),
    )


def _change(unit: Format) -> Format:
    return "points" if unit == "percent" else "change"


def _series(series: Series) -> Table:
    """Set the periods of the chosen KPI beside those they are compared with; whatever is longer goes on alone."""
    restated = {one.start: f"restated by revision {one.revision}" for one in series.restated}
    length = max(len(series.periods), len(series.comparison) if series.comparison else 0)
    rows = []
    for at in range(length):
        is_there = at < len(series.periods)
        state = [INCOMPLETE] if at in series.incomplete else []
        state += [restated[series.periods[at]]] if is_there and series.periods[at] in restated else []
        now: tuple[Value, ...] = (None, None, None)
        if is_there:
            now = (series.periods[at], series.labels[at], series.values[at])
        rows.append((*now, _at(series.comparison_labels, at), _at(series.comparison, at), ", ".join(state) or None))
    return Table(
        title=f"{series.label} by {series.grain}",
        heads=("First day", series.grain.capitalize(), series.label, "Compared with", "Comparison", "Remark"),
        rows=tuple(rows),
        formats=("date", "text", series.unit, "text", series.unit, "text"),
    )


def _at(values: Sequence[Value], at: int) -> Value:
    return values[at] if at < len(values) else None


def _periods(series: Series, cards: Sequence[Card]) -> Table:
    """Set every KPI side by side, a line for each period."""
    rows = tuple(
        (
            day,
            series.labels[at],
            *(_at(card.spark, at) for card in cards),
            INCOMPLETE if at in series.incomplete else None,
        )
        for at, day in enumerate(series.periods)
    )
    return Table(
        title=f"All KPIs by {series.grain}",
        heads=("First day", series.grain.capitalize(), *(card.label for card in cards), "Remark"),
        rows=rows,
        formats=("date", "text", *(card.unit for card in cards), "text"),
    )


def _split(value: Breakdown) -> Table:
    dimension = value.dimension.replace("_", " ")
    kind = "in points" if value.unit == "percent" else "relative"
    return Table(
        title=f"{value.label} by {dimension}",
        heads=(heading(value.dimension), value.label, "Share", f"Change ({kind})"),
        rows=tuple((row.label, row.value, row.share, row.change) for row in value.rows),
        formats=("text", value.unit, "percent", _change(value.unit)),
        note=f"{value.others:,} smaller values are not listed." if value.others else None,
    )


def notes_table(notes: Sequence[Note], label: str) -> Table:
    """Return people's notes on a KPI."""
    return Table(
        title=f"Notes on {label}",
        heads=("First day", "Last day", "Note", "On", "Author"),
        rows=tuple((one.first, one.last, one.text, label if one.kpi else "every KPI", one.author) for one in notes),
        formats=("date", "date", "text", "text", "text"),
    )


def heading(dimension: str) -> str:
    """Return the name of a dimension as the head of a column."""
    words = dimension.replace("_", " ")
    return words[:1].upper() + words[1:]


def _charts(series: Series, split: Breakdown | None) -> tuple[Chart, ...]:
    columns = (2, 4) if any(value is not None for value in series.comparison) else (2,)
    charts = [Chart(1, "line", f"{series.label} by {series.grain}", columns, grain=series.grain)]
    if split and split.rows:
        most = min(MOST_BARS, len(split.rows))
        charts.append(Chart(3, "bar", _split(split).title, (1,), most=most))
    return tuple(charts)


def _subtitle(answer: Overview, inbox: str, now: datetime) -> tuple[str, ...]:
    """Say what the numbers are of, a line for each thing; `now` is when the export was made."""
    # What is handed on does not name a path of the machine.
    return (
        f"Period: {answer.span.label if answer.span else 'none'}",
        f"Compared with: {_compared(answer)}",
        *rows_and_revision(answer.view.filters, answer.revision, now),
        *(note.replace(inbox, "the inbox") for note in answer.notes),
    )


def rows_and_revision(filters: Filters, revision: int, now: datetime) -> tuple[str, str]:
    """Say of which rows and of which revision an export is, and when it was made, a line each."""
    return (
        f"Filters: {in_words(filters)}",
        f"Revision: {revision}; exported {now.astimezone(UTC):%Y-%m-%d %H:%M} UTC",
    )


def _compared(answer: Overview) -> str:
    if answer.view.compare == "target":
        return "the targets"
    return answer.reference.label if answer.reference else "nothing"


def sources_of(database: Database, state: State, view: View) -> tuple[SourceFile, ...]:
    """Return the tables of files that the numbers of a view come from, with the revision that brought each."""
    taken = selected(state, view.filters)[0]
    query = (
        select(Snapshot.source_id, Snapshot.valid_from, Snapshot.created_at)
        .where(Snapshot.workspace_id == state.workspace_id, Snapshot.valid_from <= state.revision)
        .order_by(Snapshot.valid_from)
    )
    with database.reading() as session:
        newest = {source: (number, at) for source, number, at in session.execute(query)}
    return tuple(SourceFile(one.file, one.sheet or None, *newest.get(one.id, (0, None))) for one in taken)


def definition_of(kpi: Kpi, currency: str) -> Definition:
    """Return what a KPI is, as an export explains it."""
    return Definition(kpi.label, kpi.definition.formula, _unit(kpi.unit, currency), kpi.description)


def _unit(unit: str, currency: str) -> str:
    return currency if unit == "currency" and currency else unit


def file_name(what: str, span: Span) -> str:
    """Name a file so that it can be told from others; what is no letter or digit becomes a hyphen."""
    words = "".join(letter if letter.isalnum() or letter in "-_" else "-" for letter in what)
    return f"{words}-{span.start}-{span.end}"
