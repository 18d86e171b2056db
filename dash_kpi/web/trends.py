"""The page Trends over HTTP: its panels as CSV, its open section as a workbook, and what it says as JSON."""

from datetime import UTC, datetime
from typing import get_args

from flask import Blueprint, Response, request

from dash_kpi.errors import Refused
from dash_kpi.kpis.periods import GRAINS
from dash_kpi.kpis.statistics.sensitivity import Sensitivity
from dash_kpi.reporting.trends.export import file_of, section_export
from dash_kpi.reporting.trends.page import trends as trends_page
from dash_kpi.reporting.trends.told import told, told_view
from dash_kpi.reporting.trends.values import Panel, TrendsPage
from dash_kpi.reporting.trends.view import TrendsView
from dash_kpi.ui.charts.kinds import CHARTS
from dash_kpi.web.api import answer, day, number, one_of, where
from dash_kpi.web.context import database, workspace
from dash_kpi.web.exports import xlsx_of
from dash_kpi.web.tables import csv_answer

trends = Blueprint("trends", __name__, url_prefix="/api/v1")

NOTHING = "There is no number to export yet."


@trends.get("/trends")
def get_trends() -> Response:
    """Return what there is to say about a KPI, in the shape that `dash-kpi trends --json` prints."""
    by = one_of("by", (*GRAINS, "auto"), "auto")
    view = told_view(
        request.args.get("kpi"),
        None if by == "auto" else by,
        day("from"),
        day("to"),
        where(),
        one_of("sensitivity", get_args(Sensitivity), "normal"),
        number("as_of"),
    )
    return answer(told(database(), workspace(), view))


@trends.get("/trends.csv")
def get_trends_csv() -> Response:
    """Return the table of one panel of the section that the query shows."""
    page = _page()
    panel = _panel(page, request.args.get("section", ""))
    table = CHARTS[panel.kind].table(panel.values, "")
    rows = ([_plain(cell) for cell in row] for row in table.rows)
    return csv_answer([head.label for head in table.heads], rows, f"{file_of(page, panel.name)}.csv")


@trends.get("/trends.xlsx")
def get_trends_xlsx() -> Response:
    """Return the section that the query shows as a workbook."""
    page = _page()
    panels = [panel for panel in page.panels if panel.values is not None]
    if not panels:
        raise Refused(NOTHING)
    tables = [(panel, CHARTS[panel.kind].table(panel.values, "")) for panel in panels]
    return xlsx_of(section_export(database(), workspace(), page, tables, datetime.now(UTC)))


def _page() -> TrendsPage:
    query = request.query_string.decode("utf-8", "replace")
    return trends_page(database(), workspace(), TrendsView.from_query(query))


def _panel(page: TrendsPage, name: str) -> Panel:
    """Return a panel by its name, without one the first that has numbers. Raises Refused."""
    known = [panel for panel in page.panels if panel.values is not None]
    if not known:
        raise Refused(NOTHING)
    found = next((panel for panel in known if panel.name == name), None if name else known[0])
    if found is None:
        names = ", ".join(panel.name for panel in known)
        raise Refused(f"section = '{name[:80]}' is none of {names} in the section '{page.view.show}'.")
    return found


def _plain(cell: object) -> object:
    return "" if cell is None else cell
