"""Digests and the wording of messages for programs."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, request

from dash_kpi.alerting.messages import templates as service
from dash_kpi.alerting.messages.whole import whole
from dash_kpi.alerting.telling import digests as digesting
from dash_kpi.alerting.telling.digest_given import DigestRefused
from dash_kpi.alerting.telling.digest_trying import try_digest
from dash_kpi.errors import Refused
from dash_kpi.web.api import answer
from dash_kpi.web.bodies import json_body
from dash_kpi.web.context import database, workspace

BY = "API"
EXAMPLE = '{"text": "{kpi} is {value}"}'

wording = Blueprint("wording", __name__, url_prefix="/api/v1")


@wording.get("/digests")
def get_digests() -> Response:
    """Return every digest."""
    rows = digesting.digests(database(), workspace())
    return answer({"workspace": workspace(), "digests": [row.as_json() for row in rows]})


@wording.get("/digests/<int:number>")
def get_digest(number: int) -> Response:
    """Return one digest."""
    return answer(digesting.digest_of(database(), workspace(), number).as_json())


@wording.post("/digests")
def add_digest() -> Response:
    """Add a digest: name, kpis, every, weekday, at, channels, is_enabled."""
    return get_digest(digesting.save_digest(database(), workspace(), json_body(EXAMPLE), BY, _now()))


@wording.put("/digests/<int:number>")
def change_digest(number: int) -> Response:
    """Change a digest; what is left out stays. `version` is the one that was seen."""
    version = request.args.get("version")
    return get_digest(digesting.save_digest(database(), workspace(), json_body(EXAMPLE), BY, _now(), number, version))


@wording.delete("/digests/<int:number>")
def remove_digest(number: int) -> Response:
    """Remove a digest; `former` of the answer adds it again."""
    former = digesting.remove_digest(database(), workspace(), number, request.args.get("version"))
    return answer({"id": number, "former": former.as_json()})


@wording.post("/digests/preview")
def preview_digest() -> Response:
    """Return the message that a digest would be now; nothing is kept."""
    return answer(digesting.preview_digest(database(), workspace(), json_body(EXAMPLE), _now()).as_json())


@wording.post("/digests/<int:number>/send")
def send_digest(number: int) -> Response:
    """Send a digest as a test to its channels; /channels/tests tells what becomes of it."""
    given = digesting.digest_of(database(), workspace(), number).digest.as_json()
    return answer({"tests": try_digest(database(), workspace(), given, BY, _now())})


@wording.get("/templates")
def get_templates() -> Response:
    """Return every wording."""
    rows = service.templates(database(), workspace())
    return answer({"workspace": workspace(), "templates": [row.as_json() for row in rows]})


@wording.get("/templates/<name>")
def get_template(name: str) -> Response:
    """Return one wording, with its versions."""
    row = service.template(database(), workspace(), name)
    history = [
        {"text": one.text, "at": one.at, "by": one.by} for one in service.versions(database(), workspace(), name)
    ]
    return answer(row.as_json() | {"history": history})


@wording.put("/templates/<name>")
def set_template(name: str) -> Response:
    """Word a template anew: text. `seen` is the count of versions that was seen."""
    service.save(database(), workspace(), name, _text(), BY, _now(), request.args.get("seen", type=int))
    return get_template(name)


@wording.delete("/templates/<name>")
def reset_template(name: str) -> Response:
    """Let a template be as it comes with the program."""
    service.reset(database(), workspace(), name, BY, _now(), request.args.get("seen", type=int))
    return get_template(name)


@wording.post("/templates/<name>/undo")
def undo_template(name: str) -> Response:
    """Take the last change of a template back."""
    service.undo(database(), workspace(), name, BY, _now(), request.args.get("seen", type=int))
    return get_template(name)


@wording.post("/templates/<name>/preview")
def preview_template(name: str) -> Response:
    """Return what a text would say, alone and in its message; nothing is kept."""
    return answer(whole(database(), workspace(), name, _text(), _now()).as_json())


@wording.errorhandler(DigestRefused)
def refuse_digest(error: DigestRefused) -> Response:
    """Say which field is wrong."""
    return _refused({"error": str(error), "field": error.field})


@wording.errorhandler(service.TemplateRefused)
def refuse_template(error: service.TemplateRefused) -> Response:
    """Say where the mistake is."""
    return _refused({"error": str(error), "field": "text", "start": error.start})


def _refused(told: Mapping[str, Any]) -> Response:
    response = answer(dict(told))
    response.status_code = 422
    return response


def _text() -> str:
    text = json_body(EXAMPLE).get("text")
    if not isinstance(text, str):
        raise Refused("The text of a wording is a text.")
    return text


def _now() -> datetime:
    return datetime.now(UTC)
