"""Reports of WhatsApp end the same in any order and repetition."""

from dataclasses import replace
from datetime import timedelta
from functools import reduce
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dash_kpi.alerting.channels.whatsapp_errors import MOST_FAILURES
from dash_kpi.alerting.outbox.record import mark_sent
from dash_kpi.alerting.outbox.reports import Applied, Report, apply_reports, merged, reports_of
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Alert, Channel, Delivery
from tests.alerting.builders import NOW, add_alert, add_channel, add_delivery

FAILURES = (131026, 131047, 131049, 132015, 131056, 131000, 999999)
REPORTS = st.lists(
    st.one_of(
        st.builds(Report, st.sampled_from(("a", "b", "c")), st.sampled_from(("sent", "delivered", "read"))),
        st.builds(Report, st.sampled_from(("a", "b", "c")), st.just("failed"), code=st.sampled_from(FAILURES)),
    ),
    min_size=1,
    max_size=8,
)


def delivery(database: Database, status: str, receipt: dict[str, Any] | None = None) -> tuple[int, str]:
    channel = add_channel(database, name=uuid4().hex, kind="whatsapp")
    number = add_delivery(database, channel, [add_alert(database)], status=status, receipt=receipt, ended_at=None)
    return number, row_of(database, number).uid


def row_of(database: Database, number: int) -> Delivery:
    with database.reading() as session:
        return session.get_one(Delivery, number)


def set_to(database: Database, number: int, status: str, receipt: dict[str, Any] | None) -> None:
    with database.writing() as session:
        row = session.get_one(Delivery, number)
        row.status, row.receipt = status, receipt  # type: ignore[assignment]
        row.reason = row.ended_at = None
        row.holds_up, row.due_at = False, NOW
        channel = session.get_one(Channel, row.channel_id)
        channel.problem = channel.problem_since = channel.paused_until = None


def end_of(database: Database, number: int) -> tuple[Any, ...]:
    row = row_of(database, number)
    when = row.due_at if row.status == "queued" else row.ended_at
    return row.status, row.reason, row.receipt, when, row.holds_up, row.claimed_by, row.is_possible_repeat


@given(REPORTS, st.sampled_from(({}, {"wamid": "a"}, {"wamid": "c"})), st.randoms(use_true_random=False))
def test_any_order_and_repetition_ends_the_same(reports: list[Report], receipt: dict[str, Any], dice: Any) -> None:
    other = [*reports, *reports[::2]]
    dice.shuffle(other)
    assert reduce(merged, reports, receipt) == reduce(merged, other, receipt)


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    REPORTS,
    st.sampled_from(("queued", "sending", "unknown", "sent", "failed", "parked", "dropped")),
    st.sampled_from((None, {"wamid": "a"}, {"wamid": "c", "wa_id": "1"})),
    st.randoms(use_true_random=False),
)
def test_any_order_and_repetition_ends_in_the_same_delivery(
    database: Database, reports: list[Report], status: str, receipt: dict[str, Any] | None, dice: Any
) -> None:
    number, uid = delivery(database, status, receipt)
    other = [*reports, *reports[::2]]
    dice.shuffle(other)
    ends = []
    for order in (reports, other):
        set_to(database, number, status, receipt)
        told = [replace(one, uid=uid) for one in order]
        early = [one for one in told if apply_reports(database, [one], NOW).early]
        apply_reports(database, early, NOW)  # WhatsApp posts again what was not taken
        ends.append(end_of(database, number))
    assert ends[0] == ends[1]


@pytest.mark.parametrize("status", ["unknown", "sending", "queued", "parked"])
@pytest.mark.parametrize("state", ["sent", "delivered", "read"])
def test_an_unknown_delivery_turns_out_to_be_sent(status: str, state: Any, database: Database) -> None:
    number, uid = delivery(database, status)
    assert apply_reports(database, [Report("w", state, uid)], NOW) == Applied(1)
    row = row_of(database, number)
    assert (row.status, row.reason, row.ended_at) == ("sent", None, NOW)
    assert row.receipt is not None
    assert (row.receipt["wamid"], row.receipt["report"]) == ("w", state)
    with database.reading() as session:
        assert [one.sent_at for one in session.query(Alert)] == [NOW]


def test_a_failure_is_told_with_its_reason_and_is_found_by_the_wamid(database: Database) -> None:
    number, _ = delivery(database, "sent", {"wamid": "w"})
    for _ in range(2):
        apply_reports(database, [Report("w", "sent"), Report("w", "failed", code=131049)], NOW)
    row = row_of(database, number)
    assert row.status == "failed"
    assert "131049" in str(row.reason)
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
    assert apply_reports(database, [Report("w", "failed", row.uid, 1), Report("x", "read")], NOW) == Applied()
    assert row_of(database, number).status == "sent"


@settings(max_examples=40)
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


@pytest.mark.parametrize("code", [131056, 131000, 131047])
def test_a_late_failure_that_passes_is_tried_again(code: int, database: Database) -> None:
    number, uid = delivery(database, "sent", {"wamid": "w"})

    apply_reports(database, [Report("w", "failed", uid, code)] * 2, NOW)

    row = row_of(database, number)
    assert (row.status, row.ended_at, row.is_possible_repeat) == ("queued", None, False)
    assert row.due_at > NOW
    assert f"(code {code})" in str(row.reason)


@pytest.mark.parametrize(
    ("code", "status"),
    [(131049, "failed"), (131026, "parked"), (132015, "parked")],
)
def test_a_late_refusal_ends_like_one_at_once(code: int, status: str, database: Database) -> None:
    number, uid = delivery(database, "sent", {"wamid": "w"})

    apply_reports(database, [Report("w", "failed", uid, code)], NOW)

    row = row_of(database, number)
    assert row.status == status
    assert str(code) in str(row.reason)


def test_a_second_try_is_not_undone_by_repeated_reports_on_the_first(database: Database) -> None:
    number, uid = delivery(database, "sent", {"wamid": "first"})
    late = [Report("first", "failed", uid, 131056)]
    apply_reports(database, late, NOW)
    with database.writing() as session:
        row = session.get_one(Delivery, number)
        row.attempts += 1
        mark_sent(session, row, {"wamid": "second"}, NOW)

    apply_reports(database, late, NOW + timedelta(hours=1))
    assert row_of(database, number).status == "sent"

    apply_reports(database, [Report("second", "failed", uid, 131049)], NOW)
    assert (row_of(database, number).status, row_of(database, number).ended_at) == ("failed", NOW)


def test_what_fails_again_and_again_is_given_up(database: Database) -> None:
    number, uid = delivery(database, "sent")
    for one in range(MOST_FAILURES):
        apply_reports(database, [Report(f"w{one}", "failed", uid, 131056)], NOW)
    row = row_of(database, number)
    assert row.status == "failed"
    assert "6 times" in str(row.reason)


def test_a_failure_waits_until_the_try_under_way_has_ended(database: Database) -> None:
    number, uid = delivery(database, "sending")
    assert apply_reports(database, [Report("w", "failed", uid, 131049)], NOW) == Applied(1, 1)
    assert (row_of(database, number).status, row_of(database, number).receipt) == ("sending", None)


def test_what_a_person_left_unsent_stays_so(database: Database) -> None:
    number, uid = delivery(database, "dropped", {"wamid": "w"})
    apply_reports(database, [Report("w", "failed", uid, 131056)], NOW)
    assert row_of(database, number).status == "dropped"
