from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dash_kpi.alerting.alerts import acts as alerts
from dash_kpi.alerting.alerts.values import Done
from dash_kpi.alerting.rules.judge import Snoozed
from dash_kpi.errors import DashKpiError, NotFound
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Alert, AlertEvent, Delivery, DeliveryAlert, ThresholdState
from tests.alerting.builders import NOW, add_alert, add_channel, add_delivery, add_threshold, rule_of

LATER = NOW + timedelta(hours=4)
QUIET = rule_of(quiet_from="08:00", quiet_to="11:00")


def found(database: Database, number: int) -> Alert:
    with database.reading() as session:
        return session.get_one(Alert, number)


def events(database: Database, number: int) -> list[tuple[str, str, str]]:
    with database.reading() as session:
        rows = session.scalars(select(AlertEvent).where(AlertEvent.alert_id == number).order_by(AlertEvent.id))
        return [(row.kind, row.actor, row.text) for row in rows][1:]


def follow_ups(database: Database) -> list[Delivery]:
    with database.reading() as session:
        return list(session.scalars(select(Delivery).where(Delivery.kind == "follow_up").order_by(Delivery.id)))


def undo(database: Database, done: Done) -> list[Done]:
    """Take an act back as the page does: by the wishes that came with it."""
    acts: dict[str, Any] = {
        "acknowledge": lambda wish: alerts.acknowledge(database, MAIN, wish["ids"], "Ann", "", NOW),
        "unacknowledge": lambda wish: alerts.unacknowledge(database, MAIN, wish["ids"], "Ann", NOW),
        "unsnooze": lambda wish: alerts.unsnooze(database, MAIN, wish["ids"], "Ann", NOW),
        "assign": lambda wish: alerts.assign(database, MAIN, wish["ids"], wish["assignee"], "Ann", NOW),
    }
    return [acts[wish["act"]](wish) for wish in done.undo]


def test_an_alert_that_is_acknowledged_says_by_whom_and_why(database: Database) -> None:
    number = add_alert(database)

    done = alerts.acknowledge(database, MAIN, [number], "Ann", " calling them ", NOW)

    row = found(database, number)
    assert done.sentence == f"Alert {number} is acknowledged."
    assert (row.status, row.acknowledged_by, row.acknowledged_at) == ("acknowledged", "Ann", NOW)
    assert events(database, number) == [("acknowledged", "Ann", "calling them")]


def test_acknowledging_twice_changes_nothing_and_says_who_was_first(database: Database) -> None:
    number = add_alert(database)
    alerts.acknowledge(database, MAIN, [number], "Ann", "", NOW)

    again = alerts.acknowledge(database, MAIN, [number], "Bob", "", LATER)

    assert again.changed == ()
    assert again.sentence == f"Alert {number} was acknowledged already, by Ann."
    assert found(database, number).acknowledged_by == "Ann"
    assert len(events(database, number)) == 1


def test_a_comment_of_a_second_acknowledgement_is_kept(database: Database) -> None:
    number = add_alert(database)
    alerts.acknowledge(database, MAIN, [number], "Ann", "", NOW)

    again = alerts.acknowledge(database, MAIN, [number], "Bob", "I help", NOW)

    assert (again.changed, again.undo) == ((number,), ())
    assert events(database, number)[1:] == [("commented", "Bob", "I help")]
    assert found(database, number).acknowledged_by == "Ann"


def test_what_resolved_meanwhile_does_not_hinder_the_others(database: Database) -> None:
    one, over, other = add_alert(database), add_alert(database, status="resolved", closed_at=NOW), add_alert(database)

    done = alerts.acknowledge(database, MAIN, [one, over, other, one], "Ann", "", NOW)

    assert done.changed == (one, other)
    assert done.sentence == f"2 alerts are acknowledged. Alert {over} was resolved meanwhile."
    assert found(database, over).status == "resolved"
    assert events(database, over) == []


def test_snoozing_keeps_what_it_is_compared_with_when_it_worsens(database: Database) -> None:
    number = add_alert(database)

    done = alerts.snooze(database, MAIN, [number], LATER, "Ann", NOW, worse_by=0.1)

    assert done.sentence == f"Alert {number} is snoozed until 2 Mar 2026 13:00, or until it is worse by 10 %."
    assert alerts.snoozed_of(found(database, number)) == Snoozed(LATER, 80.0, 20.0, 0.1)


def test_a_snooze_that_ends_leaves_an_acknowledged_alert_acknowledged(database: Database) -> None:
    number = add_alert(database)
    alerts.acknowledge(database, MAIN, [number], "Ann", "", NOW)
    alerts.snooze(database, MAIN, [number], LATER, "Ann", NOW)

    alerts.unsnooze(database, MAIN, [number], "Ann", NOW)

    assert found(database, number).status == "acknowledged"
    assert alerts.snoozed_of(found(database, number)) is None


def test_alerts_are_judged_by_the_clock_after_every_act(database: Database) -> None:
    number = add_alert(database)

    alerts.snooze(database, MAIN, [number], LATER, "Ann", NOW + timedelta(minutes=1))

    with database.reading() as session:
        assert session.scalars(select(ThresholdState.due_at)).one() == NOW + timedelta(minutes=1)


def test_an_alert_is_assigned_and_given_back(database: Database) -> None:
    number = add_alert(database)

    done = alerts.assign(database, MAIN, [number], "Ann", "Bob", NOW)
    assert found(database, number).assignee == "Ann"
    undo(database, done)

    assert found(database, number).assignee == ""
    assert events(database, number) == [("assigned", "Bob", "to Ann"), ("assigned", "Ann", "to nobody")]


