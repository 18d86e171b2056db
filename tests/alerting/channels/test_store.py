"""Channels: what is checked, what is kept, what is never shown; what waits when one is changed."""

from datetime import timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet

from dash_kpi.alerting.channels import store
from dash_kpi.alerting.channels.given import ChannelRefused
from dash_kpi.alerting.channels.trying import connect, send_test, sendings
from dash_kpi.alerting.telling.routes import save as save_route
from dash_kpi.errors import Conflict, NotFound, Refused
from dash_kpi.settings import load_settings
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Channel, Delivery
from tests.alerting.builders import NOW, add_delivery, add_threshold, rule_of

pytestmark = pytest.mark.usefixtures("pigeons")

WORD = "open sesame"
PIGEON = {"kind": "pigeon", "name": "North", "values": {"loft": "#north", "word": WORD}}
LATER = NOW + timedelta(minutes=5)


def add(database: Database, **given: Any) -> int:
    return store.save(database, MAIN, PIGEON | given, "a test", NOW).id


def change(database: Database, number: int, version: str | None = None, **given: Any) -> str:
    return store.save(database, MAIN, given, "a test", LATER, number, version).sentence


def kept(database: Database, number: int) -> Channel:
    with database.reading() as session:
        return session.get_one(Channel, number)


def delivery(database: Database, number: int) -> Delivery:
    with database.reading() as session:
        return session.get_one(Delivery, number)


def park(database: Database, number: int, problem: str) -> None:
    with database.writing() as session:
        session.get_one(Channel, number).problem = problem


def test_a_channel_is_added_with_what_is_usual_and_its_secrets_are_opened_for_its_module_only(
    database: Database,
) -> None:
    number = add(database)
    row, shown = kept(database, number), store.channel(database, MAIN, number)

    assert row.config == {"loft": "#north", "speed": "fast", "count": "2"}
    assert store.config_of(database.settings, row).values["word"] == WORD
    assert (shown.state, shown.destinations, shown.kept, shown.label) == ("works", ("#north",), ("word",), "Pigeons")


def test_no_secret_is_shown_anywhere(database: Database) -> None:
    number = add(database)
    row, shown = kept(database, number), store.channel(database, MAIN, number)
    told = [repr(shown), str(shown.as_json()), row.secrets, str(row.config), repr(row)]
    told += [repr(store.config_of(database.settings, row)), store.channels(database, MAIN).__repr__()]

    assert not [text for text in told if WORD in text]


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"name": " "}, "name", "needs a name"),
        ({"name": "x" * 101}, "name", "101 characters"),
        ({"values": {"loft": "", "word": WORD}}, "loft", "Loft is missing."),
        ({"values": {"loft": "#north"}}, "word", "Password is missing."),
        ({"values": {"loft": "north", "word": WORD}}, "loft", "'north' is no loft"),
        ({"values": {"loft": "#n", "word": WORD, "speed": "warp"}}, "speed", "'warp' is none of fast, slow"),
        ({"values": {"loft": "#n", "word": WORD, "count": "-1"}}, "count", "no whole number"),
        ({"values": {"loft": "#n\n#s", "word": WORD}}, "loft", "one line"),
        ({"values": {"loft": "#" + "n" * 4000, "word": WORD}}, "loft", "4,001 characters"),
        ({"values": {"lift": "#n"}}, "", "did you mean 'loft'"),
        ({"values": "loft"}, "", "an object"),
        ({"on_unknown": "pray"}, "on_unknown", "'pray' is none of"),
    ],
)
def test_what_is_wrong_is_said_of_its_field(database: Database, given: Any, field: str, words: str) -> None:
    with pytest.raises(ChannelRefused, match=words) as refused:
        add(database, **given)

    assert refused.value.field == field
    assert store.channels(database, MAIN) == ()


def test_a_kind_that_there_is_not_is_refused(database: Database) -> None:
    with pytest.raises(NotFound, match="did you mean 'pigeon'"):
        add(database, kind="pigeons")


def test_a_secret_that_is_left_empty_is_kept_and_one_that_is_not_needed_can_be_forgotten(database: Database) -> None:
    number = add(database, values={"loft": "#north", "word": WORD, "ring": "gold"})

    change(database, number, values={"loft": "#north", "word": "", "ring": ""}, forget=["ring"])

    assert store.config_of(database.settings, kept(database, number)).values.get("ring") is None
    assert store.channel(database, MAIN, number).kept == ("word",)
    with pytest.raises(ChannelRefused, match="Password is missing"):
        change(database, number, forget=["word"])


def test_a_kept_password_is_not_sent_to_another_server(database: Database) -> None:
    number = add(database, values={"loft": "#north", "word": WORD, "host": "good"})

    with pytest.raises(ChannelRefused, match="enter the password again") as refused:
        connect(database, MAIN, {"values": {"host": "evil"}}, NOW, number)

    assert refused.value.field == "word"
    change(database, number, values={"host": "better", "word": "new"})


def test_a_name_is_there_once_and_a_removed_channel_gives_it_up(database: Database) -> None:
    number = add(database)
    with pytest.raises(ChannelRefused, match="There is a channel North already"):
        add(database, name="NORTH")

    store.remove(database, MAIN, number, "a test", LATER)
    again = add(database)

    assert [one.id for one in store.channels(database, MAIN)] == [again]
    assert kept(database, number).name == f"North (removed {number})"
    assert store.restore(database, MAIN, number, "a test", LATER).sentence.startswith(
        f"Channel North (removed {number}"
    )


