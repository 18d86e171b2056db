"""The tasks of the worker, on huey's queue. A task is a nudge: the truth is the job's row."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from huey import SqliteHuey, crontab

from dash_kpi.alerting.alerts.evaluations import compact_all
from dash_kpi.ingest import jobs
from dash_kpi.ingest.load import load
from dash_kpi.reporting.ahead import advance
from dash_kpi.storage import originals
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.files import kept_files

log = logging.getLogger(__name__)

ORPHAN_SECONDS = 3600  # after which a snapshot file that no revision names is rubbish
AFTER_READINGS_SECONDS = 2.0  # before another look whether anything is still being read
LAST = -1  # the priority of what gives way to readings
FAILED = "Reading it failed for a reason that nobody foresaw; the log of the worker says more."


class Tasks:
    """What the worker does when it is nudged; `on_again` is called with a job whose file changed meanwhile."""

    def __init__(self, database: Database, on_again: Callable[[jobs.Job], None]) -> None:
        self._database, self._on_again = database, on_again
        queue = database.settings.instance / "queue.sqlite3"
        self.queue = SqliteHuey("dash_kpi", filename=str(queue), results=False, utc=True)
        self._forecasting = threading.Lock()
        self.read = self.queue.task(name="read")(self._read)
        self.forecast = self.queue.task(name="forecast", priority=LAST)(self._forecast)
        self.queue.periodic_task(crontab(minute="*"), name="sweep")(self.sweep)
        self.queue.periodic_task(crontab(minute="17"), name="compact")(self._compact)

    def _read(self, job_id: int) -> None:
        """Read the file of a job, unless somebody else does."""
        job = jobs.claim(self._database, job_id, datetime.now(UTC))
        if job is None:
            return
        try:
            outcome = load(self._database, job).outcome
            if outcome == "again":
                self._on_again(job)
            elif outcome == "loaded":
                self.forecast()
        except Exception:  # the top of the task: it must end the job, whatever happened
            log.exception("reading failed job=%d", job.id)
            jobs.refuse(self._database, job, FAILED, datetime.now(UTC))

    def _forecast(self) -> None:
        """Compute one forecast that the newest revision lacks, and come again; readings go first.

        Many files that load one after another are computed once: while one is open, this waits.
        """
        if not self._forecasting.acquire(blocking=False):
            return  # whoever is at it looks at the newest revision too
        try:
            if jobs.is_any_open(self._database):
                self.forecast.schedule(delay=AFTER_READINGS_SECONDS)
            elif advance(self._database, MAIN, datetime.now(UTC)):
                self.forecast()
        finally:
            self._forecasting.release()

    def sweep(self) -> None:
        """Do what is due every minute."""
        self.pick_up(after_seconds=60)
        self.forecast()
        self._delete_orphans()
        originals.sweep(self._database, datetime.now(UTC))

    def _compact(self) -> None:
        """Make few of old evaluations, once an hour."""
        compact_all(self._database, datetime.now(UTC))

    def pick_up(self, after_seconds: float) -> None:
        """Nudge what a crash left behind: jobs of dead processes, and those that have waited so long.

        A younger job may wait on purpose, for its file to be whole.
        """
        now = datetime.now(UTC)
        for job_id in jobs.recover(self._database, now):
            log.warning("recovered job=%d", job_id)
            self.read(job_id)
        for job_id in jobs.queued(self._database, before=now - timedelta(seconds=after_seconds)):
            self.read(job_id)

    def _delete_orphans(self) -> None:
        """Delete the snapshot files of readings that neither were committed nor wait for a decision."""
        with self._database.reading() as session:
            kept = kept_files(session)
        for path in self._database.settings.snapshots.iterdir():
            if path.is_file() and path.name not in kept and time.time() - path.stat().st_mtime > ORPHAN_SECONDS:
                path.unlink(missing_ok=True)
