"""The menu by which a section or a page is taken along; `assets/export.js` does what needs the browser."""

from typing import Any

from dash import html

from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.buttons import button
from dash_kpi.ui.icons import icon


def export_menu(
    what: str, *, csv: str = "", xlsx: str = "", graph: str = "", prints: bool = False, follows_view: bool = True
) -> Any:
    """Offer what is given: addresses of a CSV file and a workbook, the id of a graph to take as PNG, printing.

    `what` names, for a screen reader, what is exported. With `follows_view` the addresses get the query of the
    page's address when they are followed. A PNG bears the heading and the `.summary` of the section around it.
    """
    view = attributes(data_export_view="") if follows_view else {}
    items = [
        html.A(text, href=address, download="", className="quiet", **view)
        for text, address in (("Excel workbook", xlsx), ("CSV", csv))
        if address
    ]
    items += [button("Picture (PNG)", className="quiet", **attributes(data_png=graph))] if graph else []
    items += [button("Print or PDF", className="quiet", **attributes(data_print=""))] if prints else []
    words = [icon("download"), "Export", html.Span(f" {what}", className="visually-hidden")]
    return html.Details(
        [
            html.Summary(words, className="quiet bordered"),
            html.Ul([html.Li(item) for item in items], className="surface"),
        ],
        className="export",
    )
