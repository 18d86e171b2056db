"""The line under a table that is shown page by page."""

from typing import Any

from dash import html

from dash_kpi.ui.attributes import attributes
from dash_kpi.ui.links import link


def pager(page: int, pages: int, address: str) -> Any:
    """Link the pages beside this one; `address` is to be followed by the number of a page."""
    if pages <= 1:
        return None
    earlier = link("Previous", f"{address}{page - 1}", "quiet bordered", rel="prev") if page > 1 else None
    later = link("Next", f"{address}{page + 1}", "quiet bordered", rel="next") if page < pages else None
    here = html.Span(f"Page {page:,} of {pages:,}", className="muted")
    return html.Nav([earlier, here, later], className="table-pages", **attributes(aria_label="Pages of the table"))
