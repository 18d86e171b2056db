"""The thresholds there are, and where each stands now."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dash_kpi.alerting.alerts.values import OPEN
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.thresholds.words import kpis_by_name, told
from dash_kpi.errors import NotFound, Refused
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Alert, Evaluation, Threshold, ThresholdState, ThresholdVersion

WORST = ("pending", "cooldown", "recovering", "firing", "fired", "failed")  # what is shown of several, the last first


@dataclass(frozen=True, slots=True)
class Finding:
    """The newest evaluation of a threshold."""

    at: datetime
    code: str
    reason: str
    period: str
    segment: str
    value: float | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One threshold: what it says, where each of its segments stands, and what was found last."""

    id: int
    version: int
    rule: Rule
    sentence: str  # its name, or what it says
    words: str  # what it says
    phases: Mapping[str, str]  # of each segment, "" for the whole: ok, pending, firing
    open_alerts: int
    last: Finding | None
    problem: str  # why it cannot be judged now
    updated_at: datetime
    updated_by: str

    @property
    def phase(self) -> str:
        """The worst of its segments: firing, pending, ok; "new" before it was judged."""
        found = set(self.phases.values())
        return next((one for one in ("firing", "pending", "ok") if one in found), "new")

    def status(self, now: datetime) -> str:
        """Return off, paused, failed, or the phase."""
        if not self.rule.is_enabled:
            return "off"
        if self.rule.paused_until and self.rule.paused_until > now:
            return "paused"
        return "failed" if self.problem else self.phase

    def as_json(self) -> dict[str, Any]:
        """Return the threshold as programs read it."""
        return {
            "id": self.id,
            "version": self.version,
            "sentence": self.sentence,
            "rule": self.rule.as_json(),
            "phase": self.phase,
            "segments": {segment: phase for segment, phase in self.phases.items() if segment},
            "open_alerts": self.open_alerts,
            "last": self.last
            and {"at": self.last.at.isoformat(), "reason": self.last.reason, "period": self.last.period},
            "problem": self.problem or None,
            "updated_at": self.updated_at.isoformat(),
            "updated_by": self.updated_by,
        }


def thresholds(database: Database, workspace: str) -> tuple[Entry, ...]:
    """Return every threshold: those that fire first, then by their KPI. Raises NotFound for an unknown workspace."""
    found = _entries(database, workspace, None)
    order = {"firing": 0, "pending": 1}
    return tuple(sorted(found, key=lambda one: (order.get(one.phase, 2), one.rule.kpi, one.id)))


def threshold(database: Database, workspace: str, number: int) -> Entry:
    """Return one threshold. Raises NotFound."""
    found = _entries(database, workspace, number)
    if not found:
        raise NotFound.saying(f"There is no threshold {number}.")
    return found[0]


def problems_of_rules(database: Database) -> list[str]:
    """Return which thresholds cannot be read, one sentence each."""
    problems = []
    with database.reading() as session:
        for row in session.scalars(select(Threshold).where(Threshold.deleted_at.is_(None)).order_by(Threshold.id)):
            try:
                Rule.from_json(row.rule)
            except Refused as error:
                problems.append(f"The threshold {row.id} on '{row.kpi_name}' cannot be read. {error}")
    return problems


def _entries(database: Database, workspace: str, number: int | None) -> list[Entry]:
    kpis, currency = kpis_by_name(database, workspace), database.settings.currency
    with database.reading() as session:
        wanted = select(Threshold).where(
            Threshold.workspace_id == workspace_named(session, workspace).id, Threshold.deleted_at.is_(None)
        )
        rows = session.scalars(wanted if number is None else wanted.where(Threshold.id == number)).all()
        ids = [row.id for row in rows]
        phases, last = _phases(session, ids), _last(session, ids)
        alerts, by = _open_alerts(session, ids), _changed_by(session, ids)
        found = []
        for row in rows:
            try:
                rule = Rule.from_json(row.rule)
            except Refused:  # `problems_of_rules` tells of it
                continue
            words = told(rule, kpis, currency)
            newest = last.get(row.id)
            found.append(
                Entry(
                    row.id, row.version, rule, rule.name or words, words, phases.get(row.id, {}),
                    alerts.get(row.id, 0), newest, newest.reason if newest and newest.code == "failed" else "",
                    row.updated_at, by.get(row.id, row.created_by),
                )
            )  # fmt: skip
        return found


def _phases(session: Session, ids: list[int]) -> dict[int, dict[str, str]]:
    found: dict[int, dict[str, str]] = defaultdict(dict)
    columns = (ThresholdState.threshold_id, ThresholdState.segment, ThresholdState.phase)
    for number, segment, phase in session.execute(select(*columns).where(ThresholdState.threshold_id.in_(ids))):
        found[number][segment] = phase
    return found


def _last(session: Session, ids: list[int]) -> dict[int, Finding]:
    """Return the newest evaluation of each threshold: of the segment that stands worst."""
    newest = (
        select(func.max(Evaluation.id))
        .where(Evaluation.threshold_id.in_(ids))
        .group_by(Evaluation.threshold_id, Evaluation.segment)
    )
    rows = session.scalars(select(Evaluation).where(Evaluation.id.in_(newest))).all()
    worst_last = sorted(rows, key=lambda row: WORST.index(row.code) if row.code in WORST else -1)
    return {
        row.threshold_id: Finding(row.last_at, row.code, row.reason, row.period_label, row.segment, row.value)
        for row in worst_last
    }


def _open_alerts(session: Session, ids: list[int]) -> dict[int, int]:
    columns = (Alert.threshold_id, func.count(Alert.id))
    rows = session.execute(
        select(*columns).where(Alert.threshold_id.in_(ids), Alert.status.in_(OPEN)).group_by(Alert.threshold_id)
    )
    return {number: count for number, count in rows}  # noqa: C416  for the type checker


def _changed_by(session: Session, ids: list[int]) -> dict[int, str]:
    rows = session.execute(
        select(ThresholdVersion.threshold_id, ThresholdVersion.created_by)
        .join(Threshold, Threshold.id == ThresholdVersion.threshold_id)
        .where(ThresholdVersion.threshold_id.in_(ids), ThresholdVersion.number == Threshold.version)
    )
    return {number: by for number, by in rows}  # noqa: C416  for the type checker
