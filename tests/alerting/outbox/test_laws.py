"""Laws of the outbox: whatever fails or is killed, nothing is lost, doubled in silence or reordered."""

import shutil
import tempfile
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

import hypothesis.strategies as st
from hypothesis import HealthCheck, settings
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy import select

from dash_kpi.alerting.channels.transport import Config, NoEvidence, NotSent, OnUnknown, RefusedForGood, Unknown
from dash_kpi.alerting.outbox.claim import Claimed, due_lanes, next_due
from dash_kpi.alerting.outbox.decide import PATIENT_TRIES
from dash_kpi.alerting.outbox.order import Lane
from dash_kpi.alerting.outbox.park import unpark
from dash_kpi.alerting.outbox.people import resend
from dash_kpi.alerting.outbox.record import record
from dash_kpi.alerting.outbox.recover import recover
from dash_kpi.alerting.outbox.sender import attempt
from dash_kpi.settings import load_settings
from dash_kpi.storage.database import MAIN
from dash_kpi.storage.models import Attempt, Channel, Delivery
from tests.alerting.outbox.scripted import NOW, Scripted, add_channel, put, take, ways_of
from tests.databases import new_database

OPEN = ("queued", "sending", "unknown", "parked")
FAULTS = {
    "accepted": None,
    "refused": RefusedForGood("too long"),
    "destination refused": RefusedForGood("the bot is not in the channel", "destination"),
    "channel refused": RefusedForGood("the token was revoked", "channel"),
    "lost before": Unknown("lost"),
    "lost after": Unknown("accepted"),
    "busy": NotSent("busy"),
    "busy destination": NotSent("busy", 30, "destination"),
    "busy channel": NotSent("busy", 30, "channel"),
    "broken": ZeroDivisionError("a mistake of ours"),
}
PLACES = st.sampled_from([0, 0, 0, 1, 2])  # most of what is interesting happens within one
PROCESSES = ("a:1:1", "a:2:1")


