"""The test of a bot's connection: who it is, and whether it is in its channel."""

from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from dash_kpi.alerting.channels.slack_errors import CHANNEL, answer_of, what_to_do
from dash_kpi.alerting.channels.slack_history import ID, channel_id
from dash_kpi.alerting.channels.transport import ChannelProblem


def connection(client: WebClient, destination: str) -> str:
    """Return who the bot is and what is known about the channel. Raises ChannelProblem with what to do."""
    who, scopes = _who(client)
    bot, team = str(who.get("user", "the bot")), str(who.get("team", "Slack"))
    if scopes and "chat:write" not in scopes:
        raise ChannelProblem(CHANNEL["missing_scope"].format(needed="chat:write"), "token")
    try:
        place = _place(client, destination, bot, scopes)
    except SlackApiError as error:
        raise _problem(error, destination, bot) from None
    except ChannelProblem:
        raise
    except Exception as error:
        raise ChannelProblem(f"Slack cannot be reached: {type(error).__name__}.") from error
    evidence = (
        " Without the scope channels:history (groups:history in a private channel) it cannot be looked up whether a "
        "message arrived when Slack's answer is lost."
        if scopes and not scopes & {"channels:history", "groups:history"}
        else ""
    )
    return f"Connected as {bot} in {team}{place}.{evidence}"


def _who(client: WebClient) -> tuple[dict[str, Any], set[str]]:
    """Return the answer to "who am I", and the scopes of the token where Slack tells them."""
    try:
        reply = client.auth_test()
    except SlackApiError as error:
        raise _problem(error, "", "") from None
    except Exception as error:
        raise ChannelProblem(f"Slack cannot be reached: {type(error).__name__}.") from error
    told = str(reply.headers.get("x-oauth-scopes", ""))
    return reply.data, {one.strip() for one in told.split(",") if one.strip()}  # type: ignore[return-value]


def _place(client: WebClient, destination: str, bot: str, scopes: set[str]) -> str:
    """Tell whether the bot is in the channel, as far as its scopes let it know."""
    try:
        channel = channel_id(client, destination)
        if channel is None and "chat:write.public" not in scopes:
            raise ChannelProblem(
                f"The bot is not in {destination}: write /invite @{bot} in that channel, or check its name.", "channel"
            )
        if channel is None or not ID.fullmatch(destination) or destination.startswith("D"):
            return f"; it is in {destination}" if channel and not channel.startswith("D") else ""
        found: dict[str, Any] = client.conversations_info(channel=channel)["channel"]
    except SlackApiError as error:
        answer = answer_of(error)
        if answer.code != "missing_scope":
            raise
        scope = answer.needed.split(",")[0] or "channels:read"
        return f"; whether it is in {destination} could not be looked up, which needs the scope {scope}"
    name = f"#{found['name']}" if found.get("name") else destination
    if found.get("is_archived"):
        raise ChannelProblem(f"The channel {name} is archived: unarchive it, or choose another.", "channel")
    if not found.get("is_member") and not ("chat:write.public" in scopes and not found.get("is_private")):
        raise ChannelProblem(f"The bot is not in {name}: write /invite @{bot} in that channel.", "channel")
    return f"; it is in {name}" if found.get("is_member") else f"; it may write in {name}"


def _problem(error: SlackApiError, destination: str, bot: str) -> ChannelProblem:
    answer = answer_of(error)
    words = what_to_do(answer, destination, bot)
    if answer.status == 429:
        words = "Slack asked to wait: too many requests. Try again in a minute."
    field = "token" if answer.code in CHANNEL else "channel" if words and answer.status != 429 else ""
    return ChannelProblem(words or f"Slack failed with {answer.code or answer.status}; try again.", field)
