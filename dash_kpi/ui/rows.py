"""What the page of rows shows: the rows behind a number, and that they add up to it."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from dash import html

from dash_kpi.kpis.blank import value_words
from dash_kpi.reporting.values import BehindRow, Input, RowsBehind, RowsPage
from dash_kpi.reporting.view import View
from dash_kpi.ui import filters
from dash_kpi.ui import format as formatted
from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.export_menu import export_menu
from dash_kpi.ui.head import crumbs
from dash_kpi.ui.icons import unseen
from dash_kpi.ui.links import link, overview_of, rows_of
from dash_kpi.ui.overview import note
from dash_kpi.ui.pager import pager
from dash_kpi.ui.placeholder import placeholder

KPI = "rows-kpi"
BLANK = "–"


def contents(answer: RowsPage, currency: str = "") -> dict[str, Any]:
    """Return what each part of the page shows; the keys are those of the page's outputs."""
    behind = answer.behind
    if behind is None:
        return {
            "crumbs": crumbs(("Overview", overview_of(answer.view))),
            "title": "Rows behind a number",
            "head": _no_data(answer),
            "notes": [note(text) for text in answer.notes],
            "table": None,
        }
    return {
        "crumbs": crumbs(("Overview", overview_of(answer.view))),
        "title": f"Rows behind {behind.label}",
        "head": head(answer, behind, currency),
        "notes": [note(text) for text in (*answer.notes, *behind.notes)],
        "table": table(answer.view, behind, currency),
    }


def options(answer: RowsPage) -> tuple[list[filters.Option], list[filters.Option]]:
    """Return what the bar offers: grains and dimensions."""
    return filters.grains(answer), filters.dimensions(answer)


def _no_data(answer: RowsPage) -> Any:
    at = f" at revision {answer.view.as_of}" if answer.view.as_of is not None else " yet"
    words = f"There is no number{at}, so there are no rows behind one."
    nothing = placeholder("rows", "No rows yet", words, link("Go to Data", "/data", "primary"))
    return html.Div(nothing, **_revision(answer))


def head(answer: RowsPage, behind: RowsBehind, currency: str = "") -> Any:
    """Say which number it is, and offer other numbers, the way back and the export."""
    number = [
        html.Strong(formatted.exact(behind.unit, behind.value, currency), className="behind-value"),
        html.Span(f" {_which(behind)}", className="muted"),
        html.Span(behind.reason, className="kpi-reason") if behind.reason else None,
    ]
    query = _export_query(answer.view, behind)
    addresses = {suffix: f"/api/v1/rows.{suffix}?{query}" for suffix in ("csv", "xlsx")} if behind.total else {}
    exports = export_menu("the rows", **addresses, prints=True, follows_view=False)
    return html.Div(
        [
            html.P(number, className="behind-number", **_revision(answer)),
            html.Div([*_choice(answer, behind), exports], className="behind-actions"),
        ],
        className="behind-head",
    )


def _which(behind: RowsBehind) -> str:
    against = f", set against {behind.before.label}" if behind.before else ""
    return f"over {behind.span.label}{against}, from {formatted.count(behind.total, 'row')}"


def _revision(answer: RowsPage) -> dict[str, Any]:
    return attributes(data_revision=str(answer.revision)) | (
        attributes(data_start=answer.span.start.isoformat(), data_end=answer.span.end.isoformat())
        if answer.span
        else {}
    )


def _choice(answer: RowsPage, behind: RowsBehind) -> list[Any]:
    chosen = [
        html.Option(label, value=rows_of(answer.view, name), selected=name == behind.kpi or None)
        for name, label in answer.kpis
    ]
    return [
        html.Label("KPI", htmlFor=KPI, className="visually-hidden"),
        html.Select(chosen, id=KPI, className="form-select select", **attributes(data_go="")),
    ]