class Outbox(RuleBasedStateMachine):
    """Three destinations of two channels, and two processes that send."""

    deliveries = Bundle("deliveries")

    @initialize(policies=st.tuples(*[st.sampled_from(["reconcile", "resend", "hold"])] * 2), knows=st.booleans())
    def begin(self, policies: tuple[OnUnknown, OnUnknown], knows: bool) -> None:
        self.folder = Path(tempfile.mkdtemp())
        self.database = new_database(load_settings(instance=self.folder))
        self.channels = [add_channel(self.database, name, policy) for name, policy in zip("AB", policies, strict=True)]
        places = ((0, "#sales"), (0, "#ops"), (1, "#sales"))
        self.lanes = [Lane(self.channels[number], name) for number, name in places]
        self.transport = Scripted(knows=knows)
        self.now: datetime = NOW
        self.at_work: dict[str, dict[Lane, Claimed]] = {name: {} for name in PROCESSES}
        self.put: list[int] = []
        self.random = Random(1)

    @rule(target=deliveries, number=PLACES, held=st.sampled_from([0, 0, 0, 600]))
    def put_message(self, number: int, held: int) -> int:
        lane = self.lanes[number]
        due = self.now + timedelta(seconds=held)
        self.put.append(put(self.database, lane.channel_id, lane.destination, now=self.now, due_at=due))
        return self.put[-1]

    @rule(target=deliveries, parent=deliveries)
    def put_resolve(self, parent: int) -> int:
        with self.database.reading() as session:
            first = session.get_one(Delivery, parent)
        place = (first.channel_id, first.destination)
        self.put.append(put(self.database, *place, kind="resolved", now=self.now, parent_id=parent))
        return self.put[-1]

    @rule(seconds=st.sampled_from([0.5, 10, 60, 700]))
    def time_passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(number=PLACES, process=st.sampled_from(PROCESSES))
    def claim(self, number: int, process: str) -> None:
        lane = self.lanes[number]
        if lane in self.at_work[process]:
            return
        before = self._open_of(lane)
        claimed = take(self.database, self.transport, lane, self.now, process)
        if claimed is None:
            return
        assert all(lane not in work for work in self.at_work.values()), "two at a time to one destination"
        if claimed.kind == "send":
            self._check_order(claimed, before)
        self.at_work[process][lane] = claimed

    @rule(number=PLACES, process=st.sampled_from(PROCESSES), fault=st.sampled_from(sorted(FAULTS)))
    def finish(self, number: int, process: str, fault: str) -> None:
        claimed = self.at_work[process].pop(self.lanes[number], None)
        if claimed is not None:
            self._finish(claimed, fault)

    @rule(number=PLACES, process=st.sampled_from(PROCESSES), fault=st.sampled_from(sorted(FAULTS)))
    def claim_and_finish(self, number: int, process: str, fault: str) -> None:
        self.claim(number, process)
        self.finish(number, process, fault)

    @rule(process=st.sampled_from(PROCESSES), sent=st.booleans())
    def kill(self, process: str, sent: bool) -> None:
        """End a process before or after its requests went out; another finds what it left."""
        for claimed in self.at_work[process].values():
            if sent and claimed.kind == "send":
                self.transport.ledger.append(claimed.outgoing)
        self.at_work[process] = {}
        recover(self.database, "a:3:1", lambda _: False, self.now, lambda name: name != process)

    @precondition(lambda self: self.put)
    @rule(number=st.integers(0, 1))
    def mend(self, number: int) -> None:
        with self.database.writing() as session:
            unpark(session, self.channels[number], self.now)

    @invariant()
    def nothing_is_doubled_in_silence(self) -> None:
        if not hasattr(self, "transport"):
            return
        seen: Counter[str] = Counter()
        for one in self.transport.ledger:
            seen[one.uid] += 1
            assert seen[one.uid] == 1 or one.is_possible_repeat

    def teardown(self) -> None:
        if not hasattr(self, "database"):
            return
        for process in PROCESSES:
            self.kill(process, sent=False)
        for _ in range(200):
            self._drain()
            if not self._decide():
                break
        self.nothing_is_doubled_in_silence()
        self._check_the_end()
        self.database.close()
        shutil.rmtree(self.folder)

    def _finish(self, claimed: Claimed, fault: str) -> None:
        outcome = FAULTS[fault]
        self.transport.script = [] if outcome is None else [outcome]
        self.transport.evidence = [NoEvidence("no answer", 30)] if "busy" in fault else []
        config = Config(claimed.channel.id, claimed.channel.name, {}, self.database.settings)
        result = attempt(ways_of(self.transport), claimed, config)
        record(self.database, ways_of(self.transport), claimed, result, self.now, self.random)

    def _open_of(self, lane: Lane) -> list[Delivery]:
        with self.database.reading() as session:
            in_lane = (Delivery.channel_id == lane.channel_id, Delivery.destination == lane.destination)
            return list(session.scalars(select(Delivery).where(*in_lane, Delivery.status.in_(OPEN))))

    def _check_order(self, claimed: Claimed, before: list[Delivery]) -> None:
        with self.database.reading() as session:
            row = session.get_one(Delivery, claimed.id)
            if row.parent_id is not None:
                assert session.get_one(Delivery, row.parent_id).status == "sent"
            for earlier in before:
                if earlier.id >= claimed.id:
                    continue
                parent = session.get(Delivery, earlier.parent_id) if earlier.parent_id else None
                is_held = earlier.due_at > self.now and not earlier.attempts
                waits = parent is not None and parent.status != "sent"
                is_for_a_person = earlier.status == "parked" and earlier.ended_at is not None
                is_hopeless = earlier.status == "queued" and earlier.attempts >= PATIENT_TRIES
                assert is_held or waits or is_for_a_person or is_hopeless, (earlier.status, earlier.reason)

    def _drain(self) -> None:
        """Let everything that can be sent be sent, by a channel that now takes everything."""
        while True:
            is_done = True
            with self.database.reading() as session:
                lanes, soonest = due_lanes(session, self.now), next_due(session, self.now)
            for lane in lanes:
                if (claimed := take(self.database, self.transport, lane, self.now)) is not None:
                    self._finish(claimed, "accepted")
                    is_done = False
            if is_done and soonest is None:
                return
            self.now = max(self.now, soonest or self.now) if is_done else self.now
            self.now = max([self.now, *self._pauses()]) if is_done else self.now

    def _pauses(self) -> list[datetime]:
        with self.database.reading() as session:
            return [pause for pause in session.scalars(select(Channel.paused_until)) if pause is not None]

    def _decide(self) -> bool:
        """Mend and decide whatever waits for a person; tell whether anything did."""
        with self.database.writing() as session:
            count = sum(unpark(session, channel, self.now) for channel in self.channels)
        with self.database.reading() as session:
            held = session.scalars(select(Delivery.id).where(Delivery.status == "parked")).all()
        for number in held:
            resend(self.database, MAIN, number, "somebody", self.now)
        return bool(count or held)

    def _check_the_end(self) -> None:
        accepted = {one.uid for one in self.transport.ledger}
        with self.database.reading() as session:
            rows = session.scalars(select(Delivery)).all()
            refused = set(session.scalars(select(Attempt.delivery_id).where(Attempt.outcome == "refused")))
            assert not session.scalars(select(Attempt).where(Attempt.ended_at.is_(None))).all()
            assert all(channel.problem is None for channel in session.scalars(select(Channel)))
        status = {row.id: row.status for row in rows}
        assert set(self.put) <= set(status)
        for row in rows:
            assert row.status in ("sent", "failed", "dropped"), row.reason
            assert row.status != "sent" or row.uid in accepted
            assert row.status != "failed" or row.id in refused or "24 hours" in (row.reason or "")
            assert row.status != "dropped" or status[row.parent_id or 0] in ("failed", "dropped")


Outbox.TestCase.settings = settings(
    max_examples=20, stateful_step_count=40, deadline=None, suppress_health_check=list(HealthCheck)
)
TestOutbox = Outbox.TestCase
