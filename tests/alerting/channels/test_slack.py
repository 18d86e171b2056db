"""A bot's deliveries, fault by fault, against a fake that is as strict as Slack."""

from dataclasses import replace
from pathlib import Path

import pytest

from dash_kpi.alerting.channels import slack
from dash_kpi.alerting.channels.table import TRANSPORTS
from dash_kpi.alerting.channels.transport import (
    ChannelProblem,
    NotSent,
    Outcome,
    RefusedForGood,
    Sent,
    Unknown,
)
from dash_kpi.alerting.messages.message import Line, Message
from tests.alerting.channels.slack_deliveries import LINE, MESSAGE, bot, outgoing
from tests.fakes.faults import Fault
from tests.fakes.slack import FakeSlack
from tests.fakes.slack_rooms import Posted

SAYING_LIMITED = '{"ok": false, "error": "ratelimited"}'
RESOLVED = Message("resolved", "Revenue is back above € 100,000", (replace(LINE, state="Resolved"),))


def error(code: str, status: int = 200) -> Fault:
    return Fault("status", status=status, body=f'{{"ok": false, "error": "{code}"}}')


def kind_of(outcome: Outcome) -> tuple[object, ...]:
    match outcome:
        case NotSent(retry_after=wait, scope=scope):
            return NotSent, wait, scope
        case RefusedForGood(scope=scope):
            return RefusedForGood, scope
    return (type(outcome),)


