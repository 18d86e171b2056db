"""Holding back: a new version that breaks its source's contract waits beside the one that is counted."""

from dataclasses import replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.ingest.comparison import changes
from dash_kpi.ingest.contracts import broken
from dash_kpi.ingest.jobs import Job
from dash_kpi.ingest.reading import FileReading, TableReading
from dash_kpi.settings import Settings
from dash_kpi.storage.limits import limits_of
from dash_kpi.storage.models import Ingest, Snapshot, Source

WAITS = "This version is held, the one before is still counted: "
DECLINED = "The newest version of the file was declined; the one before is still counted."


def hold(session: Session, settings: Settings, job: Job, reading: FileReading) -> FileReading:
    """Hold the tables that break their contract, and return the reading with those as refused.

    Every table of a new version says what changed suspiciously since the one before.

    The same content read anew, by other rules perhaps, is no new version and breaks nothing.
    """
    content = session.scalar(select(Ingest.sha256).where(Ingest.id == job.id))
    tables = []
    for table in reading.tables:
        source, previous = _counted(session, job, table, content)
        if source is not None and previous is not None:
            table = replace(table, warnings=(*table.warnings, *changes(previous, table)))
            found = broken(previous, table, limits_of(settings, source.contract))
            if found:
                _hold(source, job, table, found)
                table = replace(table, status="refused", reason=source.reason, snapshot=None, refusals=None)
        tables.append(table)
    return replace(reading, tables=tuple(tables))


def _counted(
    session: Session, job: Job, table: TableReading, content: str | None
) -> tuple[Source | None, dict[str, Any] | None]:
    """Return the source of a loaded table and the reading of another content that it counts now."""
    if table.status != "loaded" or content is None:
        return None, None
    source = session.scalar(
        select(Source).where(
            Source.workspace_id == job.workspace_id, Source.path == job.path, Source.sheet == (table.sheet or "")
        )
    )
    if source is None:
        return None, None
    found = session.execute(
        select(Snapshot.reading, Ingest.sha256)
        .join(Ingest, Ingest.id == Snapshot.ingest_id)
        .where(Snapshot.source_id == source.id, Snapshot.valid_to.is_(None))
    ).one_or_none()
    return source, found.reading if found and found.sha256 != content else None


def _hold(source: Source, job: Job, table: TableReading, found: tuple[str, ...]) -> None:
    assert table.snapshot is not None  # noqa: S101  a loaded table has one
    source.held_ingest_id = job.id
    source.held = {
        "file": table.snapshot.name,
        "rows": table.rows_loaded,
        "reading": table.as_json(),
        "broken": list(found),
        "is_declined": False,
    }
    show_held(source)


def show_held(source: Source) -> None:
    """Let the status of a source say that a version waits, or that it was declined."""
    if source.held is None or source.held["is_declined"]:
        source.status, source.reason = "ok", DECLINED if source.held else None
    else:
        source.status, source.reason = "held", WAITS + " ".join(source.held["broken"])


def let_go(source: Source) -> None:
    """Forget the version that is held: a newer one has come, or it is counted now."""
    source.held_ingest_id = source.held = None


def waiting(session: Session, workspace_id: int, content: str) -> list[Source]:
    """Return the sources that hold back a reading of this content, declined ones too."""
    query = select(Source).join(Ingest, Ingest.id == Source.held_ingest_id)
    return list(
        session.scalars(query.where(Source.workspace_id == workspace_id, Ingest.sha256 == content).order_by(Source.id))
    )
