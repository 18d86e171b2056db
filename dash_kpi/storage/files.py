"""Which files in the folder of the snapshots belong to the data."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.storage.file_names import refusals_name
from dash_kpi.storage.models import Snapshot, Source


def snapshot_files(session: Session) -> set[str]:
    """Return the names of every file that a snapshot has, in any workspace, at any revision."""
    rows = session.execute(select(Snapshot.file, Snapshot.shared_file))
    return {name for row in rows for name in row if name is not None}


def kept_files(session: Session) -> set[str]:
    """Return the files of every snapshot, and of what is held until a person decides; some need not exist."""
    held = session.scalars(select(Source.held).where(Source.held_ingest_id.is_not(None)))
    snapshots = {*snapshot_files(session), *(one["file"] for one in held if one)}
    return snapshots | {refusals_name(name) for name in snapshots}
