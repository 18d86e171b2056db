"""What people decide about deliveries: to send one again, or to let it be."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.alerting.messages.message import Message
from dash_kpi.alerting.outbox.history import last_unknown, tries_of
from dash_kpi.alerting.outbox.queue import enqueue
from dash_kpi.errors import NotFound, Refused
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Channel, Delivery, DeliveryAlert

ALREADY = {"queued": "is still waiting to be sent", "sending": "is being sent", "unknown": "is being looked for"}


def resend(database: Database, workspace: str, delivery_id: int, by: str, now: datetime) -> int:
    """Send a delivery again that failed, was sent, was dropped, or waits for a decision; return which one is sent now.

    What waited for a decision goes on under its own number; everything else is written down anew. Raises NotFound,
    Refused.
    """
    with database.writing() as session:
        row = _delivery(session, workspace, delivery_id)
        if row.status in ALREADY:
            raise Refused(f"Message {row.id} {ALREADY[row.status]}.")
        _refuse_closed(session, row)
        if row.status == "parked":
            if row.ended_at is None:
                raise Refused(f"Message {row.id} waits with its queue: {row.reason}")
            row.status, row.is_possible_repeat, row.holds_up = "queued", True, True
            row.reason, row.due_at, row.ended_at = f"Sent again by {by}", now, None
            return row.id
        again = _anew(session, row, now)
        if row.status == "failed":
            row.status, row.reason = "dropped", f"{row.reason} Sent again by {by} as message {again.id}."
        return again.id


def let_be(database: Database, workspace: str, delivery_id: int, by: str, now: datetime) -> None:
    """Decide that a delivery that failed, or waits for a decision, is not sent again. Raises NotFound, Refused."""
    with database.writing() as session:
        row = _delivery(session, workspace, delivery_id)
        if row.status != "failed" and not (row.status == "parked" and row.ended_at):
            raise Refused(f"Message {row.id} needs no decision.")
        row.status, row.reason, row.ended_at = "dropped", f"{row.reason} Left unsent by {by}.", now


def _delivery(session: Session, workspace: str, delivery_id: int) -> Delivery:
    row = session.get(Delivery, delivery_id)
    if row is None or row.workspace_id != workspace_named(session, workspace).id:
        raise NotFound.saying(f"There is no message {delivery_id}.")
    return row


def _refuse_closed(session: Session, row: Delivery) -> None:
    channel = session.get_one(Channel, row.channel_id)
    if channel.deleted_at is not None:
        raise Refused(f"The channel {channel.name} was removed; choose another one for these alerts.")


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
        is_possible_repeat=row.status == "sent" or row.is_possible_repeat or _may_have_arrived(session, row),
    )


def _may_have_arrived(session: Session, row: Delivery) -> bool:
    return last_unknown(tries_of(session, row.id)) is not None
