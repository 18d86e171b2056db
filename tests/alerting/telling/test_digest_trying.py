"""A digest is tried, switched off and on, and keeps its channel from being removed."""

from datetime import timedelta

import pytest

from dash_kpi.alerting.channels.store import remove
from dash_kpi.alerting.telling.digest_given import DigestRefused
from dash_kpi.alerting.telling.digest_trying import try_digest
from dash_kpi.alerting.telling.digests import digest_of, digests, numbered, save_digest, set_enabled
from dash_kpi.errors import Conflict, NotFound, Refused
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Channel
from tests.alerting.builders import add_channel
from tests.alerting.telling.test_digests import MONDAY, given, sales, sent


def test_a_test_goes_to_each_channel_and_leaves_the_clock_alone(database: Database) -> None:
    sales(database)
    channel = add_channel(database, config={"channel": "#sales"})
    number = save_digest(database, MAIN, given(channel), "Ann", MONDAY)
    before = digest_of(database, MAIN, number)

    assert len(try_digest(database, MAIN, given(channel), "Ann", MONDAY)) == 1

    assert digest_of(database, MAIN, number) == before
    (message,) = sent(database)
    assert message.remark.startswith("A test, asked for by Ann. ")


def test_a_test_without_a_channel_that_works_is_refused_at_the_channels(database: Database) -> None:
    channel = add_channel(database, config={"channel": "#sales"})
    with database.writing() as session:
        session.get_one(Channel, channel).is_enabled = False
    for wrong in ({"channels": []}, {"kpis": []}):
        with pytest.raises(DigestRefused) as refused:
            try_digest(database, MAIN, given(channel) | {"kpis": []} | wrong, "Ann", MONDAY)
        assert refused.value.field == "channels"


def test_what_is_not_given_stays_and_what_was_not_seen_is_not_overwritten(database: Database) -> None:
    sales(database)
    channel = add_channel(database)
    number = save_digest(database, MAIN, given(channel), "Ann", MONDAY)
    seen = digest_of(database, MAIN, number).version

    save_digest(database, MAIN, {"at": "09:00"}, "Ben", MONDAY + timedelta(minutes=1), number, seen)

    (row,) = digests(database, MAIN)
    assert (row.digest.at, row.digest.kpis) == ("09:00", ("revenue",))
    assert numbered(database, MAIN, "every MORNING") == numbered(database, MAIN, str(number)) == number
    with pytest.raises(Conflict):
        set_enabled(database, MAIN, number, False, MONDAY, seen)
    with pytest.raises(NotFound):
        numbered(database, MAIN, "every mornin")


def test_one_that_is_switched_on_again_comes_next_time_and_not_late(database: Database) -> None:
    channel = add_channel(database)
    number = save_digest(database, MAIN, given(channel) | {"kpis": []}, "Ann", MONDAY)
    set_enabled(database, MAIN, number, False, MONDAY)

    assert set_enabled(database, MAIN, number, True, MONDAY + timedelta(days=3)).is_enabled

    assert digest_of(database, MAIN, number).next_at > MONDAY + timedelta(days=3)


def test_two_digests_have_not_one_name_and_a_channel_that_one_names_stays(database: Database) -> None:
    channel = add_channel(database)
    save_digest(database, MAIN, given(channel) | {"kpis": []}, "Ann", MONDAY)

    with pytest.raises(DigestRefused, match="already"):
        save_digest(database, MAIN, given(channel) | {"kpis": [], "name": "EVERY morning"}, "Ann", MONDAY)
    with pytest.raises(Refused, match="the digest Every morning names it"):
        remove(database, MAIN, channel, "Ann", MONDAY)
