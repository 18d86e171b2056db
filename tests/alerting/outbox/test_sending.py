"""A delivery from its claim to its end, with everything that follows from an outcome."""

from datetime import datetime, timedelta
from random import Random

import pytest
from sqlalchemy import select

from dash_kpi.alerting.channels.transport import Evidence, NoEvidence, NotSent, Outcome, RefusedForGood, Sent, Unknown
from dash_kpi.alerting.messages.message import Message
from dash_kpi.alerting.outbox.claim import claim
from dash_kpi.alerting.outbox.decide import GIVE_UP
from dash_kpi.alerting.outbox.notices import COLLECTING
from dash_kpi.alerting.outbox.order import Lane, Wait
from dash_kpi.alerting.outbox.park import unpark
from dash_kpi.alerting.outbox.people import delivery_in, leave, resend
from dash_kpi.alerting.outbox.problems import counts, problems
from dash_kpi.alerting.outbox.record import record
from dash_kpi.alerting.outbox.recover import recover
from dash_kpi.alerting.outbox.sender import work
from dash_kpi.errors import NotFound, Refused
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Attempt, Channel, Delivery
from tests.alerting.outbox.scripted import NOW, Scripted, add_channel, put, row_of, take, ways_of

SOON = timedelta(seconds=60)


def run(database: Database, transport: Scripted, lane: Lane, now: datetime = NOW) -> bool:
    """Do the next thing in a lane; tell whether there was one."""
    claimed = take(database, transport, lane, now)
    if claimed is not None:
        work(database, ways_of(transport), claimed, lambda: now, Random(1))
    return claimed is not None


def after(database: Database, *outcomes: Outcome | Evidence, on_unknown: str = "reconcile") -> tuple[Delivery, Lane]:
    """Return a delivery after these outcomes of tries and looks."""
    channel = add_channel(database, on_unknown=on_unknown)  # type: ignore[arg-type]
    lane, transport = Lane(channel, "#sales"), Scripted()
    delivery = put(database, channel)
    for number, outcome in enumerate(outcomes):
        claimed = take(database, transport, lane, NOW + number * timedelta(hours=2))
        assert claimed is not None
        record(database, ways_of(transport), claimed, outcome, NOW + number * timedelta(hours=2), Random(1))
    return row_of(database, delivery), lane


def notices(database: Database) -> list[tuple[int, Message, datetime]]:
    with database.reading() as session:
        rows = session.scalars(select(Delivery).where(Delivery.kind == "notice").order_by(Delivery.id))
        return [(row.channel_id, Message.from_json(row.message), row.due_at) for row in rows]


def test_what_is_accepted_keeps_its_receipt_and_both_times(database: Database) -> None:
    row, _ = after(database, Sent({"ts": "7.1"}))

    assert (row.status, row.receipt, row.attempts, row.ended_at, row.claimed_by) == (
        "sent",
        {"ts": "7.1"},
        1,
        NOW,
        None,
    )
    with database.reading() as session:
        tried = session.scalars(select(Attempt)).one()
    assert (tried.kind, tried.started_at, tried.ended_at, tried.outcome) == ("send", NOW, NOW, "sent")


def test_the_intent_is_written_before_the_request(database: Database) -> None:
    channel = add_channel(database)
    delivery = put(database, channel)

    take(database, Scripted(), Lane(channel, "#sales"), NOW, "a:1:1")

    row = row_of(database, delivery)
    assert (row.status, row.claimed_by, row.attempts) == ("sending", "a:1:1", 1)


def test_a_reply_goes_into_the_thread_and_closes_it(database: Database) -> None:
    channel, transport = add_channel(database), Scripted()
    lane = Lane(channel, "#sales")
    first = put(database, channel)
    put(database, channel, kind="resolved", parent_id=first)

    run(database, transport, lane)
    run(database, transport, lane)

    assert transport.ledger[1].thread == row_of(database, first).receipt
    assert [one.uid for one in transport.closed] == [transport.ledger[1].uid]


