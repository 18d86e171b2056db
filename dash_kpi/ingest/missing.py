"""Files that went away: their data stays until a person retires it, and can be brought back."""

import logging
from datetime import datetime

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from dash_kpi.errors import NotFound, Refused
from dash_kpi.ingest.commit import add_revision, take_out
from dash_kpi.ingest.jobs import path_of
from dash_kpi.ingest.overlaps import Workings, settle
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Ingest, KpiData, Snapshot, Source
from dash_kpi.storage.sources import file_name, lock_workspace

log = logging.getLogger(__name__)

FILE_GONE = "The file is gone; its last data is still counted."


def mark_missing(database: Database, workspace_id: int, path: str) -> list[str]:
    """Mark the sources of a file that went away; return the paths that hold a copy of its content."""
    with database.writing() as session:
        marked = session.execute(
            update(Source)
            .where(
                Source.workspace_id == workspace_id, Source.path == path, Source.status.in_(["ok", "refused", "held"])
            )
            .values(status="missing", reason=FILE_GONE)
            .returning(Source.id)
        ).all()
        if not marked:
            return []
        log.info("missing file=%s", file_name(path))
        content = session.scalar(
            select(Ingest.sha256)
            .where(Ingest.workspace_id == workspace_id, Ingest.path == path, Ingest.outcome == "loaded")
            .order_by(Ingest.id.desc())
        )
        copies = select(Ingest.path).where(
            Ingest.workspace_id == workspace_id, Ingest.path != path, Ingest.sha256 == content
        )
        return list(session.scalars(copies.distinct()))


def retire(database: Database, workspace: str, source_id: int, now: datetime) -> int:
    """Take a source out of the numbers, as a revision; its past stays. Raises NotFound, Refused."""
    with database.writing() as session:
        source = _source(session, workspace, source_id)
        if source.status == "retired":
            raise Refused(f"{file_name(source.path)} is retired already.")
        revision = _next_revision(session, source, f"{file_name(source.path)}: retired", now)
        take_out(session, source, revision)
        settle(session, source.workspace_id, revision, Workings(database))
        return revision


def restore(database: Database, workspace: str, source_id: int, now: datetime) -> int:
    """Count a retired source again, with the data it had. Raises NotFound, Refused."""
    with database.writing() as session:
        source = _source(session, workspace, source_id)
        last = session.scalar(
            select(Snapshot).where(Snapshot.source_id == source_id).order_by(Snapshot.id.desc()).limit(1)
        )
        if source.status != "retired" or last is None or last.valid_to is None:
            raise Refused(f"{file_name(source.path)} is not retired.")
        revision = _next_revision(session, source, f"{file_name(source.path)}: restored", now)
        names = ("workspace_id", "source_id", "ingest_id", "file", "rows", "shared_file", "shared_rows")
        copied = {name: getattr(last, name) for name in names}
        session.add(Snapshot(**copied, reading=last.reading, valid_from=revision, created_at=now))
        columns = (KpiData.workspace_id, KpiData.source_id, KpiData.measure, KpiData.day, KpiData.total, KpiData.count)
        daily = session.execute(
            select(*columns).where(
                KpiData.workspace_id == source.workspace_id,
                KpiData.source_id == source.id,
                KpiData.valid_to == last.valid_to,
            )
        )
        counted = [{**row, "valid_from": revision} for row in daily.mappings()]
        if counted:  # all its rows may be those of another source
            session.execute(insert(KpiData), counted)
        is_there = path_of(database.settings, source.path).exists()
        source.status, source.reason = ("ok", None) if is_there else ("missing", FILE_GONE)
        settle(session, source.workspace_id, revision, Workings(database))
        return revision


def _source(session: Session, workspace: str, source_id: int) -> Source:
    source = session.get(Source, source_id)
    if source is None or source.workspace_id != workspace_named(session, workspace).id:
        raise NotFound("source", str(source_id))
    return source


def _next_revision(session: Session, source: Source, summary: str, now: datetime) -> int:
    workspace = lock_workspace(session, source.workspace_id)
    workspace.revision += 1
    add_revision(session, source.workspace_id, workspace.revision, summary, now, actor="data page")
    return workspace.revision
