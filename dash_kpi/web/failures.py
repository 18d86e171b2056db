"""Failures: a sentence for whoever asked, the traceback for the log, one reference in both."""

import logging
import secrets

from dash import set_props
from flask import Flask, Response, abort, jsonify, request
from werkzeug.exceptions import HTTPException, InternalServerError

from dash_kpi.errors import Conflict, DashKpiError, NotFound, Refused
from dash_kpi.ui.frame import MESSAGE
from dash_kpi.web.paths import is_for_programs

STATUS = {NotFound: 404, Refused: 422, Conflict: 409}

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

log = logging.getLogger(__name__)


def report_failures(server: Flask) -> None:
    """Answer every failure with a sentence: JSON for programs, a page for people."""
    server.add_url_rule("/api/<path:_>", "unknown", unknown, methods=METHODS)
    server.register_error_handler(HTTPException, answer)
    server.register_error_handler(DashKpiError, lambda error: sentence(status_of(error), str(error)))
    server.register_error_handler(Exception, lambda error: answer(InternalServerError(explain(error))))


def unknown(**_: str) -> Response:
    """Refuse an address that Dash would answer with a page."""
    abort(404, f"There is nothing at {request.path}.")


def answer(error: HTTPException) -> Response | HTTPException:
    """Return a failure the way whoever asks reads it."""
    return sentence(error.code or 500, error.description or "") if is_for_programs(request.path) else error


def sentence(status: int, text: str) -> Response:
    """Return a sentence as JSON."""
    response = jsonify(error=text)
    response.status_code = status
    return response


def status_of(error: Exception) -> int:
    """Return the HTTP status that says what kind of failure this is."""
    return next((status for kind, status in STATUS.items() if isinstance(error, kind)), 500)


def on_callback_error(error: Exception) -> None:
    """Show the failure of a callback to the person, and leave what is on the page as it is."""
    set_props(MESSAGE, {"data": {"text": explain(error), "kind": "error"}})


def explain(error: Exception) -> str:
    """Return what to tell the person; what nobody foresaw is logged with its traceback."""
    if isinstance(error, Refused | Conflict):
        return str(error)
    reference = secrets.token_hex(4)
    log.error("failed reference=%s path=%s", reference, request.path, exc_info=error)
    return f"Something went wrong here; what you see may be out of date. The log has the details under {reference}."
