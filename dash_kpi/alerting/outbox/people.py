"""What people decide about deliveries: to send one again, or to let it be."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.alerting.messages.message import Message
from dash_kpi.alerting.outbox.history import last_unknown, tries_of
from dash_kpi.alerting.outbox.queue import enqueue
from dash_kpi.errors import NotFound, Refused
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Attempt, Channel, Delivery, DeliveryAlert

ALREADY = {"queued": "is still waiting to be sent", "sending": "is being sent", "unknown": "is being looked for"}
ASKED = "resend"  # the kind of an attempt that is none: a person asked for the next one, and what failed before is past


def resend(database: Database, workspace: str, delivery_id: int, by: str, now: datetime) -> int:
    """Send a delivery again that failed, was sent, was dropped, or waits for a decision; return which one is sent now.

    Raises NotFound, Refused.
    """
    with database.writing() as session:
        return send_again(session, delivery_in(session, workspace, delivery_id), by, now).id


def send_again(session: Session, row: Delivery, by: str, now: datetime) -> Delivery:
    """Send a delivery again within a transaction. Raises Refused.

    What no channel ever accepted goes on under its own number and uid, so that replies stay with it and receivers
    know it again; what was accepted once, or was dropped, is written down anew.
    """
    if row.status in ALREADY:
        raise Refused(f"Message {row.id} {ALREADY[row.status]}.")
    _refuse_closed(session, row)
    is_held = row.status == "parked"
    if is_held and row.ended_at is None:
        raise Refused(f"Message {row.id} waits with its queue: {row.reason}")
    if is_held or (row.status == "failed" and not row.receipt):
        return _go_on(session, row, by, now)
    again = _anew(session, row, now)
    if row.status == "failed":
        row.status, row.reason = "dropped", f"{_said(row)}Sent again by {by} as message {again.id}."
    return again


def leave(row: Delivery, by: str, now: datetime) -> None:
    """Decide within a transaction that a delivery is not sent again. Raises Refused."""
    if not needs_decision(row):
        raise Refused(f"Message {row.id} needs no decision.")
    row.status, row.reason, row.ended_at = "dropped", f"{_said(row)}Left unsent by {by}.", now


def needs_decision(row: Delivery) -> bool:
    """Tell whether nothing more happens to a delivery unless a person says so."""
    return row.status == "failed" or (row.status == "parked" and row.ended_at is not None)


def delivery_in(session: Session, workspace: str, delivery_id: int) -> Delivery:
    """Return a delivery of a workspace, held against other writers. Raises NotFound."""
    row = session.get(Delivery, delivery_id, with_for_update=True)
    if row is None or row.workspace_id != workspace_named(session, workspace).id:
        raise NotFound.saying(f"There is no message {delivery_id}.")
    return row


def _refuse_closed(session: Session, row: Delivery) -> None:
    channel = session.get_one(Channel, row.channel_id)
    if channel.deleted_at is not None:
        raise Refused(f"The channel {channel.name} was removed; choose another one for these alerts.")


def _go_on(session: Session, row: Delivery, by: str, now: datetime) -> Delivery:
    """Queue a delivery once more, and note with its tries that a person asked for it."""
    tries = tries_of(session, row.id)
    row.is_possible_repeat = row.is_possible_repeat or row.status == "parked" or last_unknown(tries) is not None
    row.status, row.holds_up, row.reason, row.due_at, row.ended_at = "queued", True, f"Sent again by {by}", now, None
    session.add(
        Attempt(
            delivery_id=row.id,
            number=len(tries) + 1,
            kind=ASKED,
            started_at=now,
            ended_at=now,
            outcome="asked",
            reason=f"{by} asked for it",
        )
    )
    session.flush()
    return row


def _said(row: Delivery) -> str:
    return f"{row.reason.rstrip('. ')}. " if row.reason else ""


def _anew(session: Session, row: Delivery, now: datetime) -> Delivery:
    parent = session.get(Delivery, row.parent_id) if row.parent_id is not None else None
    alerts = session.execute(
        select(DeliveryAlert.alert_id, DeliveryAlert.line_kind).where(DeliveryAlert.delivery_id == row.id)
    )
    return enqueue(
        session,
        row.workspace_id,
        channel_id=row.channel_id,
        destination=row.destination,
        kind=row.kind,  # type: ignore[arg-type]  # the column holds nothing else
        message=Message.from_json(row.message),
        now=now,
        alerts=[(alert, kind) for alert, kind in alerts],
        parent_id=parent.id if parent is not None and parent.status not in ("failed", "dropped") else None,
        is_possible_repeat=row.status == "sent"
        or row.is_possible_repeat
        or last_unknown(tries_of(session, row.id)) is not None,
    )
