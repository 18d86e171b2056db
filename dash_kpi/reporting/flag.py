"""The file-change flag: what pages poll to learn that something moved."""

import hashlib
from dataclasses import asdict, dataclass

import orjson
from sqlalchemy import func, select

from dash_kpi import __version__
from dash_kpi.reporting.data import PROBLEMS, ingests
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Annotation, Source

MOST_OPEN = 50
MOST_ENDED = 5
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
        body = orjson.dumps(
            {
                "revision": found.revision,
                "build": __version__,
                "problems": problems,
                "noted_at": noted_at and noted_at.isoformat(),  # the last change of an annotation
                "jobs": [{name: value for name, value in asdict(job).items() if name in SHOWN} for job in jobs],
            }
        )
    return Flag(hashlib.sha256(body).hexdigest()[:16], body)
