"""Whether this process lives, and whether it can answer."""

import logging

from flask import Blueprint, Response, jsonify
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from dash_kpi.storage.models import Workspace
from dash_kpi.web.context import database
from dash_kpi.web.paths import HEALTH

log = logging.getLogger(__name__)
health = Blueprint("health", __name__)
ALIVE, READY = HEALTH


@health.get(ALIVE)
def alive() -> Response:
    """Say that the process lives."""
    return Response("ok", mimetype="text/plain")


@health.get(READY)
def ready() -> Response:
    """Say that the database answers, or 503 when it does not."""
    try:
        with database().reading() as session:
            session.execute(select(Workspace.id).limit(1))
    except SQLAlchemyError as error:
        log.warning("not_ready reason=%s", type(error).__name__)
        response = jsonify(error="The database does not answer.")
        response.status_code = 503
        return response
    return Response("ready", mimetype="text/plain")
