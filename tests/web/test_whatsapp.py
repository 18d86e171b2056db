"""The reports of WhatsApp over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from dash_kpi.alerting.outbox.windows import written_at
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Delivery
from tests.alerting.builders import add_alert, add_channel, add_delivery
from tests.fakes.whatsapp import NUMBER_ID, SECRET, report_of, signature_of, status, written

URL = "/whatsapp/reports"


@pytest.fixture
def meta(client: FlaskClient, database: Database) -> FlaskClient:
    more = {"whatsapp_app_secret": SECRET, "whatsapp_verify_token": "a word"}
    database.settings = database.settings.model_copy(update=more)
    return client


def post(client: FlaskClient, body: bytes, secret: str = SECRET) -> TestResponse:
    headers = {"X-Hub-Signature-256": signature_of(body, secret)}
    return client.post(URL, data=body, headers=headers, content_type="application/json")


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("hub.mode=subscribe&hub.challenge=42&hub.verify_token=a+word", 200),
        ("hub.mode=subscribe&hub.challenge=42&hub.verify_token=another", 403),
        ("hub.mode=other&hub.challenge=42&hub.verify_token=a+word", 403),
        ("", 403),
    ],
)
def test_the_handshake_needs_the_verify_token(query: str, code: int, meta: FlaskClient) -> None:
    response = meta.get(f"{URL}?{query}")
    assert response.status_code == code
    assert (response.data == b"42") == (code == 200)


def test_without_settings_everything_is_refused(client: FlaskClient) -> None:
    assert client.get(f"{URL}?hub.mode=subscribe&hub.challenge=42&hub.verify_token=").status_code == 403
    assert post(client, report_of(), secret="").status_code == 403


def test_a_signed_report_changes_its_delivery(meta: FlaskClient, database: Database) -> None:
    channel = add_channel(database, kind="whatsapp")
    number = add_delivery(database, channel, [add_alert(database)], status="unknown", ended_at=None)
    with database.reading() as session:
        uid = session.get_one(Delivery, number).uid
    response = post(meta, report_of(status("wamid.1", "delivered", uid), status("wamid.9", "read")))
    assert (response.status_code, response.headers.getlist("Set-Cookie")) == (200, [])
    with database.reading() as session:
        assert session.get_one(Delivery, number).status == "sent"


def test_who_writes_opens_the_window_for_free_text(meta: FlaskClient, database: Database) -> None:
    now = datetime.now(UTC)
    config = {"phone_number_id": NUMBER_ID, "recipients": "+1 555 123 4567"}
    channel = add_channel(database, kind="whatsapp", config=config)
    assert post(meta, written("15551234567", now.timestamp() - 60)).status_code == 200
    with database.reading() as session:
        at = written_at(session, channel, "15551234567")
    assert at is not None
    assert timedelta(seconds=50) < now - at < timedelta(seconds=70)


def test_a_report_with_another_signature_is_refused(meta: FlaskClient) -> None:
    assert post(meta, report_of(), secret="another").status_code == 403  # noqa: S106
    assert meta.post(URL, data=report_of()).status_code == 403


def test_what_is_no_report_is_told_apart_from_one_without_statuses(meta: FlaskClient) -> None:
    assert post(meta, b"{").status_code == 400
    assert post(meta, b"[]").status_code == 200
    assert post(meta, b'{"entry":[{"changes":[{"value":{"messages":[{}]}}]}]}').status_code == 200


def test_a_report_that_is_too_large_is_refused(meta: FlaskClient) -> None:
    assert post(meta, b" " * (3 * 2**20 + 1)).status_code == 413
    assert post(meta, b"[" + b" " * (2 * 2**20) + b"]").status_code == 200


def test_a_failure_during_a_try_is_asked_for_again(meta: FlaskClient, database: Database) -> None:
    channel = add_channel(database, kind="whatsapp")
    number = add_delivery(database, channel, [add_alert(database)], status="sending", ended_at=None)
    with database.reading() as session:
        uid = session.get_one(Delivery, number).uid
    assert post(meta, report_of(status("wamid.1", "failed", uid, 131049))).status_code == 503
