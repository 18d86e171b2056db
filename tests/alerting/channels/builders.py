"""What the tests of e-mail and webhooks send."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dash_kpi.alerting.channels.transport import Config, Outgoing
from dash_kpi.alerting.messages.message import Line, Message, Picture
from dash_kpi.settings import Settings, load_settings

NOW = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)
UID = "0123456789abcdef0123456789abcdef"
PICTURE = Picture(
    "Revenue by month",
    ("Oct 2025", "Nov 2025", "Dec 2025", "Jan 2026", "Feb 2026"),
    (101_000.0, 98_000.0, None, 97_500.0, 82_100.0),
    ("€ 101,000", "€ 98,000", "n/a", "€ 97,500", "€ 82,100"),
    90_000.0,
    "€ 90,000",
)
FIRING = Message(
    "firing",
    "Critical: Revenue below € 90,000 in North",
    (
        Line(
            "Revenue of Feb 2026 is € 82,100, below the limit of € 90,000.",
            "Firing",
            "critical",
            (("Value", "€ 82,100"), ("Limit", "€ 90,000"), ("Segment", "North"), ("File", "sales <2026>.xlsx")),
            "Product B moved it most: −€ 9,000.",
            "Call the warehouse",
            "▇▆▆▁",
            "https://kpi.example.com/?kpi=revenue&period=custom",
            7,
        ),
        Line("Profit margin of Feb 2026 is 11.2 %, below 15 %.", "Firing", "warning"),
    ),
    "https://kpi.example.com/alerts/7",
    "Held back until 08:00 by quiet hours.",
    PICTURE,
)


def settings_in(folder: Path, **given: Any) -> Settings:
    return load_settings(instance=folder / "instance", **{"channel_seconds": 10, **given})


def config_of(settings: Settings, **values: str) -> Config:
    return Config(1, "Team", values, settings)


def patient(config: Config, seconds: float) -> Config:
    """Return the channel with so many seconds for each request."""
    return replace(config, settings=config.settings.model_copy(update={"channel_seconds": seconds}))


def outgoing(message: Message = FIRING, destination: str = "ann@example.com", **given: Any) -> Outgoing:
    return Outgoing(UID, destination, message, NOW, **given)
