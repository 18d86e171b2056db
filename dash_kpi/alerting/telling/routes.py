"""Routes: which alerts go to which channels, and to whom next when nobody acknowledges them.

An alert goes to the channels of every route that fits it. A rule that names channels itself goes to these. As long as
there is no route at all, everything goes to every channel.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.alerting.rules.rule import SEVERITIES, Rule
from dash_kpi.alerting.telling.route_given import Route, RouteRefused, checked
from dash_kpi.errors import Conflict, NotFound
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.definitions import definitions_at
from dash_kpi.storage.models import Channel, Workspace
from dash_kpi.storage.models import Route as Row


@dataclass(frozen=True, slots=True)
class RouteChange:
    """What a decision about a route did; `former` is what brings back what was there before."""

    id: int
    sentence: str
    former: Mapping[str, Any] | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the change as plain values."""
        return asdict(self)


def wanted_channels(session: Session, workspace_id: int, rule: Rule) -> tuple[int, ...]:
    """Return the channels that the alerts of a rule would go to if all of them worked."""
    if rule.channels:
        return tuple(dict.fromkeys(rule.channels))
    rows = _rows(session, workspace_id)
    if not rows:
        return _working(session, workspace_id)
    tags = {*rule.tags, *kpi_tags(session, workspace_id).get(rule.kpi, ())}
    fitting = [row for row in rows if fits(row, rule.severity, tags)]
    return tuple(dict.fromkeys(number for row in fitting for number in row.channel_ids))


def kpi_tags(session: Session, workspace_id: int) -> Mapping[str, Collection[str]]:
    """Return the tags that people gave to KPIs, by the KPI's name: routes take them like those of a rule."""
    revision = session.get_one(Workspace, workspace_id).revision
    return {one.name: one.tags for one in definitions_at(session, workspace_id, revision)}


def fits(row: Row, severity: str, tags: Collection[str]) -> bool:
    """Tell whether a route takes alerts of a severity whose rule and KPI have these tags, in whatever case."""
    given = {tag.casefold() for tag in tags}
    return (not row.severities or severity in row.severities) and (
        not row.tags or any(tag.casefold() in given for tag in row.tags)
    )


def routes(database: Database, workspace: str) -> tuple[Route, ...]:
    """Return the routes of a workspace in their order."""
    with database.reading() as session:
        return tuple(map(_route, _rows(session, workspace_named(session, workspace).id)))


def without_route(known: Sequence[Route]) -> tuple[str, ...]:
    """Return the severities of which some alerts go nowhere, whatever their tags; none where there is no route."""
    if not known:
        return ()
    taken = {one for route in known if not route.tags for one in (route.severities or SEVERITIES)}
    return tuple(one for one in SEVERITIES if one not in taken)


def save(
    database: Database,
    workspace: str,
    given: Mapping[str, Any],
    by: str,
    now: datetime,
    number: int | None = None,
    version: str | None = None,
) -> RouteChange:
    """Add a route at the end, or at `position`; or change the one with this number.

    `given` has the fields of `Route`. Raises RouteRefused with the field, NotFound, Conflict.
    """
    with database.writing() as session:
        workspace_id = workspace_named(session, workspace).id
        rows = _rows(session, workspace_id)
        row = _found(rows, number) if number is not None else None
        _check_seen(row, version)
        former = _route(row).as_json() if row else None
        wanted = checked({**(former or {}), **given}, _there(session, workspace_id))
        if any(one.name.casefold() == wanted.name.casefold() and one is not row for one in rows):
            raise RouteRefused("name", f"There is a route {wanted.name} already; choose another name.")
        if row is None:
            row = Row(workspace_id=workspace_id, created_at=now, created_by=by, updated_at=now, position=len(rows) + 1)
            session.add(row)
            rows = [*rows, row]
        _write(row, wanted, now)
        if given.get("position") and former is None:
            _place(rows, row, wanted.position)
        session.flush()
        return RouteChange(row.id, f"Route {row.name} {'changed' if former else 'added'}.", former)


def move(database: Database, workspace: str, number: int, position: int) -> RouteChange:
    """Put a route at another place in the list, from 1. Raises NotFound."""
    with database.writing() as session:
        rows = _rows(session, workspace_named(session, workspace).id)
        row = _found(rows, number)
        _place(rows, row, position)
        return RouteChange(row.id, f"Route {row.name} is number {row.position} now.")


def remove(
    database: Database, workspace: str, number: int, by: str, now: datetime, version: str | None = None
) -> RouteChange:
    """Remove a route; `former` of the answer, saved, brings it back. Raises NotFound, Conflict."""
    with database.writing() as session:
        rows = _rows(session, workspace_named(session, workspace).id)
        row = _found(rows, number)
        _check_seen(row, version)
        former = _route(row).as_json()
        session.delete(row)
        for place, one in enumerate((one for one in rows if one is not row), 1):
            one.position = place
        rest = "" if len(rows) > 1 else " Without a route, every alert goes to every channel."
        return RouteChange(row.id, f"Route {row.name} removed by {by}.{rest}", former)


def _rows(session: Session, workspace_id: int) -> Sequence[Row]:
    return session.scalars(select(Row).where(Row.workspace_id == workspace_id).order_by(Row.position, Row.id)).all()


def _working(session: Session, workspace_id: int) -> tuple[int, ...]:
    wanted = select(Channel.id).where(
        Channel.workspace_id == workspace_id, Channel.deleted_at.is_(None), Channel.is_enabled
    )
    return tuple(session.scalars(wanted.order_by(Channel.id)))


def _there(session: Session, workspace_id: int) -> set[int]:
    return set(
        session.scalars(select(Channel.id).where(Channel.workspace_id == workspace_id, Channel.deleted_at.is_(None)))
    )


def _found(rows: Sequence[Row], number: int) -> Row:
    row = next((row for row in rows if row.id == number), None)
    if row is None:
        raise NotFound.saying(f"There is no route {number}.")
    return row


def _check_seen(row: Row | None, version: str | None) -> None:
    if row is not None and version and version != _version(row):
        raise Conflict(f"Somebody else has changed the route {row.name} meanwhile; open it again.")


def _write(row: Row, wanted: Route, now: datetime) -> None:
    row.name, row.severities, row.tags = wanted.name, list(wanted.severities), list(wanted.tags)
    row.channel_ids, row.escalate_hours = list(wanted.channels), wanted.escalate_hours
    row.escalate_channel_ids = list(wanted.escalate_channels)
    row.updated_at = max(now, row.updated_at + timedelta(microseconds=1))


def _place(rows: Sequence[Row], row: Row, position: int) -> None:
    others = [one for one in rows if one is not row]
    others.insert(max(0, min(position - 1, len(others))), row)
    for place, one in enumerate(others, 1):
        one.position = place


def _route(row: Row) -> Route:
    return Route(
        row.name,
        tuple(row.channel_ids),
        tuple(row.severities),
        tuple(row.tags),
        row.escalate_hours,
        tuple(row.escalate_channel_ids),
        row.id,
        row.position,
        _version(row),
    )


def _version(row: Row) -> str:
    return row.updated_at.astimezone(UTC).strftime("%Y%m%d%H%M%S%f")
