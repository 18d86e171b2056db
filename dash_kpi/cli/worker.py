"""The command that runs the worker."""

import click

from dash_kpi.cli.options import with_settings
from dash_kpi.settings import Settings


@click.command()
@with_settings
def worker(settings: Settings, workspace: str) -> None:
    """Watch the folders and read what changes, until stopped."""
    from dash_kpi.worker import run  # huey and watchdog are not for the other commands

    run(settings)
