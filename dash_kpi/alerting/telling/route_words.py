"""A route in words."""

from collections.abc import Iterable, Mapping, Sequence

from dash_kpi.alerting.channels.shown import ChannelRow
from dash_kpi.alerting.telling.route_given import Route


def sentence(route: Route, names: Mapping[int, str]) -> str:
    """Say what a route does, with what channels are called."""
    which = f"{listed(route.severities, 'or')} alerts" if route.severities else "alerts of every severity"
    tagged = f" tagged {listed(route.tags, 'or')}" if route.tags else ""
    first = f"{which[0].upper()}{which[1:]}{tagged} go to {_channels(route.channels, names)}."
    if route.escalate_hours is None:
        return first
    hours = f"{route.escalate_hours:g} hour{'' if route.escalate_hours == 1 else 's'}"
    return f"{first} Not acknowledged for {hours}: to {_channels(route.escalate_channels, names)} too."


def gap(severities: Sequence[str]) -> str:
    """Say which alerts go nowhere, "" where every one goes somewhere."""
    if not severities:
        return ""
    return f"Alerts that are {listed(severities, 'or')} go nowhere, unless a tag or the threshold itself says where."


def names_of(rows: Iterable[ChannelRow]) -> dict[int, str]:
    """Return what channels are called, by their numbers."""
    return {row.id: row.name if row.is_enabled else f"{row.name} (switched off)" for row in rows}


def listed(words: Sequence[str], joined: str) -> str:
    """Write words one after another: "a, b and c"."""
    *others, last = words
    return f"{', '.join(others)} {joined} {last}" if others else last


def _channels(numbers: Sequence[int], names: Mapping[int, str]) -> str:
    words = [names[number] for number in numbers if number in names]
    return listed(words, "and") if words else "a channel that was removed"
