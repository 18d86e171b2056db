"""The buttons in Slack, pressed over HTTP with Slack's signature."""

import hashlib
import hmac
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Alert
from dash_kpi.web.slack import is_signed, press_of
from tests.alerting.builders import add_alert
from tests.fakes.faults import FakeService, Reply, Request

SECRET = "8f742231b10e8888abcd99yyyzzz85a5"  # noqa: S105  the example of Slack's guide


class Answers(FakeService):
    """Where Slack takes what came of a press."""

    def answer(self, request: Request) -> Reply:
        self.accept(request, request.json)
        return Reply.of("ok")


@pytest.fixture
def answers() -> Iterator[Answers]:
    with Answers() as service:
        yield service


@pytest.fixture
def slack(client: FlaskClient, database: Database, answers: Answers) -> FlaskClient:
    more = {"slack_signing_secret": SECRET, "slack_hooks_url": answers.url}
    database.settings = database.settings.model_copy(update=more)
    return client


def pressed(action: str, value: str, **more: Any) -> bytes:
    user = {"id": "U1", "username": "ann", "name": "ann"}
    payload = {"type": "block_actions", "user": user, "actions": [{"action_id": action, "value": value}], **more}
    return urlencode({"payload": json.dumps(payload)}).encode()


def signature(body: bytes, stamp: str, secret: str = SECRET) -> str:
    return "v0=" + hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()


def post(client: FlaskClient, body: bytes, age: float = 0, secret: str = SECRET) -> TestResponse:
    stamp = str(int(datetime.now(UTC).timestamp() - age))
    headers = {"X-Slack-Request-Timestamp": stamp, "X-Slack-Signature": signature(body, stamp, secret)}
    kind = "application/x-www-form-urlencoded"
    response = client.post("/slack/actions", data=body, headers=headers, content_type=kind)
    response.close()  # what came of a press is told after the answer
    return response


def alert(database: Database, number: int) -> Alert:
    with database.reading() as session:
        return session.get_one(Alert, number)


def test_acknowledge_in_slack_acknowledges_here_and_tells_who_pressed(
    slack: FlaskClient, database: Database, answers: Answers
) -> None:
    number = add_alert(database)
    response = post(slack, pressed("acknowledge", str(number), response_url=answers.url + "actions/T1/2/x"))
    assert (response.status_code, response.data) == (200, b"")
    assert response.headers.getlist("Set-Cookie") == []
    row = alert(database, number)
    assert (row.status, row.acknowledged_by) == ("acknowledged", "ann (Slack)")
    (told,) = answers.ledger
    text = f"Alert {number} is acknowledged."
    assert told.message == {"response_type": "ephemeral", "replace_original": False, "text": text}


def test_snooze_is_for_one_day(slack: FlaskClient, database: Database) -> None:
    number = add_alert(database)
    before = datetime.now(UTC)
    assert post(slack, pressed("snooze", str(number))).status_code == 200
    row = alert(database, number)
    assert row.status == "snoozed"
    assert row.snoozed_until is not None
    assert timedelta(0) <= row.snoozed_until - before - timedelta(days=1) < timedelta(minutes=1)


def test_open_and_buttons_of_others_do_nothing(slack: FlaskClient, database: Database) -> None:
    number = add_alert(database)
    for action in ("open", "somebody_elses"):
        assert post(slack, pressed(action, str(number))).status_code == 200
    assert alert(database, number).status == "open"


def test_an_alert_that_is_not_there_is_told_to_who_pressed(
    slack: FlaskClient, database: Database, answers: Answers
) -> None:
    assert post(slack, pressed("acknowledge", "999", response_url=answers.url + "actions/x")).status_code == 200
    assert "999" in answers.ledger[0].message["text"]


def test_an_answer_goes_to_slack_only(slack: FlaskClient, database: Database) -> None:
    number = add_alert(database)
    with Answers() as elsewhere:
        assert post(slack, pressed("acknowledge", str(number), response_url=elsewhere.url + "x")).status_code == 200
        assert not elsewhere.requests


def test_without_a_valid_signature_nothing_is_done(slack: FlaskClient, database: Database) -> None:
    number = add_alert(database)
    body = pressed("acknowledge", str(number))
    assert post(slack, body, secret="other").status_code == 403  # noqa: S106
    assert post(slack, body, age=301).status_code == 403
    assert post(slack, body, age=-301).status_code == 403
    assert slack.post("/slack/actions", data=body).status_code == 403
    database.settings = database.settings.model_copy(update={"slack_signing_secret": ""})
    assert post(slack, body).status_code == 403
    assert post(slack, body, secret="").status_code == 403
    assert alert(database, number).status == "open"


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"\xff",
        b"payload=",
        b"payload=%7B",
        b"payload=[]",
        urlencode({"payload": json.dumps({"type": "view_submission"})}).encode(),
        pressed("acknowledge", ""),
        pressed("acknowledge", "1,x"),
        pressed("acknowledge", "1", user=None),
        pressed("acknowledge", "1", actions=[]),
        pressed("acknowledge", "1", type="shortcut"),
    ],
)
def test_what_is_no_press_of_ours_is_refused(slack: FlaskClient, body: bytes) -> None:
    assert press_of(body) is None
    assert post(slack, body).status_code == 400


def test_only_this_address_is_free_of_the_token(slack: FlaskClient) -> None:
    for address in ("/slack/actions/", "/slack/other", "/slack", "/api/v1/slack/actions"):
        assert slack.post(address, data=b"x").status_code == 403


def test_the_example_of_slack_is_signed() -> None:
    body = (
        b"token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V&"
        b"channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=&"
        b"response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN&"
        b"trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c"
    )
    headers = {
        "X-Slack-Request-Timestamp": "1531420618",
        "X-Slack-Signature": "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
    }
    assert is_signed(SECRET, headers, body, datetime.fromtimestamp(1531420618, UTC))
    assert not is_signed(SECRET, headers, body + b"x", datetime.fromtimestamp(1531420618, UTC))
    assert not is_signed(SECRET, headers | {"X-Slack-Signature": "ü"}, body, datetime.fromtimestamp(1531420618, UTC))
