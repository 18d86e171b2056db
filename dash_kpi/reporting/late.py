"""Which sources are late: computed from the clock whenever somebody asks, nothing of it is stored."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby, pairwise
from pathlib import PurePath

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.kpis.cadence import Cadence, Late, due, learn, learn_from_data, start_of_next, state
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Ingest, Snapshot, Source
from dash_kpi.storage.sources import SourceState, State, file_name, state_at

NOT_LEARNT = "no cadence learnt yet"


@dataclass(frozen=True, slots=True)
class Watch:
    """When a source brings something new: as a person told or as learnt, and what that means now."""

    cadence: Cadence | None = None
    is_told: bool = False
    last: date | None = None  # the last delivery
    due: date | None = None
    late_since: date | None = None

    @property
    def words(self) -> str:
        """The cadence as people say it."""
        if self.cadence is None:
            return NOT_LEARNT
        return self.cadence.words if self.cadence.is_watched else "not watched"


@dataclass(frozen=True, slots=True)
class LateSource:
    """A source that has not brought what was due, and who answers for it."""

    id: int
    file: str
    sheet: str | None
    owner: str | None
    cadence: str
    since: date  # the day by whose end it was due


@dataclass(frozen=True, slots=True)
class _Deliveries:
    """The versions of a source, or of the files that bring one period each: when, and up to which day."""

    arrivals: tuple[date, ...]
    days: tuple[date, ...]


def late_sources(database: Database, workspace: str, now: datetime) -> tuple[LateSource, ...]:
    """Return the sources of a workspace that are late at a moment, the latest first. Raises NotFound."""
    state_now = state_at(database, workspace)
    with database.reading() as session:
        found = watches(session, state_now, now)
        named = session.scalars(select(Source).where(Source.id.in_(found))).all()
    late = [
        LateSource(one.id, file_name(one.path), one.sheet or None, one.owner, found[one.id].words, since)
        for one in named
        if (since := found[one.id].late_since)
    ]
    return tuple(sorted(late, key=lambda one: (one.since, one.file)))


def count_late(database: Database, workspace: str, now: datetime) -> int:
    """Return how many sources are late at a moment. Raises NotFound."""
    state_now = state_at(database, workspace)
    with database.reading() as session:
        return sum(watch.late_since is not None for watch in watches(session, state_now, now).values())


def watches(session: Session, current: State, now: datetime) -> dict[int, Watch]:
    """Return the watch of each source that is counted; samples have none.

    Of files that bring one period each only the newest is waited after: the next file takes its place.
    """
    counted = {source.id: source for source in current.sources if not source.is_sample}
    kept = session.scalars(select(Source).where(Source.id.in_(counted))).all()
    versions = _versions(session, counted)
    told = {one.id: Cadence.from_json(one.cadence) for one in kept if one.cadence}
    found = {}
    for family in _families(counted.values(), {one.id: (one.path, one.header) for one in kept}):
        newest = family[-1]
        cadence = next((told[one.id] for one in reversed(family) if one.id in told), None)
        found[newest.id] = _watch(family, versions, cadence, now)
    return found


def _versions(session: Session, counted: Mapping[int, SourceState]) -> dict[int, _Deliveries]:
    """Return when each source brought a new content, and the last day in it."""
    rows = session.execute(
        select(Snapshot.source_id, Ingest.sha256, Snapshot.created_at, Snapshot.reading["date"]["max"].as_string())
        .join(Ingest, Ingest.id == Snapshot.ingest_id)
        .where(Snapshot.source_id.in_(counted))
        .order_by(Snapshot.source_id, Snapshot.id)
    ).all()
    found = {}
    for source_id, group in groupby(rows, key=lambda row: row[0]):
        first: dict[str | None, tuple[date, date]] = {}
        for _, content, at, day in group:
            first.setdefault(content, (at.date(), date.fromisoformat(day)))
        arrivals, days = zip(*first.values(), strict=True)
        found[source_id] = _Deliveries(arrivals, days)
    return found


def _families(sources: Iterable[SourceState], places: Mapping[int, tuple[str, str | None]]) -> list[list[SourceState]]:
    """Group the files of one folder with the same columns that follow one another, by the days they cover."""

    def key(source: SourceState) -> tuple[str, ...]:
        path, header = places[source.id]
        columns = (header,) if header else (*sorted(source.aggregations), "|", *sorted(source.dimensions))
        return (str(PurePath(path).parent), *columns)

    families = []
    for _, group in groupby(sorted(sources, key=lambda one: (*key(one), "\0", one.days.start.isoformat())), key=key):
        members = list(group)
        follow = all(before.days.end < after.days.start for before, after in pairwise(members))
        families += [members] if follow else [[one] for one in members]
    return families


def _watch(
    family: Sequence[SourceState], versions: Mapping[int, _Deliveries], told: Cadence | None, now: datetime
) -> Watch:
    pairs = sorted(
        pair for one in family for pair in zip(versions[one.id].arrivals, versions[one.id].days, strict=True)
    )
    arrivals, days = zip(*pairs, strict=True)
    cadence = told or learn(arrivals, days)
    if cadence is None and len(family) > 1:
        cadence = learn_from_data([one.days.end for one in family])
    if cadence is None or not cadence.is_watched:
        return Watch(cadence, told is not None)
    last = _last_delivery(arrivals, days)
    if len(set(arrivals)) == 1:  # all came at once: the newest could have come when its period was over
        last = min(last, start_of_next(cadence.every, family[-1].days.end))
        if told is None and start_of_next(cadence.every, due(cadence, last)) < arrivals[-1]:
            return Watch()  # long over when it came: history, after which nobody waits
    late = state(cadence, last, now)
    return Watch(cadence, told is not None, last, due(cadence, last), late.since if isinstance(late, Late) else None)


def _last_delivery(arrivals: Sequence[date], days: Sequence[date]) -> date:
    """Return when the newest days came first."""
    newest = max(days)
    return min(arrival for arrival, day in zip(arrivals, days, strict=True) if day == newest)
