"""The quality report of a source: what was read, what broke the contract, and the refused cells."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dash import html

from dash_kpi.kpis.catalogue import label_of
from dash_kpi.reporting.quality import REASONS, HeldVersion, MeasureLine, Quality, RefusedCells
from dash_kpi.reporting.values import SourceWarning
from dash_kpi.reporting.view import CUSTOM, View
from dash_kpi.storage.file_names import Refusal
from dash_kpi.storage.sources import FILE
from dash_kpi.ui import format as formatted
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.freshness import ago
from dash_kpi.ui.icons import icon
from dash_kpi.ui.links import difference, link, rows_of
from dash_kpi.ui.mapping import address
from dash_kpi.ui.placeholder import placeholder
from dash_kpi.ui.sources import PROPOSED, late, original, status

LAYOUTS = {
    "rows": "one record in each row",
    "months_across": "months across the columns",
    "values_across": "values across the columns",
    "statement": "a statement: one line for each measure",
}
MOST_REMARKS = 12  # in sight; more are folded
ALL, ALL_WORDS = "all", "All reasons"
CELL_HEADS = ("Cell", "Column", "Content", "Reason")
COLUMN_HEADS = ("Name", "Column", "Part", "Total")


def contents(report: Quality | None, cells: RefusedCells | None, now: datetime) -> dict[str, Any]:
    """Return what each part of the page shows; the keys are those of the page's outputs."""
    if report is None or cells is None:
        names = ("status", "links", "held", "facts", "columns", "remarks", "cells", "count", "download", "watch")
        return dict.fromkeys(names) | {"title": "No such source", "nothing": _nothing()}
    return {
        "nothing": None,
        "title": report.file + (f" · {report.sheet}" if report.sheet else ""),
        "status": [status(report.status), None if report.held else html.Span(report.reason, className="reason")],
        "links": _links(report),
        "held": held(report.id, report.file, report.held, now),
        "facts": _facts(report, now),
        "columns": _columns(report),
        "remarks": _remarks(report),
        "cells": _cells(report, cells),
        "count": _count(cells),
        "download": _download(report),
        "watch": _watch(report),
    }


def reasons(report: Quality | None) -> list[dict[str, str]]:
    """Return the reasons to filter by, with how many cells each has."""
    found = report.reasons if report else ()
    return [
        {"label": ALL_WORDS, "value": ALL},
        *({"label": f"{REASONS.get(code, code)} ({count:,})", "value": code} for code, count in found),
    ]


def code(reason: str | None) -> str | None:
    """Return the code that the filter asks for; None for all reasons."""
    return None if reason == ALL else reason


def held(source_id: int, file: str, version: HeldVersion | None, now: datetime) -> Any:
    """Say what a new version broke, and offer the two decisions."""
    if version is None:
        return None
    wish = {"data_id": f"{source_id}.{version.ingest_id}"}
    publish = button("Publish anyway", className="primary", **attributes(data_act="publish", **wish))
    if version.is_declined:
        words = ["The version of ", ago(version.at, now), " was declined; the one before is still counted."]
        again = button("Decide again", className="quiet bordered", **attributes(data_act="reconsider", **wish))
        return html.Div([html.P(words), html.Div([again], className="actions")], className="held declined")
    keep = button("Keep the last good version", className="quiet bordered", **attributes(data_act="decline", **wish))
    head = html.H2([icon("hourglass"), f"The newest version of {file} is held"])
    words = [
        "It came ",
        ago(version.at, now),
        f" with {formatted.count(version.rows, 'row')}; the one before is counted.",
    ]
    broken = html.Ul([html.Li(sentence) for sentence in version.broken])
    return html.Div([head, html.P(words), broken, html.Div([keep, publish], className="actions")], className="held")


def _nothing() -> Any:
    words = "The address names a source that this workspace does not have. Data lists those that there are."
    return placeholder("info", "Nothing is known of this source", words, link("Go to Data", "/data", "primary"))


def _links(report: Quality) -> list[Any]:
    """Lead to the rows, to how they are read, and to the file itself."""
    days = View(CUSTOM, report.first_day, report.last_day, filters=((FILE, (report.file,)),))
    mapping = address(report.file_id, report.sheet or "")
    return [
        link([icon("rows"), "Rows"], rows_of(days, report.measures[0].name), "quiet bordered")
        if report.measures and report.status != "retired"
        else None,
        link([icon("sheet"), "Mapping"], mapping, "quiet bordered"),
        original(report.original, report.file, "quiet bordered"),
    ]


