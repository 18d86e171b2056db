"""The page of KPIs as the browser takes it: the list, or the editor with the answer to a draft."""

from collections.abc import Mapping
from typing import Any

from dash_kpi.reporting.kpi_page import KpiPage
from dash_kpi.reporting.kpi_preview import Preview
from dash_kpi.ui import filters, kpi_draft, kpi_editor, kpis
from dash_kpi.ui.dialogs import FILTER_DIMENSION
from dash_kpi.ui.frame import GRAIN
from dash_kpi.ui.head import crumbs
from dash_kpi.ui.links import link
from dash_kpi.ui.markup import markup
from dash_kpi.ui.placeholder import placeholder


def rendered(page: KpiPage, currency: str) -> dict[str, Any]:
    """Return the parts of the page, what the bar offers, and what is edited."""
    back = crumbs(("KPIs", kpis.address(page.view)))
    if page.problem:
        to_list = link("Go to KPIs", kpis.address(page.view), "primary")
        nothing = placeholder("info", "No such KPI", page.problem, to_list)
        return _answer(back, "No such KPI", None, nothing, None)
    if page.edited:
        form = kpi_editor.form(page.edited, page.view)
        return _answer(back, kpi_editor.title(page.edited), None, None, form) | {"edited": kpi_editor.data(page.edited)}
    assert page.catalogue is not None  # noqa: S101  for the type checker
    catalogue = page.catalogue
    shown = kpis.contents(catalogue, page.tag, currency)
    offered = {GRAIN: filters.grains(catalogue), FILTER_DIMENSION: filters.dimensions(catalogue)}
    return _answer(None, "KPIs", kpis.head(catalogue), shown, None) | {"options": offered}


def tried(found: Preview, draft: Mapping[str, Any], currency: str) -> dict[str, Any]:
    """Return what the editor shows of a draft: its preview, and what is wrong beside each field."""
    given = draft["definition"]
    target = given.get("target") or {}
    wrong = kpi_draft.mistakes(found, str(given.get("formula") or ""), str(target.get("formula") or ""))
    parts = {"kpis-preview": markup(kpi_draft.preview(found, currency))}
    parts |= {name: markup(content) for name, content in wrong.items()}
    fields = sorted({one.field or "formula" for one in found.mistakes})
    return {"parts": parts, "options": {}, "wrong": fields, "at": draft.get("at")}


def _answer(back: Any, title: str, head: Any, shown: Any, form: Any) -> dict[str, Any]:
    contents = {
        "kpis-crumbs": back,
        "kpis-title": title,
        "kpis-head": head,
        "kpis-list": shown,
        "kpis-form": form,
    }
    return {"parts": {name: markup(part) for name, part in contents.items()}, "options": {}, "edited": None}
