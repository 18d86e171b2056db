"""Messages that did not arrive: which need somebody, what they are about, and what a person decides about them."""

from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.alerting.alerts.undelivered_values import About, Decided, Decision, Undelivered
from dash_kpi.alerting.alerts.untold import TELLING
from dash_kpi.alerting.alerts.values import OPEN, AlertRefused
from dash_kpi.alerting.outbox.people import delivery_in, leave, send_again
from dash_kpi.alerting.outbox.problem import Problem
from dash_kpi.alerting.outbox.problems import problems
from dash_kpi.errors import Refused
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Alert, AlertEvent, Delivery, DeliveryAlert

MOST_ALERTS = 5  # named of one problem
MOST_DELIVERIES = 1000  # decided about at once

DONE: dict[Decision, str] = {"resend": "sent again", "leave": "left unsent"}


def undelivered(database: Database, workspace: str) -> tuple[Undelivered, ...]:
    """Return which messages need somebody, the worst first. Raises NotFound for an unknown workspace."""
    with database.reading() as session:
        return undelivered_in(session, workspace_named(session, workspace).id)


def undelivered_in(session: Session, workspace_id: int) -> tuple[Undelivered, ...]:
    """Return the same within a session."""
    return tuple(_with_alerts(session, one) for one in problems(session, workspace_id))


def resend_messages(database: Database, workspace: str, ids: Sequence[int], by: str, now: datetime) -> Decided:
    """Send messages again that failed, or wait for a decision; what cannot be sent does not hinder the others.

    Raises AlertRefused, NotFound; Refused where the only one cannot be sent.
    """

    def change(session: Session, row: Delivery) -> None:
        if over := _over(session, row):
            raise Refused(f"Message {row.id} says that something fires, but {over}; leave it.")
        send_again(session, row, by, now)

    return _each(database, workspace, ids, "resend", change, by, now)


def leave_messages(database: Database, workspace: str, ids: Sequence[int], by: str, now: datetime) -> Decided:
    """Decide that messages are not sent again. Raises AlertRefused, NotFound; Refused where the only one is settled."""
    return _each(database, workspace, ids, "leave", lambda _, row: leave(row, by, now), by, now)


def _each(
    database: Database,
    workspace: str,
    ids: Sequence[int],
    act: Decision,
    change: Callable[[Session, Delivery], None],
    by: str,
    now: datetime,
) -> Decided:
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        raise AlertRefused("ids", "No message is chosen.")
    if len(wanted) > MOST_DELIVERIES:
        raise AlertRefused("ids", f"{len(wanted):,} messages are chosen; {MOST_DELIVERIES:,} are the most.")
    changed: list[int] = []
    kept: list[tuple[int, str]] = []
    with database.writing() as session:
        for number in wanted:
            row = delivery_in(session, workspace, number)
            try:
                change(session, row)
            except Refused as error:
                if len(wanted) == 1:
                    raise
                kept.append((number, str(error)))
                continue
            changed.append(number)
            _note(session, number, act, by, now)
    return Decided(act, tuple(changed), tuple(kept), _sentence(changed, kept, DONE[act]))


def _note(session: Session, delivery_id: int, act: Decision, by: str, now: datetime) -> None:
    """Write the decision into the life of every alert that the message speaks of."""
    kind = "resent" if act == "resend" else "unsent"
    for number in session.scalars(select(DeliveryAlert.alert_id).where(DeliveryAlert.delivery_id == delivery_id)):
        session.add(AlertEvent(alert_id=number, at=now, kind=kind, actor=by, text=f"message {delivery_id}"))


def _over(session: Session, row: Delivery) -> str:
    """Say that everything is over which a message says fires; "" where something still does, or it says no such."""
    found = session.execute(
        select(Alert.id, Alert.status)
        .join(DeliveryAlert, DeliveryAlert.alert_id == Alert.id)
        .where(DeliveryAlert.delivery_id == row.id, DeliveryAlert.line_kind.in_(TELLING))
        .order_by(Alert.id)
    ).all()
    if not found or any(one.status in OPEN for one in found):
        return ""
    one = found[0]
    return f"alert {one.id} is {one.status}" if len(found) == 1 else f"its {len(found)} alerts are over"


def _with_alerts(session: Session, problem: Problem) -> Undelivered:
    rows = session.execute(
        select(Alert.id, Alert.message, Alert.status)
        .join(DeliveryAlert, DeliveryAlert.alert_id == Alert.id)
        .where(DeliveryAlert.delivery_id.in_(problem.ids))
        .distinct()
        .order_by(Alert.id.desc())
    ).all()
    alerts = tuple(About(row.id, row.message, row.status in OPEN) for row in rows[:MOST_ALERTS])
    return Undelivered(problem, alerts, len(rows), tuple(row.id for row in rows if row.status in OPEN))


def _sentence(changed: Sequence[int], kept: Sequence[tuple[int, str]], words: str) -> str:
    parts = []
    if changed:
        parts.append(f"{'1 message is' if len(changed) == 1 else f'{len(changed):,} messages are'} {words}.")
    if kept:
        more = f" (and {len(kept) - 1:,} more)" if len(kept) > 1 else ""
        parts.append(f"{kept[0][1].rstrip('.')}{more}.")
    return " ".join(parts)
