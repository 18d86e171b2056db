"""The API's answer to what changed, in the shape that `dash-kpi changes --json` prints."""

from datetime import UTC, datetime

from flask import Blueprint, Response

from dash_kpi.kpis.periods import PERIODS
from dash_kpi.reporting.changes import changes_view, what_changed
from dash_kpi.reporting.events import data_events
from dash_kpi.reporting.view import DEFAULT_PERIOD
from dash_kpi.ui.changes import as_plain
from dash_kpi.web.api import answer, day, number, one_of, where
from dash_kpi.web.context import database, workspace

changes = Blueprint("changes", __name__, url_prefix="/api/v1")


@changes.get("/changes")
def get_changes() -> Response:
    """Return what changed in a period, in sentences with their numbers."""
    period = one_of("period", tuple(PERIODS), DEFAULT_PERIOD)
    compare = one_of("compare", ("previous", "year"), "previous")
    view = changes_view(period, day("from"), day("to"), compare, where(), number("as_of"))
    found = what_changed(database(), workspace(), view)
    events = data_events(database(), workspace(), datetime.now(UTC), found.span)
    return answer(as_plain(workspace(), found, events, database().settings.currency))
