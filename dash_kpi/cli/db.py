"""Commands about the database."""

import sys
from pathlib import Path

import click

from dash_kpi.alerting.channels.store import problems_of_secrets
from dash_kpi.alerting.thresholds.entries import problems_of_rules
from dash_kpi.cli.options import with_database, with_settings
from dash_kpi.settings import Settings
from dash_kpi.storage import backup as backups
from dash_kpi.storage.database import Database


@click.group()
def db() -> None:
    """Upgrade, check, back up and restore the database."""


@db.command()
@with_database
def upgrade(database: Database, workspace: str) -> None:
    """Bring the tables to the newest version."""
    click.echo(f"{database.url!r} is up to date.")


@db.command()
@with_database
def check(database: Database, workspace: str) -> None:
    """Check that the database is whole and agrees with its snapshots."""
    problems = [*backups.check(database), *problems_of_secrets(database), *problems_of_rules(database)]
    for problem in problems:
        click.echo(problem, err=True)
    if problems:
        sys.exit(1)
    click.echo("The database is whole, and its totals agree with the snapshots.")


@db.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@with_database
def backup(database: Database, workspace: str, file: Path) -> None:
    """Write the database and its snapshots into FILE, a zip; others may work meanwhile."""
    click.echo(f"{file}: the database and {backups.back_up(database, file)} snapshots.")


@db.command()
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--replace", is_flag=True, help="Lose the data that is there now.")
@with_settings
def restore(settings: Settings, workspace: str, file: Path, replace: bool) -> None:
    """Bring back the backup in FILE; stop the dashboard before."""
    database = Database(settings)
    count = backups.restore(database, file, is_replaced=replace)
    database.close()
    click.echo(f"Restored the database and {count} snapshots.")
