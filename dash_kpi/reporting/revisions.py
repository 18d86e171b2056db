"""The page of revisions: a list, or the difference between two that its query names."""

from collections.abc import Mapping

from dash_kpi.errors import NotFound
from dash_kpi.reporting.data import revisions
from dash_kpi.reporting.differences import differences
from dash_kpi.reporting.values import RevisionsPage
from dash_kpi.storage.database import Database
from dash_kpi.storage.sources import current_revision

PAGE_ROWS = 50


def revisions_page(database: Database, workspace: str, query: Mapping[str, str]) -> RevisionsPage:
    """Return the list, or the difference where the query has `from` and `to`. Raises NotFound for no workspace."""
    newest = current_revision(database, workspace)[1]
    pages = max(1, -(-newest // PAGE_ROWS))
    before, after, page = (_number(query.get(name)) for name in ("from", "to", "page"))
    page = min(max(1, page or 1), pages)
    listed = revisions(database, workspace, PAGE_ROWS, (page - 1) * PAGE_ROWS)
    if before is None or after is None:
        return RevisionsPage(newest, listed, page, pages)
    try:
        return RevisionsPage(newest, listed, page, pages, differences(database, workspace, before, after))
    except NotFound as error:
        return RevisionsPage(newest, listed, page, pages, note=str(error))


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) < 10 else None
