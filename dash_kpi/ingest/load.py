"""Loading a file: the whole life of a job, from the claim to its end."""

import hashlib
import logging
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from sqlalchemy import ColumnElement, Select, exists, func, select, update
from sqlalchemy.orm import Session

from dash_kpi.errors import Conflict, Held, Refused
from dash_kpi.ingest import jobs, mappings
from dash_kpi.ingest.child import Limits, read_in_child
from dash_kpi.ingest.commit import SHEET_GONE, actor_of, add_revision, commit, is_of_content, take_out
from dash_kpi.ingest.holding import DECLINED, let_go, show_held, waiting
from dash_kpi.ingest.jobs import Job
from dash_kpi.ingest.neighbours import told_besides
from dash_kpi.ingest.overlaps import Workings, settle
from dash_kpi.ingest.protected import opened
from dash_kpi.ingest.reading import FileReading
from dash_kpi.ingest.rules import Instructions
from dash_kpi.settings import Settings
from dash_kpi.storage import originals
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Ingest, Snapshot, Source
from dash_kpi.storage.sources import file_name, lock_workspace

log = logging.getLogger(__name__)

Progress = Callable[[str, float], None]
REPORT_SECONDS = 0.25  # the most often that progress is written down


@dataclass(frozen=True, slots=True)
class Loaded:
    """How a job ended. `again`: it did not, for the file changed while it was read, or another process took over."""

    outcome: Literal["loaded", "unchanged", "refused", "again"]
    reason: str | None = None
    revision: int | None = None
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Version:
    """A file at a moment, as the file system tells it."""

    size: int
    modified_ns: int

    @classmethod
    def of(cls, path: Path) -> "Version | None":
        """Return the version that is there now, None when there is no file."""
        try:
            stat = path.stat()
        except OSError:
            return None
        return cls(stat.st_size, stat.st_mtime_ns)


def limits_of(settings: Settings) -> Limits:
    """Return what the reading of one file may take."""
    return Limits(settings.read_seconds, settings.read_memory_mb * 1024 * 1024)


def load(
    database: Database,
    job: Job,
    on_progress: Progress | None = None,
    *,
    is_forced: bool = False,
    password: str | None = None,
) -> Loaded:
    """Read the file of a claimed job and commit what is in it; files that look values up in it are queued.

    A content that is loaded already by the same rules is not read again unless `is_forced`. A file that is
    protected is opened with the password for as long as it is read.
    """
    loaded = _load(database, job, on_progress, is_forced=is_forced, password=password)
    if loaded.outcome in ("loaded", "refused"):
        mappings.queue_dependents(database, job.workspace_id, job.path, _now())
    return loaded


def _load(
    database: Database, job: Job, on_progress: Progress | None, *, is_forced: bool, password: str | None
) -> Loaded:
    path = jobs.path_of(database.settings, job.path)
    version = Version.of(path)
    instructions = _instructions(database, job)
    try:
        if version is None:
            raise Refused("The file is not there any more.")
        sha256 = _sha256(path)
        _note_version(database, job, version, sha256)
        if not is_forced and (known := _settle_known(database, job, sha256)):
            return known
        instructions = _instructions(database, job)  # a renamed file has brought its rules along
        limits, folder = limits_of(database.settings), database.settings.snapshots
        with opened(path, password, folder, limits.seconds, limits.memory_bytes) as readable:
            reading = read_in_child(readable, folder, limits, _reporter(database, job, on_progress), instructions)
        return _commit(database, job, path, version, sha256, reading, instructions.digest)
    except Conflict as conflict:
        jobs.put_back(database, job)
        return Loaded("again", str(conflict))
    except Refused as refusal:
        is_changed = version is not None and Version.of(path) != version
        if is_changed or not _refuse(database, job, str(refusal), instructions.digest):
            jobs.put_back(database, job)
            return Loaded("again")
        log.info("refused file=%s reason=%s", file_name(job.path), refusal)
        return Loaded("refused", str(refusal))


def _instructions(database: Database, job: Job) -> Instructions:
    with database.reading() as session:
        found = mappings.instructions_for(session, job.workspace_id, job.path)
        return told_besides(session, database.settings, job.workspace_id, job.path, found)


