"""The least that Flask can do: a route that answers nothing."""

from flask import Flask, Response

server = Flask(__name__)


@server.get("/")
def nothing() -> Response:
    """Answer nothing."""
    return Response(b"")
