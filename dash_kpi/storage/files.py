"""Which files in the folder of the snapshots belong to the data."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.storage.models import Snapshot, Source

SUFFIX = ".parquet"


@dataclass(frozen=True, slots=True)
class Refusal:
    """One refused cell: where it stands, what it holds, and the code of the reason."""

    address: str
    heading: str
    content: str | None
    code: str


def refusals_name(snapshot: str) -> str:
    """Return the name of the file that holds the refused cells of a snapshot, beside it, where there are any."""
    return f"{snapshot.removesuffix(SUFFIX)}.refused{SUFFIX}"


def kept_files(session: Session) -> set[str]:
    """Return the files of every snapshot, and of what is held until a person decides; some need not exist."""
    held = session.scalars(select(Source.held).where(Source.held_ingest_id.is_not(None)))
    snapshots = {*session.scalars(select(Snapshot.file)), *(one["file"] for one in held if one)}
    return snapshots | {refusals_name(name) for name in snapshots}
