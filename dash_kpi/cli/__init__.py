"""The command line."""

import importlib
import logging
from typing import Any

import click

from dash_kpi import __version__
from dash_kpi.errors import DashKpiError

# Where each command is; a module is imported only when its command runs, for some are heavy.
COMMANDS = {
    "demo": "dash_kpi.cli.demo",
    "serve": "dash_kpi.cli.serve",
    "worker": "dash_kpi.cli.worker",
    "ingest": "dash_kpi.cli.data",
    "kpis": "dash_kpi.cli.data",
    "export": "dash_kpi.cli.export",
    "sources": "dash_kpi.cli.data",
    "quality": "dash_kpi.cli.quality",
    "revisions": "dash_kpi.cli.data",
    "rows": "dash_kpi.cli.history",
    "diff": "dash_kpi.cli.history",
    "annotations": "dash_kpi.cli.annotations",
    "definitions": "dash_kpi.cli.definitions",
    "trends": "dash_kpi.cli.trends",
    "drivers": "dash_kpi.cli.drivers",
    "forecast": "dash_kpi.cli.forecast",
    "changes": "dash_kpi.cli.changes",
    "thresholds": "dash_kpi.cli.thresholds",
    "alerts": "dash_kpi.cli.alerts",
    "channels": "dash_kpi.cli.channels",
    "digests": "dash_kpi.cli.digests",
    "templates": "dash_kpi.cli.templates",
    "db": "dash_kpi.cli.db",
    "doctor": "dash_kpi.cli.doctor",
}


class Commands(click.Group):
    """The commands of the table, in its order."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names of the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, None when there is none of the name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(importlib.import_module(COMMANDS[cmd_name]), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        """Run a command; what was refused is one sentence on stderr and exit code 1."""
        try:
            return super().invoke(ctx)
        except DashKpiError as error:
            raise click.ClickException(str(error)) from error


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(__version__, prog_name="dash-kpi")
def commands() -> None:
    """Dash KPI: a KPI dashboard for teams whose numbers live in Excel."""


def main() -> None:
    """Run a command: exit 0 on success, 1 when something was refused, 2 for wrong usage."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.WARNING)
    commands(prog_name="dash-kpi")
