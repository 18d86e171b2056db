"""Writing down what judging came to: states, alerts, evaluations and messages, in the caller's transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, NamedTuple

from sqlalchemy import func, insert, or_, select, update
from sqlalchemy.orm import Session

from dash_kpi.alerting.alerts.acts import snoozed_of, wake
from dash_kpi.alerting.alerts.values import OPEN
from dash_kpi.alerting.judging.found import Found, Known
from dash_kpi.alerting.judging.headline import sentence
from dash_kpi.alerting.judging.told import Details, Told, newest_of_each
from dash_kpi.alerting.judging.verdicts import Verdict
from dash_kpi.alerting.rules.judge import Code, Reading, due
from dash_kpi.alerting.telling.tell import tell
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Alert, AlertEvent, Evaluation, Threshold, ThresholdState
from dash_kpi.storage.sources import lock_workspace

SYSTEM = "Dash KPI"  # who does what nobody did
SILENT = frozenset({Code.NO_NEW_DATA, Code.HISTORY})  # codes that say nothing new when they are found by the clock

BEGINS = ("open", "found_past")  # what verdicts do where an alert begins

Key = tuple[int, str]  # a threshold and its segment


class Said(NamedTuple):
    """The newest evaluation of a segment."""

    id: int
    code: str
    reason: str
    period_start: date | None


@dataclass
class Writing:
    """One transaction: what is there, and what is to be told at its end."""

    database: Database
    session: Session
    workspace_id: int
    revision: int
    now: datetime
    alerts: dict[Key, Alert]
    told: list[Told]
    evaluations: list[dict[str, Any]]
    begun: set[int]  # the alerts that began in it


def write(
    database: Database,
    session: Session,
    workspace_id: int,
    revision: int,
    known: Sequence[Known],
    found: Sequence[Found],
    now: datetime,
) -> list[Told]:
    """Write down what was found, and hand on what is to be told; returns the latter.

    Left out is what somebody else changed since it was looked at: it is judged again.
    """
    lock_workspace(session, workspace_id)
    current = _still_current(session, known)
    states = _states(session, current)
    writing = Writing(database, session, workspace_id, revision, now, _open_alerts(session, current), [], [], set())
    said = _last_said(session, current)
    for one in found:
        key = (one.known.id, one.segment)
        state = states.get(key)
        if one.known.id not in current or _was_judged(state, one):
            continue
        for verdict in one.verdicts:
            alert = _live(writing, key, one, verdict)
            _evaluate(writing, key, one, verdict, alert, said.get(key))
        _keep(writing, state, key, one)
    if writing.evaluations:
        session.execute(insert(Evaluation), writing.evaluations)
    whole = [one.id for one in known if one.is_whole and one.id in current]
    session.execute(
        update(Threshold)
        .where(Threshold.id.in_(whole))
        .where(or_(Threshold.judged_revision != revision, func.coalesce(Threshold.judged_day, date.min) != now.date()))
        .values(judged_revision=revision, judged_day=now.date())
        .execution_options(synchronize_session=False)
    )
    session.flush()
    told = newest_of_each(writing.told, writing.begun)
    for is_first in (True, False):  # what follows goes into the thread of what fired
        tell(database, session, workspace_id, [one for one in told if (one.tells == "firing") is is_first], now)
    return told


def _still_current(session: Session, known: Sequence[Known]) -> dict[int, Known]:
    """Return the thresholds that nobody has changed or removed meanwhile."""
    rows = session.execute(
        select(Threshold.id, Threshold.version).where(
            Threshold.id.in_([one.id for one in known]), Threshold.deleted_at.is_(None)
        )
    )
    versions = {row.id: row.version for row in rows}
    return {one.id: one for one in known if versions.get(one.id) == one.version}


def _states(session: Session, current: Mapping[int, Known]) -> dict[Key, ThresholdState]:
    rows = session.scalars(select(ThresholdState).where(ThresholdState.threshold_id.in_(current)))
    return {(row.threshold_id, row.segment): row for row in rows}


def _open_alerts(session: Session, current: Mapping[int, Known]) -> dict[Key, Alert]:
    is_open = Alert.status.in_(OPEN)
    rows = session.scalars(select(Alert).where(Alert.threshold_id.in_(current), is_open))
    return {(row.threshold_id, row.segment): row for row in rows}


def _last_said(session: Session, current: Mapping[int, Known]) -> dict[Key, Said]:
    last = (
        select(func.max(Evaluation.id))
        .where(Evaluation.threshold_id.in_(current))
        .group_by(Evaluation.threshold_id, Evaluation.segment)
    )
    columns = (Evaluation.id, Evaluation.code, Evaluation.reason, Evaluation.period_start)
    rows = session.execute(select(Evaluation.threshold_id, Evaluation.segment, *columns).where(Evaluation.id.in_(last)))
    return {(row.threshold_id, row.segment): Said(row.id, row.code, row.reason, row.period_start) for row in rows}


def _was_judged(state: ThresholdState | None, found: Found) -> bool:
    """Tell whether another process has judged a segment since it was looked at."""
    known = found.known.tracks.get(found.segment)
    if state is None or known is None:
        return (state is None) is not (known is None)
    return bool(state.track != known.as_json())


def _keep(writing: Writing, state: ThresholdState | None, key: Key, found: Found) -> None:
    """Keep where a segment stands, and when time alone will change something."""
    rule, track, alert = found.known.rule, found.track, writing.alerts.get(key)
    holds = replace(found.observation, snoozed=snoozed_of(alert) if alert else None)
    values = {
        "phase": track.state.phase,
        "track": track.as_json(),
        "alert_id": alert.id if alert else None,
        "due_at": due(track.state, holds, rule, writing.now),
    }
    if alert is not None and track.newest is not None:
        _renew(writing, alert, track.newest)
    if state is None:
        writing.session.add(ThresholdState(threshold_id=key[0], segment=key[1], **values))
        return
    for name, value in values.items():
        if getattr(state, name) != value:
            setattr(state, name, value)


def _live(writing: Writing, key: Key, found: Found, verdict: Verdict) -> Alert | None:
    """Let an alert begin, go on or end as a verdict says, and note what is told of it."""
    alert = writing.alerts.get(key)
    if verdict.does in BEGINS and alert is None and verdict.reading:
        alert = _opened(writing, key, found, verdict, verdict.reading)
        writing.begun.add(alert.id)
        if verdict.does == "open":
            writing.alerts[key] = alert
    elif verdict.does == "withdraw_past":
        alert = _earlier(writing, key, verdict)
    if alert is None:
        return None
    _update(writing, alert, verdict)
    if verdict.reason.tells and (reading := verdict.reading) and (details := found.details.get(reading.start)):
        since = _label(found, verdict, reading)
        was = "" if verdict.does in BEGINS else alert.message
        writing.told.append(
            Told(
                alert.id, found.known.rule, key[1], verdict.reason.tells, reading, verdict.reason, details,
                since=since, was=was, opened_at=alert.opened_at,
            )
        )  # fmt: skip
    if verdict.does in ("close", "withdraw"):
        writing.alerts.pop(key, None)
    return alert


def _opened(writing: Writing, key: Key, found: Found, verdict: Verdict, reading: Reading) -> Alert:
    is_past = verdict.does == "found_past"
    details = found.details.get(reading.start) or Details(found.known.rule.kpi)
    alert = Alert(
        workspace_id=writing.workspace_id,
        threshold_id=key[0],
        threshold_version=found.known.version,
        segment=key[1],
        kpi_name=found.known.rule.kpi,
        alert_type=reading.kind,
        severity=found.known.rule.severity,
        status="resolved" if is_past else "open",
        current_value=reading.value,
        threshold_value=reading.limit,
        message=sentence(writing.database.settings, found.known.rule, key[1], reading, details),
        period_start=verdict.since or reading.start,
        period_end=reading.end,
        revision=writing.revision,
        details=details.as_json(),
        opened_at=writing.now,
        updated_at=writing.now,
        closed_at=writing.now if is_past else None,
    )
    writing.session.add(alert)
    writing.session.flush()
    _event(writing, alert, "opened", alert.message)
    return alert


def _earlier(writing: Writing, key: Key, verdict: Verdict) -> Alert | None:
    """Return the resolved alert that a restatement takes back."""
    return writing.session.scalar(
        select(Alert)
        .where(
            Alert.threshold_id == key[0],
            Alert.segment == key[1],
            Alert.status == "resolved",
            Alert.period_start == verdict.since,
        )
        .order_by(Alert.id.desc())
        .limit(1)
    )


def _update(writing: Writing, alert: Alert, verdict: Verdict) -> None:
    reading, now = verdict.reading, writing.now
    if reading and verdict.does in ("update", "close", "withdraw"):
        _renew(writing, alert, reading)
    if verdict.does in ("close", "withdraw", "withdraw_past"):
        alert.status = "resolved" if verdict.does == "close" else "corrected"
        alert.closed_at = alert.closed_at or now
        alert.updated_at = now
        _event(writing, alert, "resolved" if verdict.does == "close" else "corrected", verdict.reason.text)
    elif verdict.reason.tells in ("repeated", "worse"):
        _event(writing, alert, verdict.reason.tells, verdict.reason.text)
    is_awake = alert.snoozed_until is not None and alert.snoozed_until <= now
    if alert.status == "snoozed" and (is_awake or verdict.reason.tells == "worse"):
        wake(alert)
        alert.updated_at = now
        _event(writing, alert, "unsnoozed", "the snooze is over" if is_awake else "it has become worse")


def _renew(writing: Writing, alert: Alert, reading: Reading) -> None:
    """Let an alert show the number as it is now, also where a restatement moved it and reversed nothing."""
    if (alert.current_value, alert.threshold_value, alert.period_end) != (reading.value, reading.limit, reading.end):
        alert.current_value, alert.threshold_value = reading.value, reading.limit
        alert.period_end, alert.updated_at = reading.end, writing.now


def _event(writing: Writing, alert: Alert, kind: str, text: str) -> None:
    writing.session.add(AlertEvent(alert_id=alert.id, at=writing.now, kind=kind, actor=SYSTEM, text=text))


def _evaluate(
    writing: Writing, key: Key, found: Found, verdict: Verdict, alert: Alert | None, said: Said | None
) -> None:
    """Keep why an evaluation came out as it did; the same again is counted, and nothing new by the clock left out."""
    reading, reason = verdict.reading, verdict.reason
    is_same = said is not None and (said.code, said.reason) == (reason.code, reason.text)
    if is_same and said and (reading is None or said.period_start == reading.start):
        if found.known.is_whole:
            again = {"count": Evaluation.count + 1, "last_at": writing.now, "revision": writing.revision}
            writing.session.execute(update(Evaluation).where(Evaluation.id == said.id).values(again))
        return
    if not found.known.is_whole and reason.code in SILENT:
        return
    writing.evaluations.append(
        {
            "threshold_id": key[0],
            "segment": key[1],
            "alert_id": alert.id if alert else None,
            "first_at": writing.now,
            "last_at": writing.now,
            "count": 1,
            "revision": writing.revision,
            "period_start": reading and reading.start,
            "period_label": reading.label if reading else "",
            "value": reading and reading.value,
            "limit_value": reading and reading.limit,
            "code": reason.code.value,
            "reason": reason.text,
        }
    )


def _label(found: Found, verdict: Verdict, reading: Reading) -> str:
    """Return the first broken period of an alert as people write it."""
    if verdict.since is None or verdict.since == reading.start:
        return reading.label
    return next((one.reading.label for one in found.track.seen if one.reading.start == verdict.since), "")
