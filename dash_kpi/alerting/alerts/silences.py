"""Silences: no messages about some alerts for some time, with a comment. They take no alert away."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import or_, select, update
from sqlalchemy.orm import Session

from dash_kpi.alerting.alerts.silence_values import Hush, Scope, SilenceRefused, scope_words
from dash_kpi.alerting.rules.judge import Silenced
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.errors import Conflict, NotFound
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Silence, Threshold, ThresholdState

MOST_COMMENT = 500
LONGEST = timedelta(days=366)
MOST_LISTED = 200


def silence(
    database: Database,
    workspace: str,
    scope: Scope,
    comment: str,
    until: datetime,
    by: str,
    now: datetime,
    *,
    starts_at: datetime | None = None,
) -> Hush:
    """Let nothing be told about what `scope` names, from now, or `starts_at`, on. Raises SilenceRefused, NotFound."""
    text = _comment(comment)
    begin = max(starts_at or now, now)
    _check_end(until, begin)
    _check_scope(scope)
    with database.writing() as session:
        workspace_id = workspace_named(session, workspace).id
        if scope.threshold_id is not None:
            _threshold(session, workspace_id, scope.threshold_id)
        row = Silence(
            workspace_id=workspace_id,
            threshold_id=scope.threshold_id,
            kpi_name=scope.kpi or None,
            dimension=scope.dimension or None,
            segment=scope.segment if scope.dimension else None,
            comment=text,
            starts_at=begin,
            ends_at=until,
            created_at=now,
            created_by=by,
        )
        session.add(row)
        session.flush()
        return _hush(row, _names(session, workspace_id))


def silences(database: Database, workspace: str, now: datetime, *, with_ended: bool = False) -> tuple[Hush, ...]:
    """Return the silences that hold or are to come, the one that ends first first; ended ones after them, if asked."""
    with database.reading() as session:
        workspace_id = workspace_named(session, workspace).id
        names = _names(session, workspace_id)
        found = select(Silence).where(Silence.workspace_id == workspace_id)
        holding = found.where(Silence.ends_at > now, Silence.ended_at.is_(None)).order_by(Silence.ends_at, Silence.id)
        rows = [*session.scalars(holding)]
        if with_ended:
            over = found.where(or_(Silence.ends_at <= now, Silence.ended_at.is_not(None)))
            rows += session.scalars(over.order_by(Silence.id.desc()).limit(MOST_LISTED))
        return tuple(_hush(row, names) for row in rows)


def end(database: Database, workspace: str, number: int, by: str, now: datetime) -> Hush:
    """End a silence early; one that is over stays as it is. What it held back is told. Raises NotFound."""
    with database.writing() as session:
        row = _locked(session, workspace, number)
        if row.ended_at is None and row.ends_at > now:
            row.ended_at = now
            row.comment = f"{row.comment} (ended by {by})"[:MOST_COMMENT]
            judge_soon(session, row.workspace_id, now)
        return _hush(row, _names(session, row.workspace_id))


def extend(database: Database, workspace: str, number: int, until: datetime, by: str, now: datetime) -> Hush:
    """Let a silence end at another moment. Raises NotFound, SilenceRefused, and Conflict when it is over."""
    _check_end(until, now)
    with database.writing() as session:
        row = _locked(session, workspace, number)
        if row.ended_at is not None or row.ends_at <= now:
            raise Conflict("This silence is over; make a new one.")
        row.ends_at = until
        judge_soon(session, row.workspace_id, until)
        return _hush(row, _names(session, row.workspace_id))


def silences_at(session: Session, workspace_id: int, now: datetime) -> tuple[Hush, ...]:
    """Return the silences that hold at a moment, for `silence_of`."""
    rows = session.scalars(
        select(Silence)
        .where(
            Silence.workspace_id == workspace_id,
            Silence.starts_at <= now,
            Silence.ends_at > now,
            Silence.ended_at.is_(None),
        )
        .order_by(Silence.ends_at, Silence.id)
    )
    return tuple(_hush(row, {}) for row in rows)


def silence_of(silences: Iterable[Hush], rule_id: int, rule: Rule, segment: str, now: datetime) -> Silenced | None:
    """Return the silence that holds for one segment of a rule; of several the one that ends last."""
    found = [one for one in silences if one.starts_at <= now < one.ends_at and is_about(one, rule_id, rule, segment)]
    last = max(found, key=lambda one: one.ends_at, default=None)
    return Silenced(last.comment, last.ends_at) if last else None


def is_about(hush: Hush, rule_id: int, rule: Rule, segment: str) -> bool:
    """Tell whether a silence names this segment of this rule: everything that it names must fit."""
    scope = hush.scope
    return (
        scope.threshold_id in (None, rule_id)
        and scope.kpi in ("", rule.kpi)
        and (not scope.dimension or scope.segment in _segments(rule, scope.dimension, segment))
    )


def _segments(rule: Rule, dimension: str, segment: str) -> tuple[str, ...]:
    """Return the one value of a dimension that a rule is judged for here, or nothing."""
    if rule.by == dimension:
        return (segment,)
    only = next((values for name, values in rule.filters if name == dimension), ())
    return only if len(only) == 1 else ()


def judge_soon(session: Session, workspace_id: int, moment: datetime) -> None:
    """Have everything that fires judged again then: what held its messages back is over."""
    ids = select(Threshold.id).where(Threshold.workspace_id == workspace_id)
    session.execute(
        update(ThresholdState)
        .where(
            ThresholdState.threshold_id.in_(ids),
            ThresholdState.phase == "firing",
            or_(ThresholdState.due_at.is_(None), ThresholdState.due_at > moment),
        )
        .values(due_at=moment)
        .execution_options(synchronize_session=False)
    )


def _comment(given: str) -> str:
    text = given.strip()
    if not text:
        raise SilenceRefused("comment", "A silence needs a comment: why is nothing to be told?")
    if len(text) > MOST_COMMENT:
        raise SilenceRefused("comment", f"The comment has {len(text):,} characters; {MOST_COMMENT} are the most.")
    return text


def _check_end(until: datetime, begin: datetime) -> None:
    if until <= begin:
        raise SilenceRefused("until", "A silence ends after it begins, and in the future.")
    if until - begin > LONGEST:
        raise SilenceRefused("until", f"A silence lasts {LONGEST.days} days at most; switch the threshold off instead.")


def _check_scope(scope: Scope) -> None:
    if bool(scope.dimension) != bool(scope.segment):
        raise SilenceRefused("segment", "A segment is a dimension and one of its values, such as Region=North.")


def _threshold(session: Session, workspace_id: int, number: int) -> Threshold:
    found = session.get(Threshold, number)
    if found is None or found.workspace_id != workspace_id:
        raise NotFound.saying(f"There is no threshold {number}.")
    return found


def _locked(session: Session, workspace: str, number: int) -> Silence:
    row = session.scalar(select(Silence).where(Silence.id == number).with_for_update())
    if row is None or row.workspace_id != workspace_named(session, workspace).id:
        raise NotFound.saying(f"There is no silence {number}.")
    return row


def _names(session: Session, workspace_id: int) -> dict[int, str]:
    """Return how the thresholds of a workspace are called."""
    rows = session.execute(select(Threshold.id, Threshold.rule).where(Threshold.workspace_id == workspace_id))
    return {number: rule.get("name") or rule.get("kpi", "") for number, rule in rows}


def _hush(row: Silence, names: dict[int, str]) -> Hush:
    scope = Scope(row.threshold_id, row.kpi_name or "", row.dimension or "", row.segment or "")
    return Hush(
        id=row.id,
        scope=scope,
        words=scope_words(scope, names.get(row.threshold_id or 0, "")),
        comment=row.comment,
        starts_at=row.starts_at,
        ends_at=min(row.ends_at, row.ended_at) if row.ended_at else row.ends_at,
        created_at=row.created_at,
        created_by=row.created_by,
        is_ended=row.ended_at is not None,
    )
