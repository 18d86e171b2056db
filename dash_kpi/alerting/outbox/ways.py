"""The ways that messages go: the kinds of channels there are, and how the configuration of one is read."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from dash_kpi.alerting.channels.transport import Config, Transport
from dash_kpi.settings import Settings
from dash_kpi.storage.models import Channel


@dataclass(frozen=True, slots=True)
class Ways:
    """What the outbox needs to know of channels."""

    transports: Mapping[str, Transport]
    config_of: Callable[[Settings, Channel], Config]


def real_ways() -> Ways:
    """Return the channels that come with the program."""
    from dash_kpi.alerting.channels.store import config_of
    from dash_kpi.alerting.channels.table import TRANSPORTS

    return Ways(TRANSPORTS, config_of)
