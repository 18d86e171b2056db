"""Channels and deliveries for the tests of Slack."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from dash_kpi.alerting.channels.transport import Config, Outgoing
from dash_kpi.alerting.messages.message import Line, Message
from dash_kpi.settings import Settings, load_settings
from tests.fakes.slack import TOKEN, FakeSlack

Configured = Callable[..., Config]

LINE = Line(
    "Revenue of North fell to € 82,100, below its limit of € 100,000, since Mar 2025",
    state="Firing",
    severity="critical",
    facts=(("Value", "€ 82,100"), ("Limit", "€ 100,000"), ("File", "sales.xlsx")),
    driver="Product A lost € 12,000.",
    note="Call the warehouse",
    sparkline="▁▂▅▇▆▃",
    link="http://dash.example/trends?kpi=revenue&region=North",
    alert_id=7,
)
MESSAGE = Message("firing", "Revenue fell below € 100,000", (LINE,), link="http://dash.example/alerts/7")


def settings_for(slack: FakeSlack, folder: Path, **more: Any) -> Settings:
    return load_settings(
        instance=folder / "instance",
        slack_url=slack.api_url,
        slack_hooks_url=slack.url,
        public_url="http://dash.example",
        **{"channel_seconds": 1, **more},
    )


def bot(slack: FakeSlack, folder: Path, channel: str = "C00000001", token: str = TOKEN, **more: Any) -> Config:
    return Config(1, "Sales", {"token": token, "channel": channel}, settings_for(slack, folder, **more))


def hook(slack: FakeSlack, folder: Path, **more: Any) -> Config:
    return Config(2, "Sales", {"url": slack.hook_url}, settings_for(slack, folder, **more))


def outgoing(uid: str = "d1", destination: str = "C00000001", message: Message = MESSAGE, **more: Any) -> Outgoing:
    """Return a delivery whose try began so long ago that Slack must have handled it."""
    now = datetime.now(UTC)
    return replace(Outgoing(uid, destination, message, now, started_at=now), **more)


def settled(delivery: Outgoing) -> Outgoing:
    """Return the delivery as if its try had begun earlier, still after the 5 seconds that are looked before it."""
    return replace(delivery, started_at=datetime.now(UTC) - timedelta(seconds=4))
