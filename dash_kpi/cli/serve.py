"""`dash-kpi serve`: the web server and the worker on one machine."""

import os
import sys
from typing import NoReturn

import click

from dash_kpi.cli.options import with_settings
from dash_kpi.settings import Settings
from dash_kpi.storage.database import Database


@click.command()
@click.option("--host", help="The address to listen on.  [default: 127.0.0.1]")
@click.option("--port", type=click.IntRange(0, 65535), help="The port; 0 takes a free one.  [default: 8050]")
@with_settings
def serve(settings: Settings, workspace: str, host: str | None, port: int | None) -> None:
    """Serve the dashboard, and watch the folders."""
    given = {"host": host, "port": port}
    become_supervisor(settings.model_copy(update={name: value for name, value in given.items() if value is not None}))


def become_supervisor(settings: Settings) -> NoReturn:
    """Go on as the supervisor: what the command line has imported is of no use to it, and large.

    The database is brought up to date before, so that neither process has to import what does that.
    """
    database = Database(settings)
    database.upgrade()
    database.close()
    sys.stdout.flush()
    address = [settings.host, str(settings.port)]
    command = [sys.executable, "-m", "dash_kpi.web.supervisor", *address, *map(str, settings.watched)]
    os.execve(sys.executable, command, os.environ | settings.as_environment())  # noqa: S606
