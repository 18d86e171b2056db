"""The Excel file in which the refused cells of a file are marked, made in a child from the original."""

import hashlib
from dataclasses import dataclass
from pathlib import Path, PurePath

from sqlalchemy import select

from dash_kpi.errors import NotFound, Refused
from dash_kpi.ingest.child import Limits, private_folder, run_in_child
from dash_kpi.ingest.jobs import path_of
from dash_kpi.settings import Settings
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.file_names import refusals_name
from dash_kpi.storage.models import Ingest, Snapshot, Source
from dash_kpi.storage.sources import file_name

MOST_ROWS = 50_000  # of a file that is copied; of a larger one only the list is written
XLSX, XLSM = ".xlsx", ".xlsm"


@dataclass(frozen=True, slots=True)
class MarkedFile:
    """The workbook, and the name under which it can take the place of the original."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class _Part:
    """One sheet of the file: its source and its newest snapshot."""

    source: Source
    snapshot: Snapshot


def marked_file(database: Database, workspace: str, source_id: int, reasons: dict[str, str]) -> MarkedFile:
    """Return the file of a source with all its refused cells marked. Raises NotFound, Refused."""
    settings = database.settings
    parts, sha256 = _parts(database, workspace, source_id)
    path = parts[0].source.path
    listed = [part for part in parts if (settings.snapshots / refusals_name(part.snapshot.file)).is_file()]
    if not listed:
        raise Refused(f"{file_name(path)} has no refused cell that was kept.")
    original, note = _original(settings, parts, path, sha256)
    from dash_kpi.ingest.marked import Marks, write_marked  # large, and seldom needed

    marks = tuple(
        Marks(part.source.sheet or None, settings.snapshots / refusals_name(part.snapshot.file)) for part in listed
    )
    limits = Limits(settings.read_seconds, settings.read_memory_mb << 20)
    with private_folder(settings.snapshots) as private:
        target = private / "marked.xlsx"
        run_in_child(write_marked, (original, marks, reasons, note, target), private, limits)
        return MarkedFile(_name(path), target.read_bytes())


def _parts(database: Database, workspace: str, source_id: int) -> tuple[list[_Part], str | None]:
    """Return the sheets of a source's file that were read with it, and the content's checksum."""
    with database.reading() as session:
        workspace_id = workspace_named(session, workspace).id
        found = session.execute(
            select(Source.path, Snapshot.ingest_id, Ingest.sha256)
            .join(Snapshot, Snapshot.source_id == Source.id)
            .join(Ingest, Ingest.id == Snapshot.ingest_id)
            .where(Source.id == source_id, Source.workspace_id == workspace_id)
            .order_by(Snapshot.id.desc())
            .limit(1)
        ).one_or_none()
        if found is None:
            raise NotFound("source", str(source_id))
        rows = session.execute(
            select(Source, Snapshot)
            .join(Snapshot, Snapshot.source_id == Source.id)
            .where(Source.path == found.path, Snapshot.ingest_id == found.ingest_id)
            .order_by(Source.id, Snapshot.id)
        )
        parts = {source.id: _Part(source, snapshot) for source, snapshot in rows}
    return list(parts.values()), found.sha256


def _original(settings: Settings, parts: list[_Part], path: str, sha256: str | None) -> tuple[Path | None, str]:
    """Return the file to copy, if there is one that may be, and what the list says about the copy."""
    if sum(part.snapshot.reading["rows_read"] for part in parts) > MOST_ROWS:
        return None, f"{file_name(path)} has more than {MOST_ROWS:,} rows; mend these cells in the file itself."
    watched, kept = path_of(settings, path), settings.originals / (sha256 or "-")
    for file in (watched, kept):
        if file.is_file() and _sha256(file) == sha256:
            return file, _advice(path)
    return None, f"{file_name(path)} has changed since it was read; these are the cells as they were then."


def _advice(path: str) -> str:
    suffix = PurePath(path).suffix.lower()
    if suffix in (XLSX, XLSM):
        return (
            "Mend the coloured cells and save this workbook in place of the old one. Charts and pictures are left out."
        )
    return f"Mend the coloured cells, save the sheet as {suffix or 'text'} and put it in place of {file_name(path)}."


def _name(path: str) -> str:
    name = PurePath(file_name(path))
    return name.name if name.suffix.lower() in (XLSX, XLSM) else f"{name.stem}{XLSX}"


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
