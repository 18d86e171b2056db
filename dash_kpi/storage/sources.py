"""The sources of a workspace as they were at a revision."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dash_kpi.errors import NotFound
from dash_kpi.kpis.definition import Definition
from dash_kpi.kpis.periods import GRAINS, Calendar, Days, Grain
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.definitions import definitions_at
from dash_kpi.storage.models import Snapshot, Source, Workspace

SAMPLES = PurePath("inbox", "sample")
FILE = "File"  # the dimension that every row has: the file it came from


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source with the snapshot that is valid at a revision."""

    id: int
    file: str  # the name people know it by
    sheet: str
    snapshot: str  # name of the Parquet file
    grain: Grain
    days: Days  # covered, to the end of the last period of its grain
    aggregations: Mapping[str, str]  # of each measure
    dimensions: tuple[str, ...]
    is_sample: bool


@dataclass(frozen=True, slots=True)
class State:
    """The sources of a workspace at one revision."""

    workspace_id: int
    revision: int
    is_past: bool
    sources: tuple[SourceState, ...]
    definitions: tuple[Definition, ...] = ()  # what people decided about KPIs

    @property
    def span(self) -> Days | None:
        """The days that any source covers."""
        if not self.sources:
            return None
        return Days(min(s.days.start for s in self.sources), max(s.days.end for s in self.sources))

    @property
    def grain(self) -> Grain:
        """The finest grain that any source has."""
        return min((source.grain for source in self.sources), key=GRAINS.index, default="day")

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Every dimension, in the order in which sources name them, the file last."""
        named = dict.fromkeys(name for source in self.sources for name in source.dimensions)
        return (*(name for name in named if name != FILE), FILE) if self.sources else ()

    @property
    def aggregations(self) -> dict[str, str]:
        """How each measure aggregates; where sources differ, as the first says."""
        found: dict[str, str] = {}
        for source in self.sources:
            for name, aggregation in source.aggregations.items():
                found.setdefault(name, aggregation)
        return found


def state_at(database: Database, workspace: str, as_of: int | None = None) -> State:
    """Return the sources of a workspace now, or as they were at a revision.

    Raises NotFound for an unknown workspace. A revision that is not there yet is the current one.
    """
    workspace_id, current = current_revision(database, workspace)
    revision = current if as_of is None else min(as_of, current)
    key = ("state", workspace_id, revision, revision < current)
    return database.answers.get(key, lambda: _load(database, workspace_id, revision, current))


def checked_revision(database: Database, workspace: str, number: int | None) -> int | None:
    """Return the revision; raises NotFound where the workspace has not come to it yet."""
    current = current_revision(database, workspace)[1]
    if number is not None and number > current:
        raise NotFound.saying(f"There is no revision {number}; the newest is {current}.")
    return number


def current_revision(database: Database, workspace: str) -> tuple[int, int]:
    """Return a workspace's id and current revision, asking the database only after somebody committed."""

    def ask() -> tuple[int, int]:
        with database.reading() as session:
            found = workspace_named(session, workspace)
            return found.id, found.revision

    counter = database.changes()
    return ask() if counter is None else database.answers.get(("revision", workspace, counter), ask)


def _load(database: Database, workspace_id: int, revision: int, current: int) -> State:
    with database.reading() as session:
        rows = session.execute(
            select(Source, Snapshot)
            .join(Snapshot, Snapshot.source_id == Source.id)
            .where(
                Snapshot.workspace_id == workspace_id,
                Snapshot.valid_from <= revision,
                or_(Snapshot.valid_to.is_(None), Snapshot.valid_to > revision),
            )
            .order_by(Source.path, Source.id)
        ).all()
        calendar = database.settings.calendar
        sources = tuple(_source_state(source, snapshot, calendar) for source, snapshot in rows)
        defined = definitions_at(session, workspace_id, revision)
    return State(workspace_id, revision, revision < current, sources, defined)


def _source_state(source: Source, snapshot: Snapshot, calendar: Calendar) -> SourceState:
    reading = snapshot.reading
    grain: Grain = reading["grain"]
    first, last = (date.fromisoformat(reading["date"][end]) for end in ("min", "max"))
    return SourceState(
        id=source.id,
        file=file_name(source.path),
        sheet=source.sheet,
        snapshot=snapshot.file,
        grain=grain,
        days=Days(first, calendar.end_of(last, grain)),
        aggregations={name: measure["aggregation"] for name, measure in reading["measures"].items()},
        dimensions=tuple(reading["dimensions"]),
        is_sample=is_sample(source.path),
    )


def is_sample(path: str) -> bool:
    """Tell whether a file is one of the sample workbooks, which have a folder of their own in the inbox."""
    return PurePath(path).parent == SAMPLES


def file_name(path: str) -> str:
    """Return the name by which people know a file."""
    return PurePath(path).name


def lock_workspace(session: Session, workspace_id: int) -> Workspace:
    """Return the workspace, held against every other writer until the transaction ends."""
    return session.scalars(select(Workspace).where(Workspace.id == workspace_id).with_for_update()).one()
