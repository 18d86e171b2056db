"""The file-change flag, which every open page asks for once a second."""

from flask import Blueprint, Response, request

from dash_kpi.reporting.flag import flag
from dash_kpi.web.context import database, workspace
from dash_kpi.web.paths import FLAG

flags = Blueprint("flag", __name__)


@flags.get(FLAG)
def current() -> Response:
    """Return the state of the workspace, or 304 while it is what the client knows."""
    found = flag(database(), workspace())
    etag = f'"{found.etag}"'
    headers = {"ETag": etag, "Cache-Control": "no-cache"}
    if request.headers.get("If-None-Match") == etag:
        return Response(status=304, headers=headers)
    return Response(found.body, mimetype="application/json", headers=headers)