def _facts(report: Quality, now: datetime) -> Any:
    header = f"row {report.header_row}" if report.header_row else "none"
    date_column = f"{report.date_column}, read as {report.date_format}"
    facts = (
        ("Days", formatted.days(report.first_day, report.last_day)),
        ("Grain", report.grain),
        ("Layout", LAYOUTS.get(report.layout, report.layout)),
        ("Headings", header),
        ("Date", date_column),
        ("Rows read", f"{report.rows_read:,}"),
        ("Rows loaded", f"{report.rows_loaded:,}"),
        ("Rows refused", f"{report.rows_refused:,}"),
        ("Rows left out", f"{report.rows_left_out:,}"),
        ("Read", [ago(report.read_at, now), ", ", _revision(report.revision)]),
    )
    rows = [html.Div([html.Dt(name), html.Dd(value)]) for name, value in facts]
    return html.Dl(rows, className="facts")


def _revision(number: int) -> Any:
    return link(f"revision {number}", difference(number - 1, number), title=f"What revision {number} changed")


def _columns(report: Quality) -> Any:
    measures = [_row(COLUMN_HEADS, _measure(one)) for one in report.measures]
    dimensions = [
        _row(COLUMN_HEADS, (html.Strong(name), column, "Dimension", formatted.count(values, "value")))
        for name, column, values in report.dimensions
    ]
    return _table("Measures and dimensions", COLUMN_HEADS, [*measures, *dimensions])


def _measure(one: MeasureLine) -> tuple[Any, ...]:
    origin = one.column or formatted.formula(one.derived or "")
    total = formatted.exact("number", one.total)
    return html.Strong(label_of(one.name)), origin, f"Measure: {one.aggregation}", total


def _remarks(report: Quality) -> Any:
    """Say what is no refused cell: what was left out, and what is doubtful."""
    found = [html.Li([one.message, _join(report, one)]) for one in report.warnings if one.code not in REASONS]
    if not found:
        return None
    said = [html.H3("Also said about it"), html.Ul(found[:MOST_REMARKS], className="remarks")]
    if not found[MOST_REMARKS:]:
        return said
    summary = html.Summary(formatted.count(len(found) - MOST_REMARKS, "further remark"))
    return [*said, html.Details([summary, html.Ul(found[MOST_REMARKS:], className="remarks")])]


def _join(report: Quality, warning: SourceWarning) -> Any:
    """Lead from a proposed lookup to where it can be joined."""
    if warning.code != PROPOSED:
        return None
    return [" ", link("Join it in the mapping", address(report.file_id, report.sheet or ""))]


def _cells(report: Quality, page: RefusedCells) -> Any:
    if not report.refused_cells:
        return html.P([icon("check"), " Every cell was read."], className="muted")
    if not page.cells:
        words = "Its refused cells were not kept one by one; read the file again to list them."
        return html.P("No cell was refused for this reason." if report.listed_cells else words, className="muted")
    rows = [_row(CELL_HEADS, _cell(one)) for one in page.cells]
    more = report.refused_cells - report.listed_cells
    note = html.P(f"{more:,} more blank cells are not listed.", className="muted small") if more > 0 else None
    return [_table("Refused cells", CELL_HEADS, rows, "quality cells"), note]


def _cell(one: Refusal) -> tuple[Any, ...]:
    content = html.Span("blank", className="muted") if one.content is None else html.Code(one.content)
    return html.Strong(one.address), one.heading, content, REASONS.get(one.code, one.code)


def _count(page: RefusedCells) -> Any:
    if page.pages == 1:
        return None
    words = f"Page {page.page + 1:,} of {page.pages:,}, {formatted.count(page.count, 'cell')}"
    return html.Span(words, className="pages")


def _download(report: Quality) -> Any:
    if not report.refused_cells:
        return None
    text = [icon("file"), "Excel file with these cells marked"]
    address = f"/api/v1/sources/{report.id}/quality.xlsx"
    return html.A(text, href=address, className="quiet bordered", **attributes(data_download=""))


def _watch(report: Quality) -> Any:
    if report.is_sample:
        return html.P("A sample workbook: nobody waits for it.", className="muted")
    watch = report.watch
    told = " (as told)" if watch.is_told else " (as learnt)" if watch.cadence else ""
    due = f"; next due {formatted.day(watch.due)}" if watch.due and not watch.late_since else ""
    words = html.P(f"New versions come: {watch.words}{told}{due}.")
    return [words, late(watch.late_since, watch.words, report.owner)]


def _table(caption: str, heads: Sequence[str], rows: list[Any], name: str = "quality") -> Any:
    head = html.Tr([html.Th(text, scope="col", className=_align(text)) for text in heads])
    body = [html.Caption(caption, className="visually-hidden"), html.Thead(head), html.Tbody(rows)]
    content = html.Table(body, className=f"plain {name}")
    return html.Div(content, className="scroll", tabIndex=0, role="region", **attributes(aria_label=caption))


def _row(heads: Sequence[str], cells: Sequence[Any]) -> Any:
    return html.Tr(
        [
            html.Td(cell, className=_align(head), **attributes(data_head=head))
            for head, cell in zip(heads, cells, strict=True)
        ]
    )


def _align(head: str) -> str:
    return "number" if head == "Total" else ""