def test_a_killed_process_leaves_an_unknown_outcome(database: Database) -> None:
    channel, transport = add_channel(database), Scripted()
    lane = Lane(channel, "#sales")
    delivery = put(database, channel)
    claimed = take(database, transport, lane, NOW, "a:1:1")
    assert claimed is not None

    assert recover(database, "a:2:1", lambda _: False, NOW, lambda name: name != "a:1:1") == [delivery]

    assert row_of(database, delivery).status == "unknown"
    run(database, transport, lane, NOW + SOON)
    run(database, transport, lane, NOW + SOON + SOON)
    assert [one.is_possible_repeat for one in transport.ledger] == [False]


def test_evidence_is_looked_for_since_the_try_that_was_lost(database: Database) -> None:
    _, lane = after(database, Unknown("lost"), NoEvidence("no answer"), Unknown("lost again"))
    transport = Scripted()

    run(database, transport, lane, NOW + timedelta(hours=6))

    assert [one.started_at for one in transport.asked] == [NOW + timedelta(hours=4)]


def test_what_another_machine_sends_is_left_alone_for_a_while(database: Database) -> None:
    channel = add_channel(database)
    put(database, channel)
    take(database, Scripted(), Lane(channel, "#sales"), NOW, "b:1:1")

    assert not recover(database, "a:1:1", lambda _: False, NOW + SOON, lambda _: None)
    assert recover(database, "a:1:1", lambda _: False, NOW + 5 * SOON, lambda _: None)


def test_an_outcome_that_comes_late_saves_a_repeat(database: Database) -> None:
    channel, transport = add_channel(database), Scripted()
    delivery = put(database, channel)
    claimed = take(database, transport, Lane(channel, "#sales"), NOW, "a:1:1")
    assert claimed is not None
    recover(database, "b:1:1", lambda _: False, NOW + SOON, lambda _: False)

    record(database, ways_of(transport), claimed, Sent({"ts": "1"}), NOW + SOON, Random(1))

    assert (row_of(database, delivery).status, row_of(database, delivery).receipt) == ("sent", {"ts": "1"})


def test_a_pace_is_kept_between_processes(database: Database) -> None:
    channel, transport = add_channel(database), Scripted(PACE=6)
    lane = Lane(channel, "#sales")
    put(database, channel)
    put(database, channel)
    run(database, transport, lane)

    waits = claim(database, ways_of(transport), lane, "a:2:1", NOW + timedelta(seconds=5))

    assert waits == Wait(NOW + timedelta(seconds=6))
    assert run(database, transport, lane, NOW + timedelta(seconds=6))


def test_a_service_that_asks_to_wait_pauses_its_whole_channel(database: Database) -> None:
    channel, transport = add_channel(database), Scripted(script=[NotSent("busy", 90, "channel")])
    put(database, channel)
    put(database, channel, "#finance")
    run(database, transport, Lane(channel, "#sales"))

    assert not run(database, transport, Lane(channel, "#finance"), NOW + SOON)
    assert run(database, transport, Lane(channel, "#finance"), NOW + 2 * SOON)


def test_a_dead_letter_is_told_through_another_channel(database: Database) -> None:
    other = add_channel(database, "Operations")

    row, lane = after(database, RefusedForGood("The text is too long."))

    [(channel, message, due)] = notices(database)
    assert (row.status, channel, due) == ("failed", other, NOW + COLLECTING)
    assert message.title == "Sales: messages were not delivered"
    assert message.lines[0].text == "Not delivered: Revenue is below 100. The text is too long."
    assert dict(message.lines[0].facts)["To"] == lane.destination


def test_dead_letters_of_the_same_minute_are_one_notice(database: Database) -> None:
    add_channel(database, "Operations")
    channel = add_channel(database)
    transport = Scripted(script=[RefusedForGood("The text is too long.")] * 3)
    for _ in range(3):
        put(database, channel)
    for _ in range(3):
        run(database, transport, Lane(channel, "#sales"))

    [(_, message, _)] = notices(database)
    assert len(message.lines) == 3


