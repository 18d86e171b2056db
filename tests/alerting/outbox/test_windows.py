"""When people last wrote to us."""

import json
from datetime import timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from dash_kpi.alerting.channels.transport import Config
from dash_kpi.alerting.outbox.claim import Claimed, claim
from dash_kpi.alerting.outbox.order import Lane
from dash_kpi.alerting.outbox.ways import Ways
from dash_kpi.alerting.outbox.windows import Incoming, incoming_of, keep_incoming, written_at
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import LastWritten
from tests.alerting.builders import NOW, add_alert, add_channel, add_delivery
from tests.alerting.outbox.scripted import Scripted
from tests.fakes.whatsapp import NUMBER_ID, written

TO = "15551234567"
HOUR = timedelta(hours=1)


def channel_to(database: Database, recipients: str = f"+{TO}", name: str = "Phones") -> int:
    config = {"phone_number_id": NUMBER_ID, "recipients": recipients}
    return add_channel(database, name, kind="whatsapp", config=config)


def wrote(hours: float, sender: str = TO, number_id: str = NUMBER_ID) -> Incoming:
    return Incoming(number_id, sender, NOW - hours * HOUR)


def known(database: Database) -> list[tuple[int, str, timedelta]]:
    with database.reading() as session:
        return [(one.channel_id, one.destination, NOW - one.at) for one in session.query(LastWritten)]


def test_who_wrote_is_read_with_the_time() -> None:
    assert incoming_of(json.loads(written(TO, NOW.timestamp()))) == (Incoming(NUMBER_ID, TO, NOW),)


def test_the_newest_counts_in_any_order_and_repetition(database: Database) -> None:
    channel = channel_to(database)
    keep_incoming(database, [wrote(3), wrote(1), wrote(2), wrote(1)], NOW)
    keep_incoming(database, [wrote(5)], NOW)
    assert known(database) == [(channel, TO, HOUR)]


def test_only_recipients_of_that_number_are_kept(database: Database) -> None:
    channel_to(database)
    channel_to(database, "not a number", "Broken")
    keep_incoming(database, [wrote(1, "4915123456789"), wrote(1, number_id="1")], NOW)
    assert known(database) == []


def test_what_is_older_than_a_day_is_forgotten_and_no_time_lies_ahead(database: Database) -> None:
    channel = channel_to(database)
    keep_incoming(database, [wrote(-2)], NOW)
    assert known(database) == [(channel, TO, 0 * HOUR)]
    keep_incoming(database, [wrote(24)], NOW + 25 * HOUR)
    assert known(database) == []


def test_a_try_knows_when_the_person_last_wrote(database: Database) -> None:
    channel = channel_to(database)
    add_delivery(database, channel, [add_alert(database)], status="queued", destination=TO, ended_at=None, attempts=())
    keep_incoming(database, [wrote(1)], NOW)
    ways = Ways({"whatsapp": Scripted()}, lambda settings, row: Config(row.id, row.name, {}, settings))

    claimed = claim(database, ways, Lane(channel, TO), "a:1:1", NOW)

    assert isinstance(claimed, Claimed)
    assert claimed.outgoing.written_at == NOW - HOUR
    with database.reading() as session:
        assert written_at(session, channel, "4915123456789") is None


@settings(max_examples=40)
@given(st.recursive(st.none() | st.integers() | st.text(), lambda one: st.lists(one) | st.dictionaries(
    st.sampled_from(("entry", "changes", "value", "metadata", "phone_number_id", "messages", "from", "timestamp")),
    one)))  # fmt: skip
def test_whatever_is_posted_is_read_without_an_error(told: Any) -> None:
    assert isinstance(incoming_of(told), tuple)
