"""Messages are written down whole, in the transaction of what caused them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from dash_kpi.alerting.messages.message import Line, Message
from dash_kpi.alerting.outbox.queue import enqueue
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Channel, Delivery

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MESSAGE = Message("firing", "Revenue is below 100", (Line("Revenue is 82", facts=(("Limit", "100"),)),))


@pytest.fixture
def channel_id(database: Database) -> int:
    with database.writing() as session:
        channel = Channel(
            workspace_id=1, name="Sales", kind="slack", config={}, secrets="", on_unknown="reconcile", created_at=NOW,
            created_by="a test", updated_at=NOW,
        )  # fmt: skip
        session.add(channel)
        session.flush()
        return channel.id


def test_a_message_waits_with_everything_it_says(database: Database, channel_id: int) -> None:
    later = NOW + timedelta(hours=8)
    with database.writing() as session:
        enqueue(
            session, 1, channel_id=channel_id, destination="#sales", kind="firing", message=MESSAGE, now=NOW,
            due_at=later,
        )  # fmt: skip

    with database.reading() as session:
        row = session.scalars(select(Delivery)).one()
    assert (row.status, row.due_at, row.attempts, row.is_possible_repeat) == ("queued", later, 0, False)
    assert Message.from_json(row.message) == MESSAGE


def test_nothing_waits_when_its_cause_is_undone(database: Database, channel_id: int) -> None:
    def fail_after_enqueueing() -> None:
        with database.writing() as session:
            enqueue(session, 1, channel_id=channel_id, destination="#sales", kind="firing", message=MESSAGE, now=NOW)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_enqueueing()

    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Delivery)) == 0
