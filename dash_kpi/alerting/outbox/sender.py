"""The sender: threads that claim what is due, try it, and write down what came of it."""

import logging
import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random

from sqlalchemy.exc import SQLAlchemyError

from dash_kpi.alerting.channels.transport import Config, Evidence, NoEvidence, Outcome, RefusedForGood, Sent, Unknown
from dash_kpi.alerting.outbox.claim import Claimed, claim, due_lanes, next_due
from dash_kpi.alerting.outbox.order import Lane, Wait
from dash_kpi.alerting.outbox.record import record
from dash_kpi.alerting.outbox.recover import recover
from dash_kpi.alerting.outbox.ways import Ways
from dash_kpi.errors import DashKpiError
from dash_kpi.ingest.jobs import process_name
from dash_kpi.storage.database import Database

log = logging.getLogger(__name__)

THREADS = 8
MOST_OF_A_CHANNEL = 3  # threads at the same time: one that hangs must leave some for the others
RECHECK = timedelta(seconds=1)  # however long a lane asked to wait: a person may have mended something
ASK_AGAIN_SECONDS = 30.0  # after a look for evidence that failed
RECORD_SECONDS = 60.0  # in which a busy database is asked again to take an outcome
FAILED = "It failed for a reason that nobody foresaw; the log of the worker says more"


def attempt(ways: Ways, claimed: Claimed, config: Config) -> Outcome | Evidence:
    """Do what was claimed, and return how it came out; raises nothing."""
    transport = ways.transports[claimed.channel.kind]
    try:
        if claimed.kind == "send":
            return transport.send(config, claimed.outgoing)
        return transport.reconcile(config, claimed.outgoing)
    except Exception:  # whatever a channel does, its outcome is kept
        log.exception("channel failed delivery=%d kind=%s", claimed.id, claimed.channel.kind)
        return Unknown(FAILED) if claimed.kind == "send" else NoEvidence(FAILED, ASK_AGAIN_SECONDS)


def work(database: Database, ways: Ways, claimed: Claimed, clock: Callable[[], datetime], random: Random) -> None:
    """Do what was claimed, and write down what came of it."""
    try:
        config = ways.config_of(database.settings, claimed.channel)
    except DashKpiError as error:
        refused = RefusedForGood(str(error), "channel") if claimed.kind == "send" else NoEvidence(str(error))
        _record(database, ways, claimed, refused, clock, random)
        return
    result = attempt(ways, claimed, config)
    _record(database, ways, claimed, result, clock, random)
    if isinstance(result, Sent) and claimed.outgoing.closes is not None:
        try:
            ways.transports[claimed.channel.kind].close(config, claimed.outgoing)
        except Exception:  # the message was sent: that its parent is not marked is no reason to fail
            log.exception("closing failed delivery=%d", claimed.id)


def _record(
    database: Database,
    ways: Ways,
    claimed: Claimed,
    result: Outcome | Evidence,
    clock: Callable[[], datetime],
    random: Random,
) -> None:
    """Write an outcome down, however busy the database is: it would be lost with us."""
    end = time.monotonic() + RECORD_SECONDS
    while True:
        try:
            record(database, ways, claimed, result, clock(), random)
        except SQLAlchemyError:
            if time.monotonic() > end:
                raise
            log.exception("recording failed delivery=%d", claimed.id)
            time.sleep(1)
        else:
            return


class Sender:
    """Sends what is due by a few threads; `look` tells it that something may be."""

    def __init__(self, database: Database, ways: Ways, clock: Callable[[], datetime], random: Random) -> None:
        self._database, self._ways, self._clock, self._random = database, ways, clock, random
        self._owner = process_name()
        self._due: deque[Lane] = deque()
        self._busy: set[Lane] = set()
        self._again: set[Lane] = set()  # something happened in them while they were busy
        self._waits: dict[Lane, datetime] = {}
        self._channels: Counter[int] = Counter()
        self._is_stopping = False
        self._condition = threading.Condition()
        self._threads = [threading.Thread(target=self._run, name=f"sender-{n}", daemon=True) for n in range(THREADS)]

    def start(self) -> None:
        """Begin; what a crash left behind is found out first."""
        self.sweep()
        for thread in self._threads:
            thread.start()

    def begin_stop(self) -> None:
        """Begin nothing more."""
        with self._condition:
            self._is_stopping = True
            self._condition.notify_all()

    def join(self, end: float) -> None:
        """Wait for what is under way until this moment of the monotonic clock.

        What takes longer ends with the process, and is unknown at the next start.
        """
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, end - time.monotonic()))

    def sweep(self) -> None:
        """Let what dead processes were sending be unknown."""
        recover(self._database, self._owner, self._is_busy, self._clock())

    def look(self) -> datetime | None:
        """Hand over what is due, and return when something else will be."""
        now = self._clock()
        with self._database.reading() as session:
            lanes, soonest = due_lanes(session, now), next_due(session, now)
        with self._condition:
            self._waits = {lane: until for lane, until in self._waits.items() if until > now}
            for lane in lanes:
                if lane in self._busy:
                    self._again.add(lane)
                elif lane not in self._waits and lane not in self._due:
                    self._due.append(lane)
            self._condition.notify_all()
            return min((time for time in (soonest, *self._waits.values()) if time), default=None)

    def _run(self) -> None:
        while (lane := self._next()) is not None:
            is_more = False
            try:
                is_more = self._step(lane)
            except Exception:  # the top of the thread: nothing may end it
                log.exception("sending failed channel=%d", lane.channel_id)
                self._wait(lane, self._clock() + RECHECK)
            finally:
                self._give_back(lane, is_more)

    def _next(self) -> Lane | None:
        """Return a lane to work in, as soon as there is one; None when it is time to end."""
        with self._condition:
            while not self._is_stopping:
                free = (lane for lane in self._due if self._channels[lane.channel_id] < MOST_OF_A_CHANNEL)
                if (lane := next(free, None)) is not None:
                    self._due.remove(lane)
                    self._busy.add(lane)
                    self._channels[lane.channel_id] += 1
                    return lane
                self._condition.wait()
        return None

    def _step(self, lane: Lane) -> bool:
        """Do one thing in a lane; tell whether there may be more."""
        now = self._clock()
        claimed = claim(self._database, self._ways, lane, self._owner, now)
        if isinstance(claimed, Wait):
            self._wait(lane, min(claimed.until, now + RECHECK))
        if not isinstance(claimed, Claimed):
            return False
        work(self._database, self._ways, claimed, self._clock, self._random)
        return True

    def _is_busy(self, lane: Lane) -> bool:
        with self._condition:
            return lane in self._busy

    def _wait(self, lane: Lane, until: datetime) -> None:
        with self._condition:
            self._waits[lane] = until

    def _give_back(self, lane: Lane, is_more: bool) -> None:
        with self._condition:
            self._busy.discard(lane)
            self._channels[lane.channel_id] -= 1
            if (is_more or lane in self._again) and lane not in self._due:
                self._due.append(lane)
            self._again.discard(lane)
            self._condition.notify_all()
