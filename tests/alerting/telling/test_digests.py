"""Digests: when they are due, what they say, and that none is sent twice."""

from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from dash_kpi.alerting.messages.message import Message
from dash_kpi.alerting.telling.digest_given import Digest, DigestRefused, days_of, next_at
from dash_kpi.alerting.telling.digests import digests, preview_digest, remove_digest, save_digest, send_due
from dash_kpi.kpis.calendar import CIVIL, Days
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Delivery
from tests.alerting.builders import add_alert, add_channel
from tests.builders import commit_rows, sale

BERLIN = ZoneInfo("Europe/Berlin")
FIRST = date(2026, 1, 1)
MONDAY = datetime(2026, 2, 2, 6, tzinfo=UTC)


def sales(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(FIRST + timedelta(days=at), 100 + at) for at in range(32)])


def given(channel: int, **more: Any) -> dict[str, Any]:
    return {"name": "Every morning", "kpis": ["revenue"], "at": "08:00", "channels": [channel], **more}


def sent(database: Database) -> list[Message]:
    with database.reading() as session:
        return [Message.from_json(row.message) for row in session.query(Delivery).order_by(Delivery.id)]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("digest", "after", "due"),
    [
        (Digest("d"), "2026-02-02T07:59", "2026-02-02T08:00"),
        (Digest("d"), "2026-02-02T08:00", "2026-02-03T08:00"),
        (Digest("d", every="weekday"), "2026-02-06T09:00", "2026-02-09T08:00"),
        (Digest("d", every="week", weekday="wednesday"), "2026-02-02T09:00", "2026-02-04T08:00"),
        (Digest("d"), "2026-03-28T09:00", "2026-03-29T08:00"),  # the night of the change to summer time
        (Digest("d", at="02:30"), "2026-03-28T09:00", "2026-03-29T03:30"),  # a time that does not exist
        (Digest("d", at="02:30"), "2026-10-24T09:00", "2026-10-25T02:30"),  # one that comes twice
        (Digest("d", at="02:30"), "2026-10-25T02:30", "2026-10-26T02:30"),
    ],
)
def test_it_is_due_at_its_time_of_the_teams_zone(digest: Digest, after: str, due: str) -> None:
    assert next_at(digest, at(after), BERLIN, CIVIL) == at(due).astimezone(UTC)


def test_monday_looks_back_to_friday_and_a_week_is_the_one_that_is_over() -> None:
    monday = date(2026, 2, 9)

    assert days_of(Digest("d"), monday, CIVIL) == Days(date(2026, 2, 8), date(2026, 2, 8))
    assert days_of(Digest("d", every="weekday"), monday, CIVIL) == Days(date(2026, 2, 6), date(2026, 2, 8))
    assert days_of(Digest("d", every="week"), monday, CIVIL) == Days(date(2026, 2, 2), date(2026, 2, 8))


def test_it_tells_value_change_and_what_is_open(database: Database) -> None:
    sales(database)
    add_alert(database)

    message = preview_digest(database, MAIN, given(1), MONDAY)

    assert message.title == "Every morning: 1 Feb 2026"
    assert message.lines[0].text.startswith("Revenue: 131, +0.8% against 31 Jan 2026")
    assert message.lines[0].sparkline == "▁▁▂▂▃▄▄▅▅▆▇▇██"
    assert message.remark == "1 alert is open"


def test_days_without_data_are_missing_and_not_zero(database: Database) -> None:
    sales(database)

    message = preview_digest(database, MAIN, given(1), MONDAY + timedelta(days=5))

    assert message.lines[0].text.startswith("Revenue: n/a")


def test_it_is_sent_once_when_it_is_due(database: Database) -> None:
    sales(database)
    channel = add_channel(database, config={"channel": "#sales"})
    save_digest(database, MAIN, given(channel), "Ann", MONDAY)

    assert send_due(database, MAIN, MONDAY) == 0
    assert send_due(database, MAIN, MONDAY + timedelta(hours=2)) == 1
    assert send_due(database, MAIN, MONDAY + timedelta(hours=2)) == 0

    (row,) = digests(database, MAIN)
    assert row.next_at == MONDAY + timedelta(days=1, hours=2)
    assert [(one.kind, one.remark) for one in sent(database)] == [("digest", "No alert is open")]


def test_several_that_were_missed_are_one_late_one_of_the_newest_day(database: Database) -> None:
    sales(database)
    channel = add_channel(database, config={"channel": "#sales"})
    save_digest(database, MAIN, given(channel), "Ann", MONDAY - timedelta(days=4))

    assert send_due(database, MAIN, MONDAY + timedelta(hours=5)) == 1

    (message,) = sent(database)
    assert message.title == "Every morning: 1 Feb 2026"
    assert message.remark.startswith("It comes late: it was due on 29 Jan 2026 at 08:00")


def test_it_is_refused_with_the_field_that_is_wrong_and_can_be_kept_again(database: Database) -> None:
    sales(database)
    channel = add_channel(database, config={"channel": "#sales"})
    for wrong, field in (({"at": "8"}, "at"), ({"kpis": ["revenu"]}, "kpis"), ({"channels": [99]}, "channels")):
        with pytest.raises(DigestRefused) as refused:
            save_digest(database, MAIN, given(channel) | wrong, "Ann", MONDAY)
        assert refused.value.field == field
    number = save_digest(database, MAIN, given(channel), "Ann", MONDAY)

    removed = remove_digest(database, MAIN, number)

    assert digests(database, MAIN) == ()
    assert save_digest(database, MAIN, removed.as_json(), "Ann", MONDAY)
