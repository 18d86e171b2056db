"""What waits for a channel when its destinations are changed: it goes to the one that took the place of its own."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.storage.models import Delivery


def move(session: Session, channel_id: int, old: Sequence[str], new: Sequence[str], now: datetime) -> None:
    """Let what waits for a destination that is gone go to the one that took its place, or let it be.

    What may have been sent already stays where it may be.
    """
    gone, come = set(old) - set(new), [one for one in new if one not in old]
    if not gone:
        return
    rows = session.scalars(
        select(Delivery).where(
            Delivery.channel_id == channel_id,
            Delivery.destination.in_(gone),
            Delivery.status.in_(("queued", "parked")),
            Delivery.claimed_by.is_(None),
        )
    ).all()
    for row in rows:
        if len(gone) == len(come) == 1:
            row.destination, row.parent_id = come[0], None  # the thread is somewhere else
        else:
            row.status, row.ended_at = "dropped", now
            row.reason = f"{row.destination} is no destination of the channel any more."
