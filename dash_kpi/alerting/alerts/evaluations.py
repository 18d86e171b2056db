"""Evaluations: what thresholds were found to be and why; kept whole for a while, then only where something changed."""

import math
from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.orm import Session

from dash_kpi.alerting.alerts.values import Finding, Findings
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Evaluation, Threshold, Workspace

WHOLE_FOR = timedelta(days=30)
KEPT_FOR = timedelta(days=400)
MOST_DELETED = 500  # in one statement
PAGE_SIZE = 20


def evaluations(
    database: Database,
    workspace: str,
    *,
    threshold: int | None = None,
    segment: str | None = None,
    alert: int | None = None,
    page: int = 1,
    size: int = PAGE_SIZE,
) -> Findings:
    """Return one page of the evaluations of a threshold, of one of its segments, or of an alert; the newest first."""
    with database.reading() as session:
        return evaluations_in(
            session, workspace_named(session, workspace).id, threshold=threshold, segment=segment, alert=alert,
            page=page, size=size,
        )  # fmt: skip


def evaluations_in(
    session: Session,
    workspace_id: int,
    *,
    threshold: int | None = None,
    segment: str | None = None,
    alert: int | None = None,
    over: tuple[date, datetime] | None = None,
    page: int = 1,
    size: int = PAGE_SIZE,
) -> Findings:
    """Return the same within a session; `over` is the last day and the end of an alert, after which nothing counts."""
    wanted: list[ColumnElement[bool]] = [
        Evaluation.threshold_id.in_(select(Threshold.id).where(Threshold.workspace_id == workspace_id))
    ]
    if threshold is not None:
        wanted.append(Evaluation.threshold_id == threshold)
    if segment is not None:
        wanted.append(Evaluation.segment == segment)
    if over is not None:
        by_clock = and_(Evaluation.period_start.is_(None), Evaluation.first_at <= over[1])
        wanted.append(or_(by_clock, Evaluation.period_start <= over[0]))
    if alert is not None:
        wanted.append(Evaluation.alert_id == alert)
    total = session.scalar(select(func.count()).select_from(Evaluation).where(*wanted)) or 0
    pages = max(1, math.ceil(total / size))
    here = min(max(page, 1), pages)
    rows = session.scalars(
        select(Evaluation).where(*wanted).order_by(Evaluation.id.desc()).offset((here - 1) * size).limit(size)
    )
    return Findings(tuple(map(finding, rows)), total, here, pages)


def compact(session: Session, workspace_id: int, now: datetime) -> int:
    """Make old evaluations few: one for each run of the same code, and none of long ago that no alert names.

    Returns how many rows went. Running it again changes nothing.
    """
    return _forget(session, workspace_id, now) + _join_runs(session, workspace_id, now)


def compact_all(database: Database, now: datetime) -> int:
    """Do the same for every workspace, each in a transaction of its own."""
    with database.reading() as session:
        workspaces = session.scalars(select(Workspace.id)).all()
    gone = 0
    for workspace_id in workspaces:
        with database.writing() as session:
            gone += compact(session, workspace_id, now)
    return gone


def finding(row: Evaluation) -> Finding:
    """Return an evaluation as a value."""
    return Finding(
        row.id,
        row.segment,
        row.alert_id,
        row.first_at,
        row.last_at,
        row.count,
        row.revision,
        row.period_start,
        row.period_label,
        row.value,
        row.limit_value,
        row.code,
        row.reason,
    )


def _forget(session: Session, workspace_id: int, now: datetime) -> int:
    gone = session.execute(
        delete(Evaluation)
        .where(
            Evaluation.threshold_id.in_(select(Threshold.id).where(Threshold.workspace_id == workspace_id)),
            Evaluation.last_at < now - KEPT_FOR,
            Evaluation.alert_id.is_(None),
        )
        .execution_options(synchronize_session=False)
    )
    return int(gone.rowcount)  # type: ignore[attr-defined]


def _join_runs(session: Session, workspace_id: int, now: datetime) -> int:
    """Keep the first evaluation of each run of the same code about the same alert; it takes the count of the others."""
    rows = session.execute(
        select(
            Evaluation.id,
            Evaluation.threshold_id,
            Evaluation.segment,
            Evaluation.code,
            Evaluation.alert_id,
            Evaluation.count,
            Evaluation.last_at,
        )
        .where(
            Evaluation.threshold_id.in_(select(Threshold.id).where(Threshold.workspace_id == workspace_id)),
            Evaluation.last_at < now - WHOLE_FOR,
        )
        .order_by(Evaluation.threshold_id, Evaluation.segment, Evaluation.id)
    )
    gone: list[int] = []
    longer: dict[int, tuple[int, datetime]] = {}
    run, first = None, 0
    counted = 0
    for number, *of, count, last_at in rows:
        if of != run:
            run, first, counted = of, number, count
            continue
        counted += count
        longer[first] = (counted, last_at)
        gone.append(number)
    for number, (count, last_at) in longer.items():
        session.execute(update(Evaluation).where(Evaluation.id == number).values(count=count, last_at=last_at))
    for at in range(0, len(gone), MOST_DELETED):
        session.execute(delete(Evaluation).where(Evaluation.id.in_(gone[at : at + MOST_DELETED])))
    return len(gone)
