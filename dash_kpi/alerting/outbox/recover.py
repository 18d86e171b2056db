"""What a process left behind that was killed: nobody knows whether what it was sending went out."""

import logging
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dash_kpi.alerting.outbox.order import Lane
from dash_kpi.alerting.outbox.record import settle_seconds
from dash_kpi.ingest.jobs import is_process_running
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Attempt, Delivery

log = logging.getLogger(__name__)

STOPPED = "The worker was stopped while it was sending"
SILENCE = timedelta(seconds=60)  # beyond the longest try, after which a process on another machine counts as dead
REQUESTS = 10  # in one try, at most


def recover(
    database: Database,
    owner: str,
    is_busy: Callable[[Lane], bool],
    now: datetime,
    is_running: Callable[[str], bool | None] = is_process_running,
) -> list[int]:
    """Let what dead processes were sending be unknown, and return those deliveries.

    `is_busy` tells in which lanes this process, `owner`, is really at work.
    """
    with database.reading() as session:
        claimed = session.execute(
            select(
                Delivery.id,
                Delivery.channel_id,
                Delivery.destination,
                Delivery.claimed_by,
                func.max(Attempt.number),
                func.max(Attempt.started_at),
            )
            .join(Attempt, Attempt.delivery_id == Delivery.id)
            .where(Delivery.status.in_(("sending", "unknown")), Delivery.claimed_by.is_not(None))
            .group_by(Delivery.id)
        ).all()
    silence = SILENCE + timedelta(seconds=REQUESTS * database.settings.channel_seconds)
    recovered = []
    for number, channel_id, destination, name, last, started_at in claimed:
        process = name or ""
        lives = is_busy(Lane(channel_id, destination)) if process == owner else is_running(process)
        if lives or (lives is None and now - started_at < silence):
            continue
        with database.writing() as session:
            if _release(session, number, last, process, now, settle_seconds(database.settings)):
                recovered.append(number)
    for number in recovered:
        log.warning("recovered delivery=%d", number)
    return recovered


def _release(session: Session, number: int, last: int, process: str, now: datetime, settle: float) -> bool:
    row = session.get_one(Delivery, number, with_for_update=True)
    is_same = session.get(Attempt, (number, last + 1)) is None
    if row.claimed_by != process or row.status not in ("sending", "unknown") or not is_same:
        return False
    for attempt in session.scalars(select(Attempt).where(Attempt.delivery_id == number, Attempt.ended_at.is_(None))):
        attempt.ended_at, attempt.reason = now, f"{STOPPED}."
        if attempt.kind == "send":
            attempt.outcome = "unknown"
    if row.status == "sending":
        row.status, row.reason, row.holds_up = "unknown", STOPPED, True
        row.due_at = now + timedelta(seconds=settle)
    row.claimed_by = None
    return True
