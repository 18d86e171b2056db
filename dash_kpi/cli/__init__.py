"""The command line."""

import logging
import sys

import click

from dash_kpi import __version__
from dash_kpi.cli.data import ingest, kpis, revisions, sources
from dash_kpi.cli.db import db
from dash_kpi.cli.demo import demo
from dash_kpi.cli.doctor import doctor
from dash_kpi.cli.serve import serve
from dash_kpi.cli.worker import worker
from dash_kpi.errors import DashKpiError


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="dash-kpi")
def commands() -> None:
    """Dash KPI: a KPI dashboard for teams whose numbers live in Excel."""


for command in (demo, serve, worker, ingest, kpis, sources, revisions, db, doctor):
    commands.add_command(command)


def main() -> None:
    """Run a command: exit 0 on success, 1 when something was refused, 2 for wrong usage."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.WARNING)
    try:
        commands(prog_name="dash-kpi")
    except DashKpiError as error:
        click.echo(f"dash-kpi: {error}", err=True)
        sys.exit(1)
