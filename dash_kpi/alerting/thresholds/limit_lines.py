"""Limit lines: the limits of thresholds that can be drawn on the charts of their KPIs.

They change without a revision, so that they never stand inside a remembered answer.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.reporting.view import View
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.filters import Filters
from dash_kpi.storage.models import Threshold

DRAWN = ("below", "above", "inside", "outside")  # conditions whose limits lie on the scale of the KPI


@dataclass(frozen=True, slots=True)
class LimitLine:
    """A number that a KPI is held against, period by period of one grain."""

    kpi: str
    grain: str
    value: float


def limit_lines(database: Database, workspace: str, view: View) -> tuple[LimitLine, ...]:
    """Return the limits that hold for exactly the rows of a view, the lowest of a KPI first. Raises NotFound.

    Limits of the values of a dimension are none of the whole; of two conditions that must both be met neither
    limit alone says anything. Those are left out, and so is what is switched off, and every limit of now where the
    view is of a past revision.
    """
    if view.as_of is not None:
        return ()
    wanted = _chosen(view.filters)
    return tuple(dict.fromkeys(one for chosen, one in _every(database, workspace) if chosen == wanted))


def _every(database: Database, workspace: str) -> tuple[tuple[Mapping[str, frozenset[str]], LimitLine], ...]:
    counter = database.changes()
    if counter is None:
        return _read(database, workspace)
    return database.answers.get(("limit_lines", workspace, counter), lambda: _read(database, workspace))


def _read(database: Database, workspace: str) -> tuple[tuple[Mapping[str, frozenset[str]], LimitLine], ...]:
    with database.reading() as session:
        workspace_id = workspace_named(session, workspace).id
        rows = session.scalars(
            select(Threshold.rule).where(Threshold.workspace_id == workspace_id, Threshold.deleted_at.is_(None))
        ).all()
    found = [(_chosen(rule.filters), line) for row in rows for rule in _drawable(row) for line in _lines(rule)]
    return tuple(sorted(found, key=lambda one: (one[1].kpi, one[1].value)))


def _drawable(row: Mapping[str, Any]) -> Iterator[Rule]:
    """Yield a rule whose limits are lines; what is kept is looked at before it is read, for there may be many."""
    kinds = [one["kind"] for one in row["conditions"]]
    is_alone = len(kinds) == 1 or row.get("join") == "or"
    if row.get("is_enabled", True) and not row.get("by") and is_alone and set(kinds) & set(DRAWN):
        yield Rule.from_json(row)


def _lines(rule: Rule) -> Iterator[LimitLine]:
    for condition in rule.conditions:
        for limit in (condition.low, condition.high):
            if condition.kind in DRAWN and limit is not None and limit.value is not None:
                yield LimitLine(rule.kpi, rule.grain, limit.value)


def _chosen(filters: Filters) -> Mapping[str, frozenset[str]]:
    return {name: frozenset(values) for name, values in filters}
