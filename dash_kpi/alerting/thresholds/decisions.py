"""What people decide about thresholds: every wording is a version, with who changed what, and can be brought back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from dash_kpi.alerting.alerts.follow_ups import follow_up
from dash_kpi.alerting.alerts.values import OPEN
from dash_kpi.alerting.rules.given import RuleRefused
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.thresholds.checks import check
from dash_kpi.alerting.thresholds.words import differences, sentence_of
from dash_kpi.errors import Conflict, NotFound, Refused
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Alert, AlertEvent, Threshold, ThresholdState, ThresholdVersion
from dash_kpi.storage.sources import lock_workspace


@dataclass(frozen=True, slots=True)
class Change:
    """What a decision did: the threshold, its version then, and a sentence."""

    number: int
    version: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Version:
    """One wording of a threshold; `rule` is None where it was removed."""

    number: int
    rule: Rule | None
    summary: str
    created_at: datetime
    created_by: str
    is_in_force: bool


Decide = Callable[[Rule | None], tuple[Rule | None, str]]  # from the rule in force to what is then, and what was done


def save(
    database: Database,
    workspace: str,
    given: Mapping[str, Any],
    by: str,
    now: datetime,
    *,
    number: int | None = None,
    version: int | None = None,
) -> Change:
    """Keep a new threshold, or change one; `version` is the one that the person saw, None where nobody looked.

    Raises RuleRefused with the field that is wrong, NotFound, and Conflict when somebody else was quicker.
    """
    rule = Rule.from_json(given)
    check(database, workspace, rule, None if number is None else _in_force(database, workspace, number))
    if number is None:
        return _add(database, workspace, rule, by, now)

    def decide(former: Rule | None) -> tuple[Rule | None, str]:
        return rule, differences(database, workspace, former, rule)

    return _change(database, workspace, number, by, now, decide, version)


def set_enabled(
    database: Database,
    workspace: str,
    number: int,
    is_enabled: bool,
    by: str,
    now: datetime,
    version: int | None = None,
) -> Change:
    """Switch a threshold on or off; what closes while it is off is history. Raises NotFound, Conflict."""

    def decide(former: Rule | None) -> tuple[Rule | None, str]:
        rule = replace(_there(former), is_enabled=is_enabled, paused_until=None)
        return rule, "switched on" if is_enabled else "switched off"

    return _change(database, workspace, number, by, now, decide, version)


def pause(
    database: Database,
    workspace: str,
    number: int,
    until: datetime | None,
    by: str,
    now: datetime,
    version: int | None = None,
) -> Change:
    """Pause a threshold until a moment; None ends the pause. Raises RuleRefused, NotFound, Conflict."""
    if until is not None and until <= now:
        raise RuleRefused("paused_until", "A pause ends in the future.")
    local = until and until.astimezone(database.settings.zone)

    def decide(former: Rule | None) -> tuple[Rule | None, str]:
        done = f"paused until {local.day} {local:%b %Y %H:%M}" if local else "pause ended"
        return replace(_there(former), paused_until=until), done

    return _change(database, workspace, number, by, now, decide, version)


def remove(
    database: Database, workspace: str, number: int, by: str, now: datetime, version: int | None = None
) -> Change:
    """Remove a threshold; its open alerts end, and it can be brought back. Raises NotFound, Conflict."""
    return _change(database, workspace, number, by, now, lambda former: (_there(former) and None, "removed"), version)


def restore(
    database: Database,
    workspace: str,
    number: int,
    wanted: int,
    by: str,
    now: datetime,
    version: int | None = None,
) -> Change:
    """Put an earlier version in force again. Raises NotFound, RuleRefused, Conflict."""
    found = next((one for one in versions(database, workspace, number) if one.number == wanted), None)
    if found is None or found.rule is None:
        raise NotFound("version", str(wanted))
    rule = found.rule
    check(database, workspace, rule, rule)
    return _change(database, workspace, number, by, now, lambda _: (rule, f"version {wanted} restored"), version)


def undo(database: Database, workspace: str, number: int, by: str, now: datetime, version: int | None = None) -> Change:
    """Take the last change of a threshold back, as a change of its own. Raises NotFound, Refused, Conflict."""
    found = versions(database, workspace, number)
    if len(found) < 2:
        raise Refused("Nothing was changed about this threshold; it can be removed.")
    former, seen = found[1].rule, found[0].number if version is None else version
    return _change(database, workspace, number, by, now, lambda _: (former, "last change undone"), seen)


def versions(database: Database, workspace: str, number: int) -> tuple[Version, ...]:
    """Return every wording of a threshold, the newest first. Raises NotFound."""
    with database.reading() as session:
        row = _row(session, workspace_named(session, workspace).id, number)
        found = session.scalars(
            select(ThresholdVersion)
            .where(ThresholdVersion.threshold_id == number)
            .order_by(ThresholdVersion.number.desc())
        )
        return tuple(
            Version(
                one.number,
                Rule.from_json(one.rule) if one.rule else None,
                one.summary,
                one.created_at,
                one.created_by,
                one.number == row.version,
            )
            for one in found
        )


def _add(database: Database, workspace: str, rule: Rule, by: str, now: datetime) -> Change:
    with database.writing() as session:
        row = Threshold(
            workspace_id=workspace_named(session, workspace).id,
            kpi_name=rule.kpi,
            threshold_value=rule.first_limit,
            rule=rule.as_json(),
            version=1,
            created_at=now,
            created_by=by,
            updated_at=now,
        )
        session.add(row)
        session.flush()
        _keep_version(session, row, "added", by, now)
        number = row.id
    return Change(number, 1, f"Added: {sentence_of(database, workspace, rule)}.")


def _change(
    database: Database,
    workspace: str,
    number: int,
    by: str,
    now: datetime,
    decide: Decide,
    version: int | None,
) -> Change:
    """Give a threshold another wording, or none, as its next version; the worker judges it anew."""
    with database.writing() as session:
        locked = lock_workspace(session, workspace_named(session, workspace).id)
        row = _row(session, locked.id, number)
        if version is not None and version != row.version:
            who = _last_by(session, number)
            raise Conflict(f"{who} has changed this threshold meanwhile; open it again.")
        former = None if row.deleted_at else Rule.from_json(row.rule)
        rule, summary = decide(former)
        if rule == former or not summary:
            return Change(number, row.version, "Nothing was changed.")
        row.version += 1
        row.updated_at, row.judged_revision = now, -1
        row.deleted_at = None if rule else now
        if rule:
            row.rule, row.kpi_name, row.threshold_value = rule.as_json(), rule.kpi, rule.first_limit
            if former and _subject(former) != _subject(rule):
                _begin_anew(database, session, row, by, now, "It is judged by other numbers now.")
        else:
            _begin_anew(database, session, row, by, now, "The threshold was removed.")
        _keep_version(session, row, summary, by, now)
        return Change(number, row.version, f"{summary[:1].upper()}{summary[1:]}.")


def _in_force(database: Database, workspace: str, number: int) -> Rule | None:
    with database.reading() as session:
        row = _row(session, workspace_named(session, workspace).id, number)
        return None if row.deleted_at else Rule.from_json(row.rule)


def _there(rule: Rule | None) -> Rule:
    if rule is None:
        raise NotFound.saying("This threshold was removed; restore one of its versions.")
    return rule


def _subject(rule: Rule) -> tuple[Any, ...]:
    """Return which numbers a rule judges: what was judged of others says nothing about these."""
    return rule.kpi, rule.grain, rule.filters, rule.by, rule.is_of_now


def _begin_anew(database: Database, session: Session, row: Threshold, by: str, now: datetime, why: str) -> None:
    """End the open alerts of a threshold, and forget where it stood."""
    found = session.scalars(select(Alert).where(Alert.threshold_id == row.id, Alert.status.in_(OPEN))).all()
    for alert in found:
        alert.status, alert.closed_at, alert.updated_at = "resolved", now, now
        session.add(AlertEvent(alert_id=alert.id, at=now, kind="resolved", actor=by, text=why))
    for state in session.scalars(select(ThresholdState).where(ThresholdState.threshold_id == row.id)).all():
        session.delete(state)
    if found:
        follow_up(session, database.settings, found, f"Closed by {by}", why, now)


def _keep_version(session: Session, row: Threshold, summary: str, by: str, now: datetime) -> None:
    session.add(
        ThresholdVersion(
            threshold_id=row.id,
            number=row.version,
            rule=None if row.deleted_at else row.rule,
            summary=summary,
            created_at=now,
            created_by=by,
        )
    )


def _last_by(session: Session, number: int) -> str:
    newest = select(func.max(ThresholdVersion.number)).where(ThresholdVersion.threshold_id == number).scalar_subquery()
    found = session.scalar(
        select(ThresholdVersion.created_by).where(
            ThresholdVersion.threshold_id == number, ThresholdVersion.number == newest
        )
    )
    return "Somebody else" if found in (None, "somebody") else str(found)


def _row(session: Session, workspace_id: int, number: int) -> Threshold:
    row = session.get(Threshold, number)
    if row is None or row.workspace_id != workspace_id:
        raise NotFound.saying(f"There is no threshold {number}.")
    return row
