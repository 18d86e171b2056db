"""Jobs: the rows that say which file is to be read, by whom, how far, and how it ended.

A job is `queued` when a file was noticed, `running` while one process owns it, then `done` or
`refused`. The row is the truth; a task in the worker's queue is only a nudge to look at it.
"""

import os
import socket
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal

from sqlalchemy import Select, exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dash_kpi.settings import Settings
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Ingest, Source

OPEN = ("queued", "running")
SILENCE = timedelta(seconds=60)  # after which a process on another machine counts as dead
MOST_ATTEMPTS = 3
WATCHED, UPLOADED, COMMANDED = "watched folder", "upload", "command line"  # who or what asks for a reading
MAPPING = "mapping"  # the actor of a job that reads a file by changed rules

Outcome = Literal["loaded", "unchanged", "refused"]


@dataclass(frozen=True, slots=True)
class Job:
    """A job as its owner sees it."""

    id: int
    workspace_id: int
    path: str
    owner: str


def path_key(settings: Settings, path: Path) -> str:
    """Return how a path is written down: relative to the instance where it lies inside it."""
    absolute = Path(os.path.abspath(path))  # noqa: PTH100  resolve() would follow links out of the folder
    return str(absolute.relative_to(settings.instance) if absolute.is_relative_to(settings.instance) else absolute)


def path_of(settings: Settings, key: str) -> Path:
    """Return the path that `path_key` wrote down."""
    return settings.instance / key


def enqueue(database: Database, workspace: str, path: Path, now: datetime, actor: str | None = None) -> int:
    """Return the open job of a file, made now if there is none.

    `actor` says who or what asks; a person who asks for what the watch has noticed already is the one
    who caused it.
    """
    key = path_key(database.settings, path)
    while True:
        try:
            with database.writing() as session:
                workspace_id = workspace_named(session, workspace).id
                found = session.scalar(_open_job(workspace_id, key))
                if found is not None:
                    if actor not in (None, WATCHED):
                        noticed = (Ingest.id == found, func.coalesce(Ingest.actor, WATCHED) == WATCHED)
                        session.execute(update(Ingest).where(*noticed).values(actor=actor))
                    return found
                session.add(job := Ingest(workspace_id=workspace_id, path=key, created_at=now, actor=actor))
                session.flush()
                return job.id
        except IntegrityError:  # another process made it between our look and our insert
            continue


def ask_for(session: Session, workspace_id: int, key: str, now: datetime) -> None:
    """Queue a file that is to be read because a person changed its mapping, unless a job of it is open."""
    job_id = session.scalar(_open_job(workspace_id, key))
    if job_id is None:
        session.add(Ingest(workspace_id=workspace_id, path=key, actor=MAPPING, created_at=now))
    else:
        session.execute(update(Ingest).where(Ingest.id == job_id).values(actor=MAPPING))
    session.flush()


def asked_for(database: Database) -> list[int]:
    """Return the queued jobs that no file told of, oldest first: they need not wait for one to be whole."""
    with database.reading() as session:
        is_asked = (Ingest.status == "queued", Ingest.actor == MAPPING)
        return list(session.scalars(select(Ingest.id).where(*is_asked).order_by(Ingest.id)))


def _open_job(workspace_id: int, key: str) -> Select[int]:
    return select(Ingest.id).where(Ingest.workspace_id == workspace_id, Ingest.path == key, Ingest.status.in_(OPEN))


def process_name() -> str:
    """Return the name of this process, different from every other that ever ran: host, id, start."""
    return f"{socket.gethostname()}:{os.getpid()}:{_started(os.getpid())}"


def claim(database: Database, job_id: int, now: datetime) -> Job | None:
    """Take a queued job for this process; None when somebody else has it or it is over."""
    owner = process_name()
    with database.writing() as session:
        taken = session.execute(
            update(Ingest)
            .where(Ingest.id == job_id, Ingest.status == "queued")
            .values(
                status="running", owner=owner, phase="opening", percent=0, heartbeat_at=now,
                attempts=Ingest.attempts + 1,
            )
            .returning(Ingest.workspace_id, Ingest.path)
        ).one_or_none()  # fmt: skip
    return Job(job_id, taken.workspace_id, taken.path, owner) if taken else None


