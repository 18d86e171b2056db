"""The quality report of a source: what was read of it and how, and every cell that was refused."""

import os
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.errors import NotFound
from dash_kpi.kpis.cadence import Cadence
from dash_kpi.reporting.late import Watch, watches
from dash_kpi.reporting.values import SourceWarning
from dash_kpi.storage import originals
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.file_names import Refusal, refusals_name
from dash_kpi.storage.limits import Limits, limits_of
from dash_kpi.storage.models import Ingest, Snapshot, Source
from dash_kpi.storage.sources import file_name, is_sample, state_at

PAGE_ROWS = 50

REASONS = {  # why a cell gave no value
    "missing_date": "No date: the row has none",
    "missing_amount": "No amount",
    "missing_value": "Blank",
    "placeholder": "A placeholder in place of a value",
    "unreadable_number": "Not a number",
    "number_word": "A number in words",
    "other_notation": "Another notation than the rest of the column",
    "mangled_numbers": "A date in place of a number",
    "unreadable_date": "Not a date that can be read",
    "error_cell": "An error of the spreadsheet",
    "formula_without_value": "A formula without a saved value",
}


@dataclass(frozen=True, slots=True)
class MeasureLine:
    """One measure: the column it comes from or the formula that it follows by, and its total."""

    name: str
    column: str | None
    aggregation: str
    total: float | None
    derived: str | None


@dataclass(frozen=True, slots=True)
class HeldVersion:
    """A version that broke the contract: what it broke, and whether a person has declined it."""

    ingest_id: int
    at: str  # ISO, UTC
    rows: int
    broken: tuple[str, ...]
    is_declined: bool


@dataclass(frozen=True, slots=True)
class Quality:
    """What was read of one source, how well, and what it owes."""

    id: int
    file: str
    sheet: str | None
    status: str
    reason: str | None
    layout: str
    header_row: int | None
    grain: str
    date_column: str
    date_format: str
    first_day: date
    last_day: date
    measures: tuple[MeasureLine, ...]
    dimensions: tuple[tuple[str, str, int], ...]  # name, column, values
    rows_read: int
    rows_loaded: int
    rows_refused: int
    rows_left_out: int
    warnings: tuple[SourceWarning, ...]
    refused_cells: int  # all of them
    reasons: tuple[tuple[str, int], ...]  # of those that are listed
    read_at: str  # ISO, UTC
    revision: int
    is_sample: bool
    owner: str | None
    limits: Limits
    has_own_limits: bool
    told: Cadence | None
    watch: Watch
    held: HeldVersion | None
    file_id: int  # the reading by which the mapping editor knows the file
    original: int | None  # the revision under which the content of the file is kept

    @property
    def listed_cells(self) -> int:
        """How many refused cells are listed with what they hold."""
        return sum(count for _, count in self.reasons)


@dataclass(frozen=True, slots=True)
class RefusedCells:
    """One page of the refused cells of a source."""

    cells: tuple[Refusal, ...]
    page: int  # from 0
    pages: int
    count: int


