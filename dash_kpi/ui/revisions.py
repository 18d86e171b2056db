"""What the page of revisions shows: the list, and the difference between two."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from dash import html

from dash_kpi.reporting.values import (
    CellChange,
    Differences,
    KpiChange,
    RevisionRow,
    RevisionsPage,
    RowChanged,
    SourceChange,
)
from dash_kpi.reporting.view import View
from dash_kpi.ui import format as formatted
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.freshness import ago
from dash_kpi.ui.head import crumbs
from dash_kpi.ui.icons import icon, unseen
from dash_kpi.ui.links import difference, link, overview_of
from dash_kpi.ui.overview import note
from dash_kpi.ui.pager import pager
from dash_kpi.ui.placeholder import placeholder
from dash_kpi.ui.sources import original

MOST_KPIS = 200  # changes shown; the API has all
MOST_ROWS = 100  # of each kind, shown; the API has more
ADDRESS = "/data/revisions"
BLANK = "–"
KPI_HEADS = ("Before", "After", "Change")
HEADS = ("Revision", "When", "By", "What happened", "")


def contents(page: RevisionsPage, now: datetime, currency: str = "") -> dict[str, Any]:
    """Return what each part of the page shows; the keys are those of the page's outputs."""
    found = page.difference
    if found:
        title = f"Revision {found.before} to {found.after}" if found.before else f"Everything up to {found.after}"
        above = crumbs(("Data", "/data"), ("Revisions", ADDRESS))
        return {"crumbs": above, "title": title, "content": compared(found, page.rows, now, currency)}
    listed = listing(page.rows, page.page, page.pages, now)
    content = html.Section(listed, className="surface panel") if page.rows else listed
    notes = note(page.note) if page.note else None
    return {"crumbs": crumbs(("Data", "/data")), "title": "Revisions", "content": [notes, content]}


def listing(rows: Sequence[RevisionRow], page: int, pages: int, now: datetime) -> Any:
    """List the revisions, the newest first, each with its difference to the one before."""
    if not rows:
        words = "Every file that is read makes one. What each changed, and the numbers as they were, can be seen here."
        return placeholder("clock", "No revision yet", words, link("Go to Data", "/data", "primary"))
    heads = [html.Th(text or unseen("Actions"), scope="col") for text in HEADS]
    body = html.Tbody([_revision(row, now) for row in rows])
    caption = html.Caption("Revisions", className="visually-hidden")
    content = html.Table([caption, html.Thead(html.Tr(heads)), body], className="plain sources revisions")
    return [_region("Revisions", content), pager(page, pages, f"{ADDRESS}?page=")]


def _revision(row: RevisionRow, now: datetime) -> Any:
    cells = [
        html.Strong(f"{row.number}"),
        ago(row.created_at, now),
        row.actor or BLANK,
        [html.Span(row.summary, className="file"), original(row.number if row.has_original else None, row.file or "")],
        html.Span(
            [
                link(
                    ["Difference", unseen(f" that revision {row.number} made")],
                    difference(row.number - 1, row.number),
                    "quiet bordered",
                ),
                link(
                    ["Look at it", unseen(f": the numbers as of revision {row.number}")],
                    overview_of(View(as_of=row.number)),
                    "quiet bordered",
                ),
            ],
            className="row-actions",
        ),
    ]
    return html.Tr(
        [html.Td(cell, **attributes(data_head=head)) for head, cell in zip(HEADS, cells, strict=True)],
        **attributes(data_revision_row=str(row.number)),
    )


def compared(found: Differences, known: Sequence[RevisionRow], now: datetime, currency: str = "") -> Any:
    """Show what differs between two revisions: the KPIs first, then the rows that made it so."""
    return [
        html.Section([_choice(found, known), _between(found, now)], className="surface panel"),
        html.Section([html.H2(f"KPIs by {found.grain}"), _kpis(found, currency)], className="surface panel"),
        *(_source(one) for one in found.sources),
    ]


def _choice(found: Differences, known: Sequence[RevisionRow]) -> Any:
    """Let a person compare two other revisions."""
    numbers = sorted({0, found.before, found.after, *(row.number for row in known)}, reverse=True)

    def select(name: str, text: str, chosen: int) -> list[Any]:
        options = [
            html.Option(f"Revision {number}" if number else "before anything", value=str(number),
                        selected=number == chosen or None)
            for number in numbers
        ]  # fmt: skip
        return [
            html.Label(text, htmlFor=f"difference-{name}"),
            html.Select(options, id=f"difference-{name}", name=name, className="form-select select"),
        ]

    button = html.Button("Compare", type="submit", className="primary")
    return html.Form(
        [
            *select("from", "From", found.before),
            *select("to", "to", found.after),
            button,
        ],
        action=ADDRESS,
        method="get",
        className="compare",
    )


def _between(found: Differences, now: datetime) -> Any:
    rows = [
        html.Li([html.Strong(f"{row.number}"), " ", row.summary, html.Span([" · ", row.actor or BLANK, " · "],
                className="muted"), ago(row.created_at, now)])
        for row in found.between
    ]  # fmt: skip
    return html.Ul(rows, className="between")


