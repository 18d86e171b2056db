"""The definition of a KPI: what a person decides about it, in words and as JSON."""

import math
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Literal, Self, get_args

from dash_kpi.errors import Refused
from dash_kpi.kpis.calendar import GRAINS, Grain

Unit = Literal["currency", "number", "percent", "duration", "ratio"]
Direction = Literal["higher", "lower", "neutral"]  # which way is better

MOST_NAME, MOST_LABEL, MOST_DESCRIPTION, MOST_TAGS, MOST_DECIMALS = 60, 80, 1000, 20, 6
MOST_FORMULA = 2000
LARGEST = 10**300  # a target beyond it is no float
NO_NUMBER = "The target is no number that can be computed with."
NAME = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Target:
    """What a KPI should come to.

    A `value` holds for every period alike, such as a margin; with `per` it is an amount for each period of
    that grain and is shared out over others by days. A `formula` such as `budget` is evaluated like any other.
    """

    value: float | None = None
    per: Grain | None = None
    formula: str = ""


@dataclass(frozen=True, slots=True)
class Definition:
    """Everything about a KPI that can be decided; `formula` is its text."""

    name: str
    label: str
    formula: str
    unit: Unit = "number"
    direction: Direction = "higher"
    description: str = ""
    decimals: int | None = None  # None: as the unit has them
    target: Target | None = None
    owner: str = ""
    tags: tuple[str, ...] = ()
    is_hidden: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return the definition as plain values."""
        return {**asdict(self), "tags": list(self.tags)}

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Read a definition from plain values, which may come from anywhere. Raises Refused."""
        known = {one.name for one in fields(cls)}
        if unknown := sorted(set(given) - known):
            raise Refused(f"A KPI has no '{unknown[0]}'; it has: {', '.join(sorted(known))}.")
        name = _text(given, "name", MOST_NAME)
        if not NAME.fullmatch(name):
            raise Refused(f"The name '{name}' must begin with a letter and have only letters, digits and underscores.")
        return cls(
            name=name,
            label=_text(given, "label", MOST_LABEL) or name.replace("_", " ").capitalize(),
            formula=_text(given, "formula", MOST_FORMULA),
            unit=_one_of(given, "unit", get_args(Unit), "number"),
            direction=_one_of(given, "direction", get_args(Direction), "higher"),
            description=_text(given, "description", MOST_DESCRIPTION),
            decimals=_decimals(given.get("decimals")),
            target=_target(given.get("target")),
            owner=_text(given, "owner", 255),
            tags=_tags(given.get("tags") or ()),
            is_hidden=given.get("is_hidden") is True,
        )

    def hidden(self, is_hidden: bool) -> Self:
        """Return the definition, hidden or not."""
        return replace(self, is_hidden=is_hidden)


def _text(given: Mapping[str, Any], name: str, most: int) -> str:
    value = given.get(name) or ""
    if not isinstance(value, str):
        raise Refused(f"The {name} of a KPI is a text.")
    return _readable(name, value.strip(), most)


def _readable(name: str, value: str, most: int) -> str:
    if len(value) > most:
        raise Refused(f"The {name} has {len(value):,} characters; {most:,} are the most.")
    if any(unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\r\t" for character in value):
        raise Refused(f"The {name} has a character that cannot be shown.")
    return value


def _one_of(given: Mapping[str, Any], name: str, known: tuple[Any, ...], default: str) -> Any:
    value = given.get(name) or default
    if value not in known:
        raise Refused(f"The {name} '{str(value)[:80]}' is none of {', '.join(known)}.")
    return value


def _decimals(value: Any) -> int | None:
    if value in (None, ""):
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_DECIMALS:
        raise Refused(f"Decimals are a whole number from 0 to {MOST_DECIMALS}.")
    return value


def _target(given: Any) -> Target | None:
    if not given:
        return None
    if not isinstance(given, Mapping):
        raise Refused("A target has a value, or a formula.")
    formula, value, per = _text(given, "formula", MOST_FORMULA), given.get("value"), given.get("per") or None
    if per is not None and per not in GRAINS:
        raise Refused(f"A target is per {', '.join(GRAINS)}; not '{str(per)[:80]}'.")
    if value is not None and not _is_number(value):
        raise Refused(f"The target '{str(value)[:80]}' is no number." if isinstance(value, str) else NO_NUMBER)
    if (value is None) == (not formula):
        raise Refused("A target has either a value or a formula, such as budget.")
    return Target(None if value is None else float(value), per if not formula else None, formula)


def _is_number(value: Any) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value) if isinstance(value, float) else abs(value) < LARGEST


def _tags(given: Any) -> tuple[str, ...]:
    if not isinstance(given, list | tuple) or not all(isinstance(tag, str) for tag in given):
        raise Refused("Tags are a list of words.")
    tags = tuple(dict.fromkeys(tag.strip() for tag in given if tag.strip()))
    if len(tags) > MOST_TAGS:
        raise Refused(f"A KPI has {len(tags)} tags; {MOST_TAGS} are the most.")
    return tuple(_readable("tag", tag, MOST_LABEL) for tag in tags)
