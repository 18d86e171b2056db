"""What becomes of a delivery after a try, and after a look for evidence: pure decisions, with their reason."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from dash_kpi.alerting.channels.transport import (
    Absent,
    Evidence,
    NoEvidence,
    NotSent,
    OnUnknown,
    Outcome,
    Receipt,
    RefusedForGood,
    Scope,
    Sent,
    Unknown,
)
from dash_kpi.storage.models import DeliveryStatus

BACKOFF_SECONDS = 2.0  # the longest wait after the first failure; each further one doubles it
LONGEST_BACKOFF_SECONDS = 3600.0
LONGEST_WAIT_SECONDS = 12 * 3600.0  # however long the service asks for
LONGEST_LOOK_SECONDS = 600.0
GIVE_UP = timedelta(hours=24)  # of certain failures
PATIENT_TRIES = 8  # failures, some minutes of them, after which later messages no longer wait for this one
MOST_LOOKS = 12
MOST_UNKNOWN = 3  # tries with an unknown outcome, after which a person has to decide

AttemptOutcome = Literal["sent", "not_sent", "refused", "unknown", "found", "absent", "no_evidence"]


@dataclass(frozen=True, slots=True)
class Facts:
    """What is known about a delivery whose try, or look for evidence, has just ended, that one included."""

    policy: OnUnknown
    is_possible_repeat: bool = False
    failures: int = 0  # tries in a row that were certainly not sent
    failing_since: datetime | None = None
    unknowns: int = 0  # tries that may have been sent, for all that is known
    looks: int = 0  # for evidence of the last try, in vain
    settle_seconds: float = 5.0  # after which what was on its way has arrived


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of the delivery, and what else waits with it."""

    status: DeliveryStatus
    outcome: AttemptOutcome
    reason: str | None
    due_at: datetime
    is_possible_repeat: bool
    is_over: bool = False  # nothing more happens by itself
    holds_up: bool = False
    receipt: Receipt | None = None
    paused_until: datetime | None = None  # of the whole channel
    parks: Scope = "message"  # what is parked, where the status is "parked"


def after_send(facts: Facts, outcome: Outcome, now: datetime, random: Random) -> Decision:
    """Decide after a try to send."""
    repeat = facts.is_possible_repeat
    match outcome:
        case Sent(receipt):
            return Decision("sent", "sent", None, now, repeat, is_over=True, receipt=receipt)
        case NotSent():
            return _again(facts, "not_sent", outcome, now, random)
        case RefusedForGood(reason, "message"):
            return Decision("failed", "refused", reason, now, repeat, is_over=True)
        case RefusedForGood(reason, scope):
            return Decision("parked", "refused", reason, now, repeat, holds_up=True, parks=scope)
        case Unknown(reason):
            due = now + timedelta(seconds=facts.settle_seconds)
            return Decision("unknown", "unknown", reason, due, repeat, holds_up=True)


def after_look(facts: Facts, evidence: Evidence, now: datetime, random: Random) -> Decision:
    """Decide after a look whether a try with an unknown outcome was accepted.

    What certainly did not arrive is sent again like after a failure. Where nothing tells, the channel's policy decides.
    """
    repeat = facts.is_possible_repeat
    match evidence:
        case Sent(receipt):
            return Decision("sent", "found", None, now, repeat, is_over=True, receipt=receipt)
        case Absent():
            return _again(facts, "absent", NotSent("The channel has not got it"), now, random)
        case NoEvidence(reason, ask_after):
            if ask_after is not None and facts.looks < MOST_LOOKS and facts.policy != "resend":
                due = now + timedelta(seconds=min(ask_after, LONGEST_LOOK_SECONDS))
                return Decision("unknown", "no_evidence", reason, due, repeat, holds_up=True)
            return _without_evidence(facts, reason, now, random)


def _without_evidence(facts: Facts, reason: str, now: datetime, random: Random) -> Decision:
    if facts.policy == "hold" or facts.unknowns >= MOST_UNKNOWN:
        tries = "once" if facts.unknowns <= 1 else f"{facts.unknowns} times"
        doubt = f"It was sent {tries}, and nobody can tell whether it arrived: {_clause(reason)}."
        held = f"{doubt} Send it again, or let it be."
        return Decision("parked", "no_evidence", held, now, facts.is_possible_repeat, is_over=True)
    due = now + timedelta(seconds=backoff(facts.unknowns, random))
    again = f"It is sent again, marked as a possible repeat: {_clause(reason)}."
    return Decision("queued", "no_evidence", again, due, is_possible_repeat=True, holds_up=True)


def _again(facts: Facts, outcome: AttemptOutcome, failure: NotSent, now: datetime, random: Random) -> Decision:
    """Decide after a certain failure: try later, or give up."""
    repeat = facts.is_possible_repeat
    if facts.failing_since is not None and now - facts.failing_since >= GIVE_UP:
        given_up = f"Given up after {GIVE_UP.total_seconds() / 3600:.0f} hours: {_clause(failure.reason)}."
        return Decision("failed", outcome, given_up, now, repeat, is_over=True)
    due = now + timedelta(seconds=_wait(facts, failure, random))
    return Decision(
        "queued",
        outcome,
        failure.reason,
        due,
        repeat,
        holds_up=failure.scope != "message" or facts.failures < PATIENT_TRIES,
        paused_until=due if failure.scope == "channel" else None,
    )


def _wait(facts: Facts, failure: NotSent, random: Random) -> float:
    """Return the seconds to the next try: as the service asks and a little more, else by the backoff."""
    if not failure.retry_after or failure.retry_after <= 0:
        return backoff(facts.failures, random)
    asked = min(failure.retry_after, LONGEST_WAIT_SECONDS)
    return asked + random.uniform(0, 0.5 + asked / 20)


def backoff(failures: int, random: Random) -> float:
    """Return the seconds to wait after so many failures in a row: exponential with full jitter.

    M. Brooker (2015), "Exponential Backoff And Jitter".
    """
    doubled = BACKOFF_SECONDS * 2.0 ** min(max(0, failures - 1), 20)
    return random.uniform(0, min(LONGEST_BACKOFF_SECONDS, doubled))


def _clause(reason: str) -> str:
    return reason.rstrip(". ")
