"""Slack by an incoming webhook: posts, and nothing more; it has no threads, and cannot be asked what it took."""

import logging
import re
from collections.abc import Mapping
from typing import Any
from urllib.error import URLError
from urllib.parse import urlsplit

from slack_sdk.webhook import WebhookResponse

from dash_kpi.alerting.channels.slack_blocks import blocks_of, escaped, text_of
from dash_kpi.alerting.channels.slack_clients import hook_client, wait_of
from dash_kpi.alerting.channels.slack_errors import OURS
from dash_kpi.alerting.channels.transport import (
    ChannelProblem,
    Config,
    Evidence,
    Field,
    NoEvidence,
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

LABEL = "Slack (webhook)"
ON_UNKNOWN: OnUnknown = "resend"
PACE = 1.0
PLACE = "incoming webhook"
FIELDS: tuple[Field, ...] = (
    Field(
        "url",
        "Address of the webhook",
        "At api.slack.com/apps: create an app, switch on Incoming Webhooks, add one to your channel, and copy its "
        "address. Whoever has it can post, so it is kept like a password. A bot token can do more: threads, marking "
        "alerts as resolved, and looking up whether a message arrived.",
        is_secret=True,
        input="password",
    ),
    Field(
        "channel",
        "Channel",
        "The channel that the webhook was made for, like #sales. It is only shown here; Slack lets nobody choose it.",
        is_needed=False,
    ),
)
MOST_URL, MOST_ANSWER = 500, 1000
ANSWER_SECONDS = 3.0
ALIVE = frozenset({"no_text", "invalid_payload", "missing_text_or_fallback_or_attachments"})
RENEW = "make a new incoming webhook in the Slack app, and enter its address"
CHANNEL: dict[str, str] = {
    "action_prohibited": "An administrator of Slack does not allow incoming webhooks there: ask them.",
    "invalid_token": f"Slack does not know the webhook: {RENEW}.",
    "no_service": f"The webhook was removed or switched off: {RENEW}.",
    "no_service_id": f"The address of the webhook is not whole: {RENEW}.",
    "no_active_hooks": f"The webhook was switched off: {RENEW}.",
    "no_team": f"Slack does not know the workspace of the webhook: {RENEW}.",
    "team_disabled": "The Slack workspace is not active any more.",
}
DESTINATION: dict[str, str] = {
    "channel_not_found": f"The channel of the webhook is gone: {RENEW}.",
    "channel_is_archived": "The channel of the webhook is archived: unarchive it, or make a webhook for another.",
    "user_not_found": f"The person that the webhook was made for is gone: {RENEW}.",
    "posting_to_general_channel_denied": "Posting to the general channel is restricted: ask an administrator of Slack.",
}


def check(values: Mapping[str, str], settings: Settings) -> None:
    """Check that the address is one of Slack's. Raises ChannelProblem; its message does not tell the address."""
    url = values.get("url", "").strip()
    if not url:
        raise ChannelProblem("The address of the webhook is missing.", "url")
    if not _is_of_slack(url, settings):
        begin = settings.slack_hooks_url.rstrip("/")
        raise ChannelProblem(f"This is no webhook of Slack; its address begins with {begin}/services/.", "url")
    if len(values.get("channel", "")) > 80:
        raise ChannelProblem("The name of a channel has 80 characters at the most.", "channel")


def destinations(values: Mapping[str, str]) -> tuple[str, ...]:
    """Return the one place that it posts to, by the name that a person gave it; never its address."""
    return (" ".join(values.get("channel", "").split()) or PLACE,)


def test(config: Config) -> str:
    """Send a message without a text, which Slack refuses in other words than a webhook that is gone; posts nothing."""
    check(config.values, config.settings)
    try:
        reply = _client(config).send_dict({"text": ""})
    except Exception as error:
        raise ChannelProblem(f"Slack cannot be reached: {type(error).__name__}.") from error
    if reply.body in ALIVE or (reply.status_code, reply.body) == (200, "ok"):
        return "The webhook is there and takes messages."
    if reply.body in CHANNEL or reply.body in DESTINATION:
        raise ChannelProblem((CHANNEL | DESTINATION)[reply.body], "url")
    if reply.status_code == 429:
        raise ChannelProblem("Slack asked to wait: too many requests. Try again in a minute.")
    raise ChannelProblem(f"Slack answered {reply.status_code} without saying why; try again, or {RENEW}.")


def send(config: Config, outgoing: Outgoing) -> Outcome:
    """Post once; a message that was refused for its form goes again as text, within this try."""
    repeat = outgoing.is_possible_repeat
    body: dict[str, Any] = {
        "text": text_of(outgoing.message, outgoing.uid, is_possible_repeat=repeat),
        "blocks": blocks_of(outgoing.message, outgoing.uid, is_possible_repeat=repeat),
        "unfurl_links": False,
        "unfurl_media": False,
    }
    try:
        reply = _client(config).send_dict(body)
        if reply.status_code == 400 and reply.body in OURS:
            log.warning("slack_hook_simpler channel=%s error=%s", config.id, reply.body)
            reply = _client(config).send_dict({name: body[name] for name in body if name != "blocks"})
    except ChannelProblem as problem:
        return RefusedForGood(str(problem), "channel")
    except URLError as error:  # urllib wraps connecting and sending only
        return NotSent(f"Slack cannot be reached: {type(error.reason).__name__}.", scope="channel")
    except Exception as error:  # noqa: BLE001  whatever happened after the bytes went out: nobody knows
        words = "no answer in time" if isinstance(error, TimeoutError) else type(error).__name__
        return Unknown(f"Slack's answer was lost: {words}.")
    return outcome_of(reply)


def outcome_of(reply: WebhookResponse) -> Outcome:
    """Tell how a try came out by Slack's answer, which is one word of plain text."""
    status, word = reply.status_code, reply.body.strip()
    if status == 200 and word == "ok":
        return Sent({})
    if status == 429:
        return NotSent("Slack asked to wait: too many messages.", wait_of(reply.headers), "channel")
    if word in CHANNEL:
        return RefusedForGood(CHANNEL[word], "channel")
    if word in DESTINATION:
        return RefusedForGood(DESTINATION[word], "destination")
    if status < 300 or status >= 500:
        return Unknown(f"Slack answered {status} without saying what came of it; it may have been posted.")
    if word in OURS or word.startswith("invalid_blocks"):
        return RefusedForGood(f"Slack refused the message: {word}.")
    return RefusedForGood(f"Slack answered {status} to the webhook: test it, or {RENEW}.", "channel")


def answer(url: str, text: str, settings: Settings) -> None:
    """Tell the person who pressed a button, and nobody else, what came of it; best effort, raises nothing."""
    if not _is_of_slack(url, settings):
        return
    body = {"response_type": "ephemeral", "replace_original": False, "text": escaped(text, MOST_ANSWER)}
    try:
        hook_client(url, ANSWER_SECONDS).send_dict(body)
    except Exception as error:  # noqa: BLE001  what was done is done
        log.warning("slack_answer failed error=%s", type(error).__name__)


def reconcile(config: Config, outgoing: Outgoing) -> Evidence:
    """Tell that nothing can be known."""
    return NoEvidence("An incoming webhook cannot be asked what it posted; a bot token could.")


def close(config: Config, outgoing: Outgoing) -> None:
    """Do nothing: what a webhook posted cannot be changed."""


def _is_of_slack(url: str, settings: Settings) -> bool:
    is_plain = re.fullmatch(r"[!-~]+", url) and len(url) <= MOST_URL and not set('\\"<>?#') & set(url)
    is_there = url.startswith(settings.slack_hooks_url.rstrip("/") + "/") and "/../" not in url
    return bool(is_plain and is_there and urlsplit(url).path.strip("/"))


def _client(config: Config) -> Any:
    """Return the client of the address, which is checked again: it is what decides where data goes."""
    check(config.values, config.settings)
    return hook_client(config.values["url"].strip(), config.settings.channel_seconds)
