"""Evidence: whether Slack has a message that carries a delivery's id."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from dash_kpi.alerting.channels.slack_errors import LIMITED, Answer, answer_of
from dash_kpi.alerting.channels.transport import Absent, Evidence, NoEvidence, Outgoing, Sent
from dash_kpi.settings import Settings

EVENT = "dash_kpi_delivery"  # the type of the metadata; the id is its "delivery"
BEFORE_SECONDS = 5.0  # how much earlier than the try is looked, for clocks that differ
SKEW_SECONDS = 2.0  # of clocks; more is looked for further back
PAGE, MOST_PAGES = 100, 30
ASK_LIMITED, ASK_LATER = 60.0, 30.0  # seconds
ID = re.compile(r"[CGD][A-Z0-9]{7,20}")

Ask = Callable[..., Any]


class _Endless(Exception):
    """There are more pages than anybody reads."""


def evidence_of(client: WebClient, outgoing: Outgoing, settings: Settings) -> Evidence:
    """Look for a delivery; that it is not there counts only when Slack has had time to handle what it was sent."""
    try:
        found = _look(client, outgoing)
        if isinstance(found, Absent) and (ahead := _ahead(client)) > SKEW_SECONDS:
            found = _look(client, outgoing, ahead)
    except SlackApiError as error:
        return _no_evidence(answer_of(error), outgoing.destination)
    except _Endless:
        return NoEvidence(f"{outgoing.destination} has too many messages to look through.")
    except Exception as error:  # noqa: BLE001  no answer is no evidence, whatever the reason
        return NoEvidence(f"Slack's history cannot be read: {type(error).__name__}.", ASK_LATER)
    if isinstance(found, Absent) and (wait := _settling(outgoing, settings)) > 0:
        return NoEvidence("It is not in the channel yet; Slack may still be handling it.", wait)
    return found


def channel_id(client: WebClient, destination: str) -> str | None:
    """Return the ID of a channel that the bot is in, None where there is none of this name.

    Raises SlackApiError, of a missing scope too.
    """
    if ID.fullmatch(destination):
        return destination
    name, refused = destination.removeprefix("#"), None
    for kind in ("public_channel", "private_channel"):
        try:
            for channel in _pages(client.users_conversations, "channels", types=kind, limit=200):
                if name in (channel.get("name"), channel.get("name_normalized")):
                    return str(channel["id"])
        except SlackApiError as error:
            if answer_of(error).code != "missing_scope":
                raise
            refused = refused or error
    if refused:
        raise refused
    return None


def _look(client: WebClient, outgoing: Outgoing, ahead: float = 0.0) -> Evidence:
    thread = outgoing.thread or {}
    channel = thread.get("channel") or channel_id(client, outgoing.destination)
    if channel is None:
        return NoEvidence(f"The bot is in no channel named {outgoing.destination}, so its history cannot be read.")
    began = (outgoing.started_at or outgoing.created_at).timestamp() - BEFORE_SECONDS - ahead
    usual = {"channel": channel, "oldest": f"{began:.6f}", "limit": PAGE, "include_all_metadata": True}
    if thread.get("ts"):
        try:
            if ts := _found(_pages(client.conversations_replies, "messages", ts=thread["ts"], **usual), outgoing.uid):
                return Sent({"channel": channel, "ts": ts})
        except SlackApiError as error:
            if answer_of(error).code not in ("thread_not_found", "message_not_found"):
                raise
    ts = _found(_pages(client.conversations_history, "messages", **usual), outgoing.uid)
    return Sent({"channel": channel, "ts": ts}) if ts else Absent()


def _found(messages: Iterator[dict[str, Any]], uid: str) -> str | None:
    for message in messages:
        metadata = message.get("metadata") or {}
        if metadata.get("event_type") == EVENT and (metadata.get("event_payload") or {}).get("delivery") == uid:
            return str(message["ts"])
    return None


def _pages(ask: Ask, name: str, **arguments: Any) -> Iterator[dict[str, Any]]:
    cursor = None
    for _ in range(MOST_PAGES):
        data = ask(**arguments, cursor=cursor).data
        yield from data[name]
        cursor = (data.get("response_metadata") or {}).get("next_cursor")
        if not cursor:
            return
    raise _Endless


def _ahead(client: WebClient) -> float:
    """Return how many seconds this machine's clock is ahead of Slack's, whose times the messages carry."""
    try:
        theirs = parsedate_to_datetime(client.auth_test().headers["date"])
    except (KeyError, TypeError, ValueError):  # it does not say
        return 0.0
    return (datetime.now(UTC) - theirs).total_seconds()


def _settling(outgoing: Outgoing, settings: Settings) -> float:
    """Return for how many seconds the try may still come through: twice the time after which it is given up."""
    began = outgoing.started_at or outgoing.created_at
    return 2 * settings.channel_seconds - (datetime.now(UTC) - began).total_seconds()


def _no_evidence(answer: Answer, destination: str) -> NoEvidence:
    code = answer.code
    if answer.status == 429 or code in LIMITED:
        return NoEvidence("Slack asked to wait before its history is read.", answer.wait or ASK_LIMITED)
    if code == "missing_scope":
        scope = answer.needed or "channels:history"
        return NoEvidence(f"The history of {destination} cannot be read: the Slack app needs the scope {scope}.")
    if code in ("channel_not_found", "not_in_channel"):
        return NoEvidence(f"The history of {destination} cannot be read: the bot is not in it.")
    return NoEvidence(f"Slack's history cannot be read: {code or answer.status}.", answer.wait or ASK_LATER)
