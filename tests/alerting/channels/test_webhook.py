"""Webhooks against a receiver that verifies as the official package does."""

import json
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.alerting.channels import webhook
from dash_kpi.alerting.channels.transport import (
    Absent,
    ChannelProblem,
    Config,
    NotSent,
    Outcome,
    RefusedForGood,
    Sent,
    Unknown,
)
from dash_kpi.alerting.channels.webhook_body import LARGEST, body_of
from dash_kpi.alerting.messages.message import Line, Message
from tests.alerting.channels.builders import FIRING, UID, config_of, outgoing, patient, settings_in
from tests.fakes import certificates
from tests.fakes.faults import Fault, at_random
from tests.fakes.webhook import FakeReceiver

SECRET = webhook.new_secret()


@pytest.fixture
def receiver() -> Iterator[FakeReceiver]:
    with FakeReceiver(SECRET) as service:
        yield service


@pytest.fixture
def config(receiver: FakeReceiver, tmp_path: Path) -> Config:
    return config_of(settings_in(tmp_path, webhook_private_hosts=("127.0.0.1",)), url=receiver.url, secret=SECRET)


def with_values(config: Config, **values: str) -> Config:
    return replace(config, values={**config.values, **values})


def test_a_message_is_signed_and_arrives_whole(receiver: FakeReceiver, config: Config) -> None:
    assert webhook.send(config, outgoing(thread={"webhook_id": "first"})) == Sent({"webhook_id": UID})
    ((uid, body),) = [entry.message for entry in receiver.ledger]
    assert (uid, body["type"], body["timestamp"]) == (UID, "kpi.alert.firing", "2026-03-02T08:30:00Z")
    assert (body["data"]["title"], body["data"]["in_reply_to"]) == (FIRING.title, "first")
    assert body["data"]["lines"][0]["facts"][0] == {"name": "Value", "value": "€ 82,100"}
    assert body["data"]["series"]["values"][2] is None


def test_a_repeat_has_the_same_id_and_bytes_and_is_dropped(receiver: FakeReceiver, config: Config) -> None:
    for attempt in (1, 2):
        sent = webhook.send(config, outgoing(attempt=attempt, is_possible_repeat=attempt == 2))
        assert isinstance(sent, Sent)
    assert (receiver.kept, receiver.repeats) == ([UID], [UID])
    assert receiver.requests[0].body == receiver.requests[1].body


def test_every_attempt_is_signed_for_its_own_time() -> None:
    first, later = (webhook.headers_of(UID, seconds, b"{}", (b"k" * 24,)) for seconds in (1, 2))
    assert first["webhook-id"] == later["webhook-id"]
    assert (first["webhook-timestamp"], later["webhook-timestamp"]) == ("1", "2")
    assert first["webhook-signature"] != later["webhook-signature"]


@pytest.mark.parametrize("known", ["old", "new"])
def test_while_the_secret_changes_either_one_verifies(known: str, tmp_path: Path) -> None:
    secrets = {"old": webhook.new_secret(), "new": webhook.new_secret()}
    settings = settings_in(tmp_path, webhook_private_hosts=("127.0.0.1",))
    with FakeReceiver(secrets[known]) as receiver:
        config = config_of(settings, url=receiver.url, secret=secrets["new"], old_secret=secrets["old"])
        assert isinstance(webhook.send(config, outgoing()), Sent)


CHANNEL = "channel"
FAULTS = [
    (Fault("status", status=500), Unknown, None),
    (Fault("status_after", status=500), Unknown, None),
    (Fault("status", status=503), Unknown, None),
    (Fault("status", status=503, retry_after=7), NotSent, CHANNEL),
    (Fault("status", status=502, retry_after=7), NotSent, CHANNEL),
    (Fault("status", status=504, retry_after=7), NotSent, CHANNEL),
    (Fault("status", status=429), NotSent, CHANNEL),
    (Fault("status", status=400), RefusedForGood, "message"),
    (Fault("status", status=413), RefusedForGood, "message"),
    (Fault("status", status=401), RefusedForGood, CHANNEL),
    (Fault("status", status=404), RefusedForGood, CHANNEL),
    (Fault("status", status=410), RefusedForGood, CHANNEL),
    (Fault("status", status=301), RefusedForGood, CHANNEL),
    (Fault("reset_before"), Unknown, None),
    (Fault("reset_after"), Unknown, None),
    (Fault("close_before"), Unknown, None),
    (Fault("close_after"), Unknown, None),
    (Fault("truncated"), Sent, None),
    (Fault("malformed"), Sent, None),
    (Fault("slow", seconds=0.05), Sent, None),
    (Fault("hang"), Unknown, None),
    (Fault("hang_after"), Unknown, None),
]


