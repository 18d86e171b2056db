"""The storm: many alerts through a Slack that fails at random, sent by a process that is killed again and again.

`python -m tests.worker.storm` sends 1,000 alerts and kills twenty times; the suite has a smaller one.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from sqlalchemy import func, select

from dash_kpi.alerting.messages.message import Line, Message
from dash_kpi.alerting.outbox.people import resend
from dash_kpi.alerting.outbox.queue import enqueue
from dash_kpi.settings import Settings, load_settings
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Attempt, Channel, Delivery
from tests.databases import new_database
from tests.fakes.faults import Fault, at_random
from tests.fakes.slack import TOKEN, FakeSlack
from tests.fakes.slack_rooms import Room

OF_POSTS = (
    Fault("status", status=429, retry_after=1),
    Fault("status", status=500),
    Fault("status_after", status=500),
    Fault("reset_before"),
    Fault("reset_after"),
    Fault("close_before"),
    Fault("close_after"),
    Fault("hang"),
    Fault("hang_after"),
    Fault("slow", seconds=0.5),
    Fault("truncated"),
    Fault("malformed"),
)
FAULTS = (
    *(replace(fault, path=path) for fault in OF_POSTS for path in ("chat.postMessage", "/x")),
    Fault("reset_before", path="conversations.history"),  # seldom: after it, half a minute passes to the next look
)
OPEN = ("queued", "sending", "unknown", "parked")


@dataclass(frozen=True)
class Storm:
    """How hard it blows."""

    alerts: int
    rooms: int  # destinations that can be asked what they got
    hooks: int  # those that cannot
    kills: int
    share: float  # of requests that fail
    seconds: float  # in which all of it must be over
    seed: int = 1


FULL = Storm(alerts=1000, rooms=30, hooks=10, kills=20, share=0.5, seconds=600)
SMALL = Storm(alerts=48, rooms=11, hooks=5, kills=2, share=0.5, seconds=150)


@dataclass(frozen=True)
class Result:
    """What came of it."""

    sent: int
    accepted: int  # by Slack, repeats counted
    repeats: int
    unknown: int  # tries
    faults: int
    decisions: int  # by a person, about what was lost again and again
    seconds: float


def blow(storm: Storm, folder: Path) -> Result:
    """Let it blow, and check that the ledger equals the database."""
    begun = time.monotonic()
    random = Random(storm.seed)
    with FakeSlack(at_random(storm.seed, storm.share, FAULTS)) as slack:
        for number in range(storm.rooms + storm.hooks):
            room = Room(f"C1{number:07}", f"room-{number}")
            slack.rooms[room.id] = room
            if number >= storm.rooms:
                slack.hooks[f"/services/T1/B{number}/x"] = room.id
        settings = load_settings(instance=folder, slack_url=slack.api_url, slack_hooks_url=slack.url, channel_seconds=1)
        database = new_database(settings)
        _put(database, slack, storm)
        decided: set[int] = set()
        for _ in range(storm.kills):
            with _process(settings) as process:
                time.sleep(random.uniform(0.8, 2.2))
                process.kill()
                process.wait()
        with _process(settings) as process:
            while _open(database):
                decided |= _decide(database)
                assert time.monotonic() - begun < storm.seconds, f"{_open(database)} deliveries are still open"
                time.sleep(0.1)
            process.send_signal(signal.SIGTERM)
            assert process.wait(6) == 0
        result = _check(database, slack, time.monotonic() - begun, decided)
        database.close()
    return result


@contextmanager
def _process(settings: Settings) -> Iterator["subprocess.Popen[bytes]"]:
    command = [sys.executable, "-m", "tests.worker.sending"]
    process = subprocess.Popen(command, env=os.environ | settings.as_environment())
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _put(database: Database, slack: FakeSlack, storm: Storm) -> None:
    """Write all alerts down; every third message to a room is the resolve of the one before it."""
    now = datetime.now(UTC)
    places = [*(("bot", f"C1{n:07}") for n in range(storm.rooms))]
    places += [(f"/services/T1/B{n}/x", f"#room-{n}") for n in range(storm.rooms, storm.rooms + storm.hooks)]
    with database.writing() as session:
        usual = {"workspace_id": 1, "secrets": "", "created_at": now, "created_by": "a test", "updated_at": now}
        channels: dict[str, int] = {}
        for place, room in places:
            kind = "slack" if place == "bot" else "slack_hook"
            config = {"token": TOKEN, "channel": room} if place == "bot" else {"url": slack.url.rstrip("/") + place}
            policy = "reconcile" if place == "bot" else "resend"
            channel = Channel(name=room, kind=kind, config=config, on_unknown=policy, **usual)
            session.add(channel)
            session.flush()
            channels[room] = channel.id
        last: dict[str, Delivery] = {}
        message = Message("firing", "", (Line("Revenue is € 82, below € 100", severity="warning"),))
        for number in range(storm.alerts):
            place, room = places[number % len(places)]
            is_resolve = number // len(places) % 3 == 2
            said = replace(message, title=f"Alert {number}.", kind="resolved" if is_resolve else "firing")
            last[room] = enqueue(
                session, 1, channel_id=channels[room], destination=room, kind=said.kind, message=said, now=now,
                parent_id=last[room].id if is_resolve else None,
            )  # fmt: skip


def _open(database: Database) -> int:
    with database.reading() as session:
        return session.scalar(select(func.count()).where(Delivery.status.in_(OPEN))) or 0


def _decide(database: Database) -> set[int]:
    """Send again, as a person would, what was lost so often that nobody else decides."""
    with database.reading() as session:
        held = session.scalars(select(Delivery.id).where(Delivery.status == "parked")).all()
    for number in held:
        resend(database, MAIN, number, "a test", datetime.now(UTC))
    return set(held)


def _check(database: Database, slack: FakeSlack, seconds: float, decided: set[int]) -> Result:
    """Hold the ledger against the database: all is there, in order, and what came twice says so."""
    with database.reading() as session:
        alerts = select(Delivery).where(Delivery.kind != "notice")
        rows = session.scalars(alerts.order_by(Delivery.id)).all()
        unknown = session.scalar(select(func.count()).where(Attempt.outcome == "unknown")) or 0
        assert not session.scalar(select(func.count()).where(Attempt.ended_at.is_(None)))
    assert {row.status for row in rows} == {"sent"}, Counter((row.status, row.reason) for row in rows)
    repeats = 0
    for room in slack.rooms.values():
        assert not room.lost
        mine = [row for row in rows if row.destination in (room.id, f"#{room.name}")]
        seen: list[int] = []
        for post in room.messages:
            if "messages were not delivered" in post.text:
                continue  # a notice about a decision that waits
            row = next(row for row in mine if f"{row.message['title']}" in post.text)
            if row.id in seen:
                repeats += 1
                assert not post.uid, "a channel that can be asked got it twice"
                assert f"possible repeat of {row.uid}" in post.text, post.text
            else:
                seen.append(row.id)
            if post.uid:
                assert post.uid == row.uid
                assert row.receipt is not None
        assert set(seen) == {row.id for row in mine}, "lost"
        # What waits for a person lets others pass, and so does what follows it.
        passed = decided | {row.id for row in mine if row.parent_id in decided}
        in_order = [number for number in seen if number not in passed]
        assert in_order == sorted(in_order), f"out of order: {seen}, decided: {sorted(passed)}"
        for row in mine:
            if row.receipt and "ts" in row.receipt:
                assert row.receipt["ts"] in {post.ts for post in room.messages if post.uid == row.uid}
    accepted = len(slack.ledger)
    return Result(len(rows), accepted, repeats, unknown, len(slack.faults), len(decided), seconds)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as place:
        print(blow(replace(FULL, seed=int(sys.argv[1]) if len(sys.argv) > 1 else 1), Path(place)))
