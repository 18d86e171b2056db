"""What every test may use: settings and a database of their own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from dash_kpi.settings import Settings, load_settings
from dash_kpi.storage.database import Database


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(instance=tmp_path / "instance").prepare()


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = Database(settings)
    database.upgrade()
    yield database
    database.close()
