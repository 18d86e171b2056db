"""The definitions of KPIs that people gave, as they were at a revision."""

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from dash_kpi.kpis.definition import Definition
from dash_kpi.storage.models import KpiDefinition


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
