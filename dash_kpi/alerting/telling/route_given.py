"""A route as people give it: checked part by part. No I/O."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from dash_kpi.alerting.rules.rule import SEVERITIES
from dash_kpi.errors import Refused

MOST_NAME, MOST_TAG, MOST_TAGS = 100, 60, 20
LONGEST_HOURS = 30 * 24


class RouteRefused(Refused):
    """What was given of a route cannot be; `field` says which part of it."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class Route:
    """Which alerts go where."""

    name: str
    channels: tuple[int, ...]
    severities: tuple[str, ...] = ()  # none: every one
    tags: tuple[str, ...] = ()  # none: every one; else one of them must be among the rule's or its KPI's
    escalate_hours: float | None = None
    escalate_channels: tuple[int, ...] = ()
    id: int = 0
    position: int = 0
    version: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return the route as plain values."""
        return asdict(self)


def checked(given: Mapping[str, Any], there: Collection[int]) -> Route:
    """Check a route, of whose channels those with the numbers in `there` exist. Raises RouteRefused."""
    name = " ".join(str(given.get("name") or "").split())
    if not name:
        raise RouteRefused("name", "The route needs a name, such as 'Critical at night'.")
    if len(name) > MOST_NAME:
        raise RouteRefused("name", f"The name has {len(name):,} characters; {MOST_NAME} are the most.")
    channels = _channels(given.get("channels"), there, "channels")
    if not channels:
        raise RouteRefused("channels", "Choose at least one channel.")
    hours, escalated = _escalation(given, there)
    return Route(
        name,
        channels,
        _severities(given.get("severities")),
        _tags(given.get("tags")),
        hours,
        escalated,
        position=_position(given.get("position")),
    )


def _severities(given: Any) -> tuple[str, ...]:
    wanted = [str(one) for one in _many(given, "severities")]
    wrong = next((one for one in wanted if one not in SEVERITIES), None)
    if wrong is not None:
        raise RouteRefused("severities", f"'{wrong[:40]}' is none of {', '.join(SEVERITIES)}.")
    every = {*wanted} == {*SEVERITIES}
    return () if every else tuple(one for one in SEVERITIES if one in wanted)


def _tags(given: Any) -> tuple[str, ...]:
    texts = given.split(",") if isinstance(given, str) else [str(one) for one in _many(given, "tags")]
    tags = tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))
    if len(tags) > MOST_TAGS or any(len(tag) > MOST_TAG for tag in tags):
        raise RouteRefused("tags", f"A route has {MOST_TAGS} tags at most, each of {MOST_TAG} characters.")
    return tags


def _channels(given: Any, there: Collection[int], field: str) -> tuple[int, ...]:
    try:
        numbers = tuple(dict.fromkeys(int(one) for one in _many(given, field)))
    except (TypeError, ValueError):
        raise RouteRefused(field, "Channels are given by their numbers.") from None
    gone = next((one for one in numbers if one not in there), None)
    if gone is not None:
        raise RouteRefused(field, f"There is no channel {gone}; choose another one.")
    return numbers


def _escalation(given: Mapping[str, Any], there: Collection[int]) -> tuple[float | None, tuple[int, ...]]:
    text = given.get("escalate_hours")
    channels = _channels(given.get("escalate_channels"), there, "escalate_channels")
    if text in (None, ""):
        if channels:
            raise RouteRefused("escalate_hours", "After how many hours without an acknowledgement?")
        return None, ()
    try:
        hours = float(str(text).replace(",", "."))
    except ValueError:
        raise RouteRefused("escalate_hours", f"'{str(text)[:40]}' is no number of hours.") from None
    if not 0.1 <= hours <= LONGEST_HOURS:
        raise RouteRefused("escalate_hours", f"From 0.1 to {LONGEST_HOURS} hours, please.")
    if not channels:
        raise RouteRefused("escalate_channels", f"To which channel does it go after {hours:g} hours?")
    return hours, channels


def _position(given: Any) -> int:
    text = str(given or 0)
    if not text.isascii() or not text.isdecimal() or len(text) > 9:
        raise RouteRefused("position", f"'{text[:40]}' is no place in the list.")
    return int(text)


def _many(given: Any, field: str) -> Sequence[Any]:
    if given is None:
        return ()
    if not isinstance(given, list | tuple):
        raise RouteRefused(field, f"{field} are a list.")
    return given
