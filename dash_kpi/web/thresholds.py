"""Thresholds for programs: read, added, changed, removed, undone, backtested."""

from dataclasses import asdict
from datetime import UTC, datetime

from flask import Blueprint, Response

from dash_kpi.alerting.rules.given import RuleRefused
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.thresholds import decisions as service
from dash_kpi.alerting.thresholds.backtest import backtest
from dash_kpi.alerting.thresholds.decisions import Change
from dash_kpi.alerting.thresholds.entries import threshold
from dash_kpi.alerting.thresholds.entries import thresholds as listed
from dash_kpi.alerting.thresholds.suggestions import suggestions
from dash_kpi.web.api import answer
from dash_kpi.web.bodies import json_body, whole_number
from dash_kpi.web.context import database, workspace

BY = "API"
EXAMPLE = '{"kpi": "revenue", "conditions": [{"kind": "below", "low": 100}]}'

thresholds = Blueprint("thresholds", __name__, url_prefix="/api/v1/thresholds")


@thresholds.get("")
def get_all() -> Response:
    """Return every threshold, with where it stands."""
    found = [one.as_json() for one in listed(database(), workspace())]
    return answer({"workspace": workspace(), "thresholds": found})


@thresholds.get("/<int:number>")
def get_one(number: int) -> Response:
    """Return one threshold, and every wording it had."""
    versions = [
        {
            "number": one.number,
            "summary": one.summary,
            "created_at": one.created_at,
            "created_by": one.created_by,
            "is_in_force": one.is_in_force,
            "rule": one.rule and one.rule.as_json(),
        }
        for one in service.versions(database(), workspace(), number)
    ]
    return answer(threshold(database(), workspace(), number).as_json() | {"versions": versions})


@thresholds.post("")
def add() -> tuple[Response, int]:
    """Add a threshold: the rule is the body."""
    return _done(service.save(database(), workspace(), json_body(EXAMPLE), BY, _now())), 201


@thresholds.put("/<int:number>")
def put(number: int) -> Response:
    """Give a threshold another rule; `version` is the one that was seen."""
    return _done(
        service.save(
            database(), workspace(), json_body(EXAMPLE), BY, _now(), number=number, version=whole_number("version")
        )
    )


@thresholds.delete("/<int:number>")
def delete(number: int) -> Response:
    """Remove a threshold."""
    return _done(service.remove(database(), workspace(), number, BY, _now(), whole_number("version")))


@thresholds.post("/<int:number>/undo")
def undo(number: int) -> Response:
    """Take the last change of a threshold back."""
    return _done(service.undo(database(), workspace(), number, BY, _now(), whole_number("version")))


@thresholds.post("/backtest")
def try_out() -> Response:
    """Return what a rule would have done over all history, and limits that are suggested for it."""
    rule = Rule.from_json(json_body(EXAMPLE))
    found = backtest(database(), workspace(), rule, _now()).as_json()
    proposed = [asdict(one) for one in suggestions(database(), workspace(), rule, _now())]
    return answer({"rule": rule.as_json(), **found, "suggestions": proposed})


@thresholds.errorhandler(RuleRefused)
def refuse(error: RuleRefused) -> tuple[Response, int]:
    """Say which field is wrong, so that a form can show the sentence beside it."""
    return answer({"error": str(error), "field": error.field}), 422


def _done(change: Change) -> Response:
    return answer({"id": change.number, "version": change.version, "sentence": change.sentence})


def _now() -> datetime:
    return datetime.now(UTC)
