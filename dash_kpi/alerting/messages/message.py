"""A message: what is said, in plain text, before any channel lays it out or escapes it."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, Self

MessageKind = Literal["firing", "resolved", "follow_up", "correction", "digest", "test", "notice"]


@dataclass(frozen=True, slots=True)
class Line:
    """What is said about one alert, or about one KPI of a digest; every text is one line of plain text."""

    text: str  # what, value, limit, change, since when: one sentence
    state: str = ""  # "Firing", "Resolved", "Still firing", "Worse", "Correction"
    severity: str = ""  # info, warning, critical
    facts: tuple[tuple[str, str], ...] = ()  # ("Value", "€ 82,100"), ("Limit", …), ("Segment", …), ("File", …)
    driver: str = ""  # what moved it, one sentence
    note: str = ""  # of the rule: "Call the warehouse"
    sparkline: str = ""  # "▁▂▅▇▆▃"
    link: str = ""  # the page with that view
    alert_id: int | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """What a picture of the first line's KPI is drawn from: values by period with the limit."""

    title: str
    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    shown: tuple[str, ...]  # the values as people read them
    limit: float | None = None
    limit_shown: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message: a title, lines with the worst first, and a link."""

    kind: MessageKind
    title: str
    lines: tuple[Line, ...] = ()
    link: str = ""
    remark: str = ""  # why it comes late: "Held back until 08:00 by quiet hours"
    picture: Picture | None = None
    locale: str = "en"

    def as_json(self) -> dict[str, Any]:
        """Return the message as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Read a message that `as_json` wrote."""
        lines = tuple(
            Line(**{**line, "facts": tuple((name, value) for name, value in line["facts"])}) for line in given["lines"]
        )
        drawn: dict[str, Any] = given["picture"] or {}
        picture: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in drawn.items()
        }
        return cls(**{**given, "lines": lines, "picture": Picture(**picture) if picture else None})
