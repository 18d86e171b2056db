"""The API's answer to why a KPI moved, in the shape that `dash-kpi drivers --json` prints."""

from typing import get_args

from flask import Blueprint, Response, request

from dash_kpi.kpis.periods import Comparison
from dash_kpi.reporting.drivers import drivers_json, view_of
from dash_kpi.web.api import answer, day, number, one_of, where
from dash_kpi.web.context import database, workspace

drivers = Blueprint("drivers", __name__, url_prefix="/api/v1")


@drivers.get("/drivers")
def get_drivers() -> Response:
    """Return why a KPI moved between two periods."""
    compare = one_of("compare", get_args(Comparison)[:2], "previous")
    view = view_of(
        request.args.get("kpi"), request.args.get("by"), day("from"), day("to"), compare, where(), number("as_of")
    )
    return answer(drivers_json(database(), workspace(), view))
