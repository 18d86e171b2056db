"""The open section of the page Trends as an export: its tables, the charts of a spreadsheet, and their sources."""

from collections.abc import Sequence
from datetime import datetime

from dash_kpi.kpis.periods import Days
from dash_kpi.reporting.annotations import notes_on
from dash_kpi.reporting.catalogue import every_kpi
from dash_kpi.reporting.chart_values import ChartTable, Head
from dash_kpi.reporting.exports import definition_of, file_name, notes_table, rows_and_revision, sources_of
from dash_kpi.reporting.tables import Chart, Export, Format, Table
from dash_kpi.reporting.trends.values import Panel, TrendsPage
from dash_kpi.storage.database import Database
from dash_kpi.storage.sources import state_at

LINES, BARS = ("time_series", "together", "multiples"), ("histogram", "profile")
MOST_LINES = 6
MOST_BARS = 24


def section_export(
    database: Database, workspace: str, page: TrendsPage, tables: Sequence[tuple[Panel, ChartTable]], now: datetime
) -> Export:
    """Return the panels of a page with their tables as an export; `now` is when it was made."""
    state, view, currency = state_at(database, workspace, page.revision), page.view.view, database.settings.currency
    named = {page.kpi.name if page.kpi else "", *(other.name for other in page.others)}
    label = page.kpi.label if page.kpi else ""
    return Export(
        title=f"Trends of {label}: {page.view.show}",
        subtitle=(
            f"Period: {page.span.label if page.span else 'none'}, by {page.grain}",
            *rows_and_revision(view.filters, page.revision, now),
            *page.notes,
        ),
        tables=(*(_table(panel, table) for panel, table in tables), *_notes(database, workspace, page)),
        charts=tuple(chart for at, (panel, table) in enumerate(tables) for chart in _charts(at, panel, table)),
        sources=sources_of(database, state, view),
        definitions=tuple(definition_of(kpi, currency) for kpi in every_kpi(database, state) if kpi.name in named),
        currency=currency,
        name=file_of(page, page.view.show),
    )


def file_of(page: TrendsPage, what: str) -> str:
    """Name the file of a section or a panel."""
    return file_name(f"{page.kpi.name}-{what}", page.span) if page.kpi and page.span else "trends"


def _notes(database: Database, workspace: str, page: TrendsPage) -> tuple[Table, ...]:
    """Return people's notes on the days of a history."""
    if page.view.show != "history" or page.kpi is None or page.span is None:
        return ()
    notes = notes_on(database, workspace, page.kpi.name, Days(page.span.start, page.span.end))
    return (notes_table(notes, page.kpi.label),) if notes else ()


def _table(panel: Panel, table: ChartTable) -> Table:
    said = " ".join(one.sentence for one in panel.said)
    formats: tuple[Format, ...] = tuple(_format(head) for head in table.heads)
    return Table(panel.title, tuple(head.label for head in table.heads), table.rows, formats, said or None)


def _format(head: Head) -> Format:
    return "text" if head.unit is None else head.unit


def _charts(at: int, panel: Panel, table: ChartTable) -> tuple[Chart, ...]:
    """Draw what a spreadsheet can draw: numbers over the first column."""
    numbers = [place for place, head in enumerate(table.heads) if head.unit is not None]
    if not numbers or not table.rows:
        return ()
    if panel.kind in LINES:
        return (Chart(at, "line", panel.title, tuple(numbers[:MOST_LINES])),)
    if panel.kind in BARS:
        return (Chart(at, "bar", panel.title, (numbers[-1],), most=MOST_BARS),)
    return ()