def _refuse(database: Database, job: Job, reason: str, rules: str | None) -> bool:
    """End a job whose file cannot be read by these rules; return False where others hold by now."""
    with database.writing() as session:
        workspace = lock_workspace(session, job.workspace_id)
        if not mappings.is_read_by(session, job.workspace_id, job.path, rules):
            return False
        if not jobs.refuse_in(session, job, reason, _now()):
            return True
        sources = session.scalars(select(Source).where(*_of_file(job.workspace_id, job.path))).all()
        counted = [source for source in sources if is_of_content(session, source, job)]
        if counted:
            workspace.revision += 1
            for source in counted:  # the content was loaded by other rules: it is not "the last good data"
                take_out(session, source, workspace.revision, reason)
            settle(session, job.workspace_id, workspace.revision, Workings(database))
            summary = f"{file_name(job.path)}: {reason}"
            actor = actor_of(session, job.id)
            add_revision(session, job.workspace_id, workspace.revision, summary, _now(), job.id, actor=actor)
    return True


def _commit(
    database: Database,
    job: Job,
    path: Path,
    version: Version,
    sha256: str,
    reading: FileReading,
    rules: str | None,
) -> Loaded:
    is_committed = False
    try:
        if not _keep_original(database.settings, path, sha256) or Version.of(path) not in (version, None):
            jobs.put_back(database, job)
            return Loaded("again")
        revision = commit(database, job, reading, _now(), rules)
        is_committed = True
    except Held as held:
        is_committed = True
        log.info("held file=%s", file_name(job.path))
        return Loaded("refused", str(held), sha256=sha256)
    finally:
        if not is_committed:
            discard(reading)
    log.info("loaded file=%s revision=%d tables=%d", file_name(job.path), revision, len(reading.tables))
    return Loaded("loaded", revision=revision, sha256=sha256)


def _keep_original(settings: Settings, path: Path, sha256: str) -> bool:
    """Keep the content that was read; return False when the file holds another one by now."""
    try:
        return originals.keep(settings, path, sha256)
    except OSError as error:  # gone meanwhile, or no room: the numbers count all the same
        log.warning("original not kept file=%s reason=%s", path.name, error.strerror)
        return True


def discard(reading: FileReading) -> None:
    """Delete the snapshot files of a reading that is not committed."""
    for table in reading.tables:
        for file in filter(None, (table.snapshot, table.refusals)):
            file.unlink(missing_ok=True)


def _settle_known(database: Database, job: Job, sha256: str) -> Loaded | None:
    """End the job at once when this content is counted already, under this name or another."""
    with database.writing() as session:
        lock_workspace(session, job.workspace_id)
        found = session.execute(_counted_paths(job.workspace_id, sha256))
        counted = {path: rules for path, rules in found}  # noqa: C416  for the type checker
        if job.path not in counted and (held := waiting(session, job.workspace_id, sha256)):
            return _settle_held(database, session, job, sha256, held)
        if not counted:
            return None
        reason = None
        other = job.path if job.path in counted else min(counted)
        if other != job.path and jobs.path_of(database.settings, other).exists():
            reason = f"The same content as {file_name(other)}, which is counted already."
        elif other != job.path and session.scalar(
            select(Source.id).where(*_of_file(job.workspace_id, job.path)).limit(1)
        ):
            _retire_moved(database, session, job, other)
            return None
        else:
            if other != job.path:
                _rename(session, job, other)
                reason = f"Renamed from {file_name(other)}."
            if not mappings.is_read_by(session, job.workspace_id, job.path, counted[other]):
                return None
        _mark_found(session, job, sha256)
        jobs.finish(session, job, "unchanged", _now(), reason=reason)
    log.info("unchanged file=%s reason=%s", file_name(job.path), reason)
    return Loaded("unchanged", reason, sha256=sha256)


def _counted_paths(workspace_id: int, sha256: str) -> Select[str, str | None]:
    """Select the files whose last loaded content is this one and is counted now, and by which rules."""
    last_loaded = (
        select(func.max(Ingest.id))
        .where(Ingest.workspace_id == workspace_id, Ingest.outcome == "loaded")
        .group_by(Ingest.path)
    )
    is_counted = (
        exists()
        .where(Source.workspace_id == workspace_id, Source.path == Ingest.path)
        .where(Snapshot.source_id == Source.id, Snapshot.valid_to.is_(None))
    )
    return select(Ingest.path, Ingest.rules).where(Ingest.id.in_(last_loaded), Ingest.sha256 == sha256, is_counted)


