"""What judging hands on to be told: the facts about one alert, before they are worded, grouped and sent."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Self

from dash_kpi.alerting.rules.judge import Reading, Reason, Tells
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.kpis.definition import Direction, Unit


@dataclass(frozen=True, slots=True)
class Details:
    """What was known about an alert's number when it was judged; kept with the alert, so that it can be told again."""

    label: str  # of the KPI
    unit: Unit = "number"
    decimals: int | None = None
    direction: Direction = "higher"
    period: str = ""  # "Mar 2025"
    values: tuple[float | None, ...] = ()  # the newest judged periods, oldest first, the breached one last
    labels: tuple[str, ...] = ()  # of those periods
    previous: float | None = None  # the value of the period before
    year_ago: float | None = None  # the value of the same period last year
    files: tuple[str, ...] = ()  # the names of the files that hold the period
    driver: str = ""  # what moved it, a sentence
    view: str = ""  # the query of a page that shows it: "kpi=revenue&period=custom&…"

    def as_json(self) -> dict[str, Any]:
        """Return the details as plain values."""
        return asdict(self)

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Read details that `as_json` wrote, perhaps in an earlier version."""
        known = {one.name for one in fields(cls)}
        lists: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in given.items()
        }
        return cls(**{name: value for name, value in lists.items() if name in known})


@dataclass(frozen=True, slots=True)
class Told:
    """One alert about which something is to be told."""

    alert_id: int
    rule: Rule
    segment: str  # "" for the whole
    tells: Tells
    reading: Reading  # of the newest judged period
    reason: Reason
    details: Details
    since: str = ""  # the label of the first broken period
    was: str = ""  # what had been told, in words; "" of a correction: nothing, it should have been
    opened_at: datetime | None = None


def newest_of_each(told: Sequence[Told], begun: set[int]) -> list[Told]:
    """Return what is told without alerts that began in this pass and that a newer one of the segment followed.

    Those are on the page. What becomes of an alert that was told before is told, whatever came after it.
    """
    newest = {(id(one.rule), one.segment): one.alert_id for one in told}
    return [one for one in told if one.alert_id not in begun or newest[id(one.rule), one.segment] == one.alert_id]
