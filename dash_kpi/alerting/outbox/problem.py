"""One thing that keeps messages from people. No I/O."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that a person has to mend or to decide."""

    kind: Literal["channel", "off", "destination", "held", "failed"]
    channel_id: int
    channel: str
    destination: str  # "" where the whole channel is meant
    reason: str
    since: datetime | None
    count: int  # of messages
    ids: tuple[int, ...] = ()  # of these messages, the oldest; not more than can be decided about at once
    is_removed: bool = False  # the channel

    @property
    def sentence(self) -> str:
        """Say it in one sentence, and what waits."""
        messages = "1 message" if self.count == 1 else f"{self.count} messages"
        place = f"{self.channel} ({self.destination})" if self.destination else self.channel
        ends = {
            "held": f"{place}: {messages} may or may not have arrived; decide whether to send again.",
            "failed": f"{place}: {messages} could not be delivered: {self.reason.rstrip('. ')}.",
        }
        wait = f" {messages} {'waits' if self.count == 1 else 'wait'}." if self.count else ""
        return ends.get(self.kind, f"{place}: {self.reason.rstrip('. ')}.{wait}")
