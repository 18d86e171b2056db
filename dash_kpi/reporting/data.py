"""The data page: sources, readings and freshness."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from pathlib import PurePath
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dash_kpi.reporting.late import Watch, count_late, watches
from dash_kpi.reporting.shared import same_days
from dash_kpi.reporting.values import (
    DataPage,
    Freshness,
    IngestRow,
    OverlapRow,
    RevisionRow,
    SourceRow,
    SourceWarning,
)
from dash_kpi.storage import originals
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Ingest, Revision, Snapshot, Source
from dash_kpi.storage.overlaps import SharedRows, shared_rows_of, warnings_of
from dash_kpi.storage.sources import file_name, state_at

MOST_INGESTS = 20
NOBODY = Watch()  # waits for a source: it is retired, a sample, or followed by a newer file
PROBLEMS = ("missing", "refused", "held")


def data_page(database: Database, workspace: str, now: datetime | None = None) -> DataPage:
    """Return the sources, what is late at a moment, and the last readings of a workspace. Raises NotFound."""
    state, kept = state_at(database, workspace), originals.kept(database.settings)
    with database.reading() as session:
        found = workspace_named(session, workspace)
        pairs = shared_rows_of(session, found.id)
        return DataPage(
            revision=found.revision,
            folders=tuple(str(folder) for folder in database.settings.watched),
            sources=_sources(session, found.id, watches(session, state, now) if now else {}, kept),
            ingests=ingests(session, found.id, MOST_INGESTS),
            overlaps=tuple(_overlap(shared) for shared in pairs),
            same_days=same_days(state, _named(pairs)),
        )


def sources(database: Database, workspace: str, now: datetime | None = None) -> tuple[SourceRow, ...]:
    """Return every source of a workspace, by file and sheet, and what is late at a moment. Raises NotFound."""
    state = state_at(database, workspace)
    with database.reading() as session:
        watched = watches(session, state, now) if now else {}
        return _sources(session, state.workspace_id, watched, originals.kept(database.settings))


def overlaps(database: Database, workspace: str) -> tuple[OverlapRow, ...]:
    """Return the rows that sources share, those that nobody has decided about first. Raises NotFound."""
    with database.reading() as session:
        found = shared_rows_of(session, workspace_named(session, workspace).id)
        return tuple(_overlap(shared) for shared in found)


def alike(database: Database, workspace: str) -> tuple[str, ...]:
    """Return what is said of sources that cover the same days with nearly the same columns. Raises NotFound."""
    state = state_at(database, workspace)
    with database.reading() as session:
        return same_days(state, _named(shared_rows_of(session, state.workspace_id)))


def _named(pairs: Sequence[SharedRows]) -> frozenset[frozenset[int]]:
    return frozenset(frozenset((pair.source_id, pair.other_id)) for pair in pairs)


def _overlap(shared: SharedRows) -> OverlapRow:
    return OverlapRow(
        shared.id, shared.source, shared.other, shared.rows, shared.counted, shared.decision, shared.is_certain
    )


def revisions(database: Database, workspace: str, most: int | None = None, after: int = 0) -> tuple[RevisionRow, ...]:
    """Return the revisions of a workspace, the newest first, `most` of them after so many. Raises NotFound."""
    kept = originals.kept(database.settings)
    with database.reading() as session:
        rows = session.execute(
            select(Revision, Ingest.path, Ingest.sha256)
            .outerjoin(Ingest, Ingest.id == Revision.ingest_id)
            .where(Revision.workspace_id == workspace_named(session, workspace).id)
            .order_by(Revision.number.desc())
            .limit(most)
            .offset(after)
        )
        return tuple(
            RevisionRow(
                row.number, row.created_at.isoformat(), row.summary, row.actor, path and file_name(path), sha256 in kept
            )
            for row, path, sha256 in rows
        )


def freshness(database: Database, workspace: str, now: datetime | None = None) -> Freshness:
    """Return what was read last, and how many sources have a problem or are late. Raises NotFound."""
    late = count_late(database, workspace, now) if now else 0
    with database.reading() as session:
        workspace_id = workspace_named(session, workspace).id
        problems = session.scalar(
            select(func.count()).where(Source.workspace_id == workspace_id, Source.status.in_(PROBLEMS))
        )
        last = session.scalar(
            select(Ingest)
            .where(Ingest.workspace_id == workspace_id, Ingest.outcome == "loaded")
            .order_by(Ingest.id.desc())
            .limit(1)
        )
        if last is None:
            return Freshness(None, None, problems=problems or 0)
        return Freshness(
            file_name(last.path), _iso(last.finished_at), _count(last, "rows_refused"), problems or 0, late
        )


def ingests(session: Session, workspace_id: int, most: int, *, are_open: bool | None = None) -> tuple[IngestRow, ...]:
    """Return the newest readings; only those under way, or only those that ended, where asked."""
    query = select(Ingest).where(Ingest.workspace_id == workspace_id).order_by(Ingest.id.desc()).limit(most)
    if are_open is not None:
        is_open = Ingest.status.in_(["queued", "running"])
        query = query.where(is_open if are_open else ~is_open)
    held = set(session.scalars(select(Source.held_ingest_id).where(Source.workspace_id == workspace_id)))
    return tuple(_ingest(row, is_held=row.id in held) for row in session.scalars(query))


def _ingest(row: Ingest, *, is_held: bool) -> IngestRow:
    return IngestRow(
        id=row.id,
        file=file_name(row.path),
        status=row.status,
        phase=row.phase,
        percent=row.percent,
        reason=row.reason,
        outcome=row.outcome,
        created_at=row.created_at.isoformat(),
        finished_at=_iso(row.finished_at),
        revision=row.revision,
        rows_loaded=_count(row, "rows_loaded"),
        rows_refused=_count(row, "rows_refused"),
        left_out=tuple(table["reason"] for table in _left_out(row)),
        left_out_sheets=tuple(table["sheet"] or "" for table in _left_out(row)),
        is_held=is_held,
    )


def _left_out(row: Ingest) -> list[dict[str, Any]]:
    """Return the tables that are no sources, but for the one whose reason is that of the file."""
    return [table for table in row.tables or [] if table["status"] == "refused" and table["reason"] != row.reason]


def _count(row: Ingest, what: str) -> int:
    return sum(table[what] for table in row.tables or [] if table["status"] == "loaded")


def _sources(
    session: Session, workspace_id: int, watched: Mapping[int, Watch], kept: Collection[str]
) -> tuple[SourceRow, ...]:
    newest = select(func.max(Snapshot.id)).where(Snapshot.workspace_id == workspace_id).group_by(Snapshot.source_id)
    rows = session.execute(
        select(Source, Snapshot, Ingest.revision, Ingest.sha256)
        .join(Snapshot, Snapshot.source_id == Source.id)
        .join(Ingest, Ingest.id == Snapshot.ingest_id)
        .where(Snapshot.id.in_(newest))
        .order_by(Source.path, Source.id)
    )
    shared = shared_rows_of(session, workspace_id)
    return tuple(
        _source(
            source,
            snapshot,
            snapshot.reading,
            watched.get(source.id, NOBODY),
            revision if sha256 in kept else None,
            warnings_of(shared, source.id),
        )
        for source, snapshot, revision, sha256 in rows
    )


def _source(
    source: Source,
    snapshot: Snapshot,
    reading: dict[str, Any],
    watch: Watch,
    original: int | None,
    shared: list[tuple[str, str, int]],
) -> SourceRow:
    return SourceRow(
        id=source.id,
        file=file_name(source.path),
        sheet=source.sheet or None,
        status=source.status,
        reason=source.reason,
        rows=snapshot.rows,
        rows_refused=reading["rows_refused"],
        first_day=date.fromisoformat(reading["date"]["min"]),
        last_day=date.fromisoformat(reading["date"]["max"]),
        grain=reading["grain"],
        measures=tuple(reading["measures"]),
        dimensions=tuple(reading["dimensions"]),
        warnings=tuple(
            SourceWarning(warning["code"], warning["message"], tuple(warning["cells"]), warning["count"])
            for warning in reading["warnings"]
        )
        + tuple(SourceWarning(code, message, count=count) for code, message, count in shared),
        read_at=snapshot.created_at.isoformat(),
        revision=snapshot.valid_from,
        original=original,
        owner=source.owner,
        cadence=None if watch is NOBODY else watch.words,
        due=watch.due,
        late_since=watch.late_since,
        file_id=snapshot.ingest_id,
        family=source.header and f"{PurePath(source.path).parent}:{source.header[:16]}",
        shared_rows=snapshot.shared_rows,
    )


def _iso(moment: datetime | None) -> str | None:
    return None if moment is None else moment.isoformat()
