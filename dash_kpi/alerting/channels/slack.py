"""Slack by a bot token: threads, updates, and evidence of what was posted."""

import logging
import re
from collections.abc import Mapping
from typing import Any
from urllib.error import URLError

from slack_sdk.errors import SlackApiError

from dash_kpi.alerting.channels.slack_blocks import blocks_of, closed, is_news, text_of
from dash_kpi.alerting.channels.slack_clients import web_client
from dash_kpi.alerting.channels.slack_connection import connection
from dash_kpi.alerting.channels.slack_errors import METADATA, OURS, THREAD, answer_of, outcome_of
from dash_kpi.alerting.channels.slack_history import EVENT, ID, evidence_of
from dash_kpi.alerting.channels.transport import (
    ChannelProblem,
    Config,
    Evidence,
    Field,
    NotSent,
    OnUnknown,
    Outcome,
    Outgoing,
    RefusedForGood,
    Sent,
    Unknown,
)
from dash_kpi.settings import Settings

log = logging.getLogger(__name__)

LABEL = "Slack (bot)"
ON_UNKNOWN: OnUnknown = "reconcile"
PACE = 1.0  # "no more than one message per second per channel"
FIELDS: tuple[Field, ...] = (
    Field(
        "token",
        "Bot token",
        "Begins with xoxb-. At api.slack.com/apps: create an app, add the scopes chat:write, channels:read and "
        "channels:history under OAuth & Permissions (groups:read and groups:history for a private channel), install it "
        "to your workspace, and copy the Bot User OAuth Token. The history scopes let Dash KPI look whether a message "
        "arrived when Slack's answer is lost, so that none comes twice.",
        is_secret=True,
        input="password",
    ),
    Field(
        "channel",
        "Channel",
        "A name like #sales, or better the ID at the end of the channel's details, like C024BE91L: it stays the same "
        "when the channel is renamed. Invite the bot there: write /invite and its name in the channel.",
    ),
)
TOKEN = re.compile(r"xox[a-zA-Z0-9.\-]{6,500}")
PERSON = re.compile(r"@.*|[UW][A-Z0-9]{7,20}")
NAME = re.compile(r"#?[^\s#@<>,:|&\"'`]{1,80}")


def check(values: Mapping[str, str], settings: Settings) -> None:
    """Check token and channel by their looks. Raises ChannelProblem."""
    token, channel = values.get("token", "").strip(), values.get("channel", "").strip()
    if not token:
        raise ChannelProblem("The bot token is missing.", "token")
    if token.startswith("http"):
        raise ChannelProblem(
            "This is an address; the bot token begins with xoxb-. For it, choose Slack (webhook).", "token"
        )
    if token.startswith("xapp-") or not TOKEN.fullmatch(token):
        raise ChannelProblem(
            "This is no bot token; it begins with xoxb- and stands under OAuth & Permissions.", "token"
        )
    if not channel:
        raise ChannelProblem("The channel is missing.", "channel")
    if PERSON.fullmatch(channel):
        raise ChannelProblem(
            "This is a person, and messages go to channels; make a private one with that person and the bot.", "channel"
        )
    if not NAME.fullmatch(channel):
        raise ChannelProblem(f"'{channel[:80]}' is no channel of Slack; write it like #sales or C024BE91L.", "channel")


