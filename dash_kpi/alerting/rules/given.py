"""Reading the fields of a rule from plain values, which may come from anywhere."""

import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dash_kpi.errors import Refused
from dash_kpi.storage.filters import Filters

MOST_TAGS, MOST_LIMITS = 20, 500
CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class RuleRefused(Refused):
    """A rule cannot be kept as it was given; `field` is the part that is wrong, such as "conditions.0.low"."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


def number(value: Any, place: str) -> float:
    """Return a finite number. Raises RuleRefused."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(float(value)):
        raise RuleRefused(place, f"'{str(value)[:80]}' is no number.")
    return float(value)


def amount(given: Mapping[str, Any], name: str, usual: float, most: float) -> float:
    """Return a number that is not below zero. Raises RuleRefused."""
    value = given.get(name)
    found = usual if value in (None, "") else number(value, name)
    if not 0 <= found <= most:
        raise RuleRefused(name, f"{found:g} is not between 0 and {most:g}.")
    return found


def whole(given: Mapping[str, Any], name: str, usual: int, most: int) -> int:
    """Return a whole number of at least one. Raises RuleRefused."""
    value = given.get(name)
    if value in (None, ""):
        return usual
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise RuleRefused(name, f"'{str(value)[:80]}' is no whole number from 1 to {most}.")
    return value


def text(given: Mapping[str, Any], name: str, most: int, *, is_needed: bool = False) -> str:
    """Return a text without space around it. Raises RuleRefused."""
    value = given.get(name) or ""
    if not isinstance(value, str):
        raise RuleRefused(name, f"The {name} of a threshold is a text.")
    value = value.strip()
    if len(value) > most:
        raise RuleRefused(name, f"The {name} has {len(value):,} characters; {most:,} are the most.")
    if any(ord(character) < 32 and character not in "\n\r\t" for character in value):
        raise RuleRefused(name, f"The {name} has a character that cannot be shown.")
    if is_needed and not value:
        raise RuleRefused(name, f"The {name} is missing.")
    return value


def one_of(given: Mapping[str, Any], name: str, known: tuple[Any, ...], usual: str) -> Any:
    """Return one of some words. Raises RuleRefused."""
    value = given.get(name) or usual
    if value not in known:
        raise RuleRefused(name, f"The {name} '{str(value)[:80]}' is none of {', '.join(known)}.")
    return value


def yes(given: Mapping[str, Any], name: str, *, usual: bool) -> bool:
    """Return true or false. Raises RuleRefused."""
    value = given.get(name)
    if value is not None and not isinstance(value, bool):
        raise RuleRefused(name, f"{name} is true or false.")
    return usual if value is None else value


def clock(given: Mapping[str, Any], name: str) -> str:
    """Return a time of day such as 22:00, or nothing. Raises RuleRefused."""
    value = text(given, name, 10)
    if value and not CLOCK.fullmatch(value):
        raise RuleRefused(name, f"'{value}' is no time of day; write it like 22:00.")
    return value


def moment(given: Mapping[str, Any], name: str) -> datetime | None:
    """Return a moment in UTC, or nothing. Raises RuleRefused."""
    value = given.get(name)
    if value in (None, ""):
        return None
    try:
        found = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise RuleRefused(name, f"'{str(value)[:80]}' is no moment; write it like 2026-01-31T08:00+01:00.") from None
    if found.tzinfo is None:
        raise RuleRefused(name, f"'{value}' has no time zone; write it like 2026-01-31T08:00+01:00.")
    return found.astimezone(UTC)


def filters_given(given: Any) -> Filters:
    """Return filters. Raises RuleRefused."""
    try:
        found = tuple((dimension, tuple(values)) for dimension, values in given)
    except (TypeError, ValueError):
        found = ((None, ()),)
    for dimension, values in found:
        if not isinstance(dimension, str) or not values or not all(isinstance(value, str) for value in values):
            raise RuleRefused("filters", 'Filters are pairs such as ["Region", ["North"]].')
    return found


def limits_given(given: Any) -> dict[str, float]:
    """Return the limits of some values of a dimension. Raises RuleRefused."""
    if not isinstance(given, Mapping) or not all(isinstance(name, str) for name in given):
        raise RuleRefused("limits", 'Limits of their own are an object such as {"North": 100}.')
    if len(given) > MOST_LIMITS:
        raise RuleRefused("limits", f"There are {len(given)} limits; {MOST_LIMITS} are the most.")
    return {name: number(value, "limits") for name, value in given.items()}


def tags_given(given: Any) -> tuple[str, ...]:
    """Return tags, each once. Raises RuleRefused."""
    if not isinstance(given, list | tuple) or not all(isinstance(tag, str) for tag in given):
        raise RuleRefused("tags", "Tags are a list of words.")
    tags = tuple(dict.fromkeys(tag.strip() for tag in given if tag.strip()))
    if len(tags) > MOST_TAGS or any(len(tag) > 80 for tag in tags):
        raise RuleRefused("tags", f"A threshold has at most {MOST_TAGS} tags of 80 characters.")
    return tags


def numbers_given(given: Any) -> tuple[int, ...]:
    """Return the numbers of channels, each once. Raises RuleRefused."""
    if not isinstance(given, list | tuple) or not all(type(one) is int for one in given):
        raise RuleRefused("channels", "Channels are given by their numbers.")
    return tuple(dict.fromkeys(given))
