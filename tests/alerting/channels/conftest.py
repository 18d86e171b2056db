"""A kind of channel that needs nothing outside."""

from collections.abc import Iterator

import pytest

from dash_kpi.alerting.channels.table import TRANSPORTS
from tests.fakes import pigeon


@pytest.fixture
def pigeons() -> Iterator[None]:
    """Let there be pigeons among the kinds of channels."""
    TRANSPORTS["pigeon"] = pigeon
    yield
    del TRANSPORTS["pigeon"]