def _retire_moved(database: Database, session: Session, job: Job, old: str) -> None:
    """Take a file out of the numbers whose content has come to lie under the name of another file."""
    workspace = lock_workspace(session, job.workspace_id)
    workspace.revision += 1
    words = f"Moved to {file_name(job.path)}."
    for source in session.scalars(select(Source).where(*_of_file(job.workspace_id, old), Source.status != "retired")):
        take_out(session, source, workspace.revision, words)
    settle(session, job.workspace_id, workspace.revision, Workings(database))
    summary, actor = f"{file_name(old)}: {words.lower()}", actor_of(session, job.id)
    add_revision(session, job.workspace_id, workspace.revision, summary, _now(), actor=actor)


def _of_file(workspace_id: int, path: str) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return Source.workspace_id == workspace_id, Source.path == path


def _rename(session: Session, job: Job, old: str) -> None:
    """Let the sources of a file, and its history, follow it to its new name."""
    session.execute(update(Source).where(*_of_file(job.workspace_id, old)).values(path=job.path))
    mappings.follow(session, job.workspace_id, old, job.path)
    session.execute(
        update(Ingest)
        .where(Ingest.workspace_id == job.workspace_id, Ingest.path == old, Ingest.status.not_in(jobs.OPEN))
        .values(path=job.path)
    )


def _settle_held(database: Database, session: Session, job: Job, sha256: str, held: list[Source]) -> Loaded | None:
    """End the job of a content that waits for a decision, or was declined, under this name or another."""
    other = held[0].path
    if other != job.path:
        if jobs.path_of(database.settings, other).exists():
            reason = f"The same content as {file_name(other)}, which is held until somebody decides."
            return _ended(session, job, "refused", reason, sha256)
        if session.scalar(select(Source.id).where(*_of_file(job.workspace_id, job.path)).limit(1)):
            return None
        _rename(session, job, other)
    rules = session.scalar(select(Ingest.rules).where(Ingest.id == held[0].held_ingest_id))
    if not mappings.is_read_by(session, job.workspace_id, job.path, rules):
        return None
    for source in held:
        if source.status != "retired":
            show_held(source)
    is_open = next((source.reason for source in held if source.status == "held"), None)
    return _ended(session, job, "refused" if is_open else "unchanged", is_open or DECLINED, sha256)


def _ended(
    session: Session, job: Job, outcome: Literal["unchanged", "refused"], reason: str | None, sha256: str
) -> Loaded:
    jobs.finish(session, job, outcome, _now(), reason=reason)
    log.info("%s file=%s reason=%s", outcome, file_name(job.path), reason)
    return Loaded(outcome, reason, sha256=sha256)


def _mark_found(session: Session, job: Job, sha256: str) -> None:
    """Clear what was wrong with the sources of a file whose counted content is there again.

    A version that was held is let go with it, unless it is another sheet of this very content.
    """
    held = {source.id for source in waiting(session, job.workspace_id, sha256)}
    for source in session.scalars(select(Source).where(*_of_file(job.workspace_id, job.path))):
        if source.status == "retired" or source.reason == SHEET_GONE:
            continue
        if source.id not in held:
            let_go(source)
        show_held(source)


def _note_version(database: Database, job: Job, version: Version, sha256: str) -> None:
    """Write down which version of the file the job is about."""
    with database.writing() as session:
        session.execute(
            update(Ingest)
            .where(Ingest.id == job.id)
            .values(size=version.size, modified_ns=version.modified_ns, sha256=sha256)
        )


def _reporter(database: Database, job: Job, on_progress: Progress | None) -> Progress:
    """Return a function that writes progress down, at once when the phase changes, else now and then."""
    last = ("", 0.0)

    def on(phase: str, fraction: float) -> None:
        nonlocal last
        if on_progress:
            on_progress(phase, fraction)
        if phase != last[0] or time.monotonic() - last[1] >= REPORT_SECONDS:
            last = (phase, time.monotonic())
            jobs.report(database, job, phase, fraction, _now())

    return on


def _sha256(path: Path) -> str:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise Refused(f"The file cannot be opened: {error.strerror or error}.") from error


def _now() -> datetime:
    return datetime.now(UTC)
