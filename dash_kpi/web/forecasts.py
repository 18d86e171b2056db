"""The API's answer to where KPIs are heading, in the shape that `dash-kpi forecast --json` prints."""

import math

from flask import Blueprint, Response, request

from dash_kpi.errors import Refused
from dash_kpi.kpis.forecasting.history import LONGEST_HORIZON
from dash_kpi.kpis.periods import GRAINS
from dash_kpi.reporting.forecasts_json import ForecastQuestion, forecasts_json
from dash_kpi.web.api import answer, number, one_of, where
from dash_kpi.web.context import database, workspace

MOST_PERIODS = max(LONGEST_HORIZON.values())

forecasts = Blueprint("forecasts", __name__, url_prefix="/api/v1")


@forecasts.get("/forecast")
def get_forecast() -> Response:
    """Return where KPIs are heading, and where the current periods will end."""
    question = ForecastQuestion(
        kpis=tuple(request.args.getlist("kpi")),
        by=one_of("by", GRAINS, "") if request.args.get("by") else None,
        periods=number("periods", None, least=1, most=MOST_PERIODS),
        line=_line(),
        filters=where(),
        as_of=number("as_of"),
    )
    return answer(forecasts_json(database(), workspace(), question))


def _line() -> float | None:
    text = request.args.get("line")
    if not text:
        return None
    try:
        line = float(text)
    except ValueError:
        line = math.nan
    if not math.isfinite(line):
        raise Refused(f"line = '{text[:80]}' is no number; write it like 1250.5.")
    return line
