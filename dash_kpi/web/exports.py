"""Exports of pages to download; what is asked is the query of the page's address."""

from datetime import UTC, datetime

from flask import Blueprint, Response, request, send_file

from dash_kpi.reporting.exports import PARTS, overview_export, overview_table
from dash_kpi.reporting.tables import Export
from dash_kpi.reporting.view import View
from dash_kpi.web.api import one_of
from dash_kpi.web.context import database, workspace
from dash_kpi.web.tables import XLSX, csv_answer

exports = Blueprint("exports", __name__, url_prefix="/api/v1")


@exports.get("/overview.xlsx")
def get_overview_xlsx() -> Response:
    """Return the overview as a workbook."""
    return xlsx_of(overview_export(database(), workspace(), view(), datetime.now(UTC)))


@exports.get("/overview.csv")
def get_overview_csv() -> Response:
    """Return one part of the overview as a CSV file: cards, series or breakdown."""
    part = one_of("part", PARTS, PARTS[0])
    table, name = overview_table(database(), workspace(), view(), part)
    return csv_answer(table.heads, table.rows, f"{name}.csv")


def view() -> View:
    """Return the view that the request's query names, as the pages understand it."""
    return View.from_query(request.query_string.decode("utf-8", "replace"))


def xlsx_of(export: Export) -> Response:
    """Return an export as a workbook to download."""
    from dash_kpi.web.reports import workbook  # large, and few ask for workbooks

    return send_file(workbook(export), mimetype=XLSX, as_attachment=True, download_name=f"{export.name}.xlsx")