def test_nothing_is_told_about_notices(database: Database) -> None:
    channel = add_channel(database)
    add_channel(database, "Operations")
    put(database, channel, kind="notice")

    run(database, Scripted(script=[RefusedForGood("The text is too long.")]), Lane(channel, "#sales"))

    assert len(notices(database)) == 1


def test_a_test_that_does_not_arrive_is_told_to_nobody_else(database: Database) -> None:
    add_channel(database, "Operations")
    channel = add_channel(database)
    put(database, channel, kind="test")

    run(database, Scripted(script=[RefusedForGood("The text is too long.")]), Lane(channel, "#sales"))

    assert not notices(database)
    with database.reading() as session:
        assert not problems(session, 1)


def test_a_reply_to_a_dead_letter_is_dropped(database: Database) -> None:
    row, lane = after(database, RefusedForGood("The text is too long."))
    reply = put(database, lane.channel_id, kind="resolved", parent_id=row.id)

    assert not run(database, Scripted(), lane)

    assert row_of(database, reply).status == "dropped"


def test_a_revoked_token_parks_its_queue_until_it_is_mended(database: Database) -> None:
    channel, transport = add_channel(database), Scripted(script=[RefusedForGood("The token was revoked.", "channel")])
    lanes = [Lane(channel, "#sales"), Lane(channel, "#finance")]
    ids = [put(database, channel, lane.destination) for lane in lanes * 2]
    run(database, transport, lanes[0])
    late = put(database, channel)

    assert not any(run(database, transport, lane) for lane in lanes)
    with database.writing() as session:
        [problem] = problems(session, 1)
        assert (problem.kind, problem.count) == ("channel", 5)
        assert problem.sentence == "Sales: The token was revoked. 5 messages wait."
        assert unpark(session, channel, NOW + SOON) == 5
    for _ in range(6):
        for lane in lanes:
            run(database, transport, lane, NOW + SOON)

    assert {row_of(database, number).status for number in (*ids, late)} == {"sent"}
    with database.reading() as session:
        assert session.get_one(Channel, channel).problem is None
        assert problems(session, 1) == ()


def test_a_destination_that_refuses_delays_no_other(database: Database) -> None:
    channel = add_channel(database)
    transport = Scripted(script=[RefusedForGood("The bot is not in #sales.", "destination")])
    put(database, channel)
    other = put(database, channel, "#finance")
    run(database, transport, Lane(channel, "#sales"))
    late = put(database, channel)

    run(database, transport, Lane(channel, "#sales"))
    run(database, transport, Lane(channel, "#finance"))

    assert [row_of(database, number).status for number in (other, late)] == ["sent", "parked"]
    with database.reading() as session:
        [problem] = problems(session, 1)
    assert problem.sentence == "Sales (#sales): The bot is not in #sales. 2 messages wait."


def test_a_channel_that_is_switched_off_keeps_its_messages(database: Database) -> None:
    channel = add_channel(database)
    delivery = put(database, channel)
    with database.writing() as session:
        session.get_one(Channel, channel).is_enabled = False

    assert not run(database, Scripted(), Lane(channel, "#sales"))

    assert row_of(database, delivery).status == "parked"


def test_messages_of_a_channel_that_was_removed_are_dead_letters_that_are_told(database: Database) -> None:
    channel = add_channel(database)
    add_channel(database, "Operations")
    delivery = put(database, channel)
    with database.writing() as session:
        session.get_one(Channel, channel).deleted_at = NOW

    run(database, Scripted(), Lane(channel, "#sales"))

    assert row_of(database, delivery).reason == "The channel Sales was removed."
    assert len(notices(database)) == 1


def test_what_nobody_can_tell_waits_for_a_person_and_goes_again_with_a_mark(database: Database) -> None:
    row, lane = after(database, Unknown("lost"), NoEvidence("no way to find out"), on_unknown="hold")
    assert (row.status, row.ended_at is not None) == ("parked", True)
    with database.writing() as session:
        assert unpark(session, lane.channel_id, NOW) == 0
        assert [problem.kind for problem in problems(session, 1)] == ["held"]
        assert counts(session, NOW)["held"] == 1
    transport = Scripted()

    assert resend(database, MAIN, row.id, "somebody", NOW + SOON) == row.id
    run(database, transport, lane, NOW + SOON)

    assert [(one.uid, one.is_possible_repeat) for one in transport.ledger] == [(row.uid, True)]


