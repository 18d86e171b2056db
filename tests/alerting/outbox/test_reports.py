"""Reports of WhatsApp end the same in any order and repetition."""

from functools import reduce
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.alerting.outbox.reports import Report, apply_reports, merged, reports_of
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Alert, Channel, Delivery
from tests.alerting.builders import NOW, add_alert, add_channel, add_delivery

REPORTS = st.lists(
    st.one_of(
        st.builds(Report, st.sampled_from(("a", "b", "c")), st.sampled_from(("sent", "delivered", "read"))),
        st.builds(Report, st.sampled_from(("a", "b", "c")), st.just("failed"), code=st.sampled_from((131026, 131049))),
    ),
    min_size=1,
    max_size=8,
)


def delivery(database: Database, status: str, receipt: dict[str, Any] | None = None) -> tuple[int, str]:
    channel = add_channel(database, kind="whatsapp")
    number = add_delivery(database, channel, [add_alert(database)], status=status, receipt=receipt, ended_at=None)
    return number, row_of(database, number).uid


def row_of(database: Database, number: int) -> Delivery:
    with database.reading() as session:
        return session.get_one(Delivery, number)


@given(REPORTS, st.sampled_from(({}, {"wamid": "a"}, {"wamid": "c"})), st.randoms(use_true_random=False))
def test_any_order_and_repetition_ends_the_same(reports: list[Report], receipt: dict[str, Any], dice: Any) -> None:
    other = [*reports, *reports[::2]]
    dice.shuffle(other)
    assert reduce(merged, reports, receipt) == reduce(merged, other, receipt)


@pytest.mark.parametrize("status", ["unknown", "sending"])
@pytest.mark.parametrize("state", ["sent", "delivered", "read"])
def test_an_unknown_delivery_turns_out_to_be_sent(status: str, state: Any, database: Database) -> None:
    number, uid = delivery(database, status)
    assert apply_reports(database, [Report("w", state, uid)], NOW) == 1
    row = row_of(database, number)
    assert (row.status, row.reason, row.ended_at) == ("sent", None, NOW)
    assert row.receipt is not None
    assert (row.receipt["wamid"], row.receipt["report"]) == ("w", state)
    with database.reading() as session:
        assert [one.sent_at for one in session.query(Alert)] == [NOW]


def test_a_failure_is_told_with_its_reason_and_is_found_by_the_wamid(database: Database) -> None:
    number, _ = delivery(database, "sent", {"wamid": "w"})
    for _ in range(2):
        apply_reports(database, [Report("w", "sent"), Report("w", "failed", code=131026)], NOW)
    row = row_of(database, number)
    assert row.status == "failed"
    assert "131026" in str(row.reason)
    apply_reports(database, [Report("w", "delivered")], NOW)
    assert (row_of(database, number).status, row_of(database, number).reason) == ("sent", None)


def test_a_failed_first_try_does_not_undo_a_second_that_was_accepted(database: Database) -> None:
    number, uid = delivery(database, "sent", {"wamid": "second"})
    apply_reports(database, [Report("first", "failed", uid, 131026)], NOW)
    assert row_of(database, number).status == "sent"


def test_a_failure_of_the_whole_channel_is_said_of_it(database: Database) -> None:
    number, uid = delivery(database, "sent", {"wamid": "w"})
    apply_reports(database, [Report("w", "failed", uid, 132015)], NOW)
    with database.reading() as session:
        channel = session.get_one(Channel, row_of(database, number).channel_id)
    assert "paused" in str(channel.problem)


def test_unknown_ids_and_other_kinds_of_channels_are_left_alone(database: Database) -> None:
    number = add_delivery(database, add_channel(database), [add_alert(database)], receipt={"wamid": "w"})
    row = row_of(database, number)
    assert apply_reports(database, [Report("w", "failed", row.uid, 1), Report("x", "read")], NOW) == 0
    assert row_of(database, number).status == "sent"


@given(st.recursive(st.none() | st.integers() | st.text(), lambda one: st.lists(one) | st.dictionaries(
    st.sampled_from(("entry", "changes", "value", "statuses", "errors", "id", "status")), one)))  # fmt: skip
def test_whatever_is_posted_is_read_without_an_error(told: Any) -> None:
    assert isinstance(reports_of(told), tuple)


def test_what_was_accepted_and_did_not_arrive_is_told_through_another_channel(database: Database) -> None:
    other = add_channel(database, "Operations", kind="slack", config={"channel": "#operations"})
    _, uid = delivery(database, "sent", {"wamid": "w"})

    apply_reports(database, [Report("w", "failed", uid, 131026)] * 2, NOW)

    with database.reading() as session:
        [notice] = session.query(Delivery).where(Delivery.kind == "notice")
    assert (notice.channel_id, notice.destination) == (other, "#operations")
    assert "131026" in str(notice.message)
