"""What the request at hand works on: the database, and the workspace in it."""

from flask import current_app

from dash_kpi.storage.database import MAIN, Database

EXTENSION = "dash_kpi"


def database() -> Database:
    """Return the database of the running application."""
    found = current_app.extensions[EXTENSION]
    assert isinstance(found, Database)  # noqa: S101  for the type checker
    return found


def workspace() -> str:
    """Return the name of the workspace that the request is about."""
    return MAIN