def test_what_nobody_can_tell_can_be_let_be(database: Database) -> None:
    row, lane = after(database, Unknown("lost"), NoEvidence("no way to find out"), on_unknown="hold")

    with database.writing() as session:
        leave(delivery_in(session, MAIN, row.id), "somebody", NOW)

    assert row_of(database, row.id).status == "dropped"
    with pytest.raises(Refused, match="needs no decision"):
        leave(row_of(database, row.id), "somebody", NOW)
    assert not run(database, Scripted(), lane, NOW + SOON)


@pytest.mark.parametrize(
    ("outcomes", "is_repeat", "status"),
    [
        pytest.param([RefusedForGood("too long")], False, "queued", id="a-dead-letter"),
        pytest.param([Sent({})], True, "sent", id="what-was-sent"),
        pytest.param(
            [Unknown("lost"), NoEvidence("none"), RefusedForGood("too long")],
            True,
            "queued",
            id="what-may-have-arrived",
        ),
    ],
)
def test_a_person_sends_again(
    database: Database, outcomes: list[Outcome | Evidence], is_repeat: bool, status: str
) -> None:
    row, _ = after(database, *outcomes)

    again = row_of(database, resend(database, MAIN, row.id, "somebody", NOW))

    assert (again.is_possible_repeat, again.message, again.status) == (is_repeat, row.message, "queued")
    assert (again.uid == row.uid) is (status == "queued")  # what was never accepted stays what it was
    assert row_of(database, row.id).status == status


def test_what_had_been_accepted_before_it_failed_is_sent_again_as_another_message(database: Database) -> None:
    row, _ = after(database, Sent({"wamid": "w1"}))
    with database.writing() as session:
        kept = session.get_one(Delivery, row.id)
        kept.status, kept.reason = "failed", "The number is unknown."

    again = row_of(database, resend(database, MAIN, row.id, "somebody", NOW))

    assert (again.id == row.id, again.uid == row.uid) == (False, False)
    assert row_of(database, row.id).reason == f"The number is unknown. Sent again by somebody as message {again.id}."


def test_what_was_given_up_is_tried_as_patiently_as_before(database: Database) -> None:
    channel = add_channel(database)
    number, lane = put(database, channel), Lane(channel, "#sales")
    transport = Scripted(script=[NotSent("busy"), NotSent("busy")])
    run(database, transport, lane)
    with database.writing() as session:
        row = session.get_one(Delivery, number)
        row.status, row.reason, row.ended_at = "failed", "Given up after 24 hours: busy.", NOW + GIVE_UP

    resend(database, MAIN, number, "somebody", NOW + GIVE_UP)
    run(database, transport, lane, NOW + GIVE_UP)

    row = row_of(database, number)
    assert (row.status, row.reason) == ("queued", "busy")


def test_what_is_on_its_way_is_not_sent_again(database: Database) -> None:
    channel = add_channel(database)
    delivery = put(database, channel)

    with pytest.raises(Refused, match="still waiting"):
        resend(database, MAIN, delivery, "somebody", NOW)
    with pytest.raises(NotFound):
        resend(database, MAIN, 99, "somebody", NOW)


def test_what_cannot_be_read_keeps_nothing_else_from_being_sent(database: Database) -> None:
    channel = add_channel(database)
    broken, fine = put(database, channel), put(database, channel)
    with database.writing() as session:
        session.get_one(Delivery, broken).message = {"lines": 7}

    run(database, Scripted(), Lane(channel, "#sales"))

    assert [row_of(database, number).status for number in (broken, fine)] == ["failed", "sent"]


def test_a_channel_whose_module_fails_leaves_an_unknown_outcome(database: Database) -> None:
    channel, transport = add_channel(database), Scripted(script=[ZeroDivisionError("ours")])
    delivery = put(database, channel)

    run(database, transport, Lane(channel, "#sales"))

    assert row_of(database, delivery).status == "unknown"
