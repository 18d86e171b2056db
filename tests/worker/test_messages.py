"""The worker as a real process that sends: what it was sending when it was stopped is found by the next."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from dash_kpi.alerting.messages.message import Message
from dash_kpi.alerting.outbox.queue import enqueue
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Channel, Delivery
from tests.fakes.faults import Fault
from tests.fakes.slack import TOKEN, FakeSlack
from tests.waiting import wait_for

pytestmark = pytest.mark.service

Start = Callable[..., "subprocess.Popen[bytes]"]


@pytest.fixture
def slack() -> Iterator[FakeSlack]:
    with FakeSlack() as slack:
        yield slack


@pytest.fixture
def start(database: Database, slack: FakeSlack) -> Iterator[Start]:
    """Start workers on the instance; every one is ended."""
    processes: list[subprocess.Popen[bytes]] = []

    def start(channel_seconds: int = 2) -> subprocess.Popen[bytes]:
        settings = {"DASH_KPI_SLACK_URL": slack.api_url, "DASH_KPI_CHANNEL_SECONDS": str(channel_seconds)}
        command = [sys.executable, "-m", "dash_kpi", "worker", "--instance", str(database.settings.instance)]
        processes.append(subprocess.Popen(command, env=os.environ | settings))
        return processes[-1]

    yield start
    for process in processes:
        process.kill()
        process.wait()


def put(database: Database, *titles: str) -> list[int]:
    now = datetime.now(UTC)
    with database.writing() as session:
        channel = Channel(
            workspace_id=1, name="Sales", kind="slack", config={"token": TOKEN, "channel": "C00000001"}, secrets="",
            on_unknown="reconcile", created_at=now, created_by="a test", updated_at=now,
        )  # fmt: skip
        session.add(channel)
        session.flush()
        usual = {"channel_id": channel.id, "destination": "C00000001", "now": now}
        return [enqueue(session, 1, kind="firing", message=Message("firing", one), **usual).id for one in titles]


def status_of(database: Database, number: int) -> str:
    with database.reading() as session:
        return session.get_one(Delivery, number).status


def test_what_was_on_its_way_when_the_worker_was_stopped_comes_once(
    database: Database, slack: FakeSlack, start: Start
) -> None:
    slack.script.append(Fault("hang_after", path="chat.postMessage"))
    worker = start()
    first, second = put(database, "Revenue fell", "Orders fell")
    wait_for(lambda: slack.ledger and status_of(database, first) == "sending")

    worker.send_signal(signal.SIGKILL)
    worker.wait()
    start()

    wait_for(lambda: status_of(database, second) == "sent", 40)
    assert status_of(database, first) == "sent"
    assert [entry.message.text.splitlines()[0] for entry in slack.ledger] == ["Revenue fell", "Orders fell"]


def test_a_channel_that_hangs_does_not_keep_the_worker_from_stopping(
    database: Database, slack: FakeSlack, start: Start
) -> None:
    slack.script.append(Fault("hang", path="chat.postMessage"))
    worker = start(channel_seconds=60)
    [delivery] = put(database, "Revenue fell")
    wait_for(lambda: status_of(database, delivery) == "sending")

    worker.send_signal(signal.SIGTERM)

    assert worker.wait(10) == 0
