"""Databases as they are at the start, copied: migrating an empty one takes longer than most tests."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from dash_kpi.settings import Settings, load_settings
from dash_kpi.storage.database import Database


def new_database(settings: Settings) -> Database:
    """Return an upgraded database without anything in it, in the instance folder of the settings."""
    database = Database(settings.prepare())
    assert database.url.database
    shutil.copy(_template(), database.url.database)
    return database


@cache
def _template() -> Path:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    database = Database(load_settings(instance=folder).prepare())
    database.upgrade()
    database.close()
    assert database.url.database
    return Path(database.url.database)