def test_bulk_acts_are_undone_for_each_alert_as_it_was(database: Database) -> None:
    one, two = add_alert(database, assignee="Bob"), add_alert(database, assignee="Eve")

    undo(database, alerts.assign(database, MAIN, [one, two], "Ann", "Ann", NOW))

    assert (found(database, one).assignee, found(database, two).assignee) == ("Bob", "Eve")


@pytest.mark.parametrize("act", ["acknowledge", "snooze"])
def test_acts_can_be_undone(database: Database, act: str) -> None:
    number = add_alert(database)
    if act == "acknowledge":
        done = alerts.acknowledge(database, MAIN, [number], "Ann", "", NOW)
    else:
        done = alerts.snooze(database, MAIN, [number], LATER, "Ann", NOW)

    undo(database, done)

    row = found(database, number)
    assert (row.status, row.acknowledged_at, row.snoozed_until) == ("open", None, None)


def test_undoing_an_acknowledgement_snoozes_again_what_was_snoozed(database: Database) -> None:
    number = add_alert(database)
    alerts.snooze(database, MAIN, [number], LATER, "Ann", NOW, worse_by=0.2)

    done = alerts.acknowledge(database, MAIN, [number], "Ann", "", NOW)

    assert done.undo == ({"act": "snooze", "until": LATER.isoformat(), "worse_by": 0.2, "ids": [number]},)


def test_comments_may_come_when_an_alert_is_over(database: Database) -> None:
    number = add_alert(database, status="resolved", closed_at=NOW)

    done = alerts.comment(database, MAIN, [number], "it was the strike", "Ann", NOW)

    assert done.changed == (number,)
    assert events(database, number) == [("commented", "Ann", "it was the strike")]


def test_an_acknowledgement_is_told_once_in_each_thread(database: Database) -> None:
    sales, ops = add_channel(database, "#sales"), add_channel(database, "#ops")
    one, two = add_alert(database, severity="warning"), add_alert(database, severity="critical")
    parents = [add_delivery(database, sales, [one, two]), add_delivery(database, ops, [one])]

    alerts.acknowledge(database, MAIN, [one, two], "Ann", "calling\nthem", NOW)

    told = follow_ups(database)
    assert sorted(row.parent_id or 0 for row in told) == parents
    first = next(row for row in told if row.parent_id == parents[0])
    assert first.message["title"] == "Acknowledged by Ann: calling them"
    assert [line["alert_id"] for line in first.message["lines"]] == [two, one]
    with database.reading() as session:
        assert len(session.scalars(select(DeliveryAlert).where(DeliveryAlert.line_kind == "follow_up")).all()) == 3


def test_nobody_is_told_of_an_acknowledgement_who_was_not_told_of_the_alert(database: Database) -> None:
    channel = add_channel(database)
    number = add_alert(database)
    add_delivery(database, channel, [number], status="failed", attempts=[("refused", "no such channel")])

    alerts.acknowledge(database, MAIN, [number], "Ann", "", NOW)

    assert follow_ups(database) == []


def test_quiet_hours_hold_a_follow_up_back(database: Database) -> None:
    number = add_alert(database, add_threshold(database, QUIET))
    add_delivery(database, add_channel(database), [number])

    alerts.acknowledge(database, MAIN, [number], "Ann", "", NOW)

    assert [row.due_at for row in follow_ups(database)] == [NOW.replace(hour=11)]


def test_taking_an_acknowledgement_back_is_told_too(database: Database) -> None:
    number = add_alert(database)
    add_delivery(database, add_channel(database), [number])

    undo(database, alerts.acknowledge(database, MAIN, [number], "Ann", "", NOW))

    assert [row.message["title"] for row in follow_ups(database)] == [
        "Acknowledged by Ann",
        "Acknowledgement taken back by Ann",
    ]


@pytest.mark.parametrize(
    ("act", "says"),
    [
        pytest.param(lambda d: alerts.acknowledge(d, MAIN, [], "Ann", "", NOW), "No alert is chosen", id="none"),
        pytest.param(lambda d: alerts.acknowledge(d, MAIN, [9], "Ann", "", NOW), "no alert 9", id="unknown"),
        pytest.param(lambda d: alerts.snooze(d, MAIN, [1], NOW, "Ann", NOW), "in the future", id="past"),
        pytest.param(
            lambda d: alerts.snooze(d, MAIN, [1], NOW + timedelta(days=400), "Ann", NOW), "366 days", id="for ever"
        ),
        pytest.param(lambda d: alerts.snooze(d, MAIN, [1], LATER, "Ann", NOW, -0.1), "no share", id="share"),
        pytest.param(lambda d: alerts.comment(d, MAIN, [1], " ", "Ann", NOW), "needs a text", id="no text"),
        pytest.param(lambda d: alerts.acknowledge(d, MAIN, [1], "Ann", "x" * 1001, NOW), "1,001", id="long"),
    ],
)
def test_what_cannot_be_done_is_refused_with_a_sentence(database: Database, act: Any, says: str) -> None:
    add_alert(database)

    with pytest.raises(DashKpiError, match=says):
        act(database)


def test_an_unknown_alert_leaves_the_others_as_they_are(database: Database) -> None:
    number = add_alert(database)

    with pytest.raises(NotFound):
        alerts.acknowledge(database, MAIN, [number, number + 1], "Ann", "", NOW)

    assert found(database, number).status == "open"
