"""Telling: what one judging found is grouped, routed and queued, in its transaction.

All that fires is one message to each place. What becomes of it afterwards goes into the thread of the message that
told it there. What quiet hours hold back is a message of its own, which goes when they end.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.alerting.judging.told import Told
from dash_kpi.alerting.messages.compose import Composer, is_found
from dash_kpi.alerting.messages.templates import words_of
from dash_kpi.alerting.outbox.queue import enqueue
from dash_kpi.alerting.telling.places import Place, Places
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import AlertEvent, Delivery, DeliveryAlert

SYSTEM = "Dash KPI"
SAID = ("queued", "sending", "sent", "unknown", "parked")  # what has been said, or will be
BEGINS = ("firing", "escalated", "correction")  # lines that begin a thread where they stand in none


class Thread(NamedTuple):
    """The message that told of an alert in one place, and when it goes."""

    delivery_id: int
    due_at: datetime


Known = Mapping[int, Collection[Place]]
Threads = dict[tuple[Place, int], Thread]  # by place and alert


class Group(NamedTuple):
    """What becomes one message: the same place, thread and time."""

    place: Place
    thread: Thread | None
    held_until: datetime | None
    tells: str  # "" at the beginning of a thread: what fires and what is told again may stand together


def tell(
    database: Database,
    session: Session,
    workspace_id: int,
    told: Sequence[Told],
    now: datetime,
    known: Known | None = None,
) -> None:
    """Queue the messages about what one judging found, in the caller's transaction.

    `known` are the places, by alert, where that it fires has been said already, or is about to be.
    """
    if not told:
        return
    places = Places(session, database.settings, workspace_id)
    composer = Composer.of(database.settings, words_of(session, workspace_id))
    moment = now.astimezone(UTC)
    newest = list({(one.alert_id, one.tells): one for one in told}.values())
    for group, some in grouped(session, places, newest, moment, known).items():
        due_at = max(moment, _utc(group.held_until) or moment)
        if group.thread:
            due_at = max(due_at, group.thread.due_at)
        message = composer.message(some)
        enqueue(
            session,
            workspace_id,
            channel_id=group.place.channel_id,
            destination=group.place.destination,
            kind=message.kind,
            message=message,
            now=moment,
            alerts=[(one.alert_id, one.tells) for one in some],
            parent_id=group.thread.delivery_id if group.thread else None,
            due_at=due_at,
        )


def grouped(
    session: Session, places: Places, told: Sequence[Told], now: datetime, known: Known | None = None
) -> dict[Group, list[Told]]:
    """Return what goes where, each alert at most once to a place, and note where nobody is told."""
    threads = threads_of(session, [one.alert_id for one in told if one.tells != "firing"])
    groups: dict[Group, list[Told]] = defaultdict(list)
    for one in told:
        there = (known or {}).get(one.alert_id, ())
        found = [group for group in _groups(one, places, threads) if group.thread or group.place not in there]
        for group in found:
            groups[group].append(one)
        if not found and not there and (one.tells == "firing" or is_found(one)):
            text = f"Nobody was told: {places.why_none(one.rule)}"
            session.add(AlertEvent(alert_id=one.alert_id, at=now, kind="untold", actor=SYSTEM, text=text))
    return groups


def threads_of(session: Session, alert_ids: Sequence[int]) -> Threads:
    """Return the newest message that told of each alert in each place."""
    rows = session.execute(
        select(DeliveryAlert.alert_id, Delivery.id, Delivery.channel_id, Delivery.destination, Delivery.due_at)
        .join(Delivery, Delivery.id == DeliveryAlert.delivery_id)
        .where(
            DeliveryAlert.alert_id.in_(alert_ids),
            DeliveryAlert.line_kind.in_(BEGINS),
            Delivery.parent_id.is_(None),
            Delivery.status.in_(SAID),
        )
        .order_by(Delivery.id)
    )
    return {
        (Place(row.channel_id, row.destination), row.alert_id): Thread(row.id, _utc(row.due_at) or row.due_at)
        for row in rows
    }


def _groups(told: Told, places: Places, threads: Threads) -> Iterable[Group]:
    """Yield where one alert is told: what is over only where it was told that it fires."""
    held = told.reason.held_until
    if told.tells == "firing":
        for place in places.of(told.rule):
            yield Group(place, None, held, "firing")
        return
    own = {place: thread for (place, number), thread in threads.items() if number == told.alert_id}
    own = {place: thread for place, thread in own.items() if place.channel_id in places.channels}
    for place, thread in own.items():
        yield Group(place, thread, held, told.tells)
    if told.tells == "resolved" or (told.tells == "correction" and not is_found(told)):
        return
    for place in places.of(told.rule):
        if place not in own:
            yield Group(place, None, held, told.tells)


def _utc(moment: datetime | None) -> datetime | None:
    if moment is None:
        return None
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
