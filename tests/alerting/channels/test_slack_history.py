"""Evidence from Slack's history of what was posted."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from dash_kpi.alerting.channels import slack
from dash_kpi.alerting.channels.transport import Absent, Evidence, NoEvidence, Sent, Unknown
from tests.alerting.channels.slack_deliveries import MESSAGE, bot, outgoing, settled
from tests.fakes.faults import Fault
from tests.fakes.slack import FakeSlack


def look(fake: FakeSlack, folder: Path, uid: str, channel: str = "C00000001", **more: object) -> Evidence:
    return slack.reconcile(bot(fake, folder, channel), settled(outgoing(uid, channel, **more)))  # type: ignore[arg-type]


@pytest.mark.parametrize("channel", ["C00000001", "#sales", "#finance", "C00000002"])
def test_a_message_whose_answer_was_lost_is_found(channel: str, tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.script.append(Fault("reset_after"))
        assert isinstance(slack.send(bot(fake, tmp_path, channel), outgoing("d1", channel)), Unknown)
        (post,) = fake.room(channel).top
        assert look(fake, tmp_path, "d1", channel) == Sent({"channel": fake.room(channel).id, "ts": post.ts})


def test_a_message_that_slack_never_got_is_absent_once_it_had_time(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.script.append(Fault("reset_before"))
        delivery = outgoing("d1")
        slack.send(bot(fake, tmp_path), delivery)
        early = slack.reconcile(bot(fake, tmp_path), delivery)
        assert isinstance(early, NoEvidence)
        assert early.ask_after is not None
        assert 0 < early.ask_after <= 2
        assert look(fake, tmp_path, "d1") == Absent()


def test_another_delivery_is_no_evidence_of_this_one(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        slack.send(bot(fake, tmp_path), outgoing("d1"))
        assert look(fake, tmp_path, "d11") == Absent()


def test_an_answer_in_a_thread_is_found_there_or_in_the_channel(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        config = bot(fake, tmp_path)
        first = slack.send(config, outgoing("first"))
        assert isinstance(first, Sent)
        over = replace(MESSAGE, kind="resolved")
        slack.send(config, outgoing("inside", message=over, thread=first.receipt))
        slack.send(config, outgoing("outside", message=over))
        inside = look(fake, tmp_path, "inside", thread=first.receipt)
        assert inside == Sent({"channel": "C00000001", "ts": fake.room("sales").thread(first.receipt["ts"])[0].ts})
        assert isinstance(look(fake, tmp_path, "outside", thread=first.receipt), Sent)
        assert look(fake, tmp_path, "none", thread=first.receipt) == Absent()
        fake.room("sales").messages.pop(0)
        assert isinstance(look(fake, tmp_path, "outside", thread=first.receipt), Sent)


def test_every_page_of_the_history_is_read(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.most_page = 3
        for number in range(10):
            slack.send(bot(fake, tmp_path), outgoing(f"d{number}"))
        assert isinstance(look(fake, tmp_path, "d0"), Sent)
        assert look(fake, tmp_path, "other") == Absent()


def test_a_history_without_end_is_no_evidence(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.most_page = 1
        for number in range(35):
            slack.send(bot(fake, tmp_path), outgoing(f"d{number}"))
        evidence = look(fake, tmp_path, "other")
        assert isinstance(evidence, NoEvidence)
        assert "too many messages" in evidence.reason


def test_a_clock_that_is_ahead_of_slacks_hides_nothing(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.behind = 90
        slack.send(bot(fake, tmp_path), outgoing("d1"))
        assert isinstance(look(fake, tmp_path, "d1"), Sent)
        assert look(fake, tmp_path, "d2") == Absent()


def test_messages_from_before_the_try_are_not_looked_at(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        slack.send(bot(fake, tmp_path), outgoing("d1"))
        later = replace(outgoing("d1"), started_at=datetime.now(UTC) + timedelta(seconds=60))
        assert isinstance(slack.reconcile(bot(fake, tmp_path), later), NoEvidence)


@pytest.mark.parametrize(
    ("channel", "scopes", "named"),
    [
        ("C00000001", {"chat:write"}, "channels:history"),
        ("C00000002", {"chat:write", "channels:history"}, "groups:history"),
        ("#sales", {"chat:write", "channels:history"}, "channels:read"),
    ],
)
def test_a_missing_scope_is_named(channel: str, scopes: set[str], named: str, tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.scopes = scopes
        evidence = look(fake, tmp_path, "d1", channel)
        assert isinstance(evidence, NoEvidence)
        assert evidence.ask_after is None
        assert f"scope {named}" in evidence.reason


def test_a_public_channel_is_found_by_name_without_the_scope_of_private_ones(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.scopes -= {"groups:read", "groups:history"}
        slack.send(bot(fake, tmp_path, "#sales"), outgoing("d1", "#sales"))
        assert isinstance(look(fake, tmp_path, "d1", "#sales"), Sent)


def test_a_bot_that_left_the_channel_has_no_evidence(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.room("sales").has_bot = False
        for channel in ("#sales", "C00000001"):
            evidence = look(fake, tmp_path, "d1", channel)
            assert isinstance(evidence, NoEvidence)
            assert evidence.ask_after is None


@pytest.mark.parametrize(
    ("fault", "ask_after"),
    [
        (Fault("status", status=429, retry_after=9), 9.0),
        (Fault("status", status=429), 60.0),
        (Fault("status", status=500), 30.0),
        (Fault("reset_after"), 30.0),
        (Fault("truncated"), 30.0),
        (Fault("malformed", body="[1]"), 30.0),
        (Fault("malformed", body='{"ok": true}'), 30.0),
        (Fault("malformed", body='{"ok": false, "error": "token_revoked"}'), 30.0),
    ],
)
def test_a_history_that_cannot_be_read_now_is_worth_asking_again(
    fault: Fault, ask_after: float, tmp_path: Path
) -> None:
    with FakeSlack() as fake:
        fake.script.append(fault)
        evidence = look(fake, tmp_path, "d1")
        assert isinstance(evidence, NoEvidence)
        assert evidence.ask_after == ask_after


def test_a_slack_that_cannot_be_reached_is_no_evidence(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        config = bot(fake, tmp_path)
    assert isinstance(slack.reconcile(config, outgoing()), NoEvidence)
