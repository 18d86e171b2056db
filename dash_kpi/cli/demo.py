"""`dash-kpi demo`: the dashboard on sample workbooks."""

import errno
import socket
from datetime import UTC, datetime, timedelta

import click

from dash_kpi.cli.options import with_settings
from dash_kpi.cli.serve import become_supervisor
from dash_kpi.errors import SettingError
from dash_kpi.settings import Settings
from dash_kpi.storage.database import Database
from dash_kpi.storage.sources import SAMPLES

LOOPBACK = "127.0.0.1"
PORTS_TRIED = 50


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="The port.  [default: 8050, or the next free one]")
@with_settings
def demo(settings: Settings, workspace: str, port: int | None) -> None:
    """Serve the dashboard on this machine alone, with sample workbooks to start from."""
    chosen = free_port(settings.port) if port is None else port
    settings = settings.model_copy(update={"host": LOOPBACK, "port": chosen, "folders": ()}).prepare()
    if not any(not path.name.startswith(".") for path in settings.inbox.iterdir()):
        click.echo("Writing sample workbooks …", nl=False)
        from dash_kpi.alerting.thresholds.sample import add_sample_thresholds
        from dash_kpi.sample import write_sample  # numpy and openpyxl, for the first start alone

        folder = settings.instance / SAMPLES
        folder.mkdir()
        written = write_sample(folder, datetime.now(UTC).date() - timedelta(days=1))
        click.echo(f" {', '.join(path.name for path in written)}")
        database = Database(settings)
        database.upgrade()
        add_sample_thresholds(database, datetime.now(UTC))
        database.close()
    become_supervisor(settings)


def free_port(first: int) -> int:
    """Return the first free port from `first` on."""
    for port in range(first, min(first + PORTS_TRIED, 65536)):
        try:
            socket.create_server((LOOPBACK, port)).close()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise SettingError(f"Port {port} cannot be opened: {error.strerror}.") from error
        else:
            return port
    raise SettingError(f"No port from {first} to {first + PORTS_TRIED - 1} is free; name one with --port.")
