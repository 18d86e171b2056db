"""The options that several commands take."""

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from dash_kpi.settings import load_settings
from dash_kpi.storage.database import MAIN, Database


def with_settings(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command `--instance` and `--workspace`, and call it with settings and workspace."""

    @click.option("--instance", type=click.Path(file_okay=False, path_type=Path), help="The instance folder.")
    @click.option("--workspace", default=MAIN, show_default=True, help="The workspace.")
    @wraps(command)
    def run(instance: Path | None, workspace: str, **arguments: Any) -> None:
        settings = load_settings(**({"instance": instance} if instance else {})).prepare()
        command(settings=settings, workspace=workspace, **arguments)

    return run


def with_database(command: Callable[..., None]) -> Callable[..., None]:
    """Give a command the options of `with_settings`, and call it with an open database instead of settings."""

    @wraps(command)
    def run(settings: Any, **arguments: Any) -> None:
        database = Database(settings)
        database.upgrade()
        try:
            command(database=database, **arguments)
        finally:
            database.close()

    return with_settings(run)


def checked_where(_context: click.Context, _parameter: click.Parameter, texts: tuple[str, ...]) -> tuple[str, ...]:
    """Refuse a filter that is not written like Region=North."""
    for text in texts:
        if text.find("=") < 1:
            raise click.BadParameter(f"'{text}' has no '='.")
    return texts


DAY = click.DateTime(["%Y-%m-%d"])
as_json = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
as_of_option = click.option("--as-of", type=click.IntRange(min=0), help="As the data was at this revision.")
where_option = click.option(
    "--where",
    multiple=True,
    metavar="DIMENSION=VALUE",
    callback=checked_where,
    help="Only these rows; may be repeated.",
)
