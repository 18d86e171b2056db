"""The sender's threads: what hangs holds up nothing else, and what is under way is not begun twice."""

import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from random import Random

import pytest
from sqlalchemy import func, select

from dash_kpi.alerting.channels.transport import Config, Outcome, Outgoing
from dash_kpi.alerting.outbox.sender import MOST_OF_A_CHANNEL, Sender
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Delivery
from tests.alerting.outbox.scripted import Scripted, add_channel, put, row_of, ways_of
from tests.waiting import wait_for


class Hanging(Scripted):
    """Hangs for some destinations, until the test lets go."""

    def __init__(self) -> None:
        super().__init__()
        self.release = threading.Event()
        self.hanging: set[str] = set()  # uids; of several threads at once

    def send(self, config: Config, outgoing: Outgoing) -> Outcome:
        if outgoing.destination.startswith("#hang"):
            self.hanging.add(outgoing.uid)
            self.release.wait(20)
        return super().send(config, outgoing)


@pytest.fixture
def transport() -> Iterator[Hanging]:
    transport = Hanging()
    yield transport
    transport.release.set()


@pytest.fixture
def sender(database: Database, transport: Hanging) -> Iterator[Sender]:
    sender = Sender(database, ways_of(transport), now, Random(1))
    sender.start()
    yield sender
    transport.release.set()
    sender.begin_stop()
    sender.join(time.monotonic() + 20)


def now() -> datetime:
    return datetime.now(UTC)


def sent(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(Delivery.status == "sent")) or 0


def test_a_channel_that_hangs_holds_up_no_other(database: Database, sender: Sender, transport: Hanging) -> None:
    broken, fine = add_channel(database, "Broken"), add_channel(database, "Fine")
    for number in range(10):
        put(database, broken, f"#hang-{number}", now=now())
        put(database, fine, f"#fine-{number}", now=now())

    sender.look()

    wait_for(lambda: sent(database) == 10)
    wait_for(lambda: len(transport.hanging) == MOST_OF_A_CHANNEL)
    assert sent(database) == 10
    transport.release.set()
    wait_for(lambda: sent(database) == 20)


def test_everything_for_one_destination_is_sent_in_order_after_one_look(
    database: Database, sender: Sender, transport: Hanging
) -> None:
    channel = add_channel(database)
    ids = [put(database, channel, now=now()) for _ in range(20)]

    sender.look()

    wait_for(lambda: sent(database) == 20)
    assert [one.uid for one in transport.ledger] == [row_of(database, number).uid for number in ids]


def test_what_is_under_way_is_not_taken_for_a_crash(database: Database, sender: Sender, transport: Hanging) -> None:
    delivery = put(database, add_channel(database), "#hang", now=now())
    sender.look()
    wait_for(lambda: len(transport.hanging) == 1)

    sender.sweep()

    assert row_of(database, delivery).status == "sending"
    transport.release.set()
    wait_for(lambda: sent(database) == 1)
    assert row_of(database, delivery).attempts == 1


def test_the_time_at_which_something_becomes_due_is_told(database: Database, sender: Sender) -> None:
    later = datetime(2100, 1, 1, tzinfo=UTC)
    put(database, add_channel(database), now=now(), due_at=later)

    assert sender.look() == later
