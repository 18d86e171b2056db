"""Running the worker until it is told to stop."""

import logging
from collections.abc import Callable
from typing import Any

from huey import crontab
from huey.consumer import Consumer

from dash_kpi.ingest import child, jobs
from dash_kpi.settings import Settings
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.worker.pulse import DUTIES, Pulse, sender_of
from dash_kpi.worker.tasks import Tasks
from dash_kpi.worker.watch import Watch

log = logging.getLogger(__name__)

READERS = 2  # files that are read at the same time


class _Consumer(Consumer):  # type: ignore[misc]  # huey has no types
    """Huey's consumer, which tells the others when it is told to stop."""

    def __init__(self, on_stop: Callable[[], None], *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._on_stop = on_stop

    def stop(self, graceful: bool = False) -> None:
        """Stop, and let the others do so meanwhile."""
        self._on_stop()
        super().stop(graceful)


def run(settings: Settings) -> None:
    """Watch and read until SIGTERM or SIGINT.

    A reading that is under way then is ended with us and taken up again at the next start.
    """
    child.warm_up()
    database = Database(settings)
    database.upgrade()
    tasks = Tasks(database, lambda job: watch.notice(jobs.path_of(settings, job.path)))
    watch = Watch(database, MAIN, lambda job_id: tasks.read(job_id))
    tasks.queue.periodic_task(crontab(minute="*"), name="scan")(watch.scan)
    tasks.pick_up(after_seconds=0)
    tasks.forecast()
    watch.start()
    pulse = Pulse(database, sender_of(database), DUTIES)
    pulse.start()
    consumer = _Consumer(
        pulse.begin_stop,
        tasks.queue,
        workers=READERS,
        initial_delay=0.05,
        backoff=1.2,
        max_delay=0.3,
        graceful_signal="TERM",
        shutdown_timeout=5,
    )
    try:
        consumer.run()
    finally:
        pulse.stop()
        watch.stop()
        database.close()
