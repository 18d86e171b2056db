"""What the page of KPIs shows for its address: the list, or one KPI in the editor."""

from dataclasses import dataclass

from dash_kpi.errors import NotFound
from dash_kpi.reporting.definition_list import Catalogue, Edited, edited, listed
from dash_kpi.reporting.view import View, fields_of
from dash_kpi.storage.database import Database


@dataclass(frozen=True, slots=True)
class KpiPage:
    """The list, the editor, or the sentence why what was asked for is not there."""

    view: View
    catalogue: Catalogue | None = None
    edited: Edited | None = None
    tag: str = ""
    problem: str | None = None


def kpi_page(database: Database, workspace: str, query: str) -> KpiPage:
    """Return what a URL's query asks: `edit=name`, `new=1`, `copy=name`, or the list, `tag` of which narrows it."""
    given = fields_of(query)
    name, is_new, copied, tag = (given.get(key, [""])[-1] for key in ("edit", "new", "copy", "tag"))
    view = View.from_query(query)
    if not (name or is_new or copied):
        return KpiPage(view, listed(database, workspace, view), tag=tag)
    try:
        return KpiPage(view, edited=edited(database, workspace, name, copied))
    except NotFound as error:
        return KpiPage(view, problem=str(error))
