"""Alerts and silences for programs, and for what people do on the pages."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request

from dash_kpi.alerting.alerts import silences as service
from dash_kpi.alerting.alerts.entries import alert, alerts
from dash_kpi.alerting.alerts.silence_values import SilenceRefused
from dash_kpi.alerting.alerts.undelivered import leave_messages, resend_messages, undelivered
from dash_kpi.alerting.alerts.untold import why_silent
from dash_kpi.alerting.alerts.values import AlertRefused
from dash_kpi.alerting.alerts.wishes import filter_of, fulfil, ids_of, moment_of, scope_of
from dash_kpi.reporting.annotations import SOMEBODY
from dash_kpi.web.api import answer, number
from dash_kpi.web.bodies import json_body
from dash_kpi.web.context import database, workspace

MOST = 1_000  # alerts in one answer
EXAMPLE = '{"act": "acknowledge", "ids": [1]}'

alerting = Blueprint("alerts", __name__, url_prefix="/api/v1")


@alerting.get("/alerts")
def listed() -> Response:
    """Return alerts, the open ones and of these the worst first: by `status`, `severity`, `kpi`, `segment`, …"""
    asked = {
        "status": request.args.getlist("status"),
        "severity": request.args.getlist("severity"),
        "threshold": number("threshold"),
        "page": number("page", 1, least=1),
        "limit": number("limit", least=1, most=MOST),
        **{name: request.args.get(name) for name in ("kpi", "segment", "assignee", "tag")},
    }
    found = alerts(database(), workspace(), filter_of(asked))
    rows = [row.as_json() for row in found.rows]
    return answer(
        {"workspace": workspace(), "total": found.total, "page": found.page, "pages": found.pages, "alerts": rows}
    )


@alerting.get("/alerts/<int:one>")
def shown(one: int) -> Response:
    """Return one alert with its life, its deliveries and the newest of its evaluations."""
    return answer(alert(database(), workspace(), one, datetime.now(UTC), number("page", 1, least=1)).as_json())


@alerting.get("/alerts/<int:one>/why")
def why(one: int) -> Response:
    """Return why nothing was sent about an alert, in one sentence."""
    return answer({"id": one, "why": why_silent(database(), workspace(), datetime.now(UTC), alert=one)})


@alerting.post("/alerts/act")
def act() -> Response:
    """Acknowledge, snooze, assign, comment on or send again: `act`, `ids` and what the act needs."""
    return answer(fulfil(database(), workspace(), json_body(EXAMPLE), SOMEBODY, datetime.now(UTC)).as_json())


@alerting.get("/alerts/problems")
def problems() -> Response:
    """Return what keeps messages from people, the worst first, with the alerts that they are about."""
    found = undelivered(database(), workspace())
    return answer({"workspace": workspace(), "problems": [one.as_json() for one in found]})


@alerting.post("/alerts/deliveries/act")
def decide() -> Response:
    """Send messages again that need a decision, or leave them: `act`, "resend" or "leave", and `ids`."""
    given = json_body(EXAMPLE)
    return _decided(given.get("act"), ids_of(given, "Messages"))


@alerting.post("/alerts/deliveries/<int:one>/<act>")
def decide_one(one: int, act: str) -> Response:
    """Send a message again that needs a decision, or leave it."""
    return _decided(act, [one])


def _decided(act: Any, ids: list[int]) -> Response:
    decide = {"resend": resend_messages, "leave": leave_messages}.get(act)
    if decide is None:
        raise AlertRefused("act", f"'{str(act)[:80]}' is none of resend, leave.")
    return answer(decide(database(), workspace(), ids, SOMEBODY, datetime.now(UTC)).as_json())


@alerting.get("/silences")
def silences() -> Response:
    """Return the silences that hold or are to come; with `ended=1` those that are over too."""
    found = service.silences(
        database(), workspace(), datetime.now(UTC), with_ended=request.args.get("ended") in ("1", "true")
    )
    return answer({"workspace": workspace(), "silences": [one.as_json() for one in found]})


@alerting.post("/silences")
def silence() -> tuple[Response, int]:
    """Make a silence: `comment`, `until`, and what it is about, everything where nothing is named."""
    given = json_body(EXAMPLE)
    made = service.silence(
        database(),
        workspace(),
        scope_of(given),
        str(given.get("comment") or ""),
        moment_of(given.get("until"), "until"),
        SOMEBODY,
        datetime.now(UTC),
        starts_at=moment_of(given["from"], "from") if given.get("from") else None,
    )
    return answer(made.as_json()), 201


@alerting.patch("/silences/<int:one>")
def extend(one: int) -> Response:
    """Let a silence end at another moment, `until`."""
    until = moment_of(json_body(EXAMPLE).get("until"), "until")
    return answer(service.extend(database(), workspace(), one, until, SOMEBODY, datetime.now(UTC)).as_json())


@alerting.post("/silences/<int:one>/end")
def end(one: int) -> Response:
    """End a silence early."""
    return answer(service.end(database(), workspace(), one, SOMEBODY, datetime.now(UTC)).as_json())


@alerting.errorhandler(AlertRefused)
@alerting.errorhandler(SilenceRefused)
def refused(error: AlertRefused | SilenceRefused) -> tuple[Response, int]:
    """Say which field is wrong, so that a form can show the sentence beside it."""
    return answer({"error": str(error), "field": error.field}), 422
