"""What the last reading of each source found: whether it could be read, and how many rows were refused."""

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.storage.models import Snapshot, Source, SourceStatus
from dash_kpi.storage.sources import State, file_name


@dataclass(frozen=True, slots=True)
class Report:
    """One source as it was last read."""

    file: str
    status: SourceStatus
    reason: str | None  # why the status is not "ok"
    rows_read: int
    rows_refused: int

    @property
    def refused_share(self) -> float:
        """The share of its rows that were refused."""
        return self.rows_refused / self.rows_read if self.rows_read else 0.0


def reports_of(session: Session, state: State) -> dict[int, Report]:
    """Return the report of each source that is counted in a state."""
    rows = session.execute(
        select(
            Source.id,
            Source.path,
            Source.status,
            Source.reason,
            Snapshot.reading["rows_read"].as_integer(),
            Snapshot.reading["rows_refused"].as_integer(),
        )
        .join(Snapshot, Snapshot.source_id == Source.id)
        .where(
            Source.id.in_([source.id for source in state.sources]),
            Snapshot.file.in_([source.snapshot for source in state.sources]),
        )
    )
    return {
        number: Report(file_name(path), status, reason, read or 0, refused or 0)
        for number, path, status, reason, read, refused in rows
    }
