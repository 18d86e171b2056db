"""What Slack's errors mean for a delivery, and what a person has to do about them."""

from dataclasses import dataclass
from typing import Any

from slack_sdk.errors import SlackApiError

from dash_kpi.alerting.channels.slack_clients import wait_of
from dash_kpi.alerting.channels.transport import NotSent, Outcome, RefusedForGood, Unknown

LIMITED = frozenset({"ratelimited", "rate_limited"})
BUSY = frozenset({"service_unavailable", "team_added_to_org", "org_login_required", "message_limit_exceeded"})
BUSY_SECONDS = 120.0
CUT_OFF = "request_timeout"  # Slack did not get the whole request
DOUBTFUL = frozenset({"fatal_error", "internal_error"})  # "some aspect of the operation" may have succeeded
THREAD = frozenset(
    {
        "cannot_reply_to_message",
        "restricted_action_thread_locked",
        "restricted_action_non_threadable_channel",
        "invalid_thread_ts",
        "thread_not_found",
    }
)
METADATA = frozenset(
    {"invalid_metadata_format", "invalid_metadata_schema", "metadata_too_large", "metadata_must_be_sent_from_app"}
)
OURS = METADATA | {
    "no_text",
    "invalid_blocks",
    "invalid_blocks_format",
    "msg_blocks_too_long",
    "msg_too_long",
    "too_many_attachments",
    "invalid_arguments",
    "invalid_arg_name",
    "invalid_payload",
}
RENEW = "make a new token under OAuth & Permissions of the Slack app, and enter it here"
CHANNEL: dict[str, str] = {  # nothing gets through the channel
    "invalid_auth": f"Slack does not know the token: {RENEW}.",
    "not_authed": f"Slack was sent no token: {RENEW}.",
    "token_revoked": f"The token was revoked: {RENEW}.",
    "token_expired": f"The token has expired: {RENEW}.",
    "account_inactive": f"The app was removed from the workspace: install it again, {RENEW}.",
    "missing_scope": "The token may not write messages: add the scope {needed} under OAuth & Permissions of the Slack "
    "app, and install it again.",
    "no_permission": "The app may not write messages here: an administrator of the Slack workspace has to allow it.",
    "not_allowed_token_type": "This kind of token cannot write messages: enter the bot token, which begins with xoxb-.",
    "app_access_restricted": "The workspace restricts this app: an administrator of Slack has to allow it.",
    "access_denied": "The workspace restricts this app: an administrator of Slack has to allow it.",
    "team_access_not_granted": "The app was not given this workspace: an administrator of Slack has to grant it.",
    "two_factor_setup_required": "Slack asks for two-factor authentication: who installed the app has to set it up.",
    "enterprise_is_restricted": "The organisation restricts this app: an administrator of Slack has to allow it.",
    "ip_address_not_allowed": "Slack does not take requests of this app from here: allow this server's address under "
    "OAuth & Permissions of the Slack app.",
}
DESTINATION: dict[str, str] = {  # nothing gets to this Slack channel
    "channel_not_found": "There is no channel {destination} that the bot can see: check the name, or enter the ID; in "
    "a private channel, write {invite}.",
    "not_in_channel": "The bot is not in {destination}: write {invite} in that channel.",
    "is_archived": "The channel {destination} is archived: unarchive it, or choose another.",
    "ekm_access_denied": "An administrator has stopped messages in {destination}: ask them, or choose another channel.",
    "messages_tab_disabled": "The app's messages are switched off: switch on the Messages Tab under App Home of the "
    "Slack app.",
}
RESTRICTED = "Posting in {destination} is restricted: allow the app in the settings of that channel, or choose another."


@dataclass(frozen=True, slots=True)
class Answer:
    """What Slack answered instead of yes."""

    code: str  # "" where it named nothing
    status: int
    wait: float | None = None
    needed: str = ""  # the scope that is missing
    details: tuple[str, ...] = ()


def answer_of(error: SlackApiError) -> Answer:
    """Read an error of slack_sdk."""
    response: Any = error.response
    data = response.data if isinstance(response.data, dict) else {}
    code = str(data.get("error", ""))
    is_named = code.isascii() and code.replace("_", "").replace("-", "").isalnum() and len(code) <= 100
    more = data.get("response_metadata")
    details = more.get("messages") if isinstance(more, dict) else None
    return Answer(
        code if is_named else "",  # slack_sdk puts a sentence there when the reply is no JSON
        response.status_code,
        wait_of(response.headers),
        str(data.get("needed", ""))[:200],
        tuple(str(one)[:200] for one in details) if isinstance(details, list) else (),
    )


def what_to_do(answer: Answer, destination: str, bot: str = "") -> str:
    """Turn an error into a sentence for the person who looks after the channel."""
    code = answer.code
    words = {**CHANNEL, **DESTINATION}.get(code) or (RESTRICTED if code.startswith("restricted_action") else "")
    invite = f"/invite @{bot}" if bot else "/invite and the bot's name"
    return words.format(destination=destination, invite=invite, needed=answer.needed or "chat:write")


def outcome_of(answer: Answer, destination: str) -> Outcome:
    """Tell how a try came out that Slack answered with an error."""
    code = answer.code
    if answer.status == 429 or code in LIMITED:
        return NotSent("Slack asked to wait: too many messages.", answer.wait, "channel")
    if code in BUSY:
        return NotSent(f"Slack cannot take messages now: {code}.", answer.wait or BUSY_SECONDS, "channel")
    if code == CUT_OFF:
        return NotSent("Slack did not get the whole message.", answer.wait or BUSY_SECONDS)
    if code in CHANNEL:
        return RefusedForGood(what_to_do(answer, destination), "channel")
    if words := what_to_do(answer, destination):
        return RefusedForGood(words, "destination")
    if not code or code in DOUBTFUL or (answer.status >= 500 and code not in OURS | THREAD):
        told = f"Slack failed with {code}" if code else f"Slack answered {answer.status} without saying what came of it"
        return Unknown(f"{told}; it may have been posted.")
    return RefusedForGood(f"Slack refused the message: {' '.join((code, *answer.details))[:500]}.")
