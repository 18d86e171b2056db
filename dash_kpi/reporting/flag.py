"""The file-change flag: what pages poll to learn that something moved."""

import hashlib
from collections import Counter
from dataclasses import asdict, dataclass
from typing import Any

import orjson
from sqlalchemy import ColumnElement, and_, case, func, or_, select
from sqlalchemy.orm import Session

from dash_kpi import __version__
from dash_kpi.reporting.data import PROBLEMS, ingests
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Alert, AlertEvent, Annotation, Channel, Delivery, Silence, Source

MOST_OPEN = 50
MOST_ENDED = 5
MOST_PROBLEMS = 5
OPEN = ("open", "acknowledged", "snoozed")  # alerts that are not over
WAITING = ("queued", "sending", "unknown", "parked")  # deliveries that are not over
SHOWN = ("id", "file", "status", "phase", "percent", "reason", "outcome", "rows_loaded", "rows_refused")


@dataclass(frozen=True, slots=True)
class Flag:
    """The state that pages poll, as JSON, and its ETag: the same as long as nothing moved."""

    etag: str
    body: bytes


def flag(database: Database, workspace: str) -> Flag:
    """Return the revision, the readings under way and the last that ended. Raises NotFound.

    It is asked for every second by every open page: while nobody commits it is remembered.
    """
    counter = database.changes()
    if counter is None:
        return _flag(database, workspace)
    return database.answers.get(("flag", workspace, counter), lambda: _flag(database, workspace))


def _flag(database: Database, workspace: str) -> Flag:
    with database.reading() as session:
        found = workspace_named(session, workspace)
        jobs = (
            *ingests(session, found.id, MOST_OPEN, are_open=True),
            *ingests(session, found.id, MOST_ENDED, are_open=False),
        )
        problems = session.scalar(
            select(func.count()).where(Source.workspace_id == found.id, Source.status.in_(PROBLEMS))
        )
        noted_at = session.scalar(
            select(func.max(func.coalesce(Annotation.changed_at, Annotation.created_at))).where(
                Annotation.workspace_id == found.id
            )
        )
        alerts = alert_counts(session, found.id)
        body = orjson.dumps(
            {
                "revision": found.revision,
                "build": __version__,
                "problems": problems,
                "noted_at": noted_at and noted_at.isoformat(),  # the last change of an annotation
                "alerts": alerts,
                "jobs": [{name: value for name, value in asdict(job).items() if name in SHOWN} for job in jobs],
            }
        )
    return Flag(hashlib.sha256(body).hexdigest()[:16], body)


def alert_counts(session: Session, workspace_id: int) -> dict[str, Any]:
    """Return how many alerts are open, which channels have a problem, and what moves when any of it is told or done.

    `undelivered` are the messages that need somebody: those that failed, and those that wait for a decision, for
    their destination or for a channel that is switched off; what waits for a channel with a problem is told by it.
    Each question is answered from an index, or from a table of a few rows.
    """
    found = session.execute(
        select(Alert.status, Alert.severity, func.count())
        .where(Alert.workspace_id == workspace_id, Alert.status.in_(OPEN))
        .group_by(Alert.status, Alert.severity)
    ).all()
    waiting = session.execute(
        select(
            Delivery.status,
            func.count(),
            func.sum(Delivery.attempts),
            func.sum(case((_stuck(workspace_id), 1), else_=0)),
        )
        .where(Delivery.status.in_((*WAITING, "failed")))
        .group_by(Delivery.status)
    ).all()
    of_silences = (func.count(), func.max(Silence.ends_at), func.max(Silence.ended_at))
    newest = session.execute(
        select(
            select(func.max(AlertEvent.id)).scalar_subquery(),
            select(func.max(Delivery.id)).scalar_subquery(),
            *(select(one).where(Silence.workspace_id == workspace_id).scalar_subquery() for one in of_silences),
        )
    ).one()
    problems = session.execute(
        select(Channel.name, Channel.problem)
        .where(Channel.workspace_id == workspace_id, Channel.deleted_at.is_(None), Channel.problem.is_not(None))
        .order_by(Channel.name)
        .limit(MOST_PROBLEMS)
    ).all()
    moving = repr([tuple(newest), sorted(map(tuple, waiting))])
    stuck = {status: count for status, _, _, count in waiting}
    counts: Counter[str] = Counter()
    for status, _, count in found:
        counts[status] += count
    return {
        "open": dict(counts),
        "severities": sorted({severity for status, severity, _ in found if status == "open"}),
        "channels": [{"name": name, "problem": problem} for name, problem in problems],
        "undelivered": {"failed": stuck.get("failed", 0), "waiting": stuck.get("parked", 0)},
        "moved": hashlib.sha256(moving.encode()).hexdigest()[:12],
    }


def _stuck(workspace_id: int) -> ColumnElement[bool]:
    """Whether a delivery needs a person who is not told of it by a problem of its channel."""
    broken = select(Channel.id).where(Channel.problem.is_not(None), Channel.deleted_at.is_(None))
    waits = and_(Delivery.status == "parked", or_(Delivery.ended_at.is_not(None), Delivery.channel_id.not_in(broken)))
    needs = or_(waits, Delivery.status == "failed")
    return and_(Delivery.workspace_id == workspace_id, Delivery.kind != "test", needs)
