"""The channels of the fake Slack, and the messages in them, as a test reads them."""

from dataclasses import dataclass, field
from typing import Any

from tests.fakes.slack_rules import markup, texts


@dataclass
class Posted:
    """One message, as it stands now."""

    ts: str
    text: str
    blocks: list[dict[str, Any]] | None = None
    metadata: dict[str, Any] | None = None
    thread_ts: str | None = None  # of the first message of its thread, where it is an answer
    is_broadcast: bool = False
    edits: int = 0
    at: float = 0.0

    @property
    def uid(self) -> str | None:
        """The id of the delivery that it carries."""
        found = ((self.metadata or {}).get("event_payload") or {}).get("delivery")
        return str(found) if found else None

    @property
    def shown(self) -> str:
        """What people read: the blocks where it has some, else the text."""
        return "\n".join(text for _, text in texts(self.blocks)) if self.blocks else self.text

    @property
    def markup(self) -> list[str]:
        """What it calls and links to."""
        return markup(self.text, self.blocks)


@dataclass
class Room:
    """A channel of Slack."""

    id: str
    name: str
    is_private: bool = False
    is_archived: bool = False
    has_bot: bool = True
    is_locked: bool = False  # no answers in threads
    messages: list[Posted] = field(default_factory=list)  # in the order in which they came
    lost: list[Posted] = field(default_factory=list)  # accepted with the ts of no message: nobody sees them
    last_at: float = 0.0

    @property
    def top(self) -> list[Posted]:
        """What the channel shows."""
        return [one for one in self.messages if one.thread_ts is None or one.is_broadcast]

    def thread(self, ts: str) -> list[Posted]:
        """Return the answers under a message."""
        return [one for one in self.messages if one.thread_ts == ts]


def told(post: Posted, has_metadata: bool) -> dict[str, Any]:
    found: dict[str, Any] = {"type": "message", "ts": post.ts, "text": post.text, "blocks": post.blocks or []}
    if post.thread_ts:
        found["thread_ts"] = post.thread_ts
    if has_metadata and post.metadata:
        found["metadata"] = post.metadata
    return found


def about(room: Room) -> dict[str, Any]:
    return {
        "id": room.id,
        "name": room.name,
        "is_private": room.is_private,
        "is_archived": room.is_archived,
        "is_member": room.has_bot,
    }