@pytest.mark.parametrize(
    ("fault", "kind", "scope"), FAULTS, ids=lambda one: f"{one.kind}-{one.status}" if isinstance(one, Fault) else ""
)
def test_what_a_fault_means(
    receiver: FakeReceiver, config: Config, fault: Fault, kind: type[Outcome], scope: str | None
) -> None:
    receiver.script.append(fault)
    outcome = webhook.send(patient(config, fault.patience), outgoing())
    assert isinstance(outcome, kind)
    assert getattr(outcome, "scope", None) == scope
    if isinstance(outcome, NotSent):
        assert outcome.retry_after == fault.retry_after
        assert not receiver.ledger
    if not isinstance(outcome, RefusedForGood):
        assert isinstance(webhook.send(config, outgoing()), Sent)
        assert receiver.kept == [UID]


def test_a_time_to_wait_may_be_a_date(receiver: FakeReceiver, config: Config) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(minutes=10), usegmt=True)
    receiver.script.append(Fault("status", status=429, retry_after=later))
    outcome = webhook.send(config, outgoing())
    assert isinstance(outcome, NotSent)
    assert outcome.retry_after == pytest.approx(600, abs=30)


@pytest.mark.parametrize("text", ["soon", "", "-5", "Mon, 99 Foo 2026", "9" * 400])
def test_a_time_to_wait_that_means_nothing_does_no_harm(receiver: FakeReceiver, config: Config, text: str) -> None:
    receiver.script.append(Fault("status", status=429, retry_after=text))
    outcome = webhook.send(config, outgoing())
    assert isinstance(outcome, NotSent)
    assert outcome.retry_after in {None, webhook.LONGEST_WAIT}


def test_a_redirect_is_not_followed(receiver: FakeReceiver, config: Config) -> None:
    with FakeReceiver(SECRET) as other:
        receiver.redirect = other.url
        outcome = webhook.send(config, outgoing())
        assert isinstance(outcome, RefusedForGood)
        assert not other.requests


def test_a_receiver_that_does_not_listen_was_certainly_not_told(config: Config) -> None:
    outcome = webhook.send(with_values(config, url="http://127.0.0.1:9/"), outgoing())
    assert outcome == NotSent("127.0.0.1 could not be reached.", scope="channel")


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "https://127.0.0.1/", "https://localhost/", "https://[::1]/"])
def test_what_is_inside_the_network_is_never_asked(tmp_path: Path, url: str) -> None:
    outcome = webhook.send(config_of(settings_in(tmp_path), url=url, secret=SECRET), outgoing())
    assert isinstance(outcome, RefusedForGood)
    assert outcome.scope == "channel"


def test_nothing_is_sent_unsigned(receiver: FakeReceiver, config: Config) -> None:
    outcome = webhook.send(with_values(config, secret=""), outgoing())
    assert isinstance(outcome, RefusedForGood)
    assert not receiver.requests


def test_tls_is_for_the_name_while_the_connection_goes_to_the_checked_address(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate = certificates.make(tmp_path, datetime.now(UTC), "localhost")
    settings = settings_in(tmp_path, webhook_private_hosts=("localhost", "127.0.0.1"))
    with FakeReceiver(SECRET, certificate=certificate) as receiver:
        of_name, of_address = (
            config_of(settings, url=f"https://{host}:{receiver.port}/", secret=SECRET)
            for host in ("localhost", "127.0.0.1")
        )
        untrusted = webhook.send(of_name, outgoing())
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate.path))
        assert isinstance(webhook.send(of_name, outgoing()), Sent)
        other_name = webhook.send(of_address, outgoing())
    assert receiver.requests[0].headers["host"] == f"localhost:{receiver.port}"
    assert isinstance(untrusted, RefusedForGood)
    assert "signed by itself" in untrusted.reason
    assert isinstance(other_name, RefusedForGood)
    assert "another name" in other_name.reason


