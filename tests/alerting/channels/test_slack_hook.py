"""Deliveries by an incoming webhook, fault by fault."""

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from dash_kpi.alerting.channels import slack_hook
from dash_kpi.alerting.channels.transport import (
    ChannelProblem,
    NoEvidence,
    NotSent,
    Outcome,
    RefusedForGood,
    Sent,
    Unknown,
)
from tests.alerting.channels.slack_deliveries import hook, outgoing
from tests.fakes.faults import Fault
from tests.fakes.slack import HOOK, FakeSlack


def kind_of(outcome: Outcome) -> tuple[object, ...]:
    match outcome:
        case NotSent(retry_after=wait, scope=scope):
            return NotSent, wait, scope
        case RefusedForGood(scope=scope):
            return RefusedForGood, scope
    return (type(outcome),)


def word(status: int, body: str) -> Fault:
    return Fault("status", status=status, body=body)


@pytest.mark.parametrize(
    ("fault", "expected", "posted"),
    [
        (Fault("slow", seconds=0.05), (Sent,), 1),
        (Fault("status", status=429, retry_after=7), (NotSent, 7.0, "channel"), 0),
        (Fault("status", status=500, body="rollup_error"), (Unknown,), 0),
        (Fault("status_after", status=502), (Unknown,), 1),
        (Fault("hang"), (Unknown,), 0),
        (Fault("reset_before"), (Unknown,), 0),
        (Fault("reset_after"), (Unknown,), 1),
        (Fault("close_after"), (Unknown,), 1),
        (Fault("truncated"), (Unknown,), 1),
        (Fault("malformed", body="okay"), (Unknown,), 1),
        (word(403, "action_prohibited"), (RefusedForGood, "channel"), 0),
        (word(403, "invalid_token"), (RefusedForGood, "channel"), 0),
        (word(404, "no_service"), (RefusedForGood, "channel"), 0),
        (word(404, "no_team"), (RefusedForGood, "channel"), 0),
        (word(404, "no_active_hooks"), (RefusedForGood, "channel"), 0),
        (word(404, "channel_not_found"), (RefusedForGood, "destination"), 0),
        (word(400, "user_not_found"), (RefusedForGood, "destination"), 0),
        (word(410, "channel_is_archived"), (RefusedForGood, "destination"), 0),
        (word(403, "<html>"), (RefusedForGood, "channel"), 0),
        (word(302, ""), (RefusedForGood, "channel"), 0),
    ],
    ids=lambda value: f"{value.kind}-{value.status}-{value.body}" if isinstance(value, Fault) else "",
)
def test_every_fault_has_its_outcome_and_nothing_is_sent_twice(
    fault: Fault, expected: tuple[object, ...], posted: int, tmp_path: Path
) -> None:
    with FakeSlack() as fake:
        fake.script.append(fault)
        config = hook(fake, tmp_path, channel_seconds=fault.patience)
        assert kind_of(slack_hook.send(config, outgoing())) == expected
        assert (len(fake.ledger), len(fake.requests)) == (posted, 1)


@pytest.mark.parametrize("code", ["invalid_payload", "no_text", "too_many_attachments", "invalid_blocks"])
def test_a_message_refused_for_its_form_goes_once_more_as_text(code: str, tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.script.append(word(400, code))
        assert slack_hook.send(hook(fake, tmp_path), outgoing()) == Sent({})
        (post,) = fake.room("sales").top
        assert post.blocks is None
        fake.script.extend([word(400, code), word(400, code)])
        assert kind_of(slack_hook.send(hook(fake, tmp_path), outgoing())) == (RefusedForGood, "message")


def test_a_slack_that_cannot_be_reached_has_certainly_got_nothing(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        config = hook(fake, tmp_path)
    assert kind_of(slack_hook.send(config, outgoing())) == (NotSent, None, "channel")


def test_nothing_can_be_found_out_or_changed_later(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        evidence = slack_hook.reconcile(hook(fake, tmp_path), outgoing())
        slack_hook.close(hook(fake, tmp_path), outgoing())
        assert isinstance(evidence, NoEvidence)
        assert evidence.ask_after is None
        assert not fake.requests


def test_a_possible_repeat_says_so(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        slack_hook.send(hook(fake, tmp_path), outgoing("d9", is_possible_repeat=True))
        assert "(possible repeat of d9)" in fake.room("sales").top[0].shown


def test_the_address_is_never_logged_nor_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    with FakeSlack() as fake:
        fake.script.extend([Fault("reset_after"), word(400, "invalid_blocks"), word(404, "no_service")])
        told = [str(slack_hook.send(hook(fake, tmp_path), outgoing())) for _ in range(2)]
        assert HOOK not in caplog.text + "".join(told) + repr(hook(fake, tmp_path))
        assert HOOK not in "".join(slack_hook.destinations({"url": fake.hook_url, "channel": ""}))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://127.0.0.1:1/services/T/B/x",
        "https://evil.example/services/T/B/x",
        "{hooks}",
        "{hooks}../services/T",
        "{hooks}services/T/B/x y",
        "{hooks}services/../../x",
        "{hooks}services/T/B/x#y",
        "{hooks}@evil.example",
    ],
)
def test_only_an_address_of_slack_is_taken_and_not_repeated(url: str, tmp_path: Path) -> None:
    with FakeSlack() as fake:
        config = hook(fake, tmp_path)
        values = {"url": url.format(hooks=fake.url)}
        if url == "{hooks}@evil.example":
            values = {"url": fake.url.rstrip("/") + "@evil.example/services/x"}
        with pytest.raises(ChannelProblem) as problem:
            slack_hook.check(values, config.settings)
        assert problem.value.field == "url"
        assert isinstance(slack_hook.send(replace(config, values=values), outgoing()), RefusedForGood)
        assert not fake.requests


def test_a_webhook_is_tested_without_a_message(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        assert slack_hook.test(hook(fake, tmp_path)) == "The webhook is there and takes messages."
        assert not fake.ledger


@pytest.mark.parametrize(
    ("fault", "words"),
    [
        (word(404, "no_service"), "make a new incoming webhook"),
        (word(410, "channel_is_archived"), "archived"),
        (word(429, ""), "asked to wait"),
        (word(500, "oops"), "500"),
        (Fault("reset_after"), "cannot be reached"),
    ],
)
def test_a_webhook_that_does_not_work_is_told_with_what_to_do(fault: Fault, words: str, tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.script.append(fault)
        with pytest.raises(ChannelProblem) as problem:
            slack_hook.test(hook(fake, tmp_path))
        assert words in str(problem.value)
        assert HOOK not in str(problem.value)
