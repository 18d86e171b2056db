"""Mappings: what people decided about tables, in versions that can be undone.

Rules are for one table (a file and its sheet) or for every table with one header; those of its own win.
A version that is undone ends at the moment it began: it was never in force.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from dash_kpi.errors import Conflict, Refused
from dash_kpi.ingest import jobs
from dash_kpi.ingest.neighbours import dependents, looked_up_in
from dash_kpi.ingest.rules import Instructions, Rules
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import MappingVersion, Source
from dash_kpi.storage.sources import file_name, lock_workspace

ATTEMPTS = 5  # of a change that meets another process

Changed = TypeVar("Changed")


@dataclass(frozen=True, slots=True)
class Table:
    """The table that a decision is about; `header` is what tables with the same columns have in common."""

    workspace_id: int
    path: str
    sheet: str
    header: str | None = None


def instructions_for(session: Session, workspace_id: int, path: str) -> Instructions:
    """Return what the reading of a file is told: the rules in force for its sheets, and those by header."""
    found = session.scalars(
        select(MappingVersion)
        .where(MappingVersion.workspace_id == workspace_id, MappingVersion.ended_at.is_(None))
        .where(or_(MappingVersion.path == path, MappingVersion.header.is_not(None)))
        .order_by(MappingVersion.id)
    ).all()
    by_sheet = {one.sheet or "": Rules.from_json(one.rules) for one in found if one.path is not None}
    by_header = {one.header: Rules.from_json(one.rules) for one in found if one.header is not None}
    looked_up = looked_up_in(session, workspace_id, path, (*by_sheet.values(), *by_header.values()))
    return Instructions(by_sheet, by_header, looked_up=looked_up)


def queue_dependents(database: Database, workspace_id: int, path: str, now: datetime) -> None:
    """Have the files read again that look values up in a file which has just been read."""

    def queue(session: Session) -> None:
        _queue(session, workspace_id, dependents(session, workspace_id, path), now)

    with database.reading() as session:
        has_some = bool(dependents(session, workspace_id, path))
    if has_some:
        _changed(database, workspace_id, queue)


def current(session: Session, table: Table) -> MappingVersion | None:
    """Return the version in force for a table: its own, or that of its header."""
    found = _in_force(session, table)
    return next((one for one in found if one.path is not None), found[0] if found else None)


def versions(session: Session, table: Table) -> list[MappingVersion]:
    """Return every version of a table and of its header that was in force, the newest first."""
    found = session.scalars(
        select(MappingVersion).where(_concerns(table), _was_in_force()).order_by(MappingVersion.id.desc())
    )
    return list(found)


def sources_with(session: Session, workspace_id: int, header: str | None) -> list[Source]:
    """Return the sources with a header that are counted or were refused."""
    if header is None:
        return []
    is_read = Source.status.in_(["ok", "refused", "missing"])
    query = select(Source).where(Source.workspace_id == workspace_id, Source.header == header, is_read)
    return list(session.scalars(query.order_by(Source.path, Source.id)))


def save_for_table(
    database: Database, table: Table, rules: Rules, known: int | None, by: str, now: datetime
) -> MappingVersion:
    """Let a table be read by these rules from now on.

    `known` is the version that the person saw in force; raises Conflict where another one is by now.
    """

    def change(session: Session) -> MappingVersion:
        _check_known(session, table, known)
        for one in _in_force(session, table):
            if one.path is not None:
                one.ended_at = now
        session.add(version := _version(table, rules, by, now, path=table.path, sheet=table.sheet))
        _queue(session, table.workspace_id, [table.path], now)
        return version

    return _changed(database, table.workspace_id, change)


def save_for_header(database: Database, table: Table, rules: Rules, known: int | None, by: str, now: datetime) -> int:
    """Let every table with the header of this one be read by these rules; return how many sources have it.

    The rules that this table had for itself end; those of other tables stay. Raises Conflict, Refused.
    """
    if table.header is None:
        raise Refused("No row of headings was found, so that other files cannot have the same.")

    def change(session: Session) -> int:
        _check_known(session, table, known)
        for one in _in_force(session, table):
            one.ended_at = now
        session.add(_version(table, rules, by, now, header=table.header))
        sources = sources_with(session, table.workspace_id, table.header)
        _queue(session, table.workspace_id, {table.path, *(source.path for source in sources)}, now)
        return len(sources)

    return _changed(database, table.workspace_id, change)


def undo(database: Database, table: Table, now: datetime) -> Rules:
    """Take the last decision back; return the rules that are in force again. Raises Refused."""

    def change(session: Session) -> Rules:
        newest = max(_in_force(session, table), key=lambda one: one.id, default=None)
        if newest is None:
            raise Refused(f"Nothing is saved for {_name(table)}; there is nothing to undo.")
        began, newest.ended_at = newest.created_at, newest.created_at
        session.flush()
        for one in _ended_by(session, table, newest, began):
            one.ended_at = None
        session.flush()
        others = sources_with(session, table.workspace_id, newest.header)
        _queue(session, table.workspace_id, {table.path, *(source.path for source in others)}, now)
        version = current(session, table)
        return Rules.from_json(version.rules) if version else Rules()

    return _changed(database, table.workspace_id, change)


def reset(database: Database, table: Table, known: int | None, by: str, now: datetime) -> None:
    """Let a table be read as it is inferred, whatever is decided for its header. Raises Conflict, Refused."""
    with database.reading() as session:
        version = current(session, table)
    if version is None or not version.rules:
        raise Refused(f"Nothing is decided for {_name(table)}: it is read as inferred.")
    save_for_table(database, table, Rules(), known, by, now)


def _version(table: Table, rules: Rules, by: str, now: datetime, **place: str | None) -> MappingVersion:
    return MappingVersion(
        workspace_id=table.workspace_id, rules=rules.as_json(), created_at=now, created_by=by, **place
    )


def _concerns(table: Table) -> ColumnElement[bool]:
    is_own = and_(MappingVersion.path == table.path, MappingVersion.sheet == table.sheet)
    place = is_own if table.header is None else or_(is_own, MappingVersion.header == table.header)
    return and_(MappingVersion.workspace_id == table.workspace_id, place)


def _was_in_force() -> ColumnElement[bool]:
    return or_(MappingVersion.ended_at.is_(None), MappingVersion.ended_at > MappingVersion.created_at)


def _in_force(session: Session, table: Table) -> list[MappingVersion]:
    return list(session.scalars(select(MappingVersion).where(_concerns(table), MappingVersion.ended_at.is_(None))))


def _ended_by(session: Session, table: Table, newest: MappingVersion, began: datetime) -> list[MappingVersion]:
    """Return what a version ended when it came into force: its predecessor, and the table's own rules."""
    return list(
        session.scalars(
            select(MappingVersion).where(_concerns(table), _was_in_force())
            .where(MappingVersion.ended_at == began, MappingVersion.id < newest.id)
        )
    )  # fmt: skip


