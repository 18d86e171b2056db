"""What the page of alerts and the page of one alert show. No I/O."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, tzinfo
from typing import Self
from urllib.parse import urlencode

from dash_kpi.alerting.alerts.silence_values import Hush
from dash_kpi.alerting.alerts.undelivered_values import Undelivered
from dash_kpi.alerting.alerts.values import OPEN, OVER, AlertFilter, AlertList, WholeAlert
from dash_kpi.alerting.rules.rule import SEVERITIES
from dash_kpi.kpis.calendar import Grain
from dash_kpi.reporting.view import fields_of, page_in

STATES = {"open": OPEN, "over": OVER, "all": ()}
NOBODY, WHOLE = "nobody", "whole"  # in an address, where nothing at all means everything


@dataclass(frozen=True, slots=True)
class Asked:
    """Which alerts the address of the page asks for."""

    state: str = "open"
    severity: str = ""
    about: str = ""  # a KPI; `kpi` in an address belongs to the view
    segment: str = ""
    who: str = ""
    tagged: str = ""
    page: int = 1

    @classmethod
    def from_query(cls, query: str) -> Self:
        """Read an address; whatever is not understood has its default."""
        given = {name: values[-1] for name, values in fields_of(query).items()}
        state, severity = given.get("state", "open"), given.get("severity", "")
        return cls(
            state=state if state in STATES else "open",
            severity=severity if severity in SEVERITIES else "",
            about=given.get("about", ""),
            segment=given.get("segment", ""),
            who=given.get("who", ""),
            tagged=given.get("tagged", ""),
            page=page_in(query),
        )

    def address(self, **change: object) -> str:
        """Return the address of the page with something else, on its first page."""
        other = replace(self, **({"page": 1} | change))  # type: ignore[arg-type]
        usual = Asked()
        pairs = [(name, str(getattr(other, name))) for name in Asked.__slots__ if name != "page"]
        pairs = [(name, value) for name, value in pairs if value != getattr(usual, name)]
        if other.page > 1:
            pairs.append(("page", str(other.page)))
        return f"/alerts?{urlencode(pairs)}" if pairs else "/alerts"

    @property
    def is_narrow(self) -> bool:
        """Tell whether anything but open or over is asked."""
        return any((self.severity, self.about, self.segment, self.who, self.tagged))

    @property
    def filter(self) -> AlertFilter:
        """What it asks of the list."""
        return AlertFilter(
            statuses=STATES[self.state],
            severities=(self.severity,) if self.severity else (),
            kpi=self.about,
            segment=None if not self.segment else "" if self.segment == WHOLE else self.segment,
            assignee=None if not self.who else "" if self.who == NOBODY else self.who,
            tag=self.tagged,
            page=self.page,
        )


@dataclass(frozen=True, slots=True)
class AlertsPage:
    """What the page of alerts shows."""

    asked: Asked
    alerts: AlertList
    open: int  # how many are open, whatever is asked
    over: int
    kpis: tuple[tuple[str, str], ...]  # of alerts: names and labels
    segments: tuple[str, ...]
    people: tuple[str, ...]
    tags: tuple[str, ...]
    thresholds: int  # that are watched
    silences: tuple[Hush, ...]
    silenced: Mapping[int, Hush]  # the alerts shown that a silence holds for
    now: datetime
    zone: tzinfo
    undelivered: tuple[Undelivered, ...] = ()  # messages that need somebody


@dataclass(frozen=True, slots=True)
class History:
    """The KPI of an alert by period around it, with its limits; `broken` are positions of breached periods."""

    label: str
    grain: Grain
    starts: tuple[date, ...]
    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    limits: tuple[float, ...] = ()  # that are the same in every period
    low: tuple[float | None, ...] = ()  # the lower limit by period, where it moves
    high: tuple[float | None, ...] = ()
    broken: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class AlertPage:
    """What the page of one alert shows."""

    whole: WholeAlert | None  # None: there is no such alert
    number: int
    history: History | None = None
    hush: Hush | None = None
    people: tuple[str, ...] = ()
    changed_since: tuple[str, ...] = field(default=())  # what was changed about the threshold since it opened
    now: datetime | None = None
    zone: tzinfo | None = None
