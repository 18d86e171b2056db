"""The pulse: notices what others commit, and lets at once be sent and judged what is due."""

import logging
import threading
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from random import SystemRandom

from sqlalchemy import func, select

from dash_kpi.alerting.judging.workspace import judge_workspace
from dash_kpi.alerting.outbox.sender import Sender
from dash_kpi.alerting.outbox.ways import real_ways
from dash_kpi.alerting.telling.digests import send_due
from dash_kpi.alerting.telling.escalation import escalate
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import ThresholdVersion, Workspace

log = logging.getLogger(__name__)

TICK_SECONDS = 0.1  # between two looks whether anybody has committed: microseconds each
LOOK_SECONDS = 1.0  # between two looks at the deliveries, where nothing tells of commits or time passes
MINUTE_SECONDS = 60.0
STOP_SECONDS = 4.0

Duty = Callable[[Database, str, datetime], object]  # something to be done for a workspace

DUTIES: tuple[Duty, ...] = (judge_workspace, escalate, send_due)  # after every new revision, and every minute


def sender_of(database: Database) -> Sender:
    """Return the sender of the channels that come with the program."""
    return Sender(database, real_ways(), _now, SystemRandom())


class Pulse:
    """Two threads: one hands over what is to be sent, the other judges, one workspace after another."""

    def __init__(self, database: Database, sender: Sender, duties: Sequence[Duty] = ()) -> None:
        self._database, self._sender, self._duties = database, sender, duties
        self._workspaces: dict[str, int] = {}  # with their revisions
        self._wordings = -1  # of thresholds
        self._news = threading.Event()
        self._stopping = threading.Event()
        self._stopped_at = 0.0
        self._threads = [
            threading.Thread(target=target, name=name, daemon=True)
            for target, name in ((self._beat, "pulse"), (self._judge, "judge"))
        ]

    def start(self) -> None:
        """Begin, with what a crash left behind."""
        self._sender.start()
        for thread in self._threads:
            thread.start()

    def begin_stop(self) -> None:
        """Begin nothing more."""
        if not self._stopping.is_set():
            self._stopped_at = time.monotonic()
            self._stopping.set()
            self._news.set()
            self._sender.begin_stop()

    def stop(self) -> None:
        """Wait a moment for what is under way; what takes longer is found at the next start."""
        self.begin_stop()
        end = self._stopped_at + STOP_SECONDS
        self._sender.join(end)
        for thread in self._threads:
            if thread.ident is not None:
                thread.join(max(0.0, end - time.monotonic()))

    def _beat(self) -> None:
        seen: int | None = None
        next_look = next_sweep = 0.0
        while not self._stopping.is_set():
            try:
                changes, now = self._database.changes(), time.monotonic()
                is_news = changes is not None and changes != seen
                if is_news or now >= next_look:
                    seen, next_look = changes, now + LOOK_SECONDS
                    if now >= next_sweep:
                        next_sweep = now + MINUTE_SECONDS
                        self._sender.sweep()
                    due = self._sender.look()
                    if due is not None:
                        next_look = min(next_look, now + max(0.0, (due - _now()).total_seconds()))
                    if self._is_newer():
                        self._news.set()
            except Exception:  # the top of the thread: nothing may end the pulse
                log.exception("pulse failed")
                self._stopping.wait(LOOK_SECONDS)
            self._stopping.wait(TICK_SECONDS)

    def _is_newer(self) -> bool:
        """Tell whether a workspace has a new revision, or somebody has changed a threshold, since the last look."""
        with self._database.reading() as session:
            workspaces = dict(session.execute(select(Workspace.name, Workspace.revision)).all())
            wordings = session.scalar(select(func.count()).select_from(ThresholdVersion)) or 0
        is_newer = (workspaces, wordings) != (self._workspaces, self._wordings)
        self._workspaces, self._wordings = workspaces, wordings
        return is_newer

    def _judge(self) -> None:
        """Do the duties after every new revision, and every minute: lateness and midnights need no load."""
        while not self._stopping.is_set():
            self._news.wait(MINUTE_SECONDS)
            self._news.clear()
            for name in list(self._workspaces):
                for duty in self._duties:
                    if self._stopping.is_set():
                        return
                    try:
                        duty(self._database, name, _now())
                    except Exception:  # one must not keep the others from being done; it is tried again in a minute
                        log.exception("duty failed name=%s workspace=%s", getattr(duty, "__name__", duty), name)


def _now() -> datetime:
    return datetime.now(UTC)
