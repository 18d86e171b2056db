"""A channel that exists in tests only: pigeons, which ask for a loft, a password and how they fly."""

from collections.abc import Mapping

from dash_kpi.alerting.channels.transport import (
    Absent,
    ChannelProblem,
    Config,
    Evidence,
    Field,
    OnUnknown,
    Outcome,
    Outgoing,
    Sent,
)
from dash_kpi.settings import Settings

LABEL = "Pigeons"
ON_UNKNOWN: OnUnknown = "reconcile"
PACE = 0.0
FIELDS = (
    Field("loft", "Loft", "Where they fly to, such as #north; several with spaces between."),
    Field("host", "Breeder", "Who keeps them.", is_needed=False),
    Field("word", "Password", "What they are let in for.", is_secret=True, input="password"),
    Field("ring", "Ring", "Of the pigeon.", is_secret=True, is_needed=False, input="password"),
    Field("speed", "Speed", usual="fast", options=(("fast", "Fast"), ("slow", "Slow"))),
    Field("count", "Pigeons", usual="2", input="number"),
)


def check(values: Mapping[str, str], settings: Settings) -> None:
    """Check that every loft has its sign."""
    for loft in values["loft"].split():
        if not loft.startswith("#"):
            raise ChannelProblem(f"'{loft}' is no loft; a loft begins with #.", "loft")


def destinations(values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the lofts."""
    return tuple(values.get("loft", "").split())


def test(config: Config) -> str:
    """Ask the breeder."""
    if config.values["word"] == "wrong":
        raise ChannelProblem("The breeder knows another password: ask for it, and enter it here.", "word")
    return f"{config.values['count']} pigeons are ready."


def send(config: Config, outgoing: Outgoing) -> Outcome:
    """Let one fly."""
    return Sent({"loft": outgoing.destination})


def reconcile(config: Config, outgoing: Outgoing) -> Evidence:
    """Ask nobody."""
    return Absent()


def close(config: Config, outgoing: Outgoing) -> None:
    """Do nothing."""
