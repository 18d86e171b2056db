"""The fake is as strict as Slack; these are the rules that the tests of the channels lean on."""

import json
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

import pytest

from tests.fakes.slack import TOKEN, FakeSlack

TEXT = {"type": "mrkdwn", "text": "x"}


def ask(url: str, value: Any, token: str = TOKEN) -> tuple[int, Any]:
    headers = {"Content-Type": "application/json; charset=utf-8", "Authorization": f"Bearer {token}"}
    request = Request(url, json.dumps(value).encode(), headers, method="POST")
    try:
        with build_opener(ProxyHandler({})).open(request, timeout=5) as reply:
            return reply.status, _read(reply.read())
    except HTTPError as error:
        with error:
            return error.code, _read(error.read())


def _read(body: bytes) -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return body.decode()


def call(slack: FakeSlack, method: str, token: str = TOKEN, **given: Any) -> dict[str, Any]:
    status, answer = ask(slack.api_url + method, given, token)
    assert status == 200
    assert isinstance(answer, dict)
    return answer


@pytest.mark.parametrize(
    ("blocks", "pointer"),
    [
        ([{"type": "section", "text": {"type": "mrkdwn", "text": ""}}], "/blocks/0/text/text"),
        ([{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}], "/blocks/0/text/text"),
        ([{"type": "section", "text": TEXT, "fields": []}], "/blocks/0/fields"),
        ([{"type": "section", "text": TEXT, "fields": [TEXT] * 11}], "/blocks/0/fields"),
        ([{"type": "section", "fields": [{"type": "mrkdwn", "text": "x" * 2001}]}], "/blocks/0/fields/0/text"),
        ([{"type": "section"}], "/blocks/0"),
        ([{"type": "header", "text": TEXT}], "/blocks/0/text"),
        ([{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}], "/blocks/0/text/text"),
        ([{"type": "context", "elements": [TEXT] * 11}], "/blocks/0/elements"),
        ([{"type": "actions", "elements": [{"type": "button"}]}], "/blocks/0/elements/0/text"),
        ([{"type": "divider"}, {"type": "nonsense"}], "/blocks/1/type"),
        ([{"type": "divider", "text": TEXT}], "/blocks/0/text"),
        ([{"type": "divider"}] * 51, "/blocks"),
    ],
)
def test_blocks_that_break_a_rule_are_refused_with_the_place(blocks: list[Any], pointer: str) -> None:
    with FakeSlack() as slack:
        answer = call(slack, "chat.postMessage", channel="#sales", text="x", blocks=blocks)
        assert (answer["ok"], answer["error"]) == (False, "invalid_blocks")
        assert f"[json-pointer:{pointer}]" in answer["response_metadata"]["messages"][0]
        assert not slack.ledger


def test_too_many_characters_over_all_blocks_are_refused() -> None:
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 2900}}] * 5
    with FakeSlack() as slack:
        assert call(slack, "chat.postMessage", channel="#sales", blocks=blocks)["error"] == "msg_blocks_too_long"


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"channel": "#none", "text": "x"}, "channel_not_found"),
        ({"channel": "#sales"}, "no_text"),
        ({"channel": "#sales", "text": "x", "thread_ts": "1"}, "invalid_thread_ts"),
        ({"channel": "#sales", "text": "x", "metadata": {"event_payload": {}}}, "invalid_metadata_format"),
        (
            {"channel": "#sales", "text": "x", "metadata": {"event_type": "a", "event_payload": {"b": "c" * 9000}}},
            "metadata_too_large",
        ),
    ],
)
def test_a_message_that_breaks_a_rule_is_refused_with_status_200(given: dict[str, Any], error: str) -> None:
    with FakeSlack() as slack:
        assert call(slack, "chat.postMessage", **given) == {"ok": False, "error": error}


def test_an_answer_to_no_message_is_fine_and_nobody_sees_it() -> None:
    with FakeSlack() as slack:
        assert call(slack, "chat.postMessage", channel="#sales", text="x", thread_ts="1700000000.000001")["ok"]
        assert (slack.room("sales").messages, len(slack.room("sales").lost)) == ([], 1)


def test_an_update_wants_the_id_of_the_channel_and_a_short_text() -> None:
    with FakeSlack() as slack:
        ts = call(slack, "chat.postMessage", channel="#sales", text="x")["ts"]
        assert call(slack, "chat.update", channel="#sales", ts=ts, text="y")["error"] == "channel_not_found"
        assert call(slack, "chat.update", channel="C00000001", ts=ts, text="y" * 4001)["error"] == "msg_too_long"
        assert call(slack, "chat.update", channel="C00000001", ts=ts, text="y")["ok"]
        assert slack.room("sales").top[0].shown == "y"


def test_the_history_tells_metadata_only_when_asked() -> None:
    metadata = {"event_type": "a", "event_payload": {"delivery": "d1"}}
    with FakeSlack() as slack:
        call(slack, "chat.postMessage", channel="#sales", text="x", metadata=metadata)
        (plain,) = call(slack, "conversations.history", channel="C00000001")["messages"]
        (full,) = call(slack, "conversations.history", channel="C00000001", include_all_metadata=True)["messages"]
        assert ("metadata" in plain, full["metadata"]) == (False, metadata)


def test_tokens_are_checked_first() -> None:
    with FakeSlack() as slack:
        assert call(slack, "auth.test", token="xoxb-other")["error"] == "invalid_auth"  # noqa: S106
        assert call(slack, "auth.test", token="")["error"] == "not_authed"
        slack.token_error = "token_revoked"  # noqa: S105
        assert call(slack, "chat.postMessage")["error"] == "token_revoked"


def test_more_than_a_message_a_second_has_to_wait_by_either_way() -> None:
    with FakeSlack(is_paced=True) as slack:
        assert call(slack, "chat.postMessage", channel="#sales", text="x")["ok"]
        assert ask(slack.hook_url, {"text": "y"})[0] == 429
        assert call(slack, "chat.postMessage", channel="#finance", text="z")["ok"]


def test_a_webhook_answers_in_plain_text() -> None:
    with FakeSlack() as slack:
        assert ask(slack.hook_url, {"text": "x"}) == (200, "ok")
        assert ask(slack.hook_url, {"text": ""}) == (400, "no_text")
        assert ask(slack.hook_url, []) == (400, "invalid_payload")
        assert ask(slack.hook_url + "x", {"text": "x"}) == (404, "no_service")
        slack.room("sales").is_archived = True
        assert ask(slack.hook_url, {"text": "x"}) == (410, "channel_is_archived")
