"""Builders: thresholds, alerts, channels and deliveries as rows, the way judging and the outbox write them."""

import uuid
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy.orm import Session

from dash_kpi.alerting.judging.told import Details
from dash_kpi.alerting.messages.message import Line, Message
from dash_kpi.alerting.rules.judge import State
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.rules.track import Track
from dash_kpi.storage.database import MAIN, Database, workspace_named
from dash_kpi.storage.models import (
    Alert,
    AlertEvent,
    Attempt,
    Channel,
    Delivery,
    DeliveryAlert,
    Evaluation,
    Threshold,
    ThresholdState,
    ThresholdVersion,
)

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
BELOW = {"kind": "below", "low": {"value": 100}}


def rule_of(**given: Any) -> Rule:
    """Return a rule; without anything given: monthly revenue below 100."""
    return Rule.from_json({"kpi": "revenue", "conditions": [BELOW]} | given)


def add_threshold(database: Database, rule: Rule | None = None, *, now: datetime = NOW) -> int:
    """Keep a threshold with its first version; return its number."""
    kept = rule or rule_of()
    with database.writing() as session:
        row = Threshold(
            workspace_id=workspace_named(session, MAIN).id,
            kpi_name=kept.kpi,
            threshold_value=kept.first_limit,
            rule=kept.as_json(),
            created_at=now,
            created_by="a test",
            updated_at=now,
        )
        session.add(row)
        session.flush()
        session.add(
            ThresholdVersion(
                threshold_id=row.id, number=1, rule=row.rule, summary="made", created_at=now, created_by="a test"
            )
        )
        return row.id


def add_alert(database: Database, threshold: int | None = None, *, now: datetime = NOW, **given: Any) -> int:
    """Keep an alert of a threshold, with the state and the evaluation that go with it; return its number.

    `given` are columns of the alert that differ from: open, revenue 80 below 100 in February, found at `now`.
    """
    threshold = add_threshold(database) if threshold is None else threshold
    with database.writing() as session:
        rule = Rule.from_json(_threshold(session, threshold).rule)
        label = rule.kpi.replace("_", " ").capitalize()
        segment = given.get("segment", "")
        usual: dict[str, Any] = {
            "workspace_id": workspace_named(session, MAIN).id,
            "threshold_id": threshold,
            "threshold_version": 1,
            "segment": "",
            "kpi_name": rule.kpi,
            "alert_type": rule.conditions[0].kind,
            "severity": rule.severity,
            "status": "open",
            "current_value": 80.0,
            "threshold_value": 100.0,
            "message": f"{label}{f' of {segment}' if segment else ''} was 80 in Feb 2026, below 100",
            "period_start": date(2026, 2, 1),
            "period_end": date(2026, 2, 28),
            "revision": 1,
            "details": details_of(label).as_json(),
            "opened_at": now,
            "updated_at": now,
        }
        row = Alert(**usual | given)
        session.add(row)
        session.flush()
        session.add(AlertEvent(alert_id=row.id, at=row.opened_at, kind="opened", actor="Dash KPI", text=row.message))
        is_open = row.status in ("open", "acknowledged", "snoozed")
        session.merge(
            ThresholdState(
                threshold_id=threshold,
                segment=row.segment,
                phase="firing" if is_open else "ok",
                track=_track(row, is_open=is_open).as_json(),
                alert_id=row.id if is_open else None,
            )
        )
        session.add(_evaluation(threshold, row.segment, row.opened_at, row.id))
        return row.id


def details_of(label: str = "Revenue", **given: Any) -> Details:
    """Return what is known of a number: a year of values that end with a breach."""
    usual: dict[str, Any] = {
        "label": label,
        "period": "Feb 2026",
        "values": (120.0, 118.0, 125.0, 119.0, 121.0, 80.0),
        "labels": ("Sep 2025", "Oct 2025", "Nov 2025", "Dec 2025", "Jan 2026", "Feb 2026"),
        "previous": 121.0,
        "year_ago": 117.0,
        "files": ("sales_2026.xlsx",),
        "driver": "Region North fell by 38",
        "view": "kpi=revenue&period=custom&from=2026-02-01&to=2026-02-28&grain=month",
    }
    return Details(**usual | given)


