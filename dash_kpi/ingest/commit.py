"""The commit: what was read becomes a revision, all of it or nothing."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from sqlalchemy import insert, select, tuple_, update
from sqlalchemy.orm import Session

from dash_kpi.errors import Conflict, Held
from dash_kpi.ingest.holding import hold, let_go
from dash_kpi.ingest.jobs import Job, finish, is_owned
from dash_kpi.ingest.mappings import is_read_by
from dash_kpi.ingest.overlaps import Workings, look_ahead, settle
from dash_kpi.ingest.reading import Daily, FileReading, TableReading
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Ingest, KpiData, Revision, Snapshot, Source
from dash_kpi.storage.overlaps import shared_rows_of, warnings_of
from dash_kpi.storage.sources import file_name, is_sample, lock_workspace

MOST_KEYS = 400  # in one statement
SHEET_GONE = "The sheet is no longer in the workbook; its last data is still counted."


def commit(database: Database, job: Job, reading: FileReading, now: datetime, rules: str | None = None) -> int:
    """Make a revision of a reading, end its job, and return the revision's number.

    Tables that break their contract are held; raises Held, after the end of the job, when no other is left.
    `rules` is the digest of the rules it was read by. Raises Conflict when the job has been given to
    another process meanwhile, or when other rules hold by now.
    """
    reason = None
    workings = look_ahead(database, job, reading)
    with database.writing() as session:
        workspace = lock_workspace(session, job.workspace_id)
        if not is_owned(session, job):
            raise Conflict(f"{file_name(job.path)} is being read by another process.")
        if not is_read_by(session, job.workspace_id, job.path, rules):
            raise Conflict(f"The mapping of {file_name(job.path)} was changed while it was read.")
        reading = hold(session, database.settings, job, reading)
        is_counted = any(table.status == "loaded" for table in reading.tables)
        revision = workspace.revision = workspace.revision + is_counted
        sources = {
            source.sheet: source
            for source in session.scalars(
                select(Source).where(Source.workspace_id == job.workspace_id, Source.path == job.path)
            )
        }
        if is_counted:
            set_samples_aside(session, job, revision)
        for table in reading.tables:
            source = sources.pop(table.sheet or "", None)
            if table.status == "loaded":
                _store(session, job, source, table, revision, now)
            elif source is not None and source.held_ingest_id == job.id:
                reason = source.reason
            elif source is not None and is_of_content(session, source, job):
                take_out(session, source, revision, table.reason)
            elif source is not None and source.status != "retired":
                source.status, source.reason = "refused", table.reason
        for source in sources.values():
            if source.status != "retired":
                let_go(source)
                source.status, source.reason = "missing", SHEET_GONE
        if is_counted:
            settle(session, job.workspace_id, revision, workings)
            actor = actor_of(session, job.id)
            add_revision(session, job.workspace_id, revision, _summary(job, reading), now, job.id, actor=actor)
            finish(session, job, "loaded", now, revision=revision)
        else:
            finish(session, job, "refused", now, reason=reason)
        session.execute(
            update(Ingest).where(Ingest.id == job.id).values(tables=_tables(session, job, reading), rules=rules)
        )
    _delete_unused(database, workings, reading)
    if not is_counted:
        raise Held(reason or "")
    return revision


def _tables(session: Session, job: Job, reading: FileReading) -> list[dict[str, Any]]:
    """Return the tables as they are told, with what they share with other sources."""
    shared = shared_rows_of(session, job.workspace_id)
    ids = {
        sheet: source_id
        for source_id, sheet in session.execute(
            select(Source.id, Source.sheet).where(Source.workspace_id == job.workspace_id, Source.path == job.path)
        )
    }
    tables = [table.as_json() for table in reading.tables]
    for table in tables:
        if table["status"] == "loaded":
            table["warnings"] += [
                {"code": code, "message": message, "cells": [], "count": count}
                for code, message, count in warnings_of(shared, ids[table["sheet"] or ""])
            ]
    return tables


def _delete_unused(database: Database, workings: Workings, reading: FileReading) -> None:
    """Delete the snapshot files that were divided into others, and those that a look ahead wrote in vain."""
    with database.reading() as session:
        workings.delete_unused(session, [table.snapshot.name for table in reading.tables if table.snapshot])


def add_revision(
    session: Session,
    workspace_id: int,
    number: int,
    summary: str,
    now: datetime,
    ingest_id: int | None = None,
    *,
    actor: str | None = None,
) -> None:
    """Write down a revision, and who or what caused it; the caller has moved the workspace to its number."""
    session.add(
        Revision(
            workspace_id=workspace_id,
            number=number,
            created_at=now,
            summary=summary,
            ingest_id=ingest_id,
            actor=actor,
        )
    )


def is_of_content(session: Session, source: Source, job: Job) -> bool:
    """Tell whether a source counts the very content of a job: then only the rules of reading it changed."""
    sha256 = select(Ingest.sha256).where(Ingest.id == job.id).scalar_subquery()
    counted = (
        select(Snapshot.id)
        .join(Ingest, Ingest.id == Snapshot.ingest_id)
        .where(Snapshot.source_id == source.id, Snapshot.valid_to.is_(None), Ingest.sha256 == sha256)
    )
    return session.scalar(counted) is not None


def actor_of(session: Session, job_id: int) -> str | None:
    """Return who or what asked for a job."""
    return session.scalar(select(Ingest.actor).where(Ingest.id == job_id))


def _summary(job: Job, reading: FileReading) -> str:
    rows = sum(table.rows_loaded for table in reading.tables if table.status == "loaded")
    refused = sum(table.rows_refused for table in reading.tables if table.status == "loaded")
    return f"{file_name(job.path)}: {rows:,} rows" + (f", {refused:,} refused" if refused else "")


def _store(
    session: Session, job: Job, source: Source | None, table: TableReading, revision: int, now: datetime
) -> None:
    if source is None:
        source = Source(workspace_id=job.workspace_id, path=job.path, sheet=table.sheet or "", created_at=now)
        session.add(source)
    let_go(source)
    source.status, source.reason, source.header = "ok", None, table.header
    session.flush()
    close_snapshot(session, source.id, revision)
    assert table.snapshot is not None  # noqa: S101  a loaded table has one
    session.add(
        Snapshot(
            workspace_id=job.workspace_id,
            source_id=source.id,
            ingest_id=job.id,
            valid_from=revision,
            file=table.snapshot.name,
            rows=table.rows_loaded,
            reading=table.as_json(),
            created_at=now,
        )
    )
    replace_daily(session, source, table.daily, revision)


def take_out(session: Session, source: Source, revision: int, reason: str | None = None) -> None:
    """Let a source be retired from a revision on: none of its numbers is counted."""
    close_snapshot(session, source.id, revision)
    replace_daily(session, source, (), revision)
    let_go(source)
    source.status, source.reason = "retired", reason


def set_samples_aside(session: Session, job: Job, revision: int) -> None:
    """Retire the sample workbooks when the first file of somebody's own comes: the two do not add up.

    It happens once: who restores them then wants them.
    """
    sources = session.scalars(select(Source).where(Source.workspace_id == job.workspace_id)).all()
    if all(is_sample(source.path) for source in sources) and not is_sample(job.path):
        for source in sources:
            if source.status != "retired":
                take_out(session, source, revision, f"Set aside when {file_name(job.path)} arrived.")


def close_snapshot(session: Session, source_id: int, revision: int) -> None:
    """End the snapshot of a source that is valid now."""
    session.execute(
        update(Snapshot).where(Snapshot.source_id == source_id, Snapshot.valid_to.is_(None)).values(valid_to=revision)
    )


def replace_daily(session: Session, source: Source, daily: Iterable[Daily], revision: int) -> None:
    """Let the daily measures of a source be these from a revision on; what stays the same is not touched."""
    current = {
        (measure, day): (total, count)
        for measure, day, total, count in session.execute(
            select(KpiData.measure, KpiData.day, KpiData.total, KpiData.count).where(
                KpiData.workspace_id == source.workspace_id,
                KpiData.source_id == source.id,
                KpiData.valid_to.is_(None),
            )
        )
    }
    new = {(measure, date.fromisoformat(day)): (total, count) for day, measure, total, count in daily}
    ended = [key for key, value in current.items() if new.get(key) != value]
    end = (
        update(KpiData)
        .where(KpiData.workspace_id == source.workspace_id, KpiData.source_id == source.id, KpiData.valid_to.is_(None))
        .values(valid_to=revision)
        .execution_options(synchronize_session=False)
    )
    if ended and len(ended) == len(current):
        session.execute(end)
    else:
        for start in range(0, len(ended), MOST_KEYS):
            session.execute(end.where(tuple_(KpiData.measure, KpiData.day).in_(ended[start : start + MOST_KEYS])))
    begun = [
        {
            "workspace_id": source.workspace_id,
            "source_id": source.id,
            "measure": measure,
            "day": day,
            "valid_from": revision,
            "total": total,
            "count": count,
        }
        for (measure, day), (total, count) in new.items()
        if current.get((measure, day)) != (total, count)
    ]
    if begun:
        session.execute(insert(KpiData), begun)
