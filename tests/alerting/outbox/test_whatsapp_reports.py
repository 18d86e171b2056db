"""The whole way of a message by WhatsApp: sent over HTTP, settled by what is reported of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

import orjson
import pytest

from dash_kpi.alerting.channels import whatsapp
from dash_kpi.alerting.channels.transport import Config
from dash_kpi.alerting.outbox.claim import Claimed, claim
from dash_kpi.alerting.outbox.order import Lane
from dash_kpi.alerting.outbox.reports import apply_reports, reports_of
from dash_kpi.alerting.outbox.sender import work
from dash_kpi.alerting.outbox.ways import Ways
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Delivery
from tests.alerting.builders import NOW, add_alert, add_channel, add_delivery
from tests.fakes.faults import Fault
from tests.fakes.whatsapp import NUMBER_ID, SECRET, TOKEN, FakeWhatsApp, report_of, status

TO = "15551234567"
HOUR = timedelta(hours=1)
VALUES = {"phone_number_id": NUMBER_ID, "token": TOKEN, "recipients": TO}
WAYS = Ways({"whatsapp": whatsapp}, lambda settings, row: Config(row.id, row.name, VALUES, settings))


@pytest.fixture
def service(database: Database) -> Iterator[FakeWhatsApp]:
    with FakeWhatsApp() as one:
        more = {"whatsapp_url": one.url, "whatsapp_app_secret": SECRET, "channel_seconds": 1.0}
        database.settings = database.settings.model_copy(update=more)
        yield one


def queued(database: Database) -> tuple[Lane, Delivery]:
    lane = Lane(add_channel(database, kind="whatsapp"), TO)
    alerts = [add_alert(database)]
    number = add_delivery(
        database, lane.channel_id, alerts, status="queued", destination=TO, ended_at=None, attempts=()
    )
    with database.reading() as session:
        return lane, session.get_one(Delivery, number)


def step(database: Database, lane: Lane, now: datetime) -> None:
    claimed = claim(database, WAYS, lane, "a:1:1", now)
    assert isinstance(claimed, Claimed)
    work(database, WAYS, claimed, lambda: now, Random(1))


def report(database: Database, wamid: str, state: str, uid: str, code: int | None = None) -> None:
    apply_reports(database, reports_of(orjson.loads(report_of(status(wamid, state, uid, code)))), NOW)


def state_of(database: Database, row: Delivery) -> str:
    with database.reading() as session:
        return session.get_one(Delivery, row.id).status


def test_a_message_that_failed_late_is_sent_once_more_and_settled(database: Database, service: FakeWhatsApp) -> None:
    lane, row = queued(database)
    step(database, lane, NOW)
    report(database, "wamid.00000001", "failed", row.uid, 131056)
    assert state_of(database, row) == "queued"

    step(database, lane, NOW + HOUR)
    report(database, "wamid.00000001", "failed", row.uid, 131056)
    assert state_of(database, row) == "sent"

    report(database, "wamid.00000002", "failed", row.uid, 131026)
    assert state_of(database, row) == "parked"
    assert len(service.ledger) == 2


def test_a_lost_answer_is_settled_by_a_report_without_a_repeat(database: Database, service: FakeWhatsApp) -> None:
    lane, row = queued(database)
    service.script.append(Fault("reset_after"))
    step(database, lane, NOW)
    assert state_of(database, row) == "unknown"

    report(database, service.ledger[0].message["wamid"], "delivered", row.uid)

    assert state_of(database, row) == "sent"
    assert claim(database, WAYS, lane, "a:1:1", NOW + HOUR) is None
    assert len(service.ledger) == 1
