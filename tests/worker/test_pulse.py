"""The pulse: what somebody commits is sent and judged at once, without anybody being called."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest

from dash_kpi.alerting.outbox.sender import Sender
from dash_kpi.storage.database import MAIN, Database, workspace_named
from dash_kpi.storage.models import Threshold, ThresholdVersion
from dash_kpi.worker.pulse import STOP_SECONDS, Pulse
from tests.alerting.outbox.scripted import Scripted, add_channel, put, row_of, ways_of
from tests.waiting import wait_for


@pytest.fixture
def judged() -> list[tuple[str, int]]:
    return []


@pytest.fixture
def pulse(database: Database, judged: list[tuple[str, int]]) -> Iterator[Pulse]:
    def judge(database: Database, workspace: str, now: datetime) -> None:
        with database.reading() as session:
            judged.append((workspace, workspace_named(session, workspace).revision))

    def fail(_database: Database, _workspace: str, _now: datetime) -> None:
        raise ZeroDivisionError

    sender = Sender(database, ways_of(Scripted()), now, Random(1))
    pulse = Pulse(database, sender, (fail, judge))
    pulse.start()
    yield pulse
    pulse.stop()


def now() -> datetime:
    return datetime.now(UTC)


def test_what_is_committed_is_sent(database: Database, pulse: Pulse) -> None:
    delivery = put(database, add_channel(database), now=now())

    wait_for(lambda: row_of(database, delivery).status == "sent")


def test_a_new_revision_is_judged_even_where_another_duty_fails(
    database: Database, pulse: Pulse, judged: list[tuple[str, int]]
) -> None:
    wait_for(lambda: judged == [(MAIN, 0)])
    with database.writing() as session:
        workspace_named(session, MAIN).revision = 1

    wait_for(lambda: judged[-1] == (MAIN, 1))


def test_a_threshold_that_somebody_made_is_judged(
    database: Database, pulse: Pulse, judged: list[tuple[str, int]]
) -> None:
    wait_for(lambda: judged == [(MAIN, 0)])
    with database.writing() as session:
        session.add(
            Threshold(
                workspace_id=1, kpi_name="revenue", threshold_value=1.0, rule={}, created_at=now(), created_by="a test",
                updated_at=now(),
            )
        )  # fmt: skip
        session.flush()
        session.add(
            ThresholdVersion(threshold_id=1, number=1, rule={}, summary="added", created_at=now(), created_by="a test")
        )

    wait_for(lambda: len(judged) == 2)


def test_what_hangs_does_not_keep_it_from_stopping(database: Database) -> None:
    release = threading.Event()

    def hang(_database: Database, _workspace: str, _now: datetime) -> None:
        release.wait(30)

    pulse = Pulse(database, Sender(database, ways_of(Scripted()), now, Random(1)), (hang,))
    pulse.start()
    begun = time.monotonic()
    wait_for(lambda: True)

    pulse.stop()

    assert time.monotonic() - begun < STOP_SECONDS + 2
    release.set()
