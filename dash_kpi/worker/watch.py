"""The watch: notices files that change in the folders, waits until they are whole, and has them read."""

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import func, select
from watchdog.events import FileSystemEvent, FileSystemEventHandler
from watchdog.observers import Observer
from watchdog.observers.api import BaseObserver, ObservedWatch
from watchdog.observers.polling import PollingObserver

from dash_kpi.ingest import jobs
from dash_kpi.ingest.load import Version
from dash_kpi.ingest.missing import mark_missing
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Ingest, Source
from dash_kpi.worker.folders import candidates, is_candidate, is_complete, is_own_file, is_table_name, way_to_watch

log = logging.getLogger(__name__)

TICK_SECONDS = 0.05  # between two looks at files that are still changing
IDLE_SECONDS = 1.0  # between two looks at the folders themselves
GONE_SECONDS = 1.5  # a program that saves by renaming leaves no file for a moment
NAMELESS_SECONDS = 3.0  # what has no suffix of a table may be a temporary file of a program
PATIENCE_SECONDS = 15.0  # for a copy that stalls half-way
CHANGES = frozenset({"created", "modified", "moved", "deleted", "closed"})


@dataclass
class _Pending:
    """A file that was noticed: its version when last looked at, and since when it is that."""

    version: Version | None
    since: float
    job: int | None = None


@dataclass
class _Folder:
    """A watched folder: the watch on it, and which directory that is (it may vanish and return)."""

    path: Path
    way: Literal["native", "polling"]
    watch: ObservedWatch | None = None
    inode: int | None = None


