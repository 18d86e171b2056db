"""A channel as it is kept, opened: its state, its secrets, where its messages go."""

from collections.abc import Mapping
from datetime import UTC

from dash_kpi.alerting.channels import vault
from dash_kpi.alerting.channels.shown import State
from dash_kpi.alerting.channels.table import TRANSPORTS
from dash_kpi.alerting.channels.transport import ChannelProblem
from dash_kpi.settings import Settings
from dash_kpi.storage.models import Channel


def state_of(settings: Settings, row: Channel) -> tuple[State, str]:
    """Return how a channel is, and why where it does not work."""
    if row.kind not in TRANSPORTS:
        return "unknown", f"This version of Dash KPI knows no channel of the kind '{row.kind}'."
    if not vault.is_readable(settings, row.secrets):
        return "locked", why_locked(settings, row)
    if not row.is_enabled:
        return "disabled", ""
    return ("parked", row.problem) if row.problem else ("works", "")


def why_locked(settings: Settings, row: Channel) -> str:
    """Say why the secrets of a channel cannot be read, "" where they can."""
    try:
        vault.opened(settings, row.name, row.secrets)
    except vault.Locked as error:
        return str(error)
    return ""


def secrets_of(settings: Settings, row: Channel) -> dict[str, str]:
    """Return the secrets of a channel, none where they cannot be read."""
    return vault.opened(settings, row.name, row.secrets) if vault.is_readable(settings, row.secrets) else {}


def known_of(settings: Settings, row: Channel) -> dict[str, str]:
    """Return everything that is known of a channel, without secrets that cannot be read."""
    return {**row.config, **secrets_of(settings, row)}


def destinations_of(kind: str, values: Mapping[str, str]) -> tuple[str, ...]:
    """Return where the messages of a channel go, nothing where that is not known."""
    try:
        return TRANSPORTS[kind].destinations(values) if kind in TRANSPORTS else ()
    except ChannelProblem:  # something that it takes them from is missing
        return ()


def version_of(row: Channel) -> str:
    """Return what changes whenever a person changes the channel."""
    return row.updated_at.astimezone(UTC).strftime("%Y%m%d%H%M%S%f")
