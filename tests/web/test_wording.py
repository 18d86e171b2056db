"""Digests and wordings over HTTP: kept, previewed, changed; what is wrong comes with its field or place."""

from datetime import timedelta

import pytest
from flask.testing import FlaskClient

from dash_kpi.storage.database import Database
from tests.alerting.builders import add_channel
from tests.alerting.telling.test_digests import FIRST
from tests.builders import commit_rows, sale

DIGESTS, LIMIT = "/api/v1/digests", "/api/v1/templates/limit"


@pytest.fixture
def channel(database: Database) -> int:
    commit_rows(database, "a.xlsx", [sale(FIRST + timedelta(days=at), 100) for at in range(3)])
    return add_channel(database, config={"channel": "#sales"})


def test_a_digest_is_added_changed_sent_and_removed(visitor: FlaskClient, channel: int) -> None:
    added = visitor.post(DIGESTS, json={"name": "Morning", "channels": [channel]}).json
    one = f"{DIGESTS}/{added['id']}"

    assert visitor.put(f"{one}?version={added['version']}", json={"at": "09:15"}).json["words"] == "every day at 09:15"
    assert visitor.put(f"{one}?version={added['version']}", json={"at": "09:30"}).status_code == 409
    assert [row["name"] for row in visitor.get(DIGESTS).json["digests"]] == ["Morning"]
    assert visitor.post(f"{DIGESTS}/preview", json={"name": "Now"}).json["title"].startswith("Now: ")
    tests = visitor.post(f"{one}/send").json["tests"]
    shown = visitor.get(f"/api/v1/channels/tests?id={tests[0]}").json["tests"]
    assert [test["sentence"] for test in shown] == ["#sales: waiting to be sent."]
    former = visitor.delete(one).json["former"]
    assert visitor.get(one).status_code == 404
    assert visitor.post(DIGESTS, json=former).json["at"] == "09:15"


def test_what_is_wrong_with_a_digest_is_said_with_its_field(visitor: FlaskClient, channel: int) -> None:
    given = {"name": "Morning", "channels": [channel]}
    visitor.post(DIGESTS, json=given)
    for wrong, field in (({"at": "25:00"}, "at"), ({"name": "morning"}, "name"), ({"kpis": "x"}, "kpis")):
        refused = visitor.post(DIGESTS, json={**given, "name": "Other", **wrong})
        assert (refused.status_code, refused.json["field"]) == (422, field)
    assert visitor.post(DIGESTS, data="{").status_code == 422
    assert visitor.post(DIGESTS, json=[]).status_code == 422


def test_a_wording_is_changed_previewed_undone_and_reset(visitor: FlaskClient) -> None:
    changed = visitor.put(f"{LIMIT}?seen=0", json={"text": "{kpi}: {value}"}).json

    assert (changed["is_changed"], changed["changed_by"], len(changed["history"])) == (True, "API", 1)
    assert visitor.put(f"{LIMIT}?seen=0", json={"text": "{kpi}"}).status_code == 409
    assert visitor.post(f"{LIMIT}/preview", json={"text": "Look: {kpi}"}).json["said"] == "Look: Revenue"
    assert not visitor.post(f"{LIMIT}/undo").json["is_changed"]
    assert visitor.delete(LIMIT).json["text"] == changed["usual"]
    assert len(visitor.get("/api/v1/templates").json["templates"]) > 10


def test_a_mistake_in_a_wording_is_said_with_its_place(visitor: FlaskClient) -> None:
    refused = visitor.put(LIMIT, json={"text": "Its {valeu}"})

    assert (refused.status_code, refused.json["start"]) == (422, 4)
    assert visitor.put(LIMIT, json={"text": 3}).status_code == 422
    assert visitor.get("/api/v1/templates/limt").status_code == 404
