"""The command that runs the worker."""

import logging

import click

from dash_kpi.cli.options import with_settings
from dash_kpi.settings import Settings
from dash_kpi.worker import run


@click.command()
@with_settings
def worker(settings: Settings, workspace: str) -> None:
    """Watch the folders and read what changes, until stopped."""
    logging.getLogger("dash_kpi").setLevel(settings.log_level)
    run(settings)
