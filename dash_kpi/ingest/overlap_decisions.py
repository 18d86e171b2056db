"""What a person decides about rows that two sources share."""

from datetime import datetime

from dash_kpi.errors import NotFound, Refused
from dash_kpi.ingest.commit import add_revision
from dash_kpi.ingest.overlaps import Workings, resettle
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Overlap
from dash_kpi.storage.overlaps import Decision, shared_rows_of
from dash_kpi.storage.sources import lock_workspace


def decide(database: Database, workspace: str, overlap_id: int, decision: Decision, now: datetime, by: str) -> int:
    """Count the rows that two sources share once or in both, as a revision. Raises NotFound, Refused.

    Deciding again is how to undo it.
    """
    workings = Workings(database)
    with database.writing() as session:
        row = session.get(Overlap, overlap_id)
        if row is None or row.workspace_id != workspace_named(session, workspace).id:
            raise NotFound("pair of sources that share rows", str(overlap_id))
        if row.rows == 0:
            raise Refused("The two no longer share rows.")
        row.decision, row.decided_by, row.decided_at = decision, by, now
        pair = {row.source_id, row.other_id}
        shared = next(one for one in shared_rows_of(session, row.workspace_id) if one.id == overlap_id)
        current = lock_workspace(session, row.workspace_id)
        current.revision += 1
        resettle(session, row.workspace_id, current.revision, pair, workings)
        how = "once" if decision == "once" else "in both"
        words = f"{shared.rows:,} rows of {shared.source} and {shared.other}: counted {how}"
        add_revision(session, row.workspace_id, current.revision, words, now)
        return current.revision


def count_once(database: Database, workspace: str, overlap_id: int, now: datetime, by: str = "") -> int:
    """Count the rows that two sources share in one of them."""
    return decide(database, workspace, overlap_id, "once", now, by)


def count_in_both(database: Database, workspace: str, overlap_id: int, now: datetime, by: str = "") -> int:
    """Count the rows that two sources share in both: they are two sales, not one."""
    return decide(database, workspace, overlap_id, "both", now, by)