def _check_known(session: Session, table: Table, known: int | None) -> None:
    found = current(session, table)
    if (found.id if found else None) != known:
        raise Conflict(f"Somebody else has saved another mapping for {_name(table)} meanwhile; open it again.")


def _queue(session: Session, workspace_id: int, paths: Iterable[str], now: datetime) -> None:
    """Have files read again; one that is being read will notice that its rules changed."""
    for path in sorted(set(paths)):
        jobs.ask_for(session, workspace_id, path, now)


def _changed(database: Database, workspace_id: int, change: Callable[[Session], Changed]) -> Changed:
    """Make a change while no commit happens: either it is seen by a commit, or it sees what was committed."""
    for _ in range(ATTEMPTS):
        try:
            with database.writing() as session:
                lock_workspace(session, workspace_id)
                return change(session)
        except IntegrityError:  # another process queued the same file between our look and our insert
            continue
    raise Conflict("Others change the same files at this moment; try it again.")


def _name(table: Table) -> str:
    return file_name(table.path) + (f", sheet '{table.sheet}'" if table.sheet else "")


def follow(session: Session, workspace_id: int, old: str, new: str) -> None:
    """Let the rules of a file's tables follow it to its new name."""
    for one in session.scalars(
        select(MappingVersion).where(MappingVersion.workspace_id == workspace_id, MappingVersion.path == old)
    ):
        one.path = new


def is_read_by(session: Session, workspace_id: int, path: str, rules: str | None) -> bool:
    """Tell whether the rules in force for a file are those of this digest."""
    return instructions_for(session, workspace_id, path).digest == rules