class Watch(FileSystemEventHandler):
    """Watches the folders of a workspace; `on_ready` is called with the job of each file to be read."""

    def __init__(self, database: Database, workspace: str, on_ready: Callable[[int], None]) -> None:
        settings = database.settings
        self._database, self._workspace, self._on_ready = database, workspace, on_ready
        self._settle_seconds = settings.settle_seconds
        self._folders = [_Folder(path, way_to_watch(path, settings.watch)) for path in settings.watched]
        self._observers: dict[str, BaseObserver] = {}
        self._pending: dict[Path, _Pending | None] = {}
        self._asked: set[int] = set()  # jobs that were handed over already
        self._is_scan_due = True
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin to watch; what changed while nobody did is noticed first."""
        self._thread.start()

    @property
    def is_watching(self) -> bool:
        """Tell whether every folder is there and watched."""
        return all(folder.watch is not None for folder in self._folders)

    def stop(self) -> None:
        """End the watch and wait for its threads."""
        self._stop.set()
        self._wake.set()
        if self._thread.is_alive():
            self._thread.join()
        for observer in self._observers.values():
            observer.stop()
            observer.join()

    def on_any_event(self, event: FileSystemEvent) -> None:
        """Note what an event is about; everything else happens in our own thread."""
        if event.event_type not in CHANGES:
            return
        if event.is_directory:
            # A folder that was moved in or away brings files that have no event of their own.
            if event.event_type != "modified":
                self.scan()
            return
        for name in filter(None, (event.src_path, event.dest_path)):
            self.notice(Path(str(name)))

    def notice(self, path: Path) -> None:
        """Look at a file soon: it may be new, changed or gone."""
        if not is_own_file(path):
            with self._lock:
                self._pending.setdefault(path, None)
            self._wake.set()

    def scan(self) -> None:
        """Look through the folders soon, for what no event told of."""
        self._is_scan_due = True
        self._wake.set()

    def _run(self) -> None:
        next_look = 0.0
        while not self._stop.is_set():
            self._wake.clear()
            try:
                now = time.monotonic()
                if now >= next_look:
                    next_look = now + IDLE_SECONDS
                    self._look_after_folders()
                    self._hand_over_asked()
                if self._is_scan_due:
                    self._is_scan_due = False
                    self._notice_differences()
                self._settle()
            except Exception:  # the top of the thread: nothing may end the watch
                log.exception("watch failed")
                self._stop.wait(IDLE_SECONDS)
            if self._pending:
                self._stop.wait(TICK_SECONDS)
            else:
                self._wake.wait(IDLE_SECONDS)

    def _look_after_folders(self) -> None:
        """Watch the folders that are there, and let go of those that vanished or were replaced."""
        for folder in self._folders:
            inode = _inode(folder.path)
            if folder.watch is not None and inode != folder.inode:
                log.warning("folder vanished path=%s", folder.path)
                self._unwatch(folder)
                self._is_scan_due = True
            if folder.watch is None and inode is not None:
                self._watch_folder(folder, inode)
                self._is_scan_due = True

    def _hand_over_asked(self) -> None:
        """Have the files read that a person asked for: no event tells of them."""
        asked = set(jobs.asked_for(self._database))
        for job_id in asked - self._asked:
            self._on_ready(job_id)
        self._asked = asked

    def _watch_folder(self, folder: _Folder, inode: int) -> None:
        try:
            folder.watch = self._observer(folder.way).schedule(self, str(folder.path), recursive=True)
        except OSError as error:  # the system's limit of watches, most often
            if folder.way == "polling":
                raise
            log.warning("polling instead of events path=%s reason=%s", folder.path, error)
            folder.way = "polling"
            folder.watch = self._observer(folder.way).schedule(self, str(folder.path), recursive=True)
        folder.inode = inode
        log.info("watching path=%s way=%s", folder.path, folder.way)

    def _unwatch(self, folder: _Folder) -> None:
        if folder.watch is not None:
            try:
                self._observers[folder.way].unschedule(folder.watch)
            except (KeyError, OSError):  # the observer let go of it by itself
                log.debug("was not watched any more path=%s", folder.path)
        folder.watch = folder.inode = None

    def _observer(self, way: Literal["native", "polling"]) -> BaseObserver:
        if way not in self._observers:
            seconds = self._database.settings.poll_seconds
            observer = PollingObserver(timeout=seconds) if way == "polling" else Observer()
            observer.start()
            self._observers[way] = observer
        return self._observers[way]

    def _notice_differences(self) -> None:
        """Notice the files that differ from what was last read, and those that are gone."""
        known, with_data = self._known()
        found = {path for folder in self._folders for path in candidates(folder.path)}
        for path in found:
            if Version.of(path) != known.get(path):
                self.notice(path)
        for path in with_data - found:
            if any(path.is_relative_to(folder.path) for folder in self._folders):
                self.notice(path)

    def _known(self) -> tuple[dict[Path, Version], set[Path]]:
        """Return the version of every file when it was last read, and the files whose data is counted."""
        with self._database.reading() as session:
            workspace_id = workspace_named(session, self._workspace).id
            newest = select(func.max(Ingest.id)).where(Ingest.workspace_id == workspace_id).group_by(Ingest.path)
            rows = session.execute(
                select(Ingest.path, Ingest.size, Ingest.modified_ns, Ingest.status).where(Ingest.id.in_(newest))
            )
            known = {
                self._path(path): Version(size, modified_ns)
                for path, size, modified_ns, status in rows
                if size is not None and modified_ns is not None and status not in jobs.OPEN
            }
            paths = session.scalars(
                select(Source.path).where(Source.workspace_id == workspace_id, Source.status.in_(["ok", "refused"]))
            )
            return known, {self._path(path) for path in paths}

    def _path(self, key: str) -> Path:
        return jobs.path_of(self._database.settings, key)

    def _settle(self) -> None:
        """Have every noticed file read that has stopped changing, and mark those that are gone."""
        with self._lock:
            pending = list(self._pending)
        for path in pending:
            if self._is_settled(path):
                with self._lock:
                    self._pending.pop(path, None)

    def _is_settled(self, path: Path) -> bool:
        """Take one look at a noticed file; tell whether there is nothing more to wait for."""
        now, version = time.monotonic(), Version.of(path)
        seen = self._pending[path]
        if seen is None or version != seen.version:
            job = seen.job if seen else None
            if version is not None and job is None and is_table_name(path):
                if self._is_known(path, version):
                    return True
                job = self._enqueue(path)  # at once: people see that it was noticed
            self._pending[path] = _Pending(version, now, job)
            return False
        quiet = now - seen.since
        if version is None:
            return quiet >= GONE_SECONDS and self._is_gone(path)
        if quiet < (self._settle_seconds if is_table_name(path) else NAMELESS_SECONDS):
            return False
        if not is_complete(path) and quiet < PATIENCE_SECONDS:
            return False
        if seen.job is not None or (is_candidate(path) and not self._is_known(path, version)):
            self._on_ready(seen.job or self._enqueue(path))
        return True

    def _is_gone(self, path: Path) -> bool:
        seen = self._pending[path]
        if seen and seen.job is not None:
            self._on_ready(seen.job)  # reading it will say that it is not there any more
        with self._database.reading() as session:
            workspace_id = workspace_named(session, self._workspace).id
        for copy in mark_missing(self._database, workspace_id, jobs.path_key(self._database.settings, path)):
            if self._path(copy).exists():
                self._on_ready(self._enqueue(self._path(copy)))
        return True

    def _is_known(self, path: Path, version: Version) -> bool:
        """Tell whether this very version was read before and nothing is under way or missing."""
        with self._database.reading() as session:
            workspace_id = workspace_named(session, self._workspace).id
            key = jobs.path_key(self._database.settings, path)
            last = session.scalar(
                select(Ingest)
                .where(Ingest.workspace_id == workspace_id, Ingest.path == key)
                .order_by(Ingest.id.desc())
                .limit(1)
            )
            is_missing = session.scalar(
                select(func.count()).where(
                    Source.workspace_id == workspace_id, Source.path == key, Source.status == "missing"
                )
            )
        if last is None or last.status in jobs.OPEN or is_missing or last.size is None or last.modified_ns is None:
            return False
        return Version(last.size, last.modified_ns) == version

    def _enqueue(self, path: Path) -> int:
        return jobs.enqueue(self._database, self._workspace, path, datetime.now(UTC), jobs.WATCHED)


def _inode(folder: Path) -> int | None:
    try:
        return folder.stat().st_ino
    except OSError:
        return None