def test_what_somebody_else_has_changed_is_a_conflict(database: Database) -> None:
    number = add(database)
    seen = store.channel(database, MAIN, number).version
    change(database, number, seen, name="Northern")

    with pytest.raises(Conflict, match="Somebody else has changed the channel Northern"):
        change(database, number, seen, name="Nordic")


def test_a_channel_that_something_names_is_not_removed(database: Database) -> None:
    number = add(database)
    save_route(database, MAIN, {"name": "Night", "channels": [number]}, "a test", NOW)
    add_threshold(database, rule_of(channels=[number], name="Low revenue"))

    with pytest.raises(Refused, match="while the route Night and the threshold Low revenue name it"):
        store.remove(database, MAIN, number, "a test", NOW)


def test_secrets_of_another_key_are_a_sentence_and_can_be_entered_again(database: Database) -> None:
    other = Database(load_settings(instance=database.settings.instance, encryption_key=Fernet.generate_key().decode()))
    number = add(other)

    shown = store.channel(database, MAIN, number)
    assert (shown.state, shown.kept) == ("locked", ())
    assert shown.problem == "The secrets of North were encrypted with another key: enter them again."
    assert store.problems_of_secrets(database) == [shown.problem]
    with pytest.raises(Refused, match="another key"):
        send_test(database, MAIN, number, "a test", NOW)
    with pytest.raises(Refused, match="another key"):
        connect(database, MAIN, None, NOW, number)
    with pytest.raises(ChannelRefused, match="Password is missing"):
        change(database, number, name="Northern")

    change(database, number, values={"word": "new"})
    assert store.channel(database, MAIN, number).state == "works"
    assert store.problems_of_secrets(database) == []
    other.close()


def test_every_secret_is_sealed_anew_by_a_new_key(database: Database) -> None:
    number = add(database)
    new = Database(load_settings(instance=database.settings.instance, encryption_key=Fernet.generate_key().decode()))

    assert store.seal_anew(new, NOW) == 1

    assert store.channel(database, MAIN, number).state == "locked"
    assert store.channel(new, MAIN, number).state == "works"
    new.close()


def test_what_was_parked_goes_on_when_the_channel_is_changed_and_to_its_new_destination(database: Database) -> None:
    number = add(database)
    waiting = add_delivery(
        database, number, [], status="parked", ended_at=None, destination="#north", reason="no such loft"
    )
    park(database, number, "There is no loft #north.")
    assert store.channel(database, MAIN, number).state == "parked"

    sentence = change(database, number, values={"loft": "#south"})

    assert sentence == "Channel North changed. 1 message that waited goes on."
    row = delivery(database, waiting)
    assert (row.status, row.destination, row.reason) == ("queued", "#south", None)
    assert store.channel(database, MAIN, number).state == "works"


def test_what_waits_for_one_of_many_destinations_is_dropped_with_it(database: Database) -> None:
    number = add(database, values={"loft": "#north #south", "word": WORD})
    waiting = add_delivery(database, number, [], status="queued", ended_at=None, destination="#north")

    change(database, number, values={"loft": "#south"})

    assert delivery(database, waiting).reason == "#north is no destination of the channel any more."
    assert delivery(database, waiting).status == "dropped"


def test_a_channel_is_switched_off_and_on(database: Database) -> None:
    number = add(database)

    store.set_enabled(database, MAIN, number, False, "a test", LATER)
    assert store.channel(database, MAIN, number).state == "disabled"
    with pytest.raises(Refused, match="switched off"):
        send_test(database, MAIN, number, "a test", NOW)

    store.set_enabled(database, MAIN, number, True, "a test", LATER)
    assert store.channel(database, MAIN, number).state == "works"


def test_a_connection_is_tested_before_anything_is_kept_and_its_error_names_the_field(database: Database) -> None:
    assert connect(database, MAIN, PIGEON, NOW) == "2 pigeons are ready."
    with pytest.raises(ChannelRefused, match="ask for it, and enter it here") as refused:
        connect(database, MAIN, PIGEON | {"values": {"loft": "#north", "word": "wrong"}}, NOW)

    assert refused.value.field == "word"
    assert store.channels(database, MAIN) == ()


def test_a_channel_that_works_again_lets_its_queue_go_on(database: Database) -> None:
    number = add(database)
    add_delivery(database, number, [], status="parked", ended_at=None, destination="#north")
    park(database, number, "The password is wrong.")
    with pytest.raises(Refused, match="does not work: The password is wrong"):
        send_test(database, MAIN, number, "a test", NOW)

    assert "It works again; 1 of its messages waited" in connect(database, MAIN, None, NOW, number)
    assert store.channel(database, MAIN, number).waiting == 1


def test_a_test_message_goes_the_way_of_every_message_to_each_destination(database: Database) -> None:
    number = add(database, values={"loft": "#north #south", "word": WORD})

    sent = send_test(database, MAIN, number, "somebody", NOW)

    shown = sendings(database, MAIN, sent)
    assert [one.sentence for one in shown] == ["#north: waiting to be sent.", "#south: waiting to be sent."]
    assert delivery(database, sent[0]).message["lines"][0]["text"].startswith("This is a test of the channel North")
    assert store.channel(database, MAIN, number).waiting == 2
