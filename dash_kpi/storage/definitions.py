"""The definitions of KPIs that people gave, as they were at a revision, and the versions of each."""

from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dash_kpi.kpis.definition import Definition
from dash_kpi.storage.models import KpiDefinition, Revision, Workspace


def definitions_at(session: Session, workspace_id: int, revision: int) -> tuple[Definition, ...]:
    """Return the definitions that were valid at a revision, in the order in which they were first given."""
    rows = session.scalars(
        select(KpiDefinition)
        .where(
            KpiDefinition.workspace_id == workspace_id,
            KpiDefinition.valid_from <= revision,
            or_(KpiDefinition.valid_to.is_(None), KpiDefinition.valid_to > revision),
        )
        .order_by(KpiDefinition.name)
    )
    return tuple(Definition.from_json(row.definition) for row in rows)


def versions_of(session: Session, workspace_id: int, name: str) -> list[KpiDefinition]:
    """Return every version of a KPI that people gave, the newest first; the one in force has no `valid_to`."""
    found = select(KpiDefinition).where(KpiDefinition.workspace_id == workspace_id, KpiDefinition.name == name)
    return list(session.scalars(found.order_by(KpiDefinition.id.desc())))


def versions_in_force(session: Session, workspace_id: int) -> dict[str, int]:
    """Return the number of the version of each KPI that is in force, for those that people gave."""
    columns = (KpiDefinition.name, KpiDefinition.id)
    found = select(*columns).where(KpiDefinition.workspace_id == workspace_id, KpiDefinition.valid_to.is_(None))
    return dict(session.execute(found).all())


def replace_definition(
    session: Session,
    workspace: Workspace,
    name: str,
    definition: Definition | None,
    summary: str,
    by: str,
    now: datetime,
) -> int:
    """Put a definition in force, or none, as a revision of the workspace, which the caller has locked."""
    workspace.revision += 1
    for one in versions_of(session, workspace.id, name):
        if one.valid_to is None:
            one.valid_to = workspace.revision
    if definition:
        session.add(
            KpiDefinition(
                workspace_id=workspace.id,
                name=name,
                valid_from=workspace.revision,
                definition=definition.as_json(),
                created_at=now,
                created_by=by,
            )
        )
    session.add(
        Revision(workspace_id=workspace.id, number=workspace.revision, created_at=now, summary=summary, actor=by)
    )
    return workspace.revision
