"""Digests: kept, previewed, and sent when they are due, never twice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.alerting.messages.message import Message
from dash_kpi.alerting.messages.templates import words_of
from dash_kpi.alerting.messages.wording import Words
from dash_kpi.alerting.outbox.queue import enqueue
from dash_kpi.alerting.telling.digest_given import Digest, DigestRefused, days_of, next_at
from dash_kpi.alerting.telling.digest_message import digest_message
from dash_kpi.alerting.telling.places import Places
from dash_kpi.errors import Conflict, NotFound
from dash_kpi.reporting.catalogue import every_kpi
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Alert, Channel
from dash_kpi.storage.models import Digest as Row
from dash_kpi.storage.sources import lock_workspace, state_at

LATE = timedelta(minutes=15)  # after which a digest says why it comes now
OPEN = ("open", "acknowledged", "snoozed")


@dataclass(frozen=True, slots=True)
class DigestRow:
    """A digest that is kept."""

    id: int
    digest: Digest
    next_at: datetime
    last_at: datetime | None
    created_by: str
    version: str = ""  # changes whenever a person changes the digest

    def as_json(self) -> dict[str, Any]:
        """Return the digest as plain values."""
        return {
            "id": self.id,
            **self.digest.as_json(),
            "words": self.digest.words,
            "next_at": self.next_at if self.digest.is_enabled else None,
            "last_at": self.last_at,
            "created_by": self.created_by,
            "version": self.version,
        }


def digests(database: Database, workspace: str) -> tuple[DigestRow, ...]:
    """Return the digests of a workspace by name. Raises NotFound."""
    with database.reading() as session:
        workspace_id = workspace_named(session, workspace).id
        rows = session.scalars(select(Row).where(Row.workspace_id == workspace_id).order_by(Row.name, Row.id))
        return tuple(_row(row) for row in rows)


def digest_of(database: Database, workspace: str, number: int) -> DigestRow:
    """Return one digest. Raises NotFound."""
    with database.reading() as session:
        return _row(_found(session, workspace_named(session, workspace).id, number))


def numbered(database: Database, workspace: str, name: str) -> int:
    """Return the number of the digest that has this name, or this number. Raises NotFound."""
    rows = digests(database, workspace)
    if name.isascii() and name.isdecimal() and int(name) in {row.id for row in rows}:
        return int(name)
    known = {row.digest.name.casefold(): row.id for row in rows}
    if name.casefold() not in known:
        raise NotFound("digest", name, [row.digest.name for row in rows])
    return known[name.casefold()]


def save_digest(
    database: Database,
    workspace: str,
    given: Mapping[str, Any],
    by: str,
    now: datetime,
    number: int | None = None,
    version: str | None = None,
) -> int:
    """Keep a digest, a new one without a number, and return its number; `version` is the one that the person saw.

    Of one that is there, what is not given stays. Raises DigestRefused with the field, NotFound, Conflict.
    """
    if number is not None:
        given = {**digest_of(database, workspace, number).digest.as_json(), **given}
    digest = Digest.from_json(given)
    known = {kpi.name: kpi for kpi in every_kpi(database, state_at(database, workspace))}
    if wrong := next((name for name in digest.kpis if name not in known), None):
        raise DigestRefused("kpis", str(NotFound("KPI", wrong, known)))
    with database.writing() as session:
        workspace_id = lock_workspace(session, workspace_named(session, workspace).id).id
        _check_channels(session, workspace_id, digest)
        row = _found(session, workspace_id, number) if number is not None else None
        _check_seen(row, version)
        _check_name(session, workspace_id, digest, number)
        if row is None:
            row = Row(workspace_id=workspace_id, created_at=now, created_by=by)
            session.add(row)
        row.name, row.config, row.is_enabled = digest.name, digest.as_json(), digest.is_enabled
        row.next_at = next_at(digest, now, database.settings.zone, database.settings.calendar)
        row.updated_at = now
        session.flush()
        return row.id


def set_enabled(
    database: Database, workspace: str, number: int, is_enabled: bool, now: datetime, version: str | None = None
) -> Digest:
    """Switch a digest on or off; one that is switched on comes next time, not late. Raises NotFound, Conflict."""
    with database.writing() as session:
        row = _found(session, workspace_named(session, workspace).id, number)
        _check_seen(row, version)
        row.is_enabled, row.updated_at = is_enabled, now
        row.next_at = next_at(_digest(row), now, database.settings.zone, database.settings.calendar)
        return _digest(row)


def remove_digest(database: Database, workspace: str, number: int, version: str | None = None) -> Digest:
    """Remove a digest, and return what it was, so that it can be kept again. Raises NotFound, Conflict."""
    with database.writing() as session:
        row = _found(session, workspace_named(session, workspace).id, number)
        _check_seen(row, version)
        digest = _digest(row)
        session.delete(row)
        return digest


def preview_digest(
    database: Database, workspace: str, given: Mapping[str, Any], now: datetime, words: Words | None = None
) -> Message:
    """Return the message that a digest would be now, in other words than the team's if some are given.

    Raises DigestRefused, NotFound.
    """
    digest = Digest.from_json(given)
    with database.reading() as session:
        workspace_id = workspace_named(session, workspace).id
        words, open_alerts = words or words_of(session, workspace_id), _open(session, workspace_id)
    days = days_of(digest, now.astimezone(database.settings.zone).date(), database.settings.calendar)
    return digest_message(database, workspace, digest, days, words, open_alerts)


def send_due(database: Database, workspace: str, now: datetime) -> int:
    """Queue every digest that is due, and return how many. Raises NotFound.

    The next time is written with the messages, so that none is sent twice; one that was missed is sent once, late.
    """
    with database.reading() as session:
        workspace_id = workspace_named(session, workspace).id
        due = [(row.id, _digest(row), _utc(row.next_at)) for row in _due(session, workspace_id, now)]
        words, open_alerts = words_of(session, workspace_id), _open(session, workspace_id)
    sent = 0
    for number, digest, at in due:
        day = _last_day(database, digest, at, now)
        days = days_of(digest, day, database.settings.calendar)
        message = digest_message(database, workspace, digest, days, words, open_alerts)
        if now - at > LATE:
            message = replace(message, remark=_late(database, at, message.remark))
        sent += _queue(database, workspace_id, number, at, message, now)
    return sent


def _queue(database: Database, workspace_id: int, number: int, at: datetime, message: Message, now: datetime) -> bool:
    """Queue a digest in every place, unless another process has, or somebody changed it meanwhile."""
    with database.writing() as session:
        lock_workspace(session, workspace_id)
        row = session.get(Row, number)
        if row is None or not row.is_enabled or _utc(row.next_at) != at:
            return False
        digest = _digest(row)
        places = Places(session, database.settings, workspace_id).of_channels(digest.channels)
        for place in places:
            enqueue(
                session,
                workspace_id,
                channel_id=place.channel_id,
                destination=place.destination,
                kind="digest",
                message=message,
                now=now,
            )
        row.next_at = next_at(digest, now, database.settings.zone, database.settings.calendar)
        row.last_at = now if places else row.last_at
        return bool(places)


def _last_day(database: Database, digest: Digest, at: datetime, now: datetime) -> date:
    """Return the day of the newest digest that was due: of several that were missed one is sent."""
    zone, calendar = database.settings.zone, database.settings.calendar
    while (later := next_at(digest, at, zone, calendar)) <= now:
        at = later
    return at.astimezone(zone).date()


def _late(database: Database, at: datetime, remark: str) -> str:
    local = at.astimezone(database.settings.zone)
    late = f"It comes late: it was due on {local:%-d %b %Y} at {local:%H:%M}, when nothing could be sent"
    return f"{late}. {remark}" if remark else late


def _due(session: Session, workspace_id: int, now: datetime) -> Sequence[Row]:
    return session.scalars(
        select(Row)
        .where(Row.workspace_id == workspace_id, Row.is_enabled.is_(True), Row.next_at <= now)
        .order_by(Row.id)
    ).all()


def _open(session: Session, workspace_id: int) -> int:
    query = select(Alert.id).where(Alert.workspace_id == workspace_id, Alert.status.in_(OPEN))
    return len(session.scalars(query).all())


def _check_channels(session: Session, workspace_id: int, digest: Digest) -> None:
    there = set(
        session.scalars(select(Channel.id).where(Channel.workspace_id == workspace_id, Channel.deleted_at.is_(None)))
    )
    if not digest.channels:
        raise DigestRefused("channels", "Choose at least one channel for the digest.")
    if wrong := next((number for number in digest.channels if number not in there), None):
        raise DigestRefused("channels", f"There is no channel {wrong}.")


def _check_name(session: Session, workspace_id: int, digest: Digest, number: int | None) -> None:
    rows = session.execute(select(Row.id, Row.name).where(Row.workspace_id == workspace_id))
    if any(row.name.casefold() == digest.name.casefold() and row.id != number for row in rows):
        raise DigestRefused("name", f"There is a digest {digest.name} already; choose another name.")


def _check_seen(row: Row | None, version: str | None) -> None:
    if row is not None and version and version != _version(row):
        raise Conflict(f"Somebody else has changed the digest {row.name} meanwhile; open it again.")


def _version(row: Row) -> str:
    return _utc(row.updated_at).strftime("%Y%m%d%H%M%S%f")


def _row(row: Row) -> DigestRow:
    last_at = row.last_at and _utc(row.last_at)
    return DigestRow(row.id, _digest(row), _utc(row.next_at), last_at, row.created_by, _version(row))


def _found(session: Session, workspace_id: int, number: int) -> Row:
    row = session.get(Row, number)
    if row is None or row.workspace_id != workspace_id:
        raise NotFound.saying(f"There is no digest {number}.")
    return row


def _digest(row: Row) -> Digest:
    return Digest.from_json({**row.config, "name": row.name, "is_enabled": row.is_enabled})


def _utc(moment: datetime) -> datetime:
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
