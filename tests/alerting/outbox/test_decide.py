"""What becomes of a delivery: each outcome, and each lack of evidence, by the policy of its channel."""

from datetime import timedelta
from random import Random

import pytest

from dash_kpi.alerting.channels.transport import (
    Absent,
    Evidence,
    NoEvidence,
    NotSent,
    Outcome,
    RefusedForGood,
    Sent,
    Unknown,
)
from dash_kpi.alerting.outbox.decide import (
    GIVE_UP,
    LONGEST_BACKOFF_SECONDS,
    LONGEST_WAIT_SECONDS,
    MOST_LOOKS,
    MOST_UNKNOWN,
    PATIENT_TRIES,
    Facts,
    after_look,
    after_send,
    backoff,
)
from tests.alerting.outbox.scripted import NOW

FIRST = Facts("reconcile", failures=1, failing_since=NOW, unknowns=1)
HOLD = Facts("hold", unknowns=1)


@pytest.mark.parametrize(
    ("outcome", "status", "parks", "is_over"),
    [
        pytest.param(Sent({"ts": "1"}), "sent", "message", True, id="accepted"),
        pytest.param(NotSent("busy"), "queued", "message", False, id="certainly-not-sent"),
        pytest.param(RefusedForGood("too long"), "failed", "message", True, id="refused"),
        pytest.param(RefusedForGood("archived", "destination"), "parked", "destination", False, id="place-refused"),
        pytest.param(RefusedForGood("revoked", "channel"), "parked", "channel", False, id="channel-refused"),
        pytest.param(Unknown("lost"), "unknown", "message", False, id="lost"),
    ],
)
def test_a_try_decides_the_status(outcome: Outcome, status: str, parks: str, is_over: bool) -> None:
    decision = after_send(FIRST, outcome, NOW, Random(1))

    assert (decision.status, decision.parks, decision.is_over) == (status, parks, is_over)
    assert not decision.is_possible_repeat


@pytest.mark.parametrize(
    ("facts", "evidence", "status", "is_repeat"),
    [
        pytest.param(FIRST, Sent({"ts": "1"}), "sent", False, id="found"),
        pytest.param(FIRST, Absent(), "queued", False, id="absent-is-sent-without-a-mark"),
        pytest.param(FIRST, NoEvidence("later", 30), "unknown", False, id="asked-again-later"),
        pytest.param(Facts("reconcile", unknowns=1, looks=MOST_LOOKS), NoEvidence("l", 30), "queued", True, id="bound"),
        pytest.param(Facts("resend", unknowns=1), NoEvidence("later", 30), "queued", True, id="resend-does-not-wait"),
        pytest.param(FIRST, NoEvidence("never"), "queued", True, id="no-evidence-is-sent-again-with-a-mark"),
        pytest.param(HOLD, NoEvidence("never"), "parked", False, id="hold-waits-for-a-person"),
        pytest.param(HOLD, NoEvidence("later", 30), "unknown", False, id="hold-looks-first"),
        pytest.param(Facts("resend", unknowns=MOST_UNKNOWN), NoEvidence("n"), "parked", False, id="bounded"),
        pytest.param(Facts("resend", is_possible_repeat=True), Absent(), "queued", True, id="a-mark-stays"),
    ],
)
def test_evidence_decides_first_then_the_policy(facts: Facts, evidence: Evidence, status: str, is_repeat: bool) -> None:
    decision = after_look(facts, evidence, NOW, Random(1))

    assert (decision.status, decision.is_possible_repeat) == (status, is_repeat)


def test_a_day_of_certain_failures_is_enough() -> None:
    facts = Facts("reconcile", failures=40, failing_since=NOW)

    assert after_send(facts, NotSent("busy"), NOW + GIVE_UP - timedelta(seconds=1), Random(1)).status == "queued"
    given_up = after_send(facts, NotSent("busy"), NOW + GIVE_UP, Random(1))

    assert (given_up.status, given_up.reason) == ("failed", "Given up after 24 hours: busy.")


def test_the_service_is_not_asked_before_it_wants_to_be() -> None:
    decision = after_send(FIRST, NotSent("busy", 90, "channel"), NOW, Random(1))

    assert timedelta(seconds=90) <= decision.due_at - NOW < timedelta(seconds=100)
    assert decision.paused_until == decision.due_at


def test_nothing_waits_for_longer_than_half_a_day() -> None:
    decision = after_send(FIRST, NotSent("busy", 1e9), NOW, Random(1))

    assert decision.due_at - NOW < timedelta(seconds=LONGEST_WAIT_SECONDS * 1.06)


def test_the_backoff_doubles_up_to_an_hour_and_has_full_jitter() -> None:
    random = Random(1)
    longest = [max(backoff(failures, random) for _ in range(500)) for failures in (1, 2, 3, 30)]

    assert longest == [pytest.approx(limit, rel=0.05) for limit in (2, 4, 8, LONGEST_BACKOFF_SECONDS)]
    assert min(backoff(5, random) for _ in range(500)) < 1


@pytest.mark.parametrize(
    ("failure", "failures", "holds_up"),
    [
        pytest.param(NotSent("busy"), 1, True, id="order-is-kept"),
        pytest.param(NotSent("busy"), PATIENT_TRIES, False, id="but-not-for-ever-by-one-message"),
        pytest.param(NotSent("busy", scope="destination"), PATIENT_TRIES, True, id="a-destination-waits-as-a-whole"),
    ],
)
def test_one_message_holds_up_the_later_ones_for_some_minutes(failure: NotSent, failures: int, holds_up: bool) -> None:
    facts = Facts("reconcile", failures=failures, failing_since=NOW)

    assert after_send(facts, failure, NOW, Random(1)).holds_up is holds_up
