from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from dash_kpi.storage.database import Database
from tests.alerting.builders import add_alert, add_channel, add_delivery, add_threshold, rule_of

LATER = (datetime.now(UTC) + timedelta(days=1)).isoformat()


def posted(visitor: FlaskClient, address: str, status: int = 200, **given: Any) -> Any:
    answer = visitor.post(f"/api/v1/{address}", json=given)
    assert answer.status_code == status, answer.text
    return answer.json


def test_programs_read_alerts_the_worst_first(visitor: FlaskClient, database: Database) -> None:
    add_alert(database, severity="info")
    worst = add_alert(database, severity="critical")

    answer = visitor.get("/api/v1/alerts?status=open&limit=1").json

    assert answer is not None
    assert (answer["total"], answer["pages"]) == (2, 2)
    assert [(one["id"], one["details"]["label"]) for one in answer["alerts"]] == [(worst, "Revenue")]


def test_one_alert_comes_with_everything(visitor: FlaskClient, database: Database) -> None:
    number = add_alert(database)

    answer = visitor.get(f"/api/v1/alerts/{number}").json
    why = visitor.get(f"/api/v1/alerts/{number}/why").json

    assert answer is not None
    assert why is not None
    assert [one["kind"] for one in answer["events"]] == ["opened"]
    assert answer["why_silent"] == why["why"]


def test_acts_are_posted_and_undone_by_what_comes_back(visitor: FlaskClient, database: Database) -> None:
    numbers = [add_alert(database), add_alert(database)]

    done = posted(visitor, "alerts/act", act="acknowledge", ids=numbers, comment="ours")
    undone = posted(visitor, "alerts/act", **done["undo"][0])
    snoozed = posted(visitor, "alerts/act", act="snooze", ids=numbers[:1], until=LATER, worse_by=0.1)

    assert done["sentence"] == "2 alerts are acknowledged."
    assert undone["changed"] == numbers
    assert snoozed["undo"] == [{"act": "unsnooze", "ids": numbers[:1]}]


@pytest.mark.parametrize(
    ("given", "field"),
    [
        pytest.param({"act": "sing", "ids": [1]}, "act", id="act"),
        pytest.param({"act": "acknowledge", "ids": "1"}, "ids", id="ids"),
        pytest.param({"act": "snooze", "ids": [1], "until": "soon"}, "until", id="moment"),
        pytest.param({"act": "snooze", "ids": [1], "until": "2099-01-01T00:00"}, "until", id="zone"),
        pytest.param({"act": "snooze", "ids": [1], "until": LATER, "worse_by": "much"}, "worse_by", id="share"),
        pytest.param({"act": "comment", "ids": [1], "comment": 5}, "comment", id="comment"),
    ],
)
def test_a_wish_that_is_wrong_names_its_field(
    visitor: FlaskClient, database: Database, given: dict[str, Any], field: str
) -> None:
    add_alert(database)

    assert posted(visitor, "alerts/act", 422, **given)["field"] == field


def test_writing_needs_the_token(client: FlaskClient, database: Database) -> None:
    number = add_alert(database)

    assert client.post("/api/v1/alerts/act", json={"act": "acknowledge", "ids": [number]}).status_code == 403


def test_silences_are_made_extended_and_ended(visitor: FlaskClient, database: Database) -> None:
    number = add_threshold(database, rule_of(name="Sales floor"))
    made = posted(visitor, "silences", 201, comment="move", until=LATER, threshold_id=number)

    later = (datetime.now(UTC) + timedelta(days=2)).replace(microsecond=0)
    longer = visitor.patch(f"/api/v1/silences/{made['id']}", json={"until": later.isoformat()})
    posted(visitor, f"silences/{made['id']}/end")

    assert made["words"] == "threshold Sales floor"
    assert longer.json is not None
    assert datetime.fromisoformat(longer.json["ends_at"]) == later
    assert visitor.get("/api/v1/silences").json == {"workspace": "main", "silences": []}
    over = visitor.get("/api/v1/silences?ended=1").json
    assert over is not None
    assert [one["is_ended"] for one in over["silences"]] == [True]


def test_a_silence_without_a_comment_names_the_field(visitor: FlaskClient) -> None:
    assert posted(visitor, "silences", 422, until=LATER)["field"] == "comment"


def test_what_is_not_there_is_not_found(visitor: FlaskClient) -> None:
    assert visitor.get("/api/v1/alerts/9").status_code == 404
    assert visitor.get("/api/v1/alerts?severity=awful").status_code == 422


def test_messages_that_need_somebody_are_read_and_decided(visitor: FlaskClient, database: Database) -> None:
    channel, number = add_channel(database), add_alert(database)
    letters = [
        add_delivery(database, channel, [number], status="failed", attempts=[], reason="Too long.") for _ in range(3)
    ]

    answer = visitor.get("/api/v1/alerts/problems").json
    again = posted(visitor, f"alerts/deliveries/{letters[0]}/resend")
    left = posted(visitor, "alerts/deliveries/act", act="leave", ids=letters[1:])

    assert answer is not None
    (problem,) = answer["problems"]
    assert problem["sentence"] == "#sales: 3 messages could not be delivered: Too long."
    assert problem["deliveries"] == letters
    assert [one["id"] for one in problem["alerts"]] == [number]
    assert (again["changed"], left["changed"]) == (letters[:1], letters[1:])
    assert visitor.get("/api/v1/alerts/problems").json == {"workspace": "main", "problems": []}
    assert posted(visitor, "alerts/deliveries/act", 422, act="sing", ids=[1])["field"] == "act"
    assert posted(visitor, f"alerts/deliveries/{letters[0]}/leave", 422)["error"].endswith("needs no decision.")
    posted(visitor, "alerts/deliveries/99/leave", 404)
