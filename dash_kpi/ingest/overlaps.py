"""Rows that two sources share: found, and counted once unless a person decides otherwise.

Sources have one order: the one with more columns first, then the one that was there first. Of two that
share rows the first counts them, the other keeps them apart (`Snapshot.shared_file`). So what is counted
follows from what the sources hold and from the decisions, whatever the way that led there.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, or_, select, tuple_, update
from sqlalchemy.orm import Session

from dash_kpi.ingest.jobs import Job
from dash_kpi.ingest.reading import FileReading
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import KpiData, Overlap, Snapshot, Source
from dash_kpi.storage.overlaps import counted
from dash_kpi.storage.sources import is_sample

if TYPE_CHECKING:
    from dash_kpi.storage.shared_rows import Comparison, Files, Split

MANY_ROWS = 20  # identical rows are no accident any more
MOST_OF_FEW = 0.5  # nor is this share of the smaller source's rows, where it has few
NEARLY_ALL = 0.9  # of the rows that could be shared are: the one repeats the other
RARE, LIKELY = 0.1, 0.5  # the chance that a row has its like on any other day
NOTICEABLE = 0.01  # of the rows that could be shared: worth a word
MOST_KEYS = 400  # in one statement
NOT_YET = 1 << 62  # the id of a source that is not there yet: the last in the order

Pair = tuple[int, int]  # the source whose shared rows are not counted, and the one that counts them


@dataclass(frozen=True, slots=True)
class Content:
    """What one source holds now, or will once it is committed."""

    id: int
    counted: str
    shared: str | None
    measures: tuple[str, ...]
    dimensions: tuple[str, ...]
    first: str  # day, ISO
    last: str

    @property
    def files(self) -> "Files":
        """Return the snapshot files that hold all its rows."""
        return (self.counted,) if self.shared is None else (self.counted, self.shared)

    @property
    def place(self) -> tuple[int, int]:
        """Return what the order of the sources goes by."""
        return -len(self.measures) - len(self.dimensions), self.id


@dataclass(frozen=True, slots=True)
class Shared:
    """What was found of a pair, and what somebody decided of it."""

    rows: int
    is_certain: bool
    decision: str | None = None

    @property
    def is_counted_once(self) -> bool:
        """Tell whether only one of the two counts the rows."""
        return self.rows > 0 and counted(self.decision, is_certain=self.is_certain) == "once"


@dataclass(slots=True)
class Workings:
    """What was worked out from snapshot files. They never change, so a look ahead spares the commit the work."""

    database: Database
    comparisons: dict[tuple["Files", "Files"], "Comparison | None"] = field(default_factory=dict)
    splits: dict[tuple["Files", tuple["Files", ...]], "Split | None"] = field(default_factory=dict)

    def compare(self, first: Content, second: Content) -> "Comparison | None":
        """Compare two sources by the columns of the second, all of which the first has."""
        key = first.files, second.files
        if key not in self.comparisons:
            from dash_kpi.storage import shared_rows  # DuckDB is large; most commits do without

            columns = (*second.measures, *second.dimensions)
            self.comparisons[key] = shared_rows.compare(self.database.snapshots, *key, columns)
        return self.comparisons[key]

    def split(self, source: Content, others: Iterable[Content]) -> "Split | None":
        """Divide a source by what others count; None where nothing changes."""
        key = source.files, tuple(other.files for other in others)
        if key not in self.splits:
            from dash_kpi.storage import shared_rows

            self.splits[key] = shared_rows.split(
                self.database.snapshots, source.counted, source.shared, key[1], source.measures, source.dimensions
            )
        return self.splits[key]

    def delete_unused(self, session: Session, candidates: Iterable[str] = ()) -> None:
        """Delete the files that were written, or are given, and that no snapshot names."""
        splits = [split for split in self.splits.values() if split]
        names = {*candidates, *(split.file for split in splits), *(split.shared_file for split in splits)} - {None}
        if not names:
            return
        used = select(Snapshot.file, Snapshot.shared_file).where(
            or_(Snapshot.file.in_(names), Snapshot.shared_file.in_(names))
        )
        kept = {name for row in session.execute(used) for name in row}
        for name in names - kept:
            (self.database.settings.snapshots / str(name)).unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Plan:
    """What follows from a change: the pairs that it concerns, and the sources whose rows are divided anew."""

    pairs: Mapping[Pair, Shared]
    splits: Mapping[int, "Split"]


def look_ahead(database: Database, job: Job, reading: FileReading) -> Workings:
    """Work out what a commit will need before it holds the database; what comes between is worked out then."""
    workings = Workings(database)
    with database.reading() as session:
        ids = {
            source.sheet: source.id
            for source in session.scalars(
                select(Source).where(Source.workspace_id == job.workspace_id, Source.path == job.path)
            )
        }
        sources = _contents(session, job.workspace_id)
        known = _known(session, job.workspace_id)
    new = [
        Content(
            ids.get(table.sheet or "", NOT_YET + place), table.snapshot.name, None,
            tuple(table.measures), tuple(table.dimensions), table.date.min, table.date.max,
        )
        for place, table in enumerate(reading.tables)
        if table.snapshot is not None and table.date is not None
    ]  # fmt: skip
    changed = {content.id for content in new}
    is_own = not is_sample(job.path)
    others = [content for content, path in sources if content.id not in changed and not (is_own and is_sample(path))]
    plan([*others, *new], changed, known, workings)
    return workings


def settle(session: Session, workspace_id: int, revision: int, workings: Workings) -> Plan:
    """Let every shared row be counted as often as it shall from a revision on; call it last, in its transaction."""
    session.flush()
    moved = select(Snapshot.source_id).where(
        Snapshot.workspace_id == workspace_id, or_(Snapshot.valid_from == revision, Snapshot.valid_to == revision)
    )
    return resettle(session, workspace_id, revision, set(session.scalars(moved)), workings)


def resettle(session: Session, workspace_id: int, revision: int, changed: Collection[int], workings: Workings) -> Plan:
    """Do what `settle` does for sources that are named."""
    contents = [content for content, _ in _contents(session, workspace_id)]
    found = plan(contents, changed, _known(session, workspace_id), workings)
    _keep_pairs(session, workspace_id, changed, found.pairs)
    for source_id, split in found.splits.items():
        _apply(session, workspace_id, source_id, split, revision)
    return found


def plan(
    contents: Iterable[Content], changed: Collection[int], known: Mapping[Pair, Shared], workings: Workings
) -> Plan:
    """Return what follows from a change of some sources, given all of them and what is known of their pairs."""
    ordered = sorted(contents, key=lambda content: content.place)
    changed = set(changed)
    decisions = {frozenset(pair): shared.decision for pair, shared in known.items()}
    pairs = {pair: shared for pair, shared in known.items() if not changed & set(pair)}
    for at, second in enumerate(ordered):
        for first in ordered[:at]:
            if {first.id, second.id} & changed and is_comparable(first, second):
                found = verdict(workings.compare(first, second))
                if found:
                    pair = second.id, first.id
                    pairs[pair] = Shared(found.rows, found.is_certain, decisions.get(frozenset(pair)))
    touched = changed | {pair[0] for pair in {*known, *pairs} if changed & set(pair)}
    splits = {}
    for source in ordered:
        if source.id in touched:
            others = [o for o in ordered if (s := pairs.get((source.id, o.id))) and s.is_counted_once]
            split = workings.split(source, others) if others or source.shared else None
            if split:
                splits[source.id] = split
    return Plan({pair: shared for pair, shared in pairs.items() if changed & set(pair)}, splits)


def is_comparable(first: Content, second: Content) -> bool:
    """Tell whether rows of the second could be rows of the first.

    They cover common days, and the first has every column of the second. Where it has more, the second
    must tell its rows apart by a dimension at least: a column of daily totals is no copy of the sales.
    """
    measures, dimensions = set(second.measures), set(second.dimensions)
    has_all = measures <= set(first.measures) and dimensions <= set(first.dimensions)
    is_same = len(first.measures) == len(measures) and len(first.dimensions) == len(dimensions)
    return has_all and (is_same or bool(dimensions)) and first.first <= second.last and second.first <= first.last


def verdict(compared: "Comparison | None") -> Shared | None:
    """Judge a comparison: certainly the same rows, perhaps, or (None) nothing to speak of.

    Rows that every day has alike prove nothing: two shops with few goods sell the same every day.
    """
    if compared is None:
        return None
    rows, chance = compared.shared, compared.chance
    is_much = rows >= MANY_ROWS or rows >= MOST_OF_FEW * compared.smaller
    is_nearly_all = rows >= NEARLY_ALL * compared.comparable
    is_telling = chance <= RARE or (rows >= MANY_ROWS and chance <= LIKELY)
    if is_much and is_nearly_all and is_telling:
        return Shared(rows, is_certain=True)
    is_more_than_chance = rows > max(NOTICEABLE, 2 * chance) * compared.comparable
    return Shared(rows, is_certain=False) if is_much and (is_nearly_all or is_more_than_chance) else None


def _contents(session: Session, workspace_id: int) -> list[tuple[Content, str]]:
    """Return what the sources hold that are counted now, and their paths."""
    rows = session.execute(
        select(Snapshot, Source.path)
        .join(Source, Source.id == Snapshot.source_id)
        .where(Snapshot.workspace_id == workspace_id, Snapshot.valid_to.is_(None))
    )
    return [
        (
            Content(
                one.source_id, one.file, one.shared_file,
                tuple(one.reading["measures"]), tuple(one.reading["dimensions"]),
                one.reading["date"]["min"], one.reading["date"]["max"],
            ),
            path,
        )
        for one, path in rows
    ]  # fmt: skip


def _known(session: Session, workspace_id: int) -> dict[Pair, Shared]:
    rows = session.scalars(select(Overlap).where(Overlap.workspace_id == workspace_id))
    return {(row.source_id, row.other_id): Shared(row.rows, row.is_certain, row.decision) for row in rows}


def _keep_pairs(session: Session, workspace_id: int, changed: Collection[int], pairs: Mapping[Pair, Shared]) -> None:
    """Write down what was found; a decision stays, for when the rows come back."""
    left = dict(pairs)
    rows = session.scalars(
        select(Overlap).where(
            Overlap.workspace_id == workspace_id,
            or_(Overlap.source_id.in_(changed), Overlap.other_id.in_(changed)),
        )
    ).all()
    for row in rows:
        pair = row.source_id, row.other_id
        found_as = next((one for one in (pair, pair[::-1]) if one in left), None)
        if found_as is not None:
            row.source_id, row.other_id = found_as
            found = left.pop(found_as)
            row.rows, row.is_certain = found.rows, found.is_certain
        elif row.decision is None:
            session.delete(row)
        else:
            row.rows = 0
    for (source_id, other_id), found in left.items():
        session.add(
            Overlap(
                workspace_id=workspace_id, source_id=source_id, other_id=other_id,
                rows=found.rows, is_certain=found.is_certain, decision=found.decision,
            )
        )  # fmt: skip
    session.flush()


def _apply(session: Session, workspace_id: int, source_id: int, split: "Split", revision: int) -> None:
    """Let a source count other rows of its content from a revision on."""
    snapshot = session.scalars(
        select(Snapshot).where(Snapshot.source_id == source_id, Snapshot.valid_to.is_(None))
    ).one()
    if snapshot.valid_from != revision:
        snapshot.valid_to = revision
        kept = ("workspace_id", "source_id", "ingest_id", "rows", "reading", "created_at")
        snapshot = Snapshot(valid_from=revision, **{name: getattr(snapshot, name) for name in kept})
        session.add(snapshot)
    snapshot.file, snapshot.shared_file, snapshot.shared_rows = split.file, split.shared_file, split.shared_rows
    session.flush()
    days = sorted(split.days)
    for start in range(0, len(days), MOST_KEYS):
        _replace_days(session, workspace_id, source_id, days[start : start + MOST_KEYS], split, revision)


def _replace_days(
    session: Session, workspace_id: int, source_id: int, days: list[date], split: "Split", revision: int
) -> None:
    """Let the daily measures of some days be others; what is as it was before the revision stays one row."""
    on_days = (KpiData.workspace_id == workspace_id, KpiData.source_id == source_id, KpiData.day.in_(days))
    unsynchronised = {"synchronize_session": False}
    session.execute(delete(KpiData).where(*on_days, KpiData.valid_from == revision), execution_options=unsynchronised)
    end = update(KpiData).where(*on_days, KpiData.valid_to.is_(None)).values(valid_to=revision)
    session.execute(end, execution_options=unsynchronised)
    columns = (KpiData.measure, KpiData.day, KpiData.total, KpiData.count)
    before = {
        (measure, day): (total, count)
        for measure, day, total, count in session.execute(
            select(*columns).where(*on_days, KpiData.valid_to == revision)
        )
    }
    wanted = {
        (measure, at): (total, count)
        for day, measure, total, count in split.daily
        if (at := date.fromisoformat(day)) in set(days)
    }
    same = [key for key, value in wanted.items() if before.get(key) == value]
    for start in range(0, len(same), MOST_KEYS):
        keys = tuple_(KpiData.measure, KpiData.day).in_(same[start : start + MOST_KEYS])
        again = update(KpiData).where(*on_days, KpiData.valid_to == revision, keys).values(valid_to=None)
        session.execute(again, execution_options=unsynchronised)
    new = [
        {
            "workspace_id": workspace_id, "source_id": source_id, "measure": measure, "day": day,
            "valid_from": revision, "total": total, "count": count,
        }
        for (measure, day), (total, count) in wanted.items()
        if before.get((measure, day)) != (total, count)
    ]  # fmt: skip
    if new:
        session.execute(insert(KpiData), new)