def add_evaluation(database: Database, threshold: int, *, at: datetime = NOW, **given: Any) -> int:
    """Keep an evaluation; return its number."""
    with database.writing() as session:
        row = _evaluation(threshold, given.pop("segment", ""), at, given.pop("alert_id", None), **given)
        session.add(row)
        session.flush()
        return row.id


def add_channel(database: Database, name: str = "#sales", *, now: datetime = NOW, **given: Any) -> int:
    """Keep a channel; return its number. `given` are columns that differ from a Slack channel that works."""
    usual: dict[str, Any] = {
        "name": name,
        "kind": "slack",
        "config": {},
        "secrets": "",
        "on_unknown": "reconcile",
        "created_at": now,
        "created_by": "a test",
        "updated_at": now,
    }
    with database.writing() as session:
        row = Channel(workspace_id=workspace_named(session, MAIN).id, **usual | given)
        session.add(row)
        session.flush()
        return row.id


def add_delivery(
    database: Database,
    channel: int,
    alerts: Sequence[int],
    *,
    line_kind: str = "firing",
    attempts: Sequence[tuple[str, str]] = (("sent", ""),),
    now: datetime = NOW,
    **given: Any,
) -> int:
    """Keep a delivery about alerts, with attempts as pairs of outcome and reason; return its number."""
    with database.writing() as session:
        lines = tuple(
            Line(text=row.message, state="Firing", severity=row.severity, alert_id=row.id)
            for row in (session.get_one(Alert, number) for number in alerts)
        )
        usual: dict[str, Any] = {
            "destination": "C012345",
            "kind": "firing",
            "message": Message(kind="firing", title=lines[0].text if lines else "A message", lines=lines).as_json(),
            "status": "sent",
            "created_at": now,
            "due_at": now,
            "ended_at": now + timedelta(seconds=1),
        }
        workspace_id = workspace_named(session, MAIN).id
        row = Delivery(
            uid=uuid.uuid4().hex,
            workspace_id=workspace_id,
            channel_id=channel,
            attempts=len(attempts),
            **usual | given,
        )
        session.add(row)
        session.flush()
        session.add_all(DeliveryAlert(delivery_id=row.id, alert_id=one, line_kind=line_kind) for one in alerts)
        for number, (outcome, reason) in enumerate(attempts, 1):
            at = now + timedelta(minutes=number - 1)
            session.add(
                Attempt(
                    delivery_id=row.id,
                    number=number,
                    kind="reconcile" if outcome in ("found", "absent", "no_evidence") else "send",
                    started_at=at,
                    ended_at=at + timedelta(seconds=1),
                    outcome=outcome,
                    reason=reason or None,
                )
            )
        return row.id


def _track(alert: Alert, *, is_open: bool) -> Track:
    """Return where the state machine stands after it has told of an alert."""
    if not is_open:
        return Track(State(last=alert.period_start, resolved_at=alert.closed_at), version=alert.threshold_version)
    fired = State(
        phase="firing",
        since=alert.period_start,
        last=alert.period_start,
        fired_at=alert.opened_at,
        told_at=alert.opened_at,
        is_told=True,
    )
    return Track(fired, version=alert.threshold_version)


def _evaluation(threshold: int, segment: str, at: datetime, alert_id: int | None, **given: Any) -> Evaluation:
    usual: dict[str, Any] = {
        "first_at": at,
        "last_at": at,
        "revision": 1,
        "period_start": date(2026, 2, 1),
        "period_label": "Feb 2026",
        "value": 80.0,
        "limit_value": 100.0,
        "code": "fired",
        "reason": "fired",
    }
    return Evaluation(threshold_id=threshold, segment=segment, alert_id=alert_id, **usual | given)


def _threshold(session: Session, number: int) -> Threshold:
    return session.get_one(Threshold, number)