@pytest.mark.parametrize(
    ("fault", "expected", "posted"),
    [
        (Fault("status", status=429, retry_after=7), (NotSent, 7.0, "channel"), 0),
        (Fault("status", status=429, retry_after=7, body=SAYING_LIMITED), (NotSent, 7.0, "channel"), 0),
        (Fault("status", status=429), (NotSent, None, "channel"), 0),
        (Fault("status", status=429, retry_after="soon"), (NotSent, None, "channel"), 0),
        (Fault("status", status=429, retry_after=-1), (NotSent, None, "channel"), 0),
        (Fault("status", status=500), (Unknown,), 0),
        (Fault("status_after", status=502), (Unknown,), 1),
        (Fault("status", status=503), (Unknown,), 0),
        (Fault("status", status=404, body="<html>"), (Unknown,), 0),
        (Fault("hang"), (Unknown,), 0),
        (Fault("slow", seconds=5), (Unknown,), 1),
        (Fault("reset_before"), (Unknown,), 0),
        (Fault("reset_after"), (Unknown,), 1),
        (Fault("close_before"), (Unknown,), 0),
        (Fault("close_after"), (Unknown,), 1),
        (Fault("truncated"), (Unknown,), 1),
        (Fault("malformed"), (Unknown,), 1),
        (Fault("malformed", body="[1]"), (Unknown,), 1),
        (Fault("malformed", body="null"), (Unknown,), 1),
        (Fault("malformed", body='{"ok": true}'), (Unknown,), 1),
        (Fault("malformed", body='{"ok": true, "ts": 12.5, "channel": "C1"}'), (Unknown,), 1),
        (Fault("slow", seconds=0.05), (Sent,), 1),
    ],
    ids=lambda value: f"{value.kind}-{value.status}-{value.body}" if isinstance(value, Fault) else "",
)
def test_every_fault_has_its_outcome_and_nothing_is_sent_twice(
    fault: Fault, expected: tuple[object, ...], posted: int, tmp_path: Path
) -> None:
    with FakeSlack() as fake:
        fake.script.append(fault)
        outcome = slack.send(bot(fake, tmp_path, channel_seconds=fault.patience), outgoing())
        assert kind_of(outcome) == expected
        assert (len(fake.ledger), len(fake.requests)) == (posted, 1)


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("ratelimited", (NotSent, None, "channel")),
        ("rate_limited", (NotSent, None, "channel")),
        ("service_unavailable", (NotSent, 120.0, "channel")),
        ("team_added_to_org", (NotSent, 120.0, "channel")),
        ("org_login_required", (NotSent, 120.0, "channel")),
        ("message_limit_exceeded", (NotSent, 120.0, "channel")),
        ("request_timeout", (NotSent, 120.0, "message")),
        ("fatal_error", (Unknown,)),
        ("internal_error", (Unknown,)),
        *[
            (code, (RefusedForGood, "channel"))
            for code in [
                "invalid_auth",
                "not_authed",
                "token_revoked",
                "token_expired",
                "account_inactive",
                "missing_scope",
                "no_permission",
                "not_allowed_token_type",
                "app_access_restricted",
            ]
        ],
        *[
            (code, (RefusedForGood, "destination"))
            for code in [
                "channel_not_found",
                "not_in_channel",
                "is_archived",
                "restricted_action",
                "restricted_action_read_only_channel",
                "ekm_access_denied",
                "messages_tab_disabled",
            ]
        ],
        ("something_new", (RefusedForGood, "message")),
    ],
)
def test_every_error_has_its_outcome_with_one_request(code: str, expected: tuple[object, ...], tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.script.append(error(code))
        outcome = slack.send(bot(fake, tmp_path), outgoing())
        assert kind_of(outcome) == expected
        assert len(fake.requests) == 1
        assert outcome.reason.endswith(".")  # type: ignore[union-attr]
        assert "{" not in outcome.reason  # type: ignore[union-attr]


def test_a_named_refusal_counts_also_with_another_status(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.script.extend([error("service_unavailable", 503), error("something_new", 503)])
        config = bot(fake, tmp_path)
        assert kind_of(slack.send(config, outgoing())) == (NotSent, 120.0, "channel")
        assert kind_of(slack.send(config, outgoing())) == (Unknown,)


@pytest.mark.parametrize(
    "code",
    [
        "no_text",
        "invalid_blocks",
        "invalid_blocks_format",
        "msg_blocks_too_long",
        "too_many_attachments",
        "invalid_metadata_format",
        "invalid_metadata_schema",
        "invalid_arguments",
        "msg_too_long",
    ],
)
def test_a_message_refused_for_its_form_is_sent_once_more_in_a_simpler_one(code: str, tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.script.append(error(code))
        outcome = slack.send(bot(fake, tmp_path), outgoing())
        (post,) = fake.room("sales").top
        assert outcome == Sent({"channel": "C00000001", "ts": post.ts})
        assert len(fake.requests) == 2
        assert (post.metadata is None) == ("metadata" in code)
        assert (post.blocks is None) == ("metadata" not in code)
        assert "€ 82,100" in post.shown


def test_a_form_that_is_refused_again_and_again_is_refused_for_good(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.script.extend([error("invalid_arguments")] * 9)
        assert kind_of(slack.send(bot(fake, tmp_path), outgoing())) == (RefusedForGood, "message")
        assert len(fake.requests) == 3


def test_a_simpler_form_whose_answer_is_lost_is_unknown(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.script.extend([error("invalid_blocks"), Fault("reset_after")])
        assert kind_of(slack.send(bot(fake, tmp_path), outgoing())) == (Unknown,)
        assert len(fake.ledger) == 1


def test_a_slack_that_cannot_be_reached_has_certainly_got_nothing(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        config = bot(fake, tmp_path)
    assert kind_of(slack.send(config, outgoing())) == (NotSent, None, "channel")


def test_a_redirect_is_not_followed(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.script.append(Fault("status", status=302))
        assert kind_of(slack.send(bot(fake, tmp_path), outgoing())) == (Unknown,)
        assert len(fake.requests) == 1


def test_a_proxy_of_the_environment_does_not_stand_between_here_and_loopback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    with FakeSlack() as fake:
        assert isinstance(slack.send(bot(fake, tmp_path), outgoing()), Sent)


def test_a_message_shows_what_people_need_and_carries_its_delivery(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        slack.send(bot(fake, tmp_path), outgoing("d77"))
        (post,) = fake.room("sales").top
    assert post.uid == "d77"
    for words in (
        "Revenue fell below",
        "■ Critical · Firing",
        "€ 82,100",
        "Product A",
        "Call the warehouse",
        "`▁▂▅▇▆▃`",
    ):
        assert words in post.shown
    assert post.text.startswith("Revenue fell below € 100,000\n■ Critical · Firing – Revenue of North")
    assert post.blocks
    assert {"type": "mrkdwn", "text": "*Limit*\n€ 100,000", "verbatim": True} in post.blocks[1]["fields"]


def test_a_possible_repeat_says_so_in_blocks_and_text(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        slack.send(bot(fake, tmp_path), outgoing("d77", is_possible_repeat=True))
        (post,) = fake.room("sales").top
    assert "(possible repeat of d77)" in post.shown
    assert "(possible repeat of d77)" in post.text


def test_buttons_come_with_a_signing_secret_only(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        slack.send(bot(fake, tmp_path), outgoing())
        slack.send(bot(fake, tmp_path, slack_signing_secret="s"), outgoing())  # noqa: S106
        slack.send(bot(fake, tmp_path, slack_signing_secret="s"), outgoing(message=RESOLVED))  # noqa: S106
        kinds = [[block["type"] for block in post.blocks or []] for post in fake.room("sales").top]
        assert ["actions" in one for one in kinds] == [False, True, False]
        buttons = fake.room("sales").top[1].blocks[-1]["elements"]  # type: ignore[index]
    assert [(one["action_id"], one["value"], one.get("url")) for one in buttons] == [
        ("acknowledge", "7", None),
        ("snooze", "7", None),
        ("open", "7", "http://dash.example/alerts/7"),
    ]


# Threads


def first(fake: FakeSlack, folder: Path) -> dict[str, str]:
    sent = slack.send(bot(fake, folder), outgoing("first"))
    assert isinstance(sent, Sent)
    return sent.receipt


def answers(fake: FakeSlack, ts: str) -> list[Posted]:
    return fake.room("sales").thread(ts)


def test_what_follows_goes_into_the_thread_and_news_show_in_the_channel_too(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        thread = first(fake, tmp_path)
        worse = replace(MESSAGE, kind="follow_up", title="Revenue fell further")
        slack.send(bot(fake, tmp_path, "#sales"), outgoing("worse", "#sales", worse, thread=thread))
        slack.send(bot(fake, tmp_path, "#sales"), outgoing("over", "#sales", RESOLVED, thread=thread))
        assert [post.uid for post in answers(fake, thread["ts"])] == ["worse", "over"]
        assert [post.uid for post in fake.room("sales").top] == ["first", "worse"]


def test_what_somebody_did_is_told_in_the_thread_alone_and_without_buttons(tmp_path: Path) -> None:
    known = replace(
        MESSAGE, kind="follow_up", title="Acknowledged by Ann", lines=(replace(LINE, state="Acknowledged"),)
    )
    with FakeSlack() as fake:
        thread = first(fake, tmp_path)
        config = bot(fake, tmp_path, slack_signing_secret="s")  # noqa: S106
        slack.send(config, outgoing("known", message=known, thread=thread))
        (post,) = answers(fake, thread["ts"])
        assert [one.uid for one in fake.room("sales").top] == ["first"]
        assert "actions" not in [block["type"] for block in post.blocks or []]


@pytest.mark.parametrize(
    "code",
    ["cannot_reply_to_message", "restricted_action_thread_locked", "restricted_action_non_threadable_channel"],
)
def test_where_a_thread_takes_no_answer_it_goes_to_the_channel(code: str, tmp_path: Path) -> None:
    with FakeSlack() as fake:
        thread = first(fake, tmp_path)
        fake.script.append(error(code))
        outcome = slack.send(bot(fake, tmp_path), outgoing("over", message=RESOLVED, thread=thread))
        assert isinstance(outcome, Sent)
        assert [post.uid for post in fake.room("sales").top] == ["first", "over"]


def test_a_malformed_thread_is_left_for_the_channel(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        thread = {"channel": "C00000001", "ts": "yesterday"}
        assert isinstance(slack.send(bot(fake, tmp_path), outgoing(thread=thread)), Sent)
        assert len(fake.room("sales").top) == 1


def test_closing_strikes_out_the_first_message_as_often_as_one_likes(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        over = outgoing("over", message=RESOLVED, thread=first(fake, tmp_path), closes=MESSAGE)
        slack.close(bot(fake, tmp_path, "#sales"), over)
        once = fake.room("sales").top[0].shown
        slack.close(bot(fake, tmp_path, "#sales"), over)
        (post,) = fake.room("sales").top
    assert once == post.shown
    assert post.edits == 2
    assert post.shown.startswith("Resolved: Revenue fell below € 100,000\n~Revenue of North fell")
    assert post.uid == "first"


@pytest.mark.parametrize("fault", [Fault("reset_after"), Fault("status", status=500), error("message_not_found")])
def test_closing_raises_nothing(fault: Fault, tmp_path: Path) -> None:
    with FakeSlack() as fake:
        over = outgoing("over", message=RESOLVED, thread=first(fake, tmp_path), closes=MESSAGE)
        fake.script.append(fault)
        slack.close(bot(fake, tmp_path), over)
        slack.close(bot(fake, tmp_path), replace(over, thread=None))
        slack.close(bot(fake, tmp_path), replace(over, thread={}))


# What a person told


@pytest.mark.parametrize(
    ("values", "field", "words"),
    [
        ({"channel": "#sales"}, "token", "missing"),
        ({"token": "https://hooks.slack.com/services/T/B/x", "channel": "#sales"}, "token", "Slack (webhook)"),
        ({"token": "xapp-1-abcdef", "channel": "#sales"}, "token", "xoxb-"),
        ({"token": "xoxb-1\r\nX: y", "channel": "#sales"}, "token", "xoxb-"),
        ({"token": "xoxb-123-456"}, "channel", "missing"),
        ({"token": "xoxb-123-456", "channel": "@ann"}, "channel", "This is a person"),
        ({"token": "xoxb-123-456", "channel": "U024BE7LH"}, "channel", "This is a person"),
        ({"token": "xoxb-123-456", "channel": "two words"}, "channel", "two words"),
        ({"token": "xoxb-123-456", "channel": "<!channel>"}, "channel", "no channel"),
    ],
)
def test_what_cannot_work_is_told_with_its_field(
    values: dict[str, str], field: str, words: str, tmp_path: Path
) -> None:
    with FakeSlack() as fake:
        settings = bot(fake, tmp_path).settings
    with pytest.raises(ChannelProblem) as problem:
        slack.check(values, settings)
    assert problem.value.field == field
    assert words in str(problem.value)


@pytest.mark.parametrize(
    ("channel", "destination"),
    [("Sales", "#sales"), (" #sales ", "#sales"), ("C024BE91L", "C024BE91L"), ("#größe", "#größe")],
)
def test_a_channel_has_one_spelling(channel: str, destination: str) -> None:
    assert slack.destinations({"channel": channel}) == (destination,)


def test_the_table_has_both_ways_to_slack() -> None:
    assert [TRANSPORTS[kind].LABEL for kind in ("slack", "slack_hook")] == ["Slack (bot)", "Slack (webhook)"]
    assert [TRANSPORTS[kind].PACE for kind in ("slack", "slack_hook")] == [1.0, 1.0]


def test_a_paced_channel_asks_to_wait_a_second(tmp_path: Path) -> None:
    with FakeSlack(is_paced=True) as fake:
        config = bot(fake, tmp_path)
        assert isinstance(slack.send(config, outgoing("a")), Sent)
        assert kind_of(slack.send(config, outgoing("b"))) == (NotSent, 1.0, "channel")


def test_fifty_long_lines_of_markup_stay_within_every_limit(tmp_path: Path) -> None:
    bad = "<!channel> & *~`_" * 200
    line = Line(bad, "Firing", "warning", ((bad, bad),) * 20, bad, bad, bad, "https://e.example/?" + bad, 5)
    with FakeSlack() as fake:
        for count in (1, 2, 3, 4, 10, 11, 50):
            message = Message("firing", bad, (line,) * count, "http://dash.example/alerts", bad)
            config = bot(fake, tmp_path, slack_signing_secret="s")  # noqa: S106
            assert isinstance(slack.send(config, outgoing(message=message, is_possible_repeat=True)), Sent)
        assert len(fake.requests) == 7