def destinations(values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the channel: an ID as it is, a name in small letters with its sign."""
    channel = values.get("channel", "").strip()
    return (channel if ID.fullmatch(channel) else f"#{channel.removeprefix('#').lower()}",)


def test(config: Config) -> str:
    """Ask Slack who the bot is, and whether it is in the channel where its scopes tell; posts nothing."""
    check(config.values, config.settings)
    return connection(web_client(config.values["token"], config.settings), *destinations(config.values))


def send(config: Config, outgoing: Outgoing) -> Outcome:
    """Post once; what Slack certainly refused for its form goes again in a simpler one, within this try."""
    body = _body(config, outgoing)  # a fault of ours is none of Slack's: it is logged by the sender
    try:
        check(config.values, config.settings)
        return _post(config, outgoing.destination, body)
    except ChannelProblem as problem:
        return RefusedForGood(str(problem), "channel")
    except URLError as error:  # urllib wraps connecting and sending only
        return NotSent(f"Slack cannot be reached: {_words(error.reason)}.", scope="channel")
    except Exception as error:  # noqa: BLE001  whatever happened after the bytes went out: nobody knows
        return Unknown(f"Slack's answer was lost: {_words(error)}.")


def reconcile(config: Config, outgoing: Outgoing) -> Evidence:
    """Look for the delivery's id in the channel's history, or in the thread."""
    return evidence_of(web_client(config.values.get("token", ""), config.settings), outgoing, config.settings)


def close(config: Config, outgoing: Outgoing) -> None:
    """Mark the first message of the thread as resolved, what it said struck out."""
    if outgoing.closes is None or not outgoing.thread:
        return
    text, blocks = closed(outgoing.closes)
    client = web_client(config.values.get("token", ""), config.settings)
    try:
        client.chat_update(channel=outgoing.thread["channel"], ts=outgoing.thread["ts"], text=text, blocks=blocks)
    except SlackApiError as error:
        log.warning("slack_update failed channel=%s error=%s", config.id, answer_of(error).code or "unreadable")
    except Exception as error:  # noqa: BLE001  best effort: the thread says that it is over
        log.warning("slack_update failed channel=%s error=%s", config.id, type(error).__name__)


def _post(config: Config, destination: str, body: dict[str, Any]) -> Outcome:
    client = web_client(config.values["token"], config.settings)
    while True:
        try:
            reply: dict[str, Any] = client.api_call("chat.postMessage", json=body).data  # type: ignore[assignment]
            break
        except SlackApiError as error:
            answer = answer_of(error)
            simpler = _simpler(body, answer.code, destination)
            if simpler is None:
                return outcome_of(answer, destination)
            log.warning("slack_simpler channel=%s error=%s %s", config.id, answer.code, " ".join(answer.details))
            body = simpler
    if not isinstance(reply.get("ts"), str) or not isinstance(reply.get("channel"), str):
        return Unknown("Slack said yes without saying where the message is.")
    return Sent({"channel": reply["channel"], "ts": reply["ts"]})


def _body(config: Config, outgoing: Outgoing) -> dict[str, Any]:
    message = outgoing.message
    repeat = outgoing.is_possible_repeat
    has_buttons = bool(config.settings.slack_signing_secret)
    body = {
        "channel": outgoing.destination,
        "text": text_of(message, outgoing.uid, is_possible_repeat=repeat),
        "blocks": blocks_of(message, outgoing.uid, is_possible_repeat=repeat, has_buttons=has_buttons),
        "metadata": {"event_type": EVENT, "event_payload": {"delivery": outgoing.uid}},
        "parse": "none",
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }
    if outgoing.thread and outgoing.thread.get("ts"):
        body |= {"channel": outgoing.thread.get("channel") or outgoing.destination, "thread_ts": outgoing.thread["ts"]}
        if is_news(message):  # a thread alone is seen by few
            body["reply_broadcast"] = True
    return body


def _simpler(body: dict[str, Any], code: str, destination: str) -> dict[str, Any] | None:
    """Return the message without what was refused, None where there is nothing to leave out."""
    without: set[str] = set()
    if code in THREAD and "thread_ts" in body:
        return {
            **{name: value for name, value in body.items() if name not in ("thread_ts", "reply_broadcast")},
            "channel": destination,
        }
    if code in METADATA:
        without = {"metadata"}
    elif code in OURS:
        without = {"blocks"} if "blocks" in body else {"metadata"}
    left = {name: value for name, value in body.items() if name not in without}
    return left if len(left) < len(body) else None


def _words(error: object) -> str:
    """Name a failure without what it may carry along."""
    if isinstance(error, TimeoutError):
        return "no answer in time"
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return type(error).__name__
