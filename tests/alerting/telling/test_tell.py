"""Telling: one message to each place, follow-ups in their threads, and nobody forgotten."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some
from sqlalchemy import delete, select

from dash_kpi.alerting.judging.told import Told
from dash_kpi.alerting.messages.message import Message
from dash_kpi.alerting.telling.tell import tell
from dash_kpi.storage.database import MAIN, Database, workspace_named
from dash_kpi.storage.models import AlertEvent, Delivery, DeliveryAlert, Route
from tests.alerting.builders import NOW, add_alert, add_channel, add_threshold, rule_of
from tests.alerting.messages.tolds import reading_of, told_of
from tests.databases import new_database

EIGHT = NOW + timedelta(hours=8)


def slack(database: Database, name: str = "#sales", **given: Any) -> int:
    return add_channel(database, name, config={"channel": name}, **given)


def route(database: Database, channels: Sequence[int], **given: Any) -> None:
    with database.writing() as session:
        usual: dict[str, Any] = {"name": "All", "position": 1, "severities": [], "tags": [], "escalate_channel_ids": []}
        made = {"created_at": NOW, "created_by": "a test", "updated_at": NOW}
        workspace_id = workspace_named(session, MAIN).id
        session.add(Route(workspace_id=workspace_id, channel_ids=list(channels), **usual | made | given))


def say(database: Database, *told: Told, now: datetime = NOW) -> list[Delivery]:
    """Tell, and return what was queued by it."""
    with database.writing() as session:
        before = len(session.scalars(select(Delivery.id)).all())
        tell(database, session, workspace_named(session, MAIN).id, told, now)
        return list(session.scalars(select(Delivery).order_by(Delivery.id)))[before:]


def alerts(database: Database, number: int) -> list[int]:
    threshold = add_threshold(database)
    return [add_alert(database, threshold, segment=f"Region {at}") for at in range(number)]


def events(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(AlertEvent.text).where(AlertEvent.kind == "untold")))


def test_all_that_fires_is_one_message_to_each_place_the_worst_first(database: Database) -> None:
    slack(database), slack(database, "#ops")
    numbers = alerts(database, 14)
    told = [told_of(one, segment=f"R{at}", reading=reading_of(excess=float(at))) for at, one in enumerate(numbers)]

    first, second = say(database, *told)

    message = Message.from_json(first.message)
    assert {first.destination, second.destination} == {"#sales", "#ops"}
    assert message.title == "14 segments of Revenue left their limits: worst Revenue R13"
    assert [line.alert_id for line in message.lines] == numbers[:1:-1]
    assert message.remark == "And 2 more, less severe; the page lists them all"


def test_what_follows_goes_into_the_thread_of_what_fired(database: Database) -> None:
    slack(database)
    one, other, third = alerts(database, 3)
    (first,) = say(database, told_of(one), told_of(other))
    (second,) = say(database, told_of(third))

    queued = say(database, *(told_of(number, "resolved") for number in (one, other, third)))

    assert [(each.kind, each.parent_id) for each in queued] == [("resolved", first.id), ("resolved", second.id)]


def test_what_was_never_told_is_not_resolved_but_may_become_worse(database: Database) -> None:
    slack(database)
    (one,) = alerts(database, 1)

    assert say(database, told_of(one, "resolved")) == []
    assert [(each.kind, each.parent_id) for each in say(database, told_of(one, "worse"))] == [("follow_up", None)]


def test_a_breach_that_a_correction_found_begins_a_thread_and_nobody_else_hears_of_one_taken_back(
    database: Database,
) -> None:
    slack(database)
    one, other = alerts(database, 2)

    (first,) = say(database, told_of(one, "correction"))
    (second,) = say(database, told_of(one, "resolved"))

    assert (first.kind, first.parent_id, second.parent_id) == ("correction", None, first.id)
    assert say(database, told_of(other, "correction", was="Revenue was 80")) == []


def test_held_messages_are_of_their_own_and_say_why(database: Database) -> None:
    slack(database)
    one, other = alerts(database, 2)

    now, held = say(database, told_of(one), told_of(other, held_until=EIGHT))

    assert (now.due_at.replace(tzinfo=UTC), held.due_at.replace(tzinfo=UTC)) == (NOW, EIGHT)
    assert Message.from_json(held.message).remark == "Held back until Mar 2, 2026, 5:00 PM by quiet hours".replace(
        " PM", "\u202fPM"
    )


def test_routes_take_severities_and_tags_and_a_rule_may_name_its_channels(database: Database) -> None:
    sales, ops = slack(database), slack(database, "#ops")
    route(database, [sales], severities=["critical"], tags=["shop"])
    (one,) = alerts(database, 1)
    critical = rule_of(severity="critical", tags=["shop"])

    assert [each.channel_id for each in say(database, told_of(one, rule=critical))] == [sales]
    assert say(database, told_of(one, rule=rule_of(severity="critical"))) == []
    assert [each.channel_id for each in say(database, told_of(one, rule=rule_of(channels=[ops])))] == [ops]
    assert events(database) == ["Nobody was told: no route took alerts that are critical"]


def test_without_a_channel_the_alert_says_that_nobody_was_told(database: Database) -> None:
    slack(database, is_enabled=False)
    (one,) = alerts(database, 1)

    assert say(database, told_of(one)) == []
    assert events(database) == ["Nobody was told: there was no channel that was switched on"]


def test_the_same_twice_in_one_pass_is_one_line_with_the_newest_number(database: Database) -> None:
    slack(database)
    (one,) = alerts(database, 1)

    (queued,) = say(database, told_of(one), told_of(one, reading=reading_of(value=70.0)))

    (line,) = Message.from_json(queued.message).lines
    assert dict(line.facts)["Value"] == "70"


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Any:
    from dash_kpi.settings import load_settings

    folder: Path = tmp_path_factory.mktemp("told")
    database = new_database(load_settings(instance=folder / "instance"))
    slack(database), slack(database, "#ops")
    yield database, alerts(database, 30)
    database.close()


TELLS = some.sampled_from(["firing", "repeated", "worse", "correction"])
HELD = some.sampled_from([None, EIGHT, EIGHT + timedelta(days=1)])


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(some.lists(some.tuples(TELLS, HELD, some.floats()), max_size=30))
def test_every_alert_is_told_exactly_once_to_each_place(kept: Any, chosen: list[tuple[Any, Any, float]]) -> None:
    database, numbers = kept
    told = [
        told_of(number, tells, held_until=held, reading=reading_of(value=value, excess=value))
        for number, (tells, held, value) in zip(numbers, chosen, strict=False)
    ]
    with database.writing() as session:
        session.execute(delete(DeliveryAlert))
        session.execute(delete(Delivery))

    say(database, *[one for one in told if one.tells == "firing"])
    say(database, *[one for one in told if one.tells != "firing"])

    with database.reading() as session:
        rows = session.execute(
            select(Delivery.destination, DeliveryAlert.alert_id).join(
                Delivery, Delivery.id == DeliveryAlert.delivery_id
            )
        ).all()
    wanted = Counter((place, one.alert_id) for one in told for place in ("#sales", "#ops"))
    assert Counter(map(tuple, rows)) == wanted