def report(database: Database, job: Job, phase: str, fraction: float, now: datetime) -> None:
    """Write down how far a job is; this is also the sign that its owner lives."""
    with database.writing() as session:
        session.execute(
            update(Ingest)
            .where(Ingest.id == job.id, Ingest.owner == job.owner)
            .values(phase=phase, percent=round(fraction * 100), heartbeat_at=now)
        )


def put_back(database: Database, job: Job) -> None:
    """Give up a job so that it is claimed again: its file changed while it was read."""
    with database.writing() as session:
        session.execute(
            update(Ingest)
            .where(Ingest.id == job.id, Ingest.owner == job.owner)
            .values(status="queued", phase="waiting", percent=0, owner=None, attempts=0)
        )


def is_owned(session: Session, job: Job) -> bool:
    """Tell whether the job is still ours: a process that was thought dead must not commit."""
    return bool(
        session.scalar(
            select(exists().where(Ingest.id == job.id, Ingest.status == "running", Ingest.owner == job.owner))
        )
    )


def finish(
    session: Session,
    job: Job,
    outcome: Outcome,
    now: datetime,
    *,
    reason: str | None = None,
    revision: int | None = None,
) -> None:
    """End a job, inside the transaction of what it did."""
    session.execute(
        update(Ingest)
        .where(Ingest.id == job.id)
        .values(
            status="refused" if outcome == "refused" else "done", outcome=outcome, reason=reason, revision=revision,
            phase="done", percent=100, finished_at=now, owner=None,
        )
    )  # fmt: skip


def refuse(database: Database, job: Job, reason: str, now: datetime) -> None:
    """End a job whose file cannot be read; its sources keep their last good data and say so."""
    with database.writing() as session:
        refuse_in(session, job, reason, now)


def refuse_in(session: Session, job: Job, reason: str, now: datetime) -> bool:
    """End a job like `refuse`, inside a transaction; return False where it is no longer ours."""
    if not is_owned(session, job):
        return False
    finish(session, job, "refused", now, reason=reason)
    session.execute(
        update(Source)
        .where(Source.workspace_id == job.workspace_id, Source.path == job.path, Source.status != "retired")
        .values(status="refused", reason=reason)
    )
    return True


def queued(database: Database, before: datetime) -> list[int]:
    """Return the jobs that have waited since before a moment, oldest first."""
    with database.reading() as session:
        return list(
            session.scalars(
                select(Ingest.id).where(Ingest.status == "queued", Ingest.created_at <= before).order_by(Ingest.id)
            )
        )


def is_any_open(database: Database) -> bool:
    """Tell whether any file is being read, or waits for it."""
    with database.reading() as session:
        return session.scalar(select(Ingest.id).where(Ingest.status.in_(OPEN)).limit(1)) is not None


def recover(database: Database, now: datetime) -> list[int]:
    """Queue again what a dead process left running, and return those jobs.

    A file that ended its process too often is refused: it would do so for ever.
    """
    recovered = []
    with database.reading() as session:
        running = session.scalars(select(Ingest).where(Ingest.status == "running")).all()
    for row in running:
        if _lives(row, now):
            continue
        job = Job(row.id, row.workspace_id, row.path, row.owner or "")
        if row.attempts >= MOST_ATTEMPTS:
            refuse(database, job, f"Reading it was interrupted {row.attempts} times; it was given up.", now)
            continue
        with database.writing() as session:
            session.execute(
                update(Ingest)
                .where(Ingest.id == row.id, Ingest.status == "running", Ingest.owner == row.owner)
                .values(status="queued", phase="waiting", percent=0, owner=None)
            )
        recovered.append(row.id)
    return recovered


def _lives(row: Ingest, now: datetime) -> bool:
    is_running = is_process_running(row.owner or "")
    if is_running is None:
        return row.heartbeat_at is not None and now - row.heartbeat_at < SILENCE
    return is_running


def is_process_running(name: str) -> bool | None:
    """Tell whether the process that `process_name` named still runs; None where that was on another machine."""
    if name.count(":") < 2:
        return False
    host, process, started = name.rsplit(":", 2)
    if host != socket.gethostname():
        return None
    return process.isdecimal() and _started(int(process)) == started


def _started(process: int) -> str:
    """Return when a process of this machine began, in the kernel's ticks; "" when there is none."""
    try:
        stat = Path(f"/proc/{process}/stat").read_text("utf-8", errors="replace")
    except OSError:
        return ""
    state, *rest = stat.rpartition(")")[2].split()
    return "" if state == "Z" else rest[18]
