"""The channels of a workspace: kept, changed, switched on and off, removed."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dash_kpi.alerting.channels import vault
from dash_kpi.alerting.channels.given import MOST_NAME, ChannelRefused, Given, checked, kind_of
from dash_kpi.alerting.channels.moving import move
from dash_kpi.alerting.channels.opening import (
    destinations_of,
    known_of,
    secrets_of,
    state_of,
    version_of,
    why_locked,
)
from dash_kpi.alerting.channels.shown import Change, ChannelRow, Last
from dash_kpi.alerting.channels.table import TRANSPORTS
from dash_kpi.alerting.channels.transport import Config, Transport
from dash_kpi.alerting.channels.uses import uses_of
from dash_kpi.alerting.outbox.park import unpark
from dash_kpi.errors import Conflict, NotFound, Refused
from dash_kpi.settings import Settings
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Channel, Delivery

WAITING = ("queued", "sending", "unknown")


def channels(database: Database, workspace: str) -> tuple[ChannelRow, ...]:
    """Return the channels of a workspace in the order of their names."""
    with database.reading() as session:
        rows = _rows(session, workspace)
        counts, lasts = _counts(session), _lasts(session, [row.id for row in rows])
        return tuple(_shown(database.settings, row, counts, lasts.get(row.id)) for row in rows)


def channel(database: Database, workspace: str, number: int) -> ChannelRow:
    """Return one channel. Raises NotFound."""
    with database.reading() as session:
        row = found(session, workspace, number)
        return _shown(database.settings, row, _counts(session), _lasts(session, [number]).get(number))


def numbered(database: Database, workspace: str, name: str) -> int:
    """Return the number of the channel that has this name, or this number. Raises NotFound."""
    rows = channels(database, workspace)
    known = {row.name.casefold(): row.id for row in rows}
    if name.isascii() and name.isdecimal() and int(name) in known.values():
        return int(name)
    if name.casefold() not in known:
        raise NotFound("channel", name, [row.name for row in rows])
    return known[name.casefold()]


def save(
    database: Database,
    workspace: str,
    given: Mapping[str, Any],
    by: str,
    now: datetime,
    number: int | None = None,
    version: str | None = None,
) -> Change:
    """Add a channel, or change the one with this number; `version` is the one that the person saw.

    `given` has name, kind, values, on_unknown and forget; what it leaves out stays, and an empty secret is kept. What
    was parked goes on. Raises ChannelRefused with the field, NotFound, Conflict.
    """
    with database.writing() as session:
        workspace_id = workspace_named(session, workspace).id
        row = found(session, workspace, number) if number is not None else None
        check_seen(row, version)
        wanted = wanted_of(database.settings, given, row)
        _free_name(session, workspace_id, wanted.name, number)
        if row is None:
            row = _new(workspace_id, wanted, by, now)
            session.add(row)
            done = "added"
        else:
            old = destinations_of(row.kind, known_of(database.settings, row))
            move(session, row.id, old, destinations_of(row.kind, wanted.all), now)
            done = "changed"
        row.name, row.on_unknown = wanted.name, wanted.on_unknown
        row.config, row.secrets = dict(wanted.values), vault.sealed(database.settings, wanted.secrets)
        _touch(row, now)
        session.flush()
        waited = unpark(session, row.id, now) if row.is_enabled else 0
        goes_on = f" {_messages(waited)} that waited {'goes' if waited == 1 else 'go'} on." if waited else ""
        return _change(row, f"Channel {row.name} {done}.{goes_on}", wanted.made)


def set_enabled(
    database: Database,
    workspace: str,
    number: int,
    is_enabled: bool,
    by: str,
    now: datetime,
    version: str | None = None,
) -> Change:
    """Switch a channel on or off; while it is off, nothing new goes to it. Raises NotFound, Conflict."""
    with database.writing() as session:
        row = found(session, workspace, number)
        check_seen(row, version)
        row.is_enabled = is_enabled
        _touch(row, now)
        waited = unpark(session, row.id, now) if is_enabled else 0
        goes_on = f" {_messages(waited)} that waited {'goes' if waited == 1 else 'go'} on." if waited else ""
        return _change(row, f"Channel {row.name} switched {'on' if is_enabled else 'off'} by {by}.{goes_on}")


def remove(
    database: Database, workspace: str, number: int, by: str, now: datetime, version: str | None = None
) -> Change:
    """Remove a channel; its past messages stay. Raises NotFound, Conflict, and Refused while something names it."""
    with database.writing() as session:
        row = found(session, workspace, number)
        check_seen(row, version)
        if used := uses_of(session, row.workspace_id, row.id):
            raise Refused(
                f"{row.name} cannot be removed while {used}. Choose another channel there, or switch this one off."
            )
        row.deleted_at = now
        _touch(row, now)
        return _change(row, f"Channel {row.name} removed by {by}.")


def restore(database: Database, workspace: str, number: int, by: str, now: datetime) -> Change:
    """Bring a removed channel back. Raises NotFound, ChannelRefused where its name is taken."""
    with database.writing() as session:
        row = session.get(Channel, number)
        if row is None or row.workspace_id != workspace_named(session, workspace).id:
            raise NotFound.saying(f"There is no channel {number}.")
        if row.deleted_at is not None:
            _free_name(session, row.workspace_id, row.name, number)
            row.deleted_at = None
            _touch(row, now)
        return _change(row, f"Channel {row.name} brought back by {by}.")


def retry(database: Database, workspace: str, number: int, by: str, now: datetime) -> Change:
    """Let everything that waits for a channel go on, after something was mended elsewhere. Raises NotFound, Refused."""
    with database.writing() as session:
        row = found(session, workspace, number)
        vault.opened(database.settings, row.name, row.secrets)
        if not row.is_enabled:
            raise Refused(f"{row.name} is switched off; switch it on.")
        waited = unpark(session, row.id, now)
        goes_on = f"{_messages(waited)} {'goes' if waited == 1 else 'go'} on" if waited else "nothing waited"
        return _change(row, f"{row.name} is tried again, {by} asked for it: {goes_on}.")


def config_of(settings: Settings, row: Channel) -> Config:
    """Return a channel as its module takes it. Raises Locked where its secrets cannot be read."""
    values = {**row.config, **vault.opened(settings, row.name, row.secrets)}
    return Config(row.id, row.name, values, settings)


def problems_of_secrets(database: Database) -> list[str]:
    """Return a sentence for each channel whose secrets cannot be read, for checks of everything."""
    with database.reading() as session:
        rows = session.scalars(select(Channel).where(Channel.deleted_at.is_(None)).order_by(Channel.name)).all()
        locked = [row for row in rows if not vault.is_readable(database.settings, row.secrets)]
        return [why_locked(database.settings, row) for row in locked]


def seal_anew(database: Database, now: datetime) -> int:
    """Encrypt the secrets of every channel with the first key; return how many. Raises Locked."""
    with database.writing() as session:
        rows = [row for row in session.scalars(select(Channel)) if row.secrets]
        for row in rows:
            if row.deleted_at is None or vault.is_readable(database.settings, row.secrets):
                vault.opened(database.settings, row.name, row.secrets)
                row.secrets = vault.sealed_anew(database.settings, row.secrets)
        return len(rows)


def found(session: Session, workspace: str, number: int) -> Channel:
    """Return the row of a channel that is not removed. Raises NotFound."""
    row = session.get(Channel, number)
    if row is None or row.deleted_at is not None or row.workspace_id != workspace_named(session, workspace).id:
        raise NotFound.saying(f"There is no channel {number}.")
    return row


def wanted_of(settings: Settings, given: Mapping[str, Any], row: Channel | None) -> Given:
    """Return what a person wants of a new channel, or of one that there is. Raises ChannelRefused, NotFound."""
    if row is None:
        kind = kind_of(given, TRANSPORTS)
        return checked(given, kind, TRANSPORTS[kind], settings, {}, {})
    if given.get("kind") not in (None, "", row.kind):
        raise ChannelRefused("kind", "The kind of a channel stays as it is; add another channel.")
    transport = _transport(row.kind)
    whole = {"name": row.name, "on_unknown": row.on_unknown, **given}
    known = {one.name for one in transport.FIELDS}
    kept = {name: text for name, text in secrets_of(settings, row).items() if name in known}
    return checked(whole, row.kind, transport, settings, row.config, kept)


def check_seen(row: Channel | None, version: str | None) -> None:
    """Refuse to change what somebody else has changed meanwhile. Raises Conflict."""
    if row is not None and version and version != version_of(row):
        raise Conflict(f"Somebody else has changed the channel {row.name} meanwhile; open it again.")


def _rows(session: Session, workspace: str) -> Sequence[Channel]:
    wanted = select(Channel).where(
        Channel.workspace_id == workspace_named(session, workspace).id, Channel.deleted_at.is_(None)
    )
    return session.scalars(wanted.order_by(func.lower(Channel.name), Channel.id)).all()


def _counts(session: Session) -> dict[tuple[int, str], int]:
    """Count what is not over, by channel and status."""
    rows = session.execute(
        select(Delivery.channel_id, Delivery.status, func.count())
        .where(Delivery.status.in_((*WAITING, "parked")))
        .group_by(Delivery.channel_id, Delivery.status)
    )
    return {(number, status): count for number, status, count in rows}


def _lasts(session: Session, numbers: Sequence[int]) -> dict[int, Last]:
    """Return the newest message of each channel that something became of."""
    newest = (
        select(func.max(Delivery.id))
        .where(Delivery.channel_id.in_(numbers), Delivery.status.in_(("sent", "failed", "unknown", "parked")))
        .group_by(Delivery.channel_id)
    )
    return {
        row.channel_id: Last(row.status, row.kind, row.destination, row.reason or "", row.ended_at or row.created_at)
        for row in session.scalars(select(Delivery).where(Delivery.id.in_(newest)))
    }


def _shown(settings: Settings, row: Channel, counts: Mapping[tuple[int, str], int], last: Last | None) -> ChannelRow:
    transport = TRANSPORTS.get(row.kind)
    state, problem = state_of(settings, row)
    return ChannelRow(
        id=row.id,
        name=row.name,
        kind=row.kind,
        label=transport.LABEL if transport else row.kind,
        values={name: str(value) for name, value in row.config.items()},
        kept=tuple(secrets_of(settings, row)),
        destinations=destinations_of(row.kind, known_of(settings, row)),
        on_unknown=row.on_unknown,
        is_enabled=row.is_enabled,
        state=state,
        problem=problem,
        problem_since=row.problem_since if state == "parked" else None,
        paused_until=row.paused_until,
        waiting=sum(counts.get((row.id, status), 0) for status in WAITING),
        parked=counts.get((row.id, "parked"), 0),
        last=last,
        version=version_of(row),
    )


def _transport(kind: str) -> Transport:
    if kind not in TRANSPORTS:
        raise NotFound("kind of channel", kind, TRANSPORTS)
    return TRANSPORTS[kind]


def _new(workspace_id: int, wanted: Given, by: str, now: datetime) -> Channel:
    return Channel(
        workspace_id=workspace_id, kind=wanted.kind, is_enabled=True, created_at=now, created_by=by, updated_at=now
    )


def _free_name(session: Session, workspace_id: int, name: str, number: int | None) -> None:
    """Refuse a name that another channel has; a removed one gives it up. Raises ChannelRefused."""
    rows = session.scalars(select(Channel).where(Channel.workspace_id == workspace_id)).all()
    for row in rows:
        if row.id == number or row.name.casefold() != name.casefold():
            continue
        if row.deleted_at is None:
            raise ChannelRefused("name", f"There is a channel {row.name} already; choose another name.")
        ending = f" (removed {row.id})"
        row.name = row.name[: MOST_NAME - len(ending)] + ending
    session.flush()


def _touch(row: Channel, now: datetime) -> None:
    """Note that a person changed it; never the same moment twice, for it is the version."""
    row.updated_at = max(now, row.updated_at + timedelta(microseconds=1))


def _change(row: Channel, sentence: str, made: str = "") -> Change:
    return Change(row.id, row.name, sentence, version_of(row), made)


def _messages(count: int) -> str:
    return "1 message" if count == 1 else f"{count:,} messages"
