"""Channels and routes for programs: read, added, changed, tried; no secret ever comes out."""

from dataclasses import asdict
from datetime import UTC, datetime

from flask import Blueprint, Response, request

from dash_kpi.alerting.channels import store, trying
from dash_kpi.alerting.channels.given import ChannelRefused
from dash_kpi.alerting.channels.page import kinds
from dash_kpi.alerting.telling import routes as routing
from dash_kpi.alerting.telling.route_given import RouteRefused
from dash_kpi.web.api import answer
from dash_kpi.web.bodies import json_body
from dash_kpi.web.context import database, workspace

BY = "API"
MOST_TESTS = 100
EXAMPLE = '{"name": "Sales"}'

channels = Blueprint("channels", __name__, url_prefix="/api/v1")


@channels.get("/channels")
def get_all() -> Response:
    """Return every channel, with what of it may be shown."""
    rows = store.channels(database(), workspace())
    return answer({"workspace": workspace(), "channels": [row.as_json() for row in rows]})


@channels.get("/channels/kinds")
def get_kinds() -> Response:
    """Return the kinds of channels, each with what it asks."""
    return answer({"kinds": [asdict(one) for one in kinds().values()]})


@channels.get("/channels/<int:number>")
def get_one(number: int) -> Response:
    """Return one channel."""
    return answer(store.channel(database(), workspace(), number).as_json())


@channels.post("/channels")
def add() -> Response:
    """Add a channel: kind, name, values, on_unknown; `made` of the answer is a secret that is told this once."""
    return answer(store.save(database(), workspace(), json_body(EXAMPLE), BY, _now()).as_json())


@channels.put("/channels/<int:number>")
def change(number: int) -> Response:
    """Change a channel; what is left out stays. `version` is the one that was seen."""
    return answer(store.save(database(), workspace(), json_body(EXAMPLE), BY, _now(), number, _version()).as_json())


@channels.delete("/channels/<int:number>")
def remove(number: int) -> Response:
    """Remove a channel that nothing names."""
    return answer(store.remove(database(), workspace(), number, BY, _now(), _version()).as_json())


@channels.post("/channels/<int:number>/restore")
def restore(number: int) -> Response:
    """Bring a removed channel back."""
    return answer(store.restore(database(), workspace(), number, BY, _now()).as_json())


@channels.post("/channels/<int:number>/enable")
def enable(number: int) -> Response:
    """Switch a channel on."""
    return answer(store.set_enabled(database(), workspace(), number, True, BY, _now(), _version()).as_json())


@channels.post("/channels/<int:number>/disable")
def disable(number: int) -> Response:
    """Switch a channel off."""
    return answer(store.set_enabled(database(), workspace(), number, False, BY, _now(), _version()).as_json())


@channels.post("/channels/<int:number>/retry")
def retry(number: int) -> Response:
    """Let what waits for a channel go on."""
    return answer(store.retry(database(), workspace(), number, BY, _now()).as_json())


@channels.post("/channels/test")
def test_new() -> Response:
    """Ask a channel that is not kept yet whether it takes messages."""
    return answer({"sentence": trying.connect(database(), workspace(), json_body(EXAMPLE), _now())})


@channels.post("/channels/<int:number>/test")
def test_kept(number: int) -> Response:
    """Ask a channel, as it is or with the changes in the body, whether it takes messages."""
    given = json_body(EXAMPLE) if request.content_length else None
    return answer({"sentence": trying.connect(database(), workspace(), given, _now(), number)})


@channels.post("/channels/<int:number>/send")
def send(number: int) -> Response:
    """Send a test message to each destination; `/channels/tests` tells what becomes of them."""
    return answer({"tests": trying.send_test(database(), workspace(), number, BY, _now())})


@channels.get("/channels/tests")
def tests() -> Response:
    """Return what became of test messages, by `id`."""
    ids = [text for text in request.args.getlist("id") if text.isascii() and text.isdecimal() and len(text) < 16]
    found = trying.sendings(database(), workspace(), [int(text) for text in ids[:MOST_TESTS]])
    return answer({"tests": [one.as_json() for one in found]})


@channels.get("/routes")
def get_routes() -> Response:
    """Return the routes in their order."""
    found = routing.routes(database(), workspace())
    return answer({"workspace": workspace(), "routes": [one.as_json() for one in found]})


@channels.post("/routes")
def add_route() -> Response:
    """Add a route: name, channels, severities, tags, escalate_hours, escalate_channels."""
    return answer(routing.save(database(), workspace(), json_body(EXAMPLE), BY, _now()).as_json())


@channels.put("/routes/<int:number>")
def change_route(number: int) -> Response:
    """Change a route; what is left out stays."""
    return answer(routing.save(database(), workspace(), json_body(EXAMPLE), BY, _now(), number, _version()).as_json())


@channels.delete("/routes/<int:number>")
def remove_route(number: int) -> Response:
    """Remove a route; `former` of the answer brings it back."""
    return answer(routing.remove(database(), workspace(), number, BY, _now(), _version()).as_json())


@channels.errorhandler(ChannelRefused)
@channels.errorhandler(RouteRefused)
def refuse(error: ChannelRefused | RouteRefused) -> Response:
    """Say which field is wrong."""
    told = answer({"error": str(error), "field": error.field})
    told.status_code = 422
    return told


def _version() -> str | None:
    return request.args.get("version")


def _now() -> datetime:
    return datetime.now(UTC)
