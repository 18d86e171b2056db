"""Channels and routes over HTTP and on their page: added, changed, tried; no secret comes out."""

from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient

from dash_kpi.alerting.channels.page import channels_page
from dash_kpi.alerting.channels.table import TRANSPORTS
from dash_kpi.alerting.channels.wishes import fulfil
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.ui.alerting.channel_page import rendered
from tests.alerting.builders import NOW
from tests.fakes import pigeon

AT, ROUTES = "/api/v1/channels", "/api/v1/routes"
WORD = "open sesame"
PIGEON = {"kind": "pigeon", "name": "North", "values": {"loft": "#north", "word": WORD}}


@pytest.fixture(autouse=True)
def pigeons() -> Iterator[None]:
    TRANSPORTS["pigeon"] = pigeon
    yield
    del TRANSPORTS["pigeon"]


def page_of(database: Database, query: str = "") -> str:
    return "".join(rendered(channels_page(database, MAIN, query))["parts"].values())


def ask(database: Database, act: str, **wish: Any) -> dict[str, Any]:
    return fulfil(database, MAIN, {"act": act, "at": 1} | wish, "somebody", NOW)


def test_a_channel_is_added_changed_tested_and_removed(visitor: FlaskClient) -> None:
    added = visitor.post(AT, json=PIGEON).json
    one = f"{AT}/{added['id']}"

    assert added["sentence"] == "Channel North added."
    assert visitor.put(f"{one}?version={added['version']}", json={"name": "Nord"}).json["sentence"].endswith("changed.")
    assert visitor.put(f"{one}?version={added['version']}", json={"name": "Nor"}).status_code == 409
    assert visitor.post(f"{one}/test").json == {"sentence": "2 pigeons are ready."}
    assert visitor.post(f"{one}/disable").status_code == 200
    assert visitor.post(f"{one}/send").status_code == 422
    assert visitor.post(f"{one}/enable").status_code == 200
    tests = visitor.post(f"{one}/send").json["tests"]
    shown = visitor.get(f"{AT}/tests?id={tests[0]}&id=x").json["tests"]
    assert [test["sentence"] for test in shown] == ["#north: waiting to be sent."]
    assert visitor.post(f"{one}/retry").json["sentence"].endswith("nothing waited.")
    assert visitor.delete(one).status_code == 200
    assert visitor.get(one).status_code == 404
    assert visitor.post(f"{one}/restore").status_code == 200


def test_no_secret_comes_out_of_any_answer_or_page(visitor: FlaskClient, database: Database) -> None:
    number = visitor.post(AT, json=PIGEON).json["id"]
    answers = [visitor.get(address).text for address in (AT, f"{AT}/{number}", f"{AT}/kinds")]
    wrong = {"values": {"word": WORD, "loft": "north"}}
    answers += [visitor.put(f"{AT}/{number}", json=wrong).text, visitor.post(AT, data=f'{{"word": "{WORD}').text]
    answers += [page_of(database, query) for query in ("", f"edit={number}", "new=pigeon", "new=1")]
    answers += [str(ask(database, "save", given=PIGEON)), str(ask(database, "connect", number=number))]

    assert not [answer for answer in answers if WORD in answer]


def test_what_is_wrong_is_said_with_its_field(visitor: FlaskClient) -> None:
    refused = visitor.post(f"{AT}/test", json=PIGEON | {"values": {"loft": "north", "word": "x"}})

    assert (refused.status_code, refused.json["field"]) == (422, "loft")
    assert visitor.post(AT, data="{").json == {"error": 'This is no JSON; send an object such as {"name": "Sales"}.'}
    assert visitor.post(AT, json=[]).status_code == 422


def test_a_route_is_added_changed_and_removed(visitor: FlaskClient) -> None:
    number = visitor.post(AT, json=PIGEON).json["id"]
    route = visitor.post(ROUTES, json={"name": "Night", "channels": [number]}).json["id"]

    assert visitor.put(f"{ROUTES}/{route}", json={"severities": ["critical"]}).status_code == 200
    assert visitor.get(ROUTES).json["routes"][0]["severities"] == ["critical"]
    assert visitor.post(ROUTES, json={"name": "Day"}).json["field"] == "channels"
    assert visitor.delete(f"{ROUTES}/{route}").json["former"]["name"] == "Night"


def test_the_page_teaches_where_there_is_nothing_and_tells_what_each_kind_needs(database: Database) -> None:
    page = page_of(database)

    assert "Nobody is told about alerts yet" in page
    assert "Needs: Loft, Password" in page
    assert "not there any more" in page_of(database, "edit=9")
    assert "not there any more" in page_of(database, "edit=route-9")


def test_the_page_shows_state_problem_and_what_waits(database: Database) -> None:
    number = ask(database, "save", given=PIGEON)["number"]
    ask(database, "send", number=number)
    assert "1 on the way" in page_of(database)

    assert ask(database, "disable", number=number)["undo"] == {"act": "enable", "number": number}
    assert "Switched off" in page_of(database)


def test_the_page_says_what_holds_without_a_route_and_which_alerts_go_nowhere(database: Database) -> None:
    number = ask(database, "save", given=PIGEON)["number"]
    assert "every alert goes to every channel" in page_of(database)

    ask(database, "save_route", given={"name": "Loud", "channels": [number], "severities": ["critical"]})

    page = page_of(database)
    assert "Critical alerts go to North." in page
    assert "Alerts that are info or warning go nowhere" in page


def test_wishes_that_cannot_be_are_sentences_and_what_was_done_can_be_undone(database: Database) -> None:
    number = ask(database, "save", given=PIGEON)["number"]
    route = ask(database, "save_route", given={"name": "All", "channels": [number]})
    refused = ask(database, "remove", number=number)
    gone = ask(database, "remove_route", number=route["undo"]["number"])

    assert "the route All names it" in refused["refusal"]
    assert ask(database, "pray")["refusal"].startswith("There is nothing")
    back = ask(database, **gone["undo"])
    changed = ask(database, "save_route", number=back["undo"]["number"], given={"name": "Every"})
    ask(database, **changed["undo"])
    assert "Alerts of every severity go to North." in page_of(database)
    assert ask(database, "save", given=PIGEON | {"values": {"loft": "x", "word": "y"}})["field"] == "loft"
