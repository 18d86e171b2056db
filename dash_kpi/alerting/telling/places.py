"""Places: where messages go, each destination of each channel that is switched on."""

import logging
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.alerting.channels.store import config_of
from dash_kpi.alerting.channels.table import TRANSPORTS
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.telling.routes import fits, kpi_tags
from dash_kpi.errors import DashKpiError
from dash_kpi.settings import Settings
from dash_kpi.storage.models import Channel, Route

log = logging.getLogger(__name__)


class Place(NamedTuple):
    """One destination of one channel."""

    channel_id: int
    destination: str


class Places:
    """The routes, channels and tags of a workspace, looked up once for one transaction."""

    def __init__(self, session: Session, settings: Settings, workspace_id: int) -> None:
        channels = session.scalars(
            select(Channel).where(
                Channel.workspace_id == workspace_id, Channel.deleted_at.is_(None), Channel.is_enabled.is_(True)
            )
        )
        self.channels = {row.id: row for row in channels}
        self.routes = session.scalars(
            select(Route).where(Route.workspace_id == workspace_id).order_by(Route.position, Route.id)
        ).all()
        self._settings = settings
        self._found: dict[int, tuple[Place, ...]] = {}
        self._tags = kpi_tags(session, workspace_id)

    def of(self, rule: Rule) -> tuple[Place, ...]:
        """Return where an alert of a rule goes: to its own channels, or to those of the routes that take it.

        As long as there is no route at all, everything goes to every channel.
        """
        if rule.channels:
            return self.of_channels(rule.channels)
        if not self.routes:
            return self.of_channels(self.channels)
        return self.of_channels(number for route in self.taking(rule) for number in route.channel_ids)

    def taking(self, rule: Rule) -> list[Route]:
        """Return the routes that take the alerts of a rule, by its severity, its tags and its KPI's."""
        tags = {*rule.tags, *self._tags.get(rule.kpi, ())}
        return [route for route in self.routes if fits(route, rule.severity, tags)]

    def of_channels(self, numbers: Iterable[int]) -> tuple[Place, ...]:
        """Return the destinations of channels, of those that are switched on, each once."""
        found = [place for number in numbers if number in self.channels for place in self._of_channel(number)]
        return tuple(dict.fromkeys(found))

    def why_none(self, rule: Rule) -> str:
        """Say why an alert of a rule went nowhere; it is read later."""
        if not self.channels:
            return "there was no channel that was switched on"
        if rule.channels:
            return "the channels of its threshold were switched off or removed"
        if self.routes and not self.taking(rule):
            return f"no route took alerts that are {rule.severity}"
        return "the channels of its route were switched off or removed"

    def _of_channel(self, number: int) -> tuple[Place, ...]:
        if number not in self._found:
            names = _destinations(self._settings, self.channels[number])
            self._found[number] = tuple(Place(number, name) for name in dict.fromkeys(names))
        return self._found[number]


def _destinations(settings: Settings, row: Channel) -> Sequence[str]:
    transport = TRANSPORTS.get(row.kind)
    if transport is None:
        return ()
    try:
        return transport.destinations(values_of(settings, row))
    except (DashKpiError, LookupError, ValueError):
        log.exception("a channel has no place to send to channel=%d", row.id)
        return ()


def values_of(settings: Settings, row: Channel) -> Mapping[str, str]:
    """Return what a person told about a channel; without its secrets where they cannot be read any more.

    A channel that does not work must not keep an alert from the others, and where it goes is no secret.
    """
    shown = {name: str(value) for name, value in row.config.items()}
    try:
        return config_of(settings, row).values
    except (DashKpiError, ValueError):
        log.exception("a channel cannot be read channel=%d", row.id)
        return shown
