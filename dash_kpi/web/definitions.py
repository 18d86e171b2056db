"""The catalogue of KPIs for programs: read, saved, hidden, reset, removed, undone, tried."""

from dataclasses import asdict
from datetime import UTC, datetime

from flask import Blueprint, Response, request

from dash_kpi.errors import Refused
from dash_kpi.kpis.formulas.errors import FormulaError
from dash_kpi.reporting import definitions as service
from dash_kpi.reporting.definition_list import entries, entry_named
from dash_kpi.reporting.definitions import Change
from dash_kpi.reporting.kpi_preview import preview
from dash_kpi.web.api import answer
from dash_kpi.web.bodies import json_body, whole_number
from dash_kpi.web.context import database, workspace

BY = "API"
EXAMPLE = '{"formula": "profit / revenue"}'

definitions = Blueprint("definitions", __name__, url_prefix="/api/v1/definitions")


@definitions.get("")
def get_all() -> Response:
    """Return every KPI."""
    return answer(
        {"workspace": workspace(), "definitions": [one.as_json() for one in entries(database(), workspace())]}
    )


@definitions.get("/<name>")
def get_one(name: str) -> Response:
    """Return one KPI, and the versions that people gave of it."""
    found = entry_named(database(), workspace(), name).as_json()
    return answer(found | {"versions": [asdict(one) for one in service.versions(database(), workspace(), name)]})


@definitions.put("/<name>")
def put(name: str) -> Response:
    """Save a definition; `version` is the one that was seen, 0 for none."""
    given = json_body(EXAMPLE)
    if given.get("name", name) != name:
        raise Refused(f"The address names the KPI '{name}', the definition another one.")
    return _done(
        service.save(database(), workspace(), {**given, "name": name}, BY, _now(), version=whole_number("version"))
    )


@definitions.delete("/<name>")
def delete(name: str) -> Response:
    """Remove a KPI that people made."""
    return _done(service.remove(database(), workspace(), name, BY, _now(), whole_number("version")))


@definitions.post("/<name>/hide")
def hide(name: str) -> Response:
    """Hide a KPI."""
    return _done(service.set_hidden(database(), workspace(), name, True, BY, _now(), whole_number("version")))


@definitions.post("/<name>/show")
def show(name: str) -> Response:
    """Show a KPI again."""
    return _done(service.set_hidden(database(), workspace(), name, False, BY, _now(), whole_number("version")))


@definitions.post("/<name>/reset")
def reset(name: str) -> Response:
    """Let a built-in KPI be as it was built in."""
    return _done(service.reset(database(), workspace(), name, BY, _now(), whole_number("version")))


@definitions.post("/<name>/undo")
def undo(name: str) -> Response:
    """Take the last change of a KPI back; with `to`, restore that version."""
    if (number := whole_number("to")) is not None:
        return _done(service.restore(database(), workspace(), name, number, BY, _now(), whole_number("version")))
    return _done(service.undo(database(), workspace(), name, BY, _now(), whole_number("version")))


@definitions.post("/preview")
def try_out() -> Response:
    """Return what a definition would come to over its last periods, or the mistakes in it."""
    return answer(asdict(preview(database(), workspace(), json_body(EXAMPLE), is_new=request.args.get("new") == "1")))


@definitions.errorhandler(FormulaError)
def refuse(error: FormulaError) -> Response:
    """Say where in a formula the mistake is, and what probably belongs there."""
    told = answer({"error": str(error), "start": error.start, "end": error.end, "suggestion": error.suggestion})
    told.status_code = 422
    return told


def _done(change: Change) -> Response:
    return answer(asdict(change))


def _now() -> datetime:
    return datetime.now(UTC)
