"""The API's answer to why a KPI moved, in the shape that `dash-kpi drivers --json` prints."""

from datetime import UTC, datetime
from typing import get_args

from flask import Blueprint, Response, request

from dash_kpi.kpis.periods import Comparison
from dash_kpi.reporting.driver_exports import PARTS, drivers_export, drivers_table
from dash_kpi.reporting.drivers import drivers_json, view_of
from dash_kpi.web.api import answer, day, number, one_of, where
from dash_kpi.web.context import database, workspace
from dash_kpi.web.exports import view as view_asked
from dash_kpi.web.exports import xlsx_of
from dash_kpi.web.tables import csv_answer

drivers = Blueprint("drivers", __name__, url_prefix="/api/v1")


@drivers.get("/drivers")
def get_drivers() -> Response:
    """Return why a KPI moved between two periods."""
    compare = one_of("compare", get_args(Comparison)[:2], "previous")
    view = view_of(
        request.args.get("kpi"), request.args.get("by"), day("from"), day("to"), compare, where(), number("as_of")
    )
    return answer(drivers_json(database(), workspace(), view))


@drivers.get("/drivers.xlsx")
def get_drivers_xlsx() -> Response:
    """Return what the page shows as a workbook; the query is that of the page."""
    return xlsx_of(drivers_export(database(), workspace(), view_asked(), datetime.now(UTC)))


@drivers.get("/drivers.csv")
def get_drivers_csv() -> Response:
    """Return one part of the page as a CSV file: values, dimensions or bridge."""
    table, name = drivers_table(database(), workspace(), view_asked(), one_of("part", PARTS, PARTS[0]))
    return csv_answer(table.heads, table.rows, f"{name}.csv")
