"""The definitions of KPIs that people gave, as they were at a revision, and the versions of each."""

from collections import Counter
from datetime import datetime

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dash_kpi.errors import Refused
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


def problems_of_definitions(session: Session) -> list[str]:
    """Return what is wrong with the stored definitions, one sentence each: unreadable, or two in force for one KPI."""
    problems, in_force = [], Counter[tuple[int, str]]()
    for row in session.scalars(select(KpiDefinition).order_by(KpiDefinition.id)):
        in_force[row.workspace_id, row.name] += row.valid_to is None
        try:
            Definition.from_json(row.definition)
        except Refused as error:
            problems.append(f"The definition {row.id} of the KPI '{row.name}' cannot be read. {error}")
    several = (
        f"The KPI '{name}' has {count} definitions in force." for (_, name), count in in_force.items() if count > 1
    )
    return [*problems, *several]


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
