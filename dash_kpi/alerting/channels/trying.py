"""Trying a channel: whether it can be reached, and a message that takes the real way."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select

from dash_kpi.alerting.channels import vault
from dash_kpi.alerting.channels.given import ChannelRefused
from dash_kpi.alerting.channels.shown import Sending
from dash_kpi.alerting.channels.store import config_of, found, wanted_of
from dash_kpi.alerting.channels.table import TRANSPORTS
from dash_kpi.alerting.channels.transport import ChannelProblem, Config
from dash_kpi.alerting.messages.message import Line, Message
from dash_kpi.alerting.outbox.park import unpark
from dash_kpi.alerting.outbox.queue import enqueue
from dash_kpi.errors import NotFound, Refused
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Channel, Delivery

OVER = ("sent", "failed", "dropped", "parked", "unknown")


def connect(
    database: Database, workspace: str, given: Mapping[str, Any] | None, now: datetime, number: int | None = None
) -> str:
    """Ask a channel, as it is or as `given` would make it, whether it takes messages; return what it says.

    Where the one that is kept works, what waited for it goes on. Raises ChannelRefused with the field, NotFound.
    """
    with database.reading() as session:
        row = found(session, workspace, number) if number is not None else None
        if given is None and row is not None:
            kind, config = row.kind, config_of(database.settings, row)
        else:
            wanted = wanted_of(database.settings, given or {}, row)
            kind, config = wanted.kind, Config(number or 0, wanted.name, wanted.all, database.settings)
        is_stuck = row is not None and bool(row.problem)
    if kind not in TRANSPORTS:
        raise NotFound("kind of channel", kind, TRANSPORTS)
    try:
        sentence = TRANSPORTS[kind].test(config)
    except ChannelProblem as problem:
        raise ChannelRefused(problem.field, str(problem)) from None
    if given is None and number is not None and is_stuck:
        with database.writing() as session:
            waited = unpark(session, number, now)
        return f"{sentence.rstrip('.')}. It works again; {waited:,} of its messages waited and go on."
    return sentence


def send_test(database: Database, workspace: str, number: int, by: str, now: datetime) -> tuple[int, ...]:
    """Write down a test message to each destination of a channel, and return their numbers for `sendings`.

    It goes the way that every message goes. Raises NotFound, Refused where the channel takes nothing now.
    """
    with database.writing() as session:
        row = found(session, workspace, number)
        if row.kind not in TRANSPORTS:
            raise NotFound("kind of channel", row.kind, TRANSPORTS)
        try:
            values = config_of(database.settings, row).values
        except vault.Locked as error:
            raise Refused(str(error)) from None
        _refuse_stuck(row)
        return tuple(
            enqueue(
                session,
                row.workspace_id,
                channel_id=row.id,
                destination=destination,
                kind="test",
                message=_message(database, row.name, by),
                now=now,
            ).id
            for destination in TRANSPORTS[row.kind].destinations(values)
        )


def sendings(database: Database, workspace: str, numbers: Sequence[int]) -> tuple[Sending, ...]:
    """Return what has become of messages so far."""
    with database.reading() as session:
        workspace_id = workspace_named(session, workspace).id
        rows = session.scalars(
            select(Delivery)
            .where(Delivery.workspace_id == workspace_id, Delivery.id.in_(numbers), Delivery.kind == "test")
            .order_by(Delivery.id)
        )
        return tuple(Sending(row.id, row.destination, row.status, row.status in OVER, _sentence(row)) for row in rows)


def _refuse_stuck(row: Channel) -> None:
    if not row.is_enabled:
        raise Refused(f"{row.name} is switched off; switch it on to send a test.")
    if row.problem:
        raise Refused(f"{row.name} does not work: {row.problem} When that is mended, test its connection.")


def _message(database: Database, name: str, by: str) -> Message:
    link = f"{database.settings.base_url}/settings/channels"
    line = Line(f"This is a test of the channel {name}, asked for by {by}. No KPI is out of its limits.", link=link)
    return Message(
        "test", "Test of Dash KPI: messages arrive here", (line,), link=link, locale=database.settings.locale
    )


def _sentence(row: Delivery) -> str:
    reason = (row.reason or "").rstrip(".")
    why = f": {reason}" if reason else ""
    words = {
        "queued": f"{row.destination}: waiting to be sent{why}",
        "sending": f"{row.destination}: being sent",
        "sent": f"{row.destination}: sent",
        "unknown": f"{row.destination}: nobody can say yet whether it arrived{why}",
        "parked": f"{row.destination}: not sent{why}",
        "failed": f"{row.destination}: refused{why}",
        "dropped": f"{row.destination}: not sent{why}",
    }
    return f"{words[row.status]}."
