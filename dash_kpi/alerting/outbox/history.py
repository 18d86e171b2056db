"""What the attempts of a delivery add up to."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.alerting.channels.transport import OnUnknown
from dash_kpi.alerting.outbox.decide import GIVE_UP, Facts
from dash_kpi.storage.models import Attempt


def tries_of(session: Session, delivery_id: int) -> Sequence[Attempt]:
    """Return the attempts of a delivery, oldest first."""
    return session.scalars(select(Attempt).where(Attempt.delivery_id == delivery_id).order_by(Attempt.number)).all()


def facts_of(
    tries: Sequence[Attempt], outcome: str, policy: OnUnknown, *, is_possible_repeat: bool, settle_seconds: float
) -> Facts:
    """Return what is known after the last of these attempts has ended with `outcome`."""
    outcomes = [*(one.outcome for one in tries[:-1]), outcome]
    failures, failing_since = _failures(tries, outcomes)
    unknowns = looks = 0
    for one, result in zip(tries, outcomes, strict=True):
        if one.kind == "send":
            looks = 0
            unknowns += result == "unknown"
        elif result == "absent":
            unknowns = 0
        else:
            looks += result == "no_evidence"
    return Facts(policy, is_possible_repeat, failures, failing_since, unknowns, looks, settle_seconds)


def last_unknown(tries: Sequence[Attempt]) -> datetime | None:
    """Return when the last try began that may have been sent, for all that is known."""
    last: datetime | None = None
    for one in tries:
        if one.kind == "send" and one.outcome in ("unknown", None):
            last = one.started_at
        elif one.outcome == "absent":
            last = None
    return last


def _failures(tries: Sequence[Attempt], outcomes: Sequence[str | None]) -> tuple[int, datetime | None]:
    """Return how many tries in a row were certainly not sent, up to the last, and since when.

    A pause longer than the time after which a delivery is given up, as when its queue was parked, begins anew.
    """
    failures, since, is_absent = 0, None, False
    for one, outcome in reversed(list(zip(tries, outcomes, strict=True))):
        if since is not None and since - one.started_at > GIVE_UP:
            break
        if one.kind == "reconcile":
            is_absent = is_absent or outcome == "absent"
            if not is_absent:
                break
            continue
        if outcome != "not_sent" and not (outcome == "unknown" and is_absent):
            break
        failures, since, is_absent = failures + 1, one.started_at, False
    return failures, since
