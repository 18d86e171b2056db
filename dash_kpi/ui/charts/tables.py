"""The numbers of a chart as a table."""

from dash import html

from dash_kpi.reporting.chart_values import Cell, ChartTable, Head
from dash_kpi.ui import format as formatted


def as_table(table: ChartTable, currency: str = "") -> html.Table:
    """Return the table as HTML, every number exact and in its unit."""
    heads = [html.Th(head.label, scope="col", className="number" if head.unit else None) for head in table.heads]
    rows = [_row(table.heads, row, currency) for row in table.rows]
    caption = html.Caption(table.caption, className="visually-hidden")
    return html.Table([caption, html.Thead(html.Tr(heads)), html.Tbody(rows)], className="chart-table")


def written(head: Head, cell: Cell, currency: str = "") -> str:
    """Write one cell as people read it."""
    if head.unit is None or isinstance(cell, str):
        return str(cell) if cell is not None else formatted.MISSING
    return formatted.exact(head.unit, cell, currency)


def _row(heads: tuple[Head, ...], row: tuple[Cell, ...], currency: str) -> html.Tr:
    first, *others = (written(head, cell, currency) for head, cell in zip(heads, row, strict=True))
    marks = ["number" if head.unit else None for head in heads[1:]]
    cells = [html.Td(text, className=mark) for text, mark in zip(others, marks, strict=True)]
    return html.Tr([html.Th(first, scope="row"), *cells])
