"""Alerts as values: what lists, pages and programs are given. No I/O."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, tzinfo
from typing import Any, Literal

from dash_kpi.alerting.judging.told import Details
from dash_kpi.errors import Refused

Act = Literal["acknowledge", "unacknowledge", "snooze", "unsnooze", "assign", "comment", "resend"]
Status = Literal["open", "acknowledged", "snoozed", "resolved", "corrected"]

OPEN: tuple[Status, ...] = ("open", "acknowledged", "snoozed")
OVER: tuple[Status, ...] = ("resolved", "corrected")
PAGE_SIZE = 50


class AlertRefused(Refused):
    """Something cannot be done as it was given; `field` is the part that is wrong."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(sentence)
        self.field = field


@dataclass(frozen=True, slots=True)
class AlertFilter:
    """Which alerts are asked for; what is empty lets every one through."""

    statuses: tuple[str, ...] = ()
    severities: tuple[str, ...] = ()
    kpi: str = ""
    segment: str | None = None  # "" is the whole
    assignee: str | None = None  # "" is nobody
    tag: str = ""
    threshold: int | None = None
    page: int = 1
    size: int = PAGE_SIZE


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert as a list shows it."""

    id: int
    status: Status
    severity: str
    kpi: str
    dimension: str  # that the threshold is judged by, "" for the whole
    segment: str
    kind: str  # of the condition that was met
    message: str
    value: float | None
    limit: float | None
    period_start: date
    period_end: date
    opened_at: datetime
    updated_at: datetime
    closed_at: datetime | None
    sent_at: datetime | None
    assignee: str
    acknowledged_at: datetime | None
    acknowledged_by: str
    snoozed_until: datetime | None
    snoozed_by: str
    worse_by: float | None  # the share by which it must worsen to wake
    threshold_id: int
    threshold_version: int
    rule: str  # the name of the threshold
    tags: tuple[str, ...]
    details: Details
    since: str = ""  # the first breached period, as the calendar names it

    @property
    def is_open(self) -> bool:
        """Tell whether it is not over yet."""
        return self.status in OPEN

    def as_json(self) -> dict[str, Any]:
        """Return the alert as programs are given it."""
        found = asdict(self)
        details = found.pop("details")
        return {**found, "details": details}


@dataclass(frozen=True, slots=True)
class AlertList:
    """One page of alerts, with how many there are."""

    rows: tuple[AlertRow, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to an alert."""

    at: datetime
    kind: str
    actor: str
    text: str


@dataclass(frozen=True, slots=True)
class Try:
    """One try to send a delivery, or to find out whether it was."""

    number: int
    kind: str
    started_at: datetime
    ended_at: datetime | None
    outcome: str | None
    reason: str


@dataclass(frozen=True, slots=True)
class Sending:
    """One delivery that speaks of an alert."""

    id: int
    channel_id: int
    channel: str  # its name
    channel_kind: str
    channel_problem: str
    destination: str
    kind: str
    line_kind: str  # what it says of this alert
    status: str
    reason: str
    title: str
    is_possible_repeat: bool
    created_at: datetime
    due_at: datetime
    ended_at: datetime | None
    tries: tuple[Try, ...]
    is_removed: bool = False  # the channel

    @property
    def needs_decision(self) -> bool:
        """Tell whether nothing more happens to it unless a person says so."""
        return self.status == "failed" or (self.status == "parked" and self.ended_at is not None)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a threshold was found to be, and why."""

    id: int
    segment: str
    alert_id: int | None
    first_at: datetime
    last_at: datetime
    count: int
    revision: int
    period_start: date | None
    period: str
    value: float | None
    limit: float | None
    code: str
    reason: str


@dataclass(frozen=True, slots=True)
class Findings:
    """One page of evaluations, the newest first."""

    rows: tuple[Finding, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class WholeAlert:
    """One alert with everything that is known about it."""

    row: AlertRow
    rule: Mapping[str, Any]  # as it was when the alert opened
    newest_version: int  # of the threshold
    is_removed: bool  # the threshold
    revision: int
    events: tuple[Event, ...]
    sendings: tuple[Sending, ...]
    findings: Findings
    why_silent: str  # "" where a message went out
    can_be_told: bool = False  # nobody was told for want of a channel, and there is one now

    def as_json(self) -> dict[str, Any]:
        """Return everything as programs are given it."""
        return {
            **self.row.as_json(),
            "rule_text": dict(self.rule),
            "newest_version": self.newest_version,
            "is_removed": self.is_removed,
            "revision": self.revision,
            "events": [asdict(one) for one in self.events],
            "deliveries": [asdict(one) for one in self.sendings],
            "evaluations": [asdict(one) for one in self.findings.rows],
            "why_silent": self.why_silent,
            "can_be_told": self.can_be_told,
        }


@dataclass(frozen=True, slots=True)
class Done:
    """What came of an act: which alerts it changed, which not and why, in one sentence, and how it is undone."""

    act: Act
    changed: tuple[int, ...]
    kept: tuple[tuple[int, str], ...]
    sentence: str
    undo: tuple[dict[str, Any], ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        """Return it as programs are given it."""
        kept = [{"id": number, "reason": reason} for number, reason in self.kept]
        return {"act": self.act, "changed": self.changed, "kept": kept, "sentence": self.sentence, "undo": self.undo}


def moment(at: datetime, zone: tzinfo) -> str:
    """Write a moment in the team's time: 2 Mar 2026 09:00."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%b %Y %H:%M}"
