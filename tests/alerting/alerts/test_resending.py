from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import select

from dash_kpi.alerting.alerts.resending import resend
from dash_kpi.alerting.rules.track import Track
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import AlertEvent, Channel, Delivery, ThresholdState
from tests.alerting.builders import NOW, add_alert, add_channel, add_delivery, add_threshold


def queued(database: Database) -> list[Delivery]:
    with database.reading() as session:
        return list(session.scalars(select(Delivery).where(Delivery.status == "queued").order_by(Delivery.id)))


def test_what_arrived_is_sent_again_and_says_who_asked(database: Database) -> None:
    number = add_alert(database)
    add_delivery(database, add_channel(database), [number])

    done = resend(database, MAIN, [number], "Ann", NOW)

    assert done.sentence == f"Alert {number} is sent again."
    (again,) = queued(database)
    assert again.message["remark"] == "Sent again; Ann asked for it"
    assert not again.is_possible_repeat
    with database.reading() as session:
        assert session.scalars(select(AlertEvent.kind).order_by(AlertEvent.id.desc())).first() == "resent"


def test_only_the_chosen_of_several_lines_are_sent_again(database: Database) -> None:
    one, two = add_alert(database), add_alert(database)
    add_delivery(database, add_channel(database), [one, two])

    resend(database, MAIN, [two], "Ann", NOW)

    (again,) = queued(database)
    assert [line["alert_id"] for line in again.message["lines"]] == [two]


def test_alerts_of_one_message_are_sent_again_as_one_message_to_every_place(database: Database) -> None:
    one, two = add_alert(database), add_alert(database)
    for name in ("#sales", "#ops"):
        add_delivery(database, add_channel(database, name), [one, two])

    resend(database, MAIN, [one, two], "Ann", NOW)

    assert len(queued(database)) == 2


def test_what_is_on_its_way_is_not_sent_twice(database: Database) -> None:
    number = add_alert(database)
    add_delivery(database, add_channel(database), [number])
    resend(database, MAIN, [number], "Ann", NOW)

    again = resend(database, MAIN, [number], "Bob", NOW)

    assert again.sentence == f"Alert {number} was on its way already, to C012345."
    assert len(queued(database)) == 1


def test_what_may_have_arrived_is_marked_as_a_possible_repeat(database: Database) -> None:
    number = add_alert(database)
    add_delivery(database, add_channel(database), [number], status="unknown", attempts=[("unknown", "lost")])

    resend(database, MAIN, [number], "Ann", NOW)

    assert [row.is_possible_repeat for row in queued(database)] == [True]


def test_what_was_never_sent_and_what_is_over_say_so(database: Database) -> None:
    untold, over = add_alert(database), add_alert(database, status="resolved", closed_at=NOW)

    done = resend(database, MAIN, [untold, over], "Ann", NOW)

    assert done.changed == ()
    assert "was never sent: there is no channel" in done.sentence
    assert f"Alert {over} was resolved meanwhile." in done.sentence


@pytest.mark.parametrize(
    ("status", "is_repeat"), [pytest.param("failed", False, id="dead"), pytest.param("parked", True, id="held")]
)
def test_what_waits_for_a_person_goes_on_as_the_message_it_is(database: Database, status: str, is_repeat: bool) -> None:
    number = add_alert(database)
    tries = [("refused", "too long")]
    channel = add_channel(database, config={"channel": "#sales"})
    before = add_delivery(
        database, channel, [number], destination="#sales", status=status, attempts=tries, reason="No."
    )

    resend(database, MAIN, [number], "Ann", NOW)

    (again,) = queued(database)
    assert (again.id, again.is_possible_repeat, again.reason) == (before, is_repeat, "Sent again by Ann")


def test_what_waits_for_its_channel_goes_on_with_it(database: Database) -> None:
    number = add_alert(database)
    channel = add_channel(database, problem="the token was revoked")
    add_delivery(database, channel, [number], status="parked", ended_at=None, reason="The token was revoked.")

    done = resend(database, MAIN, [number], "Ann", NOW)

    assert done.sentence == f"Alert {number} waits until its channel goes on: The token was revoked."


def test_what_nobody_was_told_for_want_of_a_channel_is_told_now(database: Database) -> None:
    threshold = add_threshold(database)
    number = add_alert(database, threshold)
    with database.writing() as session:
        state = session.get_one(ThresholdState, (threshold, ""))
        track = Track.from_json(state.track)
        state.track = replace(track, state=replace(track.state, is_told=False, told_at=None)).as_json()
    add_channel(database, config={"channel": "#sales"})

    done = resend(database, MAIN, [number], "Ann", NOW)

    assert done.sentence == f"Alert {number} is told now."
    assert [(row.kind, row.destination) for row in queued(database)] == [("firing", "#sales")]
    with database.reading() as session:
        assert Track.from_json(session.get_one(ThresholdState, (threshold, "")).track).state.is_told


def test_after_a_dead_letter_a_channel_that_came_later_is_told_too(database: Database) -> None:
    number = add_alert(database)
    dead = add_delivery(database, add_channel(database), [number], destination="#sales", status="failed", attempts=[])
    with database.writing() as session:
        session.get_one(Channel, 1).config = {"channel": "#sales"}
    add_channel(database, "#ops", config={"channel": "#ops"})

    resend(database, MAIN, [number], "Ann", NOW)

    assert [(row.id == dead, row.destination) for row in queued(database)] == [(True, "#sales"), (False, "#ops")]


def test_the_dead_letter_of_a_removed_channel_is_closed_when_another_one_tells_it(database: Database) -> None:
    number = add_alert(database)
    dead = add_delivery(database, add_channel(database, deleted_at=NOW), [number], status="failed", reason="Removed.")
    add_channel(database, "#ops", config={"channel": "#ops"})

    resend(database, MAIN, [number], "Ann", NOW)

    assert [row.destination for row in queued(database)] == ["#ops"]
    with database.reading() as session:
        assert session.get_one(Delivery, dead).status == "dropped"


def test_what_nobody_was_told_is_told_with_the_period_of_its_newest_number(database: Database) -> None:
    number = add_alert(database, current_value=70.0, period_end=date(2026, 3, 31))
    add_channel(database, config={"channel": "#sales"})

    resend(database, MAIN, [number], "Ann", NOW)

    (first,) = queued(database)
    assert first.message["title"] == "Revenue is 70 in Mar 2026, below its limit 100, out of limits since Feb 2026"