def test_https_to_a_receiver_without_tls_is_certainly_not_sent(receiver: FakeReceiver, config: Config) -> None:
    url = receiver.url.replace("http:", "https:")
    assert isinstance(webhook.send(with_values(config, url=url), outgoing()), NotSent)
    assert not receiver.ledger


def test_a_test_of_the_connection_posts_nothing(receiver: FakeReceiver, config: Config) -> None:
    assert webhook.test(config).startswith("Reached 127.0.0.1")
    assert [request.method for request in receiver.requests] == ["HEAD"]


@pytest.mark.parametrize(
    "fault", [Fault("status", status=404), Fault("status", status=301), Fault("status"), Fault("hang")]
)
def test_a_test_of_the_connection_says_what_is_wrong(receiver: FakeReceiver, config: Config, fault: Fault) -> None:
    receiver.script.append(fault)
    with pytest.raises(ChannelProblem) as problem:
        webhook.test(patient(config, fault.patience))
    assert problem.value.field == "url"


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"url": "http://example.com"}, "url"),
        ({"url": "https://example.com", "secret": "hello"}, "secret"),
        ({"url": "https://example.com", "secret": "whsec_c2hvcnQ="}, "secret"),
        ({"url": "https://example.com", "secret": SECRET, "old_secret": "whsec_*"}, "old_secret"),
    ],
)
def test_what_a_person_tells_is_checked_without_a_request(tmp_path: Path, values: dict[str, str], field: str) -> None:
    with pytest.raises(ChannelProblem) as problem:
        webhook.check(values, settings_in(tmp_path))
    assert problem.value.field == field


def test_an_empty_secret_is_made(tmp_path: Path) -> None:
    values = webhook.completed({"url": "https://example.com", "secret": " "})
    webhook.check(values, settings_in(tmp_path))
    assert webhook.completed(values) == values
    assert webhook.destinations(values) == ("example.com",)


def test_what_may_have_arrived_may_be_sent_again_without_being_a_repeat(config: Config) -> None:
    assert webhook.reconcile(config, outgoing()) == Absent()


def test_lines_that_do_not_fit_are_left_out_and_counted() -> None:
    message = Message("firing", "Many", tuple(Line(f"Line {number} " + "€" * 100) for number in range(1000)))
    body = body_of(outgoing(message))
    data = json.loads(body)["data"]
    assert len(body) < LARGEST
    assert len(data["lines"]) + data["lines_left_out"] == 1000
    assert data["lines"][0]["text"].startswith("Line 0")
    assert len(body) > LARGEST - 1000


@given(st.text(max_size=50), st.integers(0, 400), st.integers(0, 30))
def test_a_body_is_json_below_the_largest_size_whatever_the_data(text: str, times: int, lines: int) -> None:
    long = text * times
    message = Message(
        "firing", long, (Line(long, facts=((long, long),) * 20, note=long, driver=long),) * lines, remark=long
    )
    body = body_of(outgoing(message))
    data = json.loads(body)["data"]
    assert len(body) < LARGEST
    assert len(data["lines"]) >= min(lines, 1)


def test_the_time_of_an_attempt_is_now(receiver: FakeReceiver, config: Config) -> None:
    webhook.send(config, outgoing())
    assert int(receiver.requests[0].headers["webhook-timestamp"]) == pytest.approx(time.time(), abs=60)


def test_among_random_faults_every_message_is_kept_once(tmp_path: Path) -> None:
    spoilt = [fault for fault, kind, _ in FAULTS if kind is not RefusedForGood and "hang" not in fault.kind]
    with FakeReceiver(SECRET, plan=at_random(7, 0.6, spoilt)) as receiver:
        config = config_of(settings_in(tmp_path, webhook_private_hosts=("127.0.0.1",)), url=receiver.url, secret=SECRET)
        for number in range(30):
            told = replace(outgoing(), uid=f"{number:032}")
            while not isinstance(outcome := webhook.send(config, told), Sent):
                assert isinstance(outcome, NotSent | Unknown)
    assert receiver.kept == [f"{number:032}" for number in range(30)]
    assert receiver.repeats
