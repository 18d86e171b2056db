"""Which files in the folder of the snapshots belong to the data."""

from dataclasses import dataclass
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.storage.models import Snapshot, Source

SUFFIX = ".parquet"
DIVIDED = "-"  # in the name of a part, before what tells it from other parts


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused cell: where it stands, what it holds, and the code of the reason."""

    address: str
    heading: str
    content: str | None
    code: str


def refusals_name(snapshot: str) -> str:
    """Return the name of the file that holds the refused cells of a snapshot, beside it, where there are any."""
    return f"{snapshot.removesuffix(SUFFIX).partition(DIVIDED)[0]}.refused{SUFFIX}"


def divided_name(snapshot: str) -> str:
    """Return a new name for a part of a snapshot; its refused cells are found by it as well."""
    return f"{snapshot.removesuffix(SUFFIX).partition(DIVIDED)[0]}{DIVIDED}{uuid4().hex}{SUFFIX}"


def snapshot_files(session: Session) -> set[str]:
    """Return the names of every file that a snapshot has, in any workspace, at any revision."""
    rows = session.execute(select(Snapshot.file, Snapshot.shared_file))
    return {name for row in rows for name in row if name is not None}


def kept_files(session: Session) -> set[str]:
    """Return the files of every snapshot, and of what is held until a person decides; some need not exist."""
    held = session.scalars(select(Source.held).where(Source.held_ingest_id.is_not(None)))
    snapshots = {*snapshot_files(session), *(one["file"] for one in held if one)}
    return snapshots | {refusals_name(name) for name in snapshots}