def _export_query(view: View, behind: RowsBehind) -> str:
    pairs = [("kpi", behind.kpi), ("from", behind.span.start.isoformat()), ("to", behind.span.end.isoformat())]
    pairs += [("where", f"{name}={value}") for name, values in view.filters for value in values]
    return urlencode(pairs if view.as_of is None else [*pairs, ("as_of", str(view.as_of))])


def table(view: View, behind: RowsBehind, currency: str = "") -> Any:
    """Show a page of the rows, and in the last line what all of them come to."""
    if not behind.total:
        words = "Choose another period, or take a filter away."
        return placeholder("rows", "No row here", words, link("Show all time", _all_time(view), "quiet bordered"))
    caption = f"Rows behind {behind.label}"
    heads = [
        html.Th("File", scope="col"),
        html.Th("Cells" if behind.has_cells else "Row", scope="col", className="number"),
        html.Th("Date", scope="col"),
        *(html.Th(one.label, scope="col", className="number") for one in behind.inputs),
        *(html.Th(formatted.heading(name), scope="col") for name in behind.dimensions),
    ]
    content = html.Table(
        [
            html.Caption(caption, className="visually-hidden"),
            html.Thead(html.Tr(heads)),
            html.Tbody([_row(behind, row, currency) for row in behind.rows]),
            html.Tfoot(_foot(behind, currency)),
        ],
        className="plain behind",
    )
    region = {"tabIndex": 0, "role": "region", **attributes(aria_label=caption)}
    return [
        html.Div(content, className="scroll", **region),
        pager(behind.page, behind.pages, f"{rows_of(view, behind.kpi)}&page="),
    ]


def _all_time(view: View) -> str:
    return f"/rows?{replace(view, period='all', start=None, end=None).to_query()}"


def _row(behind: RowsBehind, row: BehindRow, currency: str) -> Any:
    place = [html.Span(row.file, className="file"), html.Span(row.sheet, className="sheet") if row.sheet else None]
    return html.Tr(
        [
            html.Th(place, scope="row"),
            html.Td(
                _place(row), className="number place", **attributes(data_head="Cells" if any(row.cells) else "Row")
            ),
            html.Td(formatted.day(row.day), className="days"),
            *(
                html.Td(
                    BLANK if value is None else formatted.exact(one.unit, value, currency),
                    className="number amount",
                    **attributes(data_head=one.label),
                )
                for one, value in zip(behind.inputs, row.measures, strict=True)
            ),
            *(
                html.Td(
                    value_words(value or ""),
                    className="slice" if value else "slice muted",
                    **attributes(data_head=formatted.heading(name)),
                )
                for name, value in zip(behind.dimensions, row.dimensions, strict=True)
            ),
        ]
    )


def _place(row: BehindRow) -> str:
    cells = list(dict.fromkeys(cell for cell in row.cells if cell))
    return ", ".join(cells) or str(row.row)  # as the spreadsheet writes it


def _foot(behind: RowsBehind, currency: str) -> list[Any]:
    rest = [html.Td(colSpan=str(len(behind.dimensions)))] if behind.dimensions else []
    words = html.Th(f"All {formatted.count(behind.total, 'row')}" if behind.total > 1 else "1 row", scope="row")
    sums = [
        html.Td([_come_to(one), formatted.exact(one.unit, one.value, currency)], className="number strong")
        for one in behind.inputs
    ]
    lines = [html.Tr([words, html.Td(), html.Td(), *sums, *rest])]
    if len(behind.inputs) > 1 or behind.before or behind.foot != behind.inputs[0].value:
        number = html.Td(
            formatted.exact(behind.unit, behind.foot, currency),
            className="number strong",
            colSpan=str(len(behind.inputs)),
        )
        lines.append(html.Tr([html.Th(behind.label, scope="row"), html.Td(), html.Td(), number, *rest]))
    return lines


def _come_to(one: Input) -> Any:
    word = {"mean": "mean ", "last": "last "}.get(one.aggregation)
    return html.Span(word, className="muted") if word else unseen("sum ")
