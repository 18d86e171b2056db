"""Recording: what came of a try, or of a look for evidence, and all that follows, in one transaction."""

import logging
from dataclasses import replace
from datetime import datetime
from random import Random

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dash_kpi.alerting.channels.transport import (
    Absent,
    Evidence,
    NoEvidence,
    NotSent,
    OnUnknown,
    Outcome,
    Receipt,
    RefusedForGood,
    Sent,
    Unknown,
)
from dash_kpi.alerting.outbox import notices, park
from dash_kpi.alerting.outbox.claim import Claimed
from dash_kpi.alerting.outbox.decide import Decision, after_look, after_send
from dash_kpi.alerting.outbox.history import facts_of, tries_of
from dash_kpi.alerting.outbox.order import Lane
from dash_kpi.alerting.outbox.ways import Ways
from dash_kpi.settings import Settings
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Alert, Attempt, Channel, Delivery, DeliveryAlert

log = logging.getLogger(__name__)

LATE = ("unknown", "queued", "parked")  # what may turn out to have been sent after all


def settle_seconds(settings: Settings) -> float:
    """Return after how many seconds what a lost request carried has arrived, if it ever does."""
    return settings.channel_seconds / 2


def record(
    database: Database, ways: Ways, claimed: Claimed, result: Outcome | Evidence, now: datetime, random: Random
) -> None:
    """Write down what came of what was claimed, and what becomes of the delivery."""
    with database.writing() as session:
        row = session.get_one(Delivery, claimed.id, with_for_update=True)
        attempt = session.get_one(Attempt, (claimed.id, claimed.number))
        if row.claimed_by != claimed.owner or row.status != ("sending" if claimed.kind == "send" else "unknown"):
            _record_late(session, row, attempt, claimed, result, now)
            return
        decision = _decide(session, database.settings, row, claimed, result, now, random)
        attempt.ended_at, attempt.outcome = now, decision.outcome
        attempt.reason = getattr(result, "reason", None)
        apply(session, ways, database.settings, row, decision, now)
    log.info("delivery=%d channel=%d attempt=%d outcome=%s", row.id, row.channel_id, attempt.number, attempt.outcome)


def apply(session: Session, ways: Ways, settings: Settings, row: Delivery, decision: Decision, now: datetime) -> None:
    """Let a delivery become what was decided, with everything that follows from it."""
    if decision.status == "sent":
        mark_sent(session, row, decision.receipt or {}, now)
        return
    row.claimed_by = None
    row.status, row.reason, row.due_at = decision.status, decision.reason, decision.due_at
    row.holds_up, row.is_possible_repeat = decision.holds_up, decision.is_possible_repeat
    row.ended_at = now if decision.is_over else None
    session.flush()
    if decision.paused_until is not None:
        channel = session.get_one(Channel, row.channel_id)
        channel.paused_until = max(channel.paused_until or decision.paused_until, decision.paused_until)
    if decision.parks == "channel":
        park.park_channel(session, row.channel_id, row.reason or "", now)
    elif decision.parks == "destination":
        park.park_lane(session, Lane(row.channel_id, row.destination), row.reason or "")
    if row.status == "failed" or (row.status == "parked" and (decision.is_over or decision.parks != "message")):
        notices.tell(session, ways, settings, row, now)


def mark_sent(session: Session, row: Delivery, receipt: Receipt, now: datetime) -> None:
    """Write down that a delivery was accepted, by its answer or by evidence that came later."""
    row.status, row.reason, row.claimed_by, row.holds_up = "sent", None, None, False
    row.receipt = {**(row.receipt or {}), **receipt}
    row.ended_at = now
    if row.kind != "notice":
        told = select(DeliveryAlert.alert_id).where(DeliveryAlert.delivery_id == row.id)
        session.execute(update(Alert).where(Alert.id.in_(told), Alert.sent_at.is_(None)).values(sent_at=now))


def _decide(
    session: Session,
    settings: Settings,
    row: Delivery,
    claimed: Claimed,
    result: Outcome | Evidence,
    now: datetime,
    random: Random,
) -> Decision:
    channel = session.get_one(Channel, row.channel_id)
    policy: OnUnknown = channel.on_unknown  # type: ignore[assignment]  # the column holds nothing else
    facts = facts_of(
        tries_of(session, row.id),
        _name_of(result),
        policy,
        is_possible_repeat=row.is_possible_repeat,
        settle_seconds=settle_seconds(settings),
    )
    if claimed.kind == "send":
        assert not isinstance(result, Absent | NoEvidence)  # noqa: S101  for the type checker
        decision = after_send(facts, result, now, random)
    else:
        assert isinstance(result, Sent | Absent | NoEvidence)  # noqa: S101  for the type checker
        decision = after_look(facts, result, now, random)
    closed = park.why_closed(session, channel, claimed.lane, (channel.kind,))
    if decision.status == "queued" and closed is not None and not closed.is_gone:
        return replace(decision, status="parked", reason=closed.reason)
    return decision


def _name_of(result: Outcome | Evidence) -> str:
    names = {NotSent: "not_sent", RefusedForGood: "refused", Unknown: "unknown", Absent: "absent"}
    return names.get(type(result), "no_evidence" if isinstance(result, NoEvidence) else "sent")


def _record_late(
    session: Session, row: Delivery, attempt: Attempt, claimed: Claimed, result: Outcome | Evidence, now: datetime
) -> None:
    """Write down what came of a try that somebody else had given up, or had evidence of.

    That it was sent is news that saves a repeat; everything else is not.
    """
    attempt.ended_at, attempt.outcome = now, _name_of(result)
    attempt.reason = getattr(result, "reason", None)
    if row.claimed_by == claimed.owner:
        row.claimed_by = None
    if isinstance(result, Sent):
        if row.status in LATE and row.claimed_by is None:
            mark_sent(session, row, result.receipt, now)
        elif row.status == "sent":
            row.receipt = {**result.receipt, **(row.receipt or {})}
    log.warning("delivery=%d attempt=%d outcome=%s late=True", row.id, attempt.number, attempt.outcome)
