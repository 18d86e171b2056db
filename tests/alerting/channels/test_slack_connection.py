"""The test of a bot's connection posts nothing and says what to do."""

from pathlib import Path

import pytest

from dash_kpi.alerting.channels import slack
from dash_kpi.alerting.channels.transport import ChannelProblem
from tests.alerting.channels.slack_deliveries import bot
from tests.fakes.faults import Fault
from tests.fakes.slack import FakeSlack


def problem_of(fake: FakeSlack, folder: Path, channel: str = "#sales", token: str = "") -> ChannelProblem:
    with pytest.raises(ChannelProblem) as found:
        slack.test(bot(fake, folder, channel, token or fake.token))
    assert not fake.ledger
    assert fake.token not in str(found.value)
    return found.value


@pytest.mark.parametrize("channel", ["#sales", "C00000001"])
def test_a_bot_in_its_channel_is_connected(channel: str, tmp_path: Path) -> None:
    with FakeSlack() as fake:
        assert slack.test(bot(fake, tmp_path, channel)) == "Connected as kpi-bot in Example Ltd; it is in #sales."
        assert not fake.ledger


@pytest.mark.parametrize("channel", ["#sales", "C00000001"])
def test_a_bot_outside_is_to_be_invited(channel: str, tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.room("sales").has_bot = False
        found = problem_of(fake, tmp_path, channel)
        assert "/invite @kpi-bot" in str(found)
        assert "The bot is not in #sales" in str(found)
        assert found.field == "channel"
        fake.scopes.add("chat:write.public")
        assert slack.test(bot(fake, tmp_path, channel)).startswith("Connected as kpi-bot")


def test_a_private_channel_without_the_bot_cannot_be_seen(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.room("finance").has_bot = False
        assert "/invite @kpi-bot" in str(problem_of(fake, tmp_path, "C00000002"))


def test_an_archived_channel_is_told(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.room("sales").is_archived = True
        assert "archived" in str(problem_of(fake, tmp_path, "C00000001"))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("token_revoked", "The token was revoked: make a new token"),
        ("account_inactive", "install it again"),
        ("not_allowed_token_type", "xoxb-"),
    ],
)
def test_a_token_that_does_not_work_is_told_with_what_to_do(code: str, words: str, tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.token_error = code
        found = problem_of(fake, tmp_path)
        assert words in str(found)
        assert found.field == "token"


def test_an_unknown_token_is_told(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        assert "does not know the token" in str(problem_of(fake, tmp_path, token="xoxb-other-token"))  # noqa: S106


def test_missing_scopes_are_named(tmp_path: Path) -> None:
    with FakeSlack() as fake:
        fake.scopes = {"channels:read"}
        assert "the scope chat:write" in str(problem_of(fake, tmp_path))
        fake.scopes = {"chat:write"}
        for channel in ("#sales", "C00000001"):
            told = slack.test(bot(fake, tmp_path, channel))
            assert "could not be looked up, which needs the scope channels:read" in told
            assert "Without the scope channels:history" in told


@pytest.mark.parametrize(
    "fault",
    [Fault("status", status=429), Fault("status", status=500), Fault("reset_after"), Fault("malformed", body="[]")],
)
@pytest.mark.parametrize("path", ["auth.test", "conversations.info"])
def test_a_slack_that_fails_is_told_in_a_sentence(fault: Fault, path: str, tmp_path: Path) -> None:
    with FakeSlack() as fake:
        if path != "auth.test":
            fake.script.append(None)
        fake.script.append(fault)
        assert str(problem_of(fake, tmp_path, "C00000001")).endswith(".")
