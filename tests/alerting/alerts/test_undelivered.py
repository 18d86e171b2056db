"""Messages that did not arrive: what the pages are told of them, and what a person decides."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from dash_kpi.alerting.alerts.undelivered import leave_messages, resend_messages, undelivered
from dash_kpi.alerting.alerts.values import AlertRefused
from dash_kpi.errors import NotFound, Refused
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import AlertEvent, Delivery
from tests.alerting.builders import NOW, add_alert, add_channel, add_delivery


def dead(database: Database, channel: int, alert: int, **given: object) -> int:
    usual = {"status": "failed", "attempts": [("refused", "too long")], "reason": "The message is too long."}
    return add_delivery(database, channel, [alert], **usual | given)  # type: ignore[arg-type]


def statuses(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Delivery.status).order_by(Delivery.id)))


def test_what_needs_somebody_comes_the_worst_first_with_its_alerts(database: Database) -> None:
    number = add_alert(database)
    parked = add_channel(database, "#ops", problem="The token was revoked.", problem_since=NOW)
    waiting = add_delivery(database, parked, [number], status="parked", ended_at=None, attempts=[])
    letter = dead(database, add_channel(database), number)

    first, second = undelivered(database, MAIN)

    assert first.problem.sentence == "#ops: The token was revoked. 1 message waits."
    assert (first.problem.ids, second.problem.ids) == ((waiting,), (letter,))
    assert second.problem.sentence == "#sales: 1 message could not be delivered: The message is too long."
    assert second.problem.since == NOW + timedelta(seconds=1)
    assert [(one.id, one.is_open) for one in second.alerts] == [(number, True)]


def test_several_reasons_and_many_alerts_are_counted(database: Database) -> None:
    channel = add_channel(database)
    for at in range(7):
        dead(database, channel, add_alert(database), reason=f"Reason {at % 2}.")

    (one,) = undelivered(database, MAIN)

    assert one.problem.reason == "Reason 1; the others for another reason"
    assert (len(one.alerts), one.alert_count, one.problem.count) == (5, 7, 7)


def test_the_dead_letters_of_a_removed_channel_are_not_forgotten(database: Database) -> None:
    dead(database, add_channel(database, deleted_at=NOW), add_alert(database), reason="The channel #sales was removed.")

    (one,) = undelivered(database, MAIN)

    assert (one.problem.kind, one.problem.is_removed) == ("failed", True)


def test_decisions_are_written_into_the_life_of_the_alerts(database: Database) -> None:
    channel, number = add_channel(database), add_alert(database)
    first, second = dead(database, channel, number), dead(database, channel, number)

    sent = resend_messages(database, MAIN, [first], "Ann", NOW)
    left = leave_messages(database, MAIN, [second], "Ann", NOW)

    assert (sent.sentence, left.sentence) == ("1 message is sent again.", "1 message is left unsent.")
    assert statuses(database) == ["queued", "dropped"]
    assert undelivered(database, MAIN) == ()
    with database.reading() as session:
        kinds = session.execute(select(AlertEvent.kind, AlertEvent.text).order_by(AlertEvent.id.desc()).limit(2)).all()
    assert [tuple(one) for one in kinds] == [("unsent", f"message {second}"), ("resent", f"message {first}")]


def test_what_cannot_be_sent_does_not_hinder_the_others(database: Database) -> None:
    channel = add_channel(database)
    over = dead(database, channel, add_alert(database, status="resolved", closed_at=NOW))
    fine = dead(database, channel, add_alert(database))

    done = resend_messages(database, MAIN, [over, fine], "Ann", NOW)

    assert done.changed == (fine,)
    assert done.sentence == (
        f"1 message is sent again. Message {over} says that something fires, but alert 1 is resolved; leave it."
    )


def test_a_single_message_that_cannot_be_decided_about_is_refused(database: Database) -> None:
    over = dead(database, add_channel(database), add_alert(database, status="resolved", closed_at=NOW))

    with pytest.raises(Refused, match="says that something fires, but alert 1 is resolved"):
        resend_messages(database, MAIN, [over], "Ann", NOW)
    leave_messages(database, MAIN, [over], "Ann", NOW)
    with pytest.raises(Refused, match="needs no decision"):
        leave_messages(database, MAIN, [over], "Ann", NOW)
    with pytest.raises(NotFound):
        leave_messages(database, MAIN, [99], "Ann", NOW)
    with pytest.raises(AlertRefused):
        leave_messages(database, MAIN, [], "Ann", NOW)
