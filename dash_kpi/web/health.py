"""Whether this process lives, whether it can answer, and whether messages go out."""

import logging
from datetime import UTC, datetime

from flask import Blueprint, Response, jsonify
from sqlalchemy import select
from sqlalchemy.exc import SQLAlchemyError

from dash_kpi.alerting.outbox.problems import counts
from dash_kpi.storage.models import Workspace
from dash_kpi.web.context import database
from dash_kpi.web.paths import HEALTH

log = logging.getLogger(__name__)
health = Blueprint("health", __name__)
ALIVE, READY, DELIVERIES = HEALTH


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
        return _not_ready(error)
    return Response("ready", mimetype="text/plain")


@health.get(DELIVERIES)
def deliveries() -> Response:
    """Say how many messages wait, and how long the oldest has been due: what something that watches over us needs."""
    try:
        with database().reading() as session:
            return jsonify(counts(session, datetime.now(UTC)))
    except SQLAlchemyError as error:
        return _not_ready(error)


def _not_ready(error: SQLAlchemyError) -> Response:
    log.warning("not_ready reason=%s", type(error).__name__)
    response = jsonify(error="The database does not answer.")
    response.status_code = 503
    return response
