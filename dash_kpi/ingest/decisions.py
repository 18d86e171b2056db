"""What a person decides about a version that is held: count it all the same, or keep the one before."""

import logging
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.errors import Conflict, NotFound, Refused
from dash_kpi.ingest.commit import add_revision, close_snapshot, replace_daily
from dash_kpi.ingest.holding import let_go, show_held
from dash_kpi.ingest.overlaps import Workings, settle
from dash_kpi.ingest.reading import Daily
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Ingest, Snapshot, Source
from dash_kpi.storage.sources import file_name, lock_workspace

PUBLISHED = "published anyway"  # the actor of the revision

log = logging.getLogger(__name__)


def publish(database: Database, workspace: str, source_id: int, ingest_id: int, now: datetime) -> int:
    """Count the version of a source that an ingest left held, and return the revision.

    Raises NotFound, and Conflict when somebody has decided, or a newer version has come meanwhile.
    """
    with database.reading() as session:
        daily = _daily_of(database, _held(_source(session, workspace, source_id), ingest_id))
    with database.writing() as session:
        number = _next_revision(session, workspace)
        source = _source(session, workspace, source_id)
        held = _held(source, ingest_id)
        _count(session, source, held, daily, number, now)
        settle(session, source.workspace_id, number, Workings(database))
        _end_ingest(session, ingest_id, held["reading"], number)
        summary = f"{file_name(source.path)}: {held['rows']:,} rows, {PUBLISHED}"
        add_revision(session, source.workspace_id, number, summary, now, ingest_id, actor=PUBLISHED)
        let_go(source)
        source.status, source.reason = "ok", None
    log.info("published source=%d revision=%d", source_id, number)
    return number


def decline(database: Database, workspace: str, source_id: int, ingest_id: int, now: datetime) -> None:
    """Keep the last good version: this content is not asked about again. Raises NotFound, Conflict."""
    _decide(database, workspace, source_id, ingest_id, is_declined=True)


def reconsider(database: Database, workspace: str, source_id: int, ingest_id: int, now: datetime) -> None:
    """Undo `decline`: the version waits for a decision again. Raises NotFound, Conflict."""
    _decide(database, workspace, source_id, ingest_id, is_declined=False)


def publish_file(database: Database, workspace: str, path: str, now: datetime) -> int | None:
    """Count every version of a file that is held, and return its ingest; None where none is held."""
    with database.reading() as session:
        waiting = session.execute(
            select(Source.id, Source.held_ingest_id).where(
                Source.workspace_id == workspace_named(session, workspace).id,
                Source.path == path,
                Source.held_ingest_id.is_not(None),
            )
        ).all()
    published = None
    for source_id, ingest_id in waiting:
        if ingest_id is not None:
            publish(database, workspace, source_id, ingest_id, now)
            published = ingest_id
    return published


def _decide(database: Database, workspace: str, source_id: int, ingest_id: int, *, is_declined: bool) -> None:
    with database.writing() as session:
        lock_workspace(session, workspace_named(session, workspace).id)
        source = _source(session, workspace, source_id)
        held = _held(source, ingest_id)
        if held["is_declined"] == is_declined:
            raise Conflict(f"Somebody has decided about {file_name(source.path)} already.")
        source.held = {**held, "is_declined": is_declined}
        if source.status in ("ok", "held"):  # a file that is missing or refused stays so
            show_held(source)


def _source(session: Session, workspace: str, source_id: int) -> Source:
    source = session.get(Source, source_id)
    if source is None or source.workspace_id != workspace_named(session, workspace).id:
        raise NotFound("source", str(source_id))
    return source


def _held(source: Source, ingest_id: int) -> dict[str, Any]:
    if source.held is None or source.held_ingest_id != ingest_id:
        raise Conflict(
            f"{file_name(source.path)}: somebody has decided about this version already, or a newer one has come."
        )
    return source.held


def _daily_of(database: Database, held: dict[str, Any]) -> tuple[Daily, ...]:
    from dash_kpi.ingest.snapshot import daily_of  # DuckDB, for this alone

    file = database.settings.snapshots / held["file"]
    if not file.is_file():
        raise Refused("What was read of this version is not there any more; read the file again.")
    return daily_of(file, list(held["reading"]["measures"]))


def _next_revision(session: Session, workspace: str) -> int:
    found = lock_workspace(session, workspace_named(session, workspace).id)
    found.revision += 1
    return found.revision


def _count(
    session: Session, source: Source, held: dict[str, Any], daily: tuple[Daily, ...], number: int, now: datetime
) -> None:
    close_snapshot(session, source.id, number)
    session.add(
        Snapshot(
            workspace_id=source.workspace_id,
            source_id=source.id,
            ingest_id=source.held_ingest_id,
            valid_from=number,
            file=held["file"],
            rows=held["rows"],
            reading=held["reading"],
            created_at=now,
        )
    )
    replace_daily(session, source, daily, number)


def _end_ingest(session: Session, ingest_id: int, reading: dict[str, Any], number: int) -> None:
    """Let the ingest say that its content is counted now, so that it is known when it is met again."""
    ingest = session.get_one(Ingest, ingest_id)
    ingest.status, ingest.outcome, ingest.reason, ingest.revision = "done", "loaded", None, number
    ingest.tables = [reading if table["sheet"] == reading["sheet"] else table for table in ingest.tables or []]