def _kpis(found: Differences, currency: str) -> Any:
    if not found.kpis:
        return html.P("No KPI differs.", className="muted")
    heads = [
        html.Th(text, scope="col", className="number" if at > 1 else None)
        for at, text in enumerate(("KPI", found.grain.capitalize(), *KPI_HEADS))
    ]
    rows = [_kpi(one, currency) for one in found.kpis[:MOST_KPIS]]
    caption = html.Caption("KPIs that differ", className="visually-hidden")
    content = html.Table([caption, html.Thead(html.Tr(heads)), html.Tbody(rows)], className="plain kpi-changes")
    return [_region("KPIs that differ", content), _more(len(found.kpis), MOST_KPIS, "change")]


def _kpi(one: KpiChange, currency: str) -> Any:
    word = formatted.judgement(one.direction, one.change)
    tone = "" if one.change is None else f" delta {formatted.way(one.change)} {word}".rstrip()
    return html.Tr(
        [
            html.Th(one.label, scope="row"),
            html.Td(one.period_label, className="days"),
            *(
                html.Td(text, className=looks, **attributes(data_head=head))
                for head, (text, looks) in zip(
                    KPI_HEADS,
                    (
                        (formatted.exact(one.unit, one.before, currency), "number"),
                        (formatted.exact(one.unit, one.after, currency), "number strong"),
                        (_change(one), f"number{tone}"),
                    ),
                    strict=True,
                )
            ),
        ]
    )


def _change(one: KpiChange) -> str:
    """Write the change; one too small for a decimal is a change all the same."""
    if one.change is not None and formatted.is_unchanged(one.change):
        return "slightly more" if (one.after or 0) > (one.before or 0) else "slightly less"
    return formatted.change(one.unit, one.change)


def _source(one: SourceChange) -> Any:
    name = f"{one.file} · {one.sheet}" if one.sheet else one.file
    came = {"new": "This source is new.", "gone": "This source is counted no more.", "changed": ""}[one.status]
    kinds = (
        ("Altered", one.altered, one.altered_rows, _altered),
        ("Added", one.added, one.added_rows, _only),
        ("Removed", one.removed, one.removed_rows, _only),
    )
    return html.Section(
        [
            html.H2([icon("file"), f" {name}"]),
            html.P(came, className="muted") if came else None,
            *(
                html.Details(
                    [
                        html.Summary(f"{word}: {formatted.count(count, 'row')}"),
                        _rows(f"{word} in {name}", rows[:MOST_ROWS], show),
                        _more(count, MOST_ROWS, "row"),
                    ],
                    open=one.status == "changed" or None,
                    className="row-changes",
                )
                for word, count, rows, show in kinds
                if count
            ),
        ],
        className="surface panel",
    )


def _rows(caption: str, rows: Sequence[RowChanged], show: Any) -> Any:
    names = [formatted.heading(name) for name, _ in rows[0].name] if rows else []
    heads = [html.Th(text, scope="col") for text in ("Row", *names, "Values")]
    body = html.Tbody([show(row) for row in rows])
    content = html.Table(
        [html.Caption(caption, className="visually-hidden"), html.Thead(html.Tr(heads)), body], className="plain"
    )
    return _region(caption, content)


def _altered(row: RowChanged) -> Any:
    values = [
        html.Li(
            [
                html.Span(_column(cell), className="muted"),
                html.Del(_value(cell.before)),
                html.Span(" → ", **attributes(aria_hidden="true")),
                html.Ins(_value(cell.after)),
            ]
        )
        for cell in row.cells
    ]
    return _line(row, html.Ul(values, className="cells"))


def _only(row: RowChanged) -> Any:
    values = [
        html.Li([html.Span(_column(cell), className="muted"), _value(cell.before if row.row is None else cell.after)])
        for cell in row.cells
    ]
    return _line(row, html.Ul(values, className="cells"))


def _line(row: RowChanged, values: Any) -> Any:
    moved = row.row is not None and row.row_before not in (None, row.row)
    was = html.Span(f"was {row.row_before}", className="sub") if moved else None
    place = html.Th([str(row.row if row.row is not None else row.row_before), was], scope="row")
    return html.Tr([place, *(html.Td(_value(value)) for _, value in row.name), html.Td(values)])


def _column(cell: CellChange) -> str:
    place = f" ({cell.address})" if cell.address else ""
    return f"{formatted.heading(cell.label)}{place} "


def _value(value: float | str | date | None) -> str:
    if value is None:
        return BLANK
    if isinstance(value, date):
        return formatted.day(value)
    return value if isinstance(value, str) else formatted.exact("number", value)


def _more(count: int, shown: int, word: str) -> Any:
    if count <= shown:
        return None
    return html.P(f"{formatted.count(count - shown, f'further {word}')} not listed.", className="muted small")


def _region(name: str, content: Any) -> Any:
    return html.Div(content, className="scroll", tabIndex=0, role="region", **attributes(aria_label=name))