def quality(database: Database, workspace: str, source_id: int, now: datetime) -> Quality:
    """Return the report of a source. Raises NotFound, also for a source that nothing was ever loaded of."""
    current = state_at(database, workspace)
    with database.reading() as session:
        source, snapshot = _source(session, workspace, source_id)
        watched = watches(session, current, now).get(source_id, Watch())
        held = _held(session, source)
        ingest = session.get_one(Ingest, snapshot.ingest_id)
    reading = snapshot.reading
    warnings = tuple(
        SourceWarning(one["code"], one["message"], tuple(one["cells"]), one["count"]) for one in reading["warnings"]
    )
    return Quality(
        id=source.id,
        file=file_name(source.path),
        sheet=source.sheet or None,
        status=source.status,
        reason=source.reason,
        layout=reading["layout"],
        header_row=reading["header_row"],
        grain=reading["grain"],
        date_column=reading["date"]["column"],
        date_format=reading["date"]["format"],
        first_day=date.fromisoformat(reading["date"]["min"]),
        last_day=date.fromisoformat(reading["date"]["max"]),
        measures=tuple(_measure(name, one) for name, one in reading["measures"].items()),
        dimensions=tuple((name, one["column"], one["values"]) for name, one in reading["dimensions"].items()),
        rows_read=reading["rows_read"],
        rows_loaded=reading["rows_loaded"],
        rows_refused=reading["rows_refused"],
        rows_left_out=reading["rows_read"] - reading["rows_loaded"] - reading["rows_refused"],
        warnings=warnings,
        refused_cells=sum(one.count for one in warnings if one.code in REASONS),
        reasons=tuple(database.snapshots.refusal_counts(refusals_name(snapshot.file)).items()),
        read_at=snapshot.created_at.isoformat(),
        revision=snapshot.valid_from,
        is_sample=is_sample(source.path),
        owner=source.owner,
        limits=limits_of(database.settings, source.contract),
        has_own_limits=source.contract is not None,
        told=Cadence.from_json(source.cadence) if source.cadence else None,
        watch=watched,
        held=held,
        file_id=ingest.id,
        original=ingest.revision if ingest.sha256 in originals.kept(database.settings) else None,
    )


def found_quality(database: Database, workspace: str, wanted: str | None, now: datetime) -> Quality | None:
    """Return the report of a source whose number may be anything that a person typed; None where there is none."""
    try:
        return quality(database, workspace, int(wanted or ""), now)
    except (NotFound, ValueError):
        return None


def refused_cells(
    database: Database, workspace: str, source_id: int, reason: str | None = None, page: int = 0, size: int = PAGE_ROWS
) -> RefusedCells:
    """Return one page of the refused cells, all or those of one reason; a page beyond the last is the last."""
    with database.reading() as session:
        _, snapshot = _source(session, workspace, source_id)
    file = refusals_name(snapshot.file)
    counts = database.snapshots.refusal_counts(file)
    count = counts.get(reason, 0) if reason else sum(counts.values())
    pages = max(1, -(-count // size))
    page = min(max(page, 0), pages - 1)
    found = database.snapshots.refusals(file, reason or None, size, page * size) if count else []
    return RefusedCells(tuple(found), page, pages, count)


def named(database: Database, workspace: str, wanted: str | None) -> tuple[int, ...]:
    """Return the sources that a name means: a number, the name of a file, or its path; all without a name.

    Raises NotFound.
    """
    with database.reading() as session:
        known = select(Snapshot.source_id).distinct()
        sources = session.scalars(
            select(Source)
            .where(Source.workspace_id == workspace_named(session, workspace).id, Source.id.in_(known))
            .order_by(Source.path, Source.id)
        ).all()
    if wanted is None:
        return tuple(source.id for source in sources)
    path = Path(os.path.abspath(wanted))  # noqa: PTH100  resolve() would follow links out of the folder
    found = tuple(
        source.id
        for source in sources
        if wanted in (str(source.id), file_name(source.path)) or database.settings.instance / source.path == path
    )
    if not found:
        raise NotFound("source", wanted, {file_name(source.path) for source in sources})
    return found


def _source(session: Session, workspace: str, source_id: int) -> tuple[Source, Snapshot]:
    """Return a source and the newest of its snapshots."""
    found = session.execute(
        select(Source, Snapshot)
        .join(Snapshot, Snapshot.source_id == Source.id)
        .where(Source.id == source_id, Source.workspace_id == workspace_named(session, workspace).id)
        .order_by(Snapshot.id.desc())
        .limit(1)
    ).one_or_none()
    if found is None:
        raise NotFound("source", str(source_id))
    return found[0], found[1]


def _held(session: Session, source: Source) -> HeldVersion | None:
    if source.held is None or source.held_ingest_id is None:
        return None
    ingest = session.get_one(Ingest, source.held_ingest_id)
    at = (ingest.finished_at or ingest.created_at).isoformat()
    held = source.held
    return HeldVersion(ingest.id, at, held["rows"], tuple(held["broken"]), held["is_declined"])


def _measure(name: str, one: dict[str, Any]) -> MeasureLine:
    return MeasureLine(name, one["column"], one["aggregation"], one["total"], one["derived"])
