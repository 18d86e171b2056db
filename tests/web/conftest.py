"""One application for all tests of the web: Dash allows one in each process. Every test has its own database."""

from collections.abc import Iterator

import dash
import pytest
from flask.testing import FlaskClient

from dash_kpi.app import create_app
from dash_kpi.settings import load_settings
from dash_kpi.storage.database import Database
from dash_kpi.web.context import EXTENSION
from dash_kpi.web.security import COOKIE, HEADER


@pytest.fixture(scope="session")
def app(tmp_path_factory: pytest.TempPathFactory) -> dash.Dash:
    return create_app(load_settings(instance=tmp_path_factory.mktemp("web")).prepare())


@pytest.fixture
def client(app: dash.Dash, database: Database) -> Iterator[FlaskClient]:
    """A browser that has not been here before."""
    kept = app.server.extensions[EXTENSION]
    app.server.extensions[EXTENSION] = database
    with app.server.test_client() as client:
        yield client
    app.server.extensions[EXTENSION] = kept


@pytest.fixture
def visitor(client: FlaskClient) -> FlaskClient:
    """A browser that has opened the dashboard, and sends the token as Dash does."""
    client.get("/")
    cookie = client.get_cookie(COOKIE)
    assert cookie is not None
    client.environ_base[f"HTTP_{HEADER.upper().replace('-', '_')}"] = cookie.value
    return client
