"""What every test may use: settings and a database of their own."""

from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from dash_kpi.settings import Settings, load_settings
from dash_kpi.storage.database import Database
from tests.databases import new_database

hypothesis.settings.register_profile("untimed", deadline=None)  # how long an example takes says nothing of the code
hypothesis.settings.load_profile("untimed")

BROWSER_TESTS = Path(__file__).parent / "browser"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark the tests that drive a browser, and run the quick ones first."""
    for item in items:
        if BROWSER_TESTS in item.path.parents:
            item.add_marker(pytest.mark.browser)
    items.sort(key=lambda item: [item.get_closest_marker(name) is not None for name in ("browser", "service")])


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(instance=tmp_path / "instance").prepare()


@pytest.fixture
def database(settings: Settings) -> Iterator[Database]:
    database = new_database(settings)
    yield database
    database.close()
