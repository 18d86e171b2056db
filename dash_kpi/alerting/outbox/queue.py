"""The queue: a message is written down in the transaction of what caused it, and sent later by the worker."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from dash_kpi.alerting.messages.message import Message, MessageKind
from dash_kpi.storage.models import Delivery, DeliveryAlert


def enqueue(
    session: Session,
    workspace_id: int,
    *,
    channel_id: int,
    destination: str,
    kind: MessageKind,
    message: Message,
    now: datetime,
    alerts: Sequence[tuple[int, str]] = (),
    parent_id: int | None = None,
    due_at: datetime | None = None,
    is_possible_repeat: bool = False,
) -> Delivery:
    """Write down a message to one destination, in the caller's transaction.

    `alerts` are the alerts it speaks of, each with the kind of its line; it goes into the thread of the delivery
    `parent_id`, and not before that was sent; `due_at` holds it back, as quiet hours do.
    """
    delivery = Delivery(
        uid=uuid.uuid4().hex,
        workspace_id=workspace_id,
        channel_id=channel_id,
        destination=destination,
        kind=kind,
        message=message.as_json(),
        parent_id=parent_id,
        status="queued",
        is_possible_repeat=is_possible_repeat,
        created_at=now,
        due_at=due_at or now,
    )
    session.add(delivery)
    session.flush()
    if lines := dict(alerts):
        rows = [{"delivery_id": delivery.id, "alert_id": alert, "line_kind": kind} for alert, kind in lines.items()]
        session.execute(insert(DeliveryAlert), rows)
    return delivery
