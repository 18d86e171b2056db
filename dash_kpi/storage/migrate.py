"""Migrations: how the tables come to the newest version."""

from importlib.resources import files

import alembic.command
import alembic.config
from sqlalchemy import Connection


def upgrade(connection: Connection) -> None:
    """Run the migrations that are missing; a second process that does so at the same time waits."""
    config = alembic_config()
    config.attributes["connection"] = connection
    alembic.command.upgrade(config, "head")


def alembic_config() -> alembic.config.Config:
    """Return where the migrations are, wherever the package is installed."""
    config = alembic.config.Config()
    config.set_main_option("script_location", str(files("dash_kpi.storage") / "migrations"))
    return config
