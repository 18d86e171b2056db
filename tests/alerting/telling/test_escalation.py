"""Escalation: who is told next when nobody acknowledges."""

from datetime import date, timedelta

import pytest
from sqlalchemy import select

from dash_kpi.alerting.alerts.acts import acknowledge
from dash_kpi.alerting.alerts.silence_values import Scope
from dash_kpi.alerting.alerts.silences import silence
from dash_kpi.alerting.messages.message import Message
from dash_kpi.alerting.telling.escalation import escalate
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Alert, AlertEvent, Delivery
from tests.alerting.builders import NOW, add_alert, add_threshold
from tests.alerting.messages.tolds import told_of
from tests.alerting.telling.test_tell import route, say, slack

LATER = NOW + timedelta(hours=5)


@pytest.fixture
def told(database: Database) -> list[int]:
    """Return two alerts that were told to #sales, which go to #boss after four hours."""
    sales, boss = slack(database), slack(database, "#boss")
    route(database, [sales], escalate_hours=4.0, escalate_channel_ids=[boss])
    threshold = add_threshold(database)
    numbers = [add_alert(database, threshold, segment=name) for name in ("North", "South")]
    say(database, *(told_of(number) for number in numbers))
    return numbers


def escalated(database: Database) -> list[Delivery]:
    with database.reading() as session:
        return list(session.scalars(select(Delivery).where(Delivery.destination == "#boss")))


def test_open_alerts_go_to_the_next_ones_in_one_message_once(database: Database, told: list[int]) -> None:
    assert escalate(database, MAIN, NOW + timedelta(hours=3)) == 0
    assert escalate(database, MAIN, LATER) == 2
    assert escalate(database, MAIN, LATER + timedelta(days=1)) == 0

    (delivery,) = escalated(database)
    message = Message.from_json(delivery.message)
    assert message.title == "Nobody acknowledged for 4 hours: 2 segments of Revenue, worst Revenue North"
    assert [line.alert_id for line in message.lines] == told
    with database.reading() as session:
        events = session.scalars(select(AlertEvent.text).where(AlertEvent.kind == "escalated")).all()
        assert all(row.escalated_at for row in session.scalars(select(Alert)))
    assert events == ["nobody acknowledged for 4 hours"] * 2


def test_what_is_acknowledged_is_not_escalated(database: Database, told: list[int]) -> None:
    acknowledge(database, MAIN, [told[0]], "on it", "Ann", NOW)

    assert escalate(database, MAIN, LATER) == 1


def test_a_silence_holds_for_the_next_ones_too(database: Database, told: list[int]) -> None:
    silence(database, MAIN, Scope(), "holidays", LATER + timedelta(days=1), "Ann", NOW)

    assert escalate(database, MAIN, LATER) == 0


def test_what_nobody_was_told_waits(database: Database, told: list[int]) -> None:
    add_alert(database, add_threshold(database))

    assert escalate(database, MAIN, LATER) == 2


def test_those_who_were_told_next_hear_that_it_is_over(database: Database, told: list[int]) -> None:
    escalate(database, MAIN, LATER)

    assert sorted(one.destination for one in say(database, told_of(told[0], "resolved"), now=LATER)) == [
        "#boss",
        "#sales",
    ]


def test_the_newest_number_has_the_name_of_its_own_period(database: Database, told: list[int]) -> None:
    with database.writing() as session:
        row = session.get_one(Alert, told[0])
        row.current_value, row.period_end = 70.0, date(2026, 3, 31)
    escalate(database, MAIN, LATER)

    line = Message.from_json(escalated(database)[0].message).lines[0]

    assert line.text == "Revenue North is still 70 in Mar 2026, below its limit 100, since Feb 2026"
    assert (line.driver, line.sparkline) == ("", "")
