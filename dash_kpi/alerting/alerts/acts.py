"""What people do about alerts: acknowledge, snooze, assign, comment; to many at once, each kept as an event."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta, tzinfo
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from dash_kpi.alerting.alerts.follow_ups import follow_up
from dash_kpi.alerting.alerts.values import OPEN, Act, AlertRefused, Done, moment
from dash_kpi.alerting.rules.judge import Snoozed
from dash_kpi.errors import NotFound
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Alert, AlertEvent, ThresholdState

MOST_ALERTS = 1000
MOST_COMMENT, MOST_ASSIGNEE = 1000, 255
LONGEST_SNOOZE = timedelta(days=366)

Wish = dict[str, Any]
Change = Callable[[Alert], AlertEvent | str]  # what happened to it, or why nothing did
Afterwards = Callable[[Session, list[Alert]], None]


def acknowledge(database: Database, workspace: str, ids: Sequence[int], by: str, comment: str, now: datetime) -> Done:
    """Say that somebody cares about these alerts: no repeats, no escalation. Told in the threads of their messages.

    Raises AlertRefused, NotFound.
    """
    text = _text("comment", comment, MOST_COMMENT)

    def change(row: Alert) -> AlertEvent | str:
        if row.status == "acknowledged":
            already = f"was acknowledged already, by {row.acknowledged_by}"
            return _event(row, "commented", by, text, now) if text else already
        row.status, row.acknowledged_at, row.acknowledged_by = "acknowledged", now, by
        row.snoozed_until, row.snooze = None, None
        return _event(row, "acknowledged", by, text, now)

    def tell(session: Session, rows: list[Alert]) -> None:
        follow_up(session, database.settings, rows, f"Acknowledged by {by}", text, now)

    return _each(database, workspace, ids, "acknowledge", "acknowledged", change, now, tell)


def unacknowledge(database: Database, workspace: str, ids: Sequence[int], by: str, now: datetime) -> Done:
    """Take an acknowledgement back: the alerts are open again. Raises NotFound."""

    def change(row: Alert) -> AlertEvent | str:
        if row.acknowledged_at is None:
            return "was not acknowledged"
        row.status = "snoozed" if row.status == "snoozed" else "open"
        row.acknowledged_at = row.acknowledged_by = None
        return _event(row, "unacknowledged", by, "", now)

    def tell(session: Session, rows: list[Alert]) -> None:
        follow_up(session, database.settings, rows, f"Acknowledgement taken back by {by}", "", now)

    return _each(database, workspace, ids, "unacknowledge", "open again", change, now, tell)


def snooze(
    database: Database,
    workspace: str,
    ids: Sequence[int],
    until: datetime,
    by: str,
    now: datetime,
    worse_by: float | None = None,
    comment: str = "",
) -> Done:
    """Be quiet about these alerts until a moment, or until they are worse by a share of the value they have now.

    Raises AlertRefused, NotFound.
    """
    text = _text("comment", comment, MOST_COMMENT)
    _check_snooze(until, now, worse_by)
    words = _until(until, database.settings.zone, worse_by)

    def change(row: Alert) -> AlertEvent | str:
        if row.status == "snoozed" and row.snoozed_until == until and (row.snooze or {}).get("worse_by") == worse_by:
            return f"was snoozed {words} already"
        row.status, row.snoozed_until = "snoozed", until
        row.snooze = {"by": by, "worse_by": worse_by, "value": row.current_value, "excess": _excess(row)}
        return _event(row, "snoozed", by, f"{words}. {text}" if text else words, now)

    return _each(database, workspace, ids, "snooze", f"snoozed {words}", change, now)


def unsnooze(database: Database, workspace: str, ids: Sequence[int], by: str, now: datetime) -> Done:
    """Wake snoozed alerts before their time; what was acknowledged is so again. Raises NotFound."""

    def change(row: Alert) -> AlertEvent | str:
        if row.status != "snoozed":
            return "was not snoozed"
        wake(row)
        return _event(row, "unsnoozed", by, "", now)

    return _each(database, workspace, ids, "unsnooze", "awake again", change, now)


def assign(database: Database, workspace: str, ids: Sequence[int], assignee: str, by: str, now: datetime) -> Done:
    """Say who takes care of these alerts; "" is nobody. Raises AlertRefused, NotFound."""
    name = _text("assignee", assignee, MOST_ASSIGNEE)
    words = f"assigned to {name}" if name else "assigned to nobody"

    def change(row: Alert) -> AlertEvent | str:
        if row.assignee == name:
            return f"was {words} already"
        row.assignee = name
        return _event(row, "assigned", by, f"to {name}" if name else "to nobody", now)

    return _each(database, workspace, ids, "assign", words, change, now)


def comment(database: Database, workspace: str, ids: Sequence[int], text: str, by: str, now: datetime) -> Done:
    """Write something under these alerts, open or over. Raises AlertRefused, NotFound."""
    said = _text("comment", text, MOST_COMMENT)
    if not said:
        raise AlertRefused("comment", "A comment needs a text.")

    def change(row: Alert) -> AlertEvent | str:
        return _event(row, "commented", by, said, now)

    return _each(database, workspace, ids, "comment", "commented on", change, now, only_open=False)


def wake(row: Alert) -> None:
    """End the snooze of an alert, whose time has come or who has worsened."""
    row.status = "acknowledged" if row.acknowledged_at else "open"
    row.snoozed_until = row.snooze = None


def snoozed_of(row: Alert) -> Snoozed | None:
    """Return the snooze of an alert as the state machine takes it."""
    if row.status != "snoozed" or row.snoozed_until is None:
        return None
    kept = row.snooze or {}
    return Snoozed(row.snoozed_until, kept.get("value"), kept.get("excess"), kept.get("worse_by"))


def _each(
    database: Database,
    workspace: str,
    ids: Sequence[int],
    act: Act,
    words: str,
    change: Change,
    now: datetime,
    afterwards: Afterwards | None = None,
    *,
    only_open: bool = True,
) -> Done:
    """Do the same to many alerts, in one transaction; what cannot be done to one does not hinder the others."""
    zone = database.settings.zone
    with database.writing() as session:
        rows = locked(session, workspace, ids)
        changed: list[Alert] = []
        kept: list[tuple[int, str]] = []
        undo: list[tuple[int, Wish]] = []
        for row in rows:
            wish = _undoing(act, row, now)
            found = f"was {row.status} meanwhile" if only_open and row.status not in OPEN else change(row)
            if isinstance(found, str):
                kept.append((row.id, found))
                continue
            row.updated_at = now
            session.add(found)
            changed.append(row)
            undo += [(row.id, wish)] if wish else []
        if changed and afterwards:
            afterwards(session, changed)
        _judge_soon(session, changed, now)
        numbers = tuple(row.id for row in changed)
        return Done(act, numbers, tuple(kept), sentence(numbers, kept, words), _joined(undo, zone))


def locked(session: Session, workspace: str, ids: Sequence[int]) -> list[Alert]:
    """Return alerts that nobody else can change until the transaction ends. Raises NotFound, AlertRefused."""
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        raise AlertRefused("ids", "No alert is chosen.")
    if len(wanted) > MOST_ALERTS:
        raise AlertRefused("ids", f"{len(wanted):,} alerts are chosen; {MOST_ALERTS:,} are the most.")
    workspace_id = workspace_named(session, workspace).id
    found = session.scalars(
        select(Alert).where(Alert.workspace_id == workspace_id, Alert.id.in_(wanted)).with_for_update()
    )
    rows = {row.id: row for row in found}
    for number in wanted:
        if number not in rows:
            raise NotFound.saying(f"There is no alert {number}.")
    return [rows[number] for number in wanted]


def sentence(changed: Sequence[int], kept: Sequence[tuple[int, str]], words: str) -> str:
    """Say what was done, and what not and why."""
    parts = []
    if len(changed) == 1:
        parts.append(f"Alert {changed[0]} is {words}.")
    elif changed:
        parts.append(f"{len(changed)} alerts are {words}.")
    reasons: dict[str, list[int]] = {}
    for number, reason in kept:
        reasons.setdefault(reason, []).append(number)
    for reason, numbers in reasons.items():
        one = f"Alert {numbers[0]} {reason}."
        parts.append(one if len(numbers) == 1 else f"{len(numbers)} alerts {reason.replace('was ', 'were ', 1)}.")
    return " ".join(parts)


def _undoing(act: Act, row: Alert, now: datetime) -> Wish | None:
    """Return the wish that takes an act back, from what the alert was before it."""
    if act == "acknowledge" and row.status == "acknowledged":
        return None
    if act == "assign":
        return {"act": "assign", "assignee": row.assignee}
    if act == "unacknowledge":
        return {"act": "acknowledge"}
    is_snoozed = row.status == "snoozed" and row.snoozed_until is not None and row.snoozed_until > now
    if act in ("acknowledge", "snooze", "unsnooze") and is_snoozed:
        return {"act": "snooze", "until": row.snoozed_until, "worse_by": (row.snooze or {}).get("worse_by")}
    return {"acknowledge": {"act": "unacknowledge"}, "snooze": {"act": "unsnooze"}}.get(act)


def _joined(undo: list[tuple[int, Wish]], zone: tzinfo) -> tuple[Wish, ...]:
    """Put those that are taken back in the same way together."""
    found: dict[str, Wish] = {}
    for number, wish in undo:
        if "until" in wish:
            wish = wish | {"until": wish["until"].astimezone(zone).isoformat()}
        found.setdefault(repr(sorted(wish.items())), wish | {"ids": []})["ids"].append(number)
    return tuple(found.values())


def _judge_soon(session: Session, rows: list[Alert], now: datetime) -> None:
    """Have alerts judged again by the clock: when they are told again may have changed."""
    session.execute(
        update(ThresholdState)
        .where(ThresholdState.alert_id.in_([row.id for row in rows]))
        .values(due_at=now)
        .execution_options(synchronize_session=False)
    )


def _event(row: Alert, kind: str, by: str, text: str, now: datetime) -> AlertEvent:
    return AlertEvent(alert_id=row.id, at=now, kind=kind, actor=by, text=text)


def _excess(row: Alert) -> float | None:
    if row.current_value is None or row.threshold_value is None:
        return None
    return abs(row.current_value - row.threshold_value)


def _check_snooze(until: datetime, now: datetime, worse_by: float | None) -> None:
    if until <= now:
        raise AlertRefused("until", "A snooze ends in the future.")
    if until - now > LONGEST_SNOOZE:
        raise AlertRefused("until", f"A snooze lasts {LONGEST_SNOOZE.days} days at most.")
    if worse_by is not None and not 0 < worse_by <= 100:
        raise AlertRefused("worse_by", f"{worse_by:g} is no share by which an alert can worsen; 0.1 is a tenth.")


def _until(until: datetime, zone: tzinfo, worse_by: float | None) -> str:
    words = f"until {moment(until, zone)}"
    return words if worse_by is None else f"{words}, or until it is worse by {worse_by * 100:g} %"


def _text(field: str, given: str, most: int) -> str:
    text = given.strip()
    if len(text) > most:
        raise AlertRefused(field, f"The {field} has {len(text):,} characters; {most:,} are the most.")
    return text
