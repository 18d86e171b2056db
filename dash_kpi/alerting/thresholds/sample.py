"""Thresholds on the sample workbooks, so that a first look has something to look at."""

from datetime import datetime, timedelta

from sqlalchemy import func, select

from dash_kpi.alerting.rules.judge import State
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.rules.track import Track
from dash_kpi.alerting.thresholds.decisions import remove
from dash_kpi.sample import REGIONS
from dash_kpi.storage.database import MAIN, Database, workspace_named
from dash_kpi.storage.models import Threshold, ThresholdState, ThresholdVersion
from dash_kpi.storage.sources import State as DataState
from dash_kpi.storage.sources import lock_workspace

BY = "sample"
WATCHED = timedelta(days=60)  # before now: as if the thresholds had been there since

RULES = (
    {
        "kpi": "orders",
        "grain": "day",
        "severity": "critical",
        "conditions": [{"kind": "anomaly", "direction": "down"}],
        "note": "Look whether the web shop is up.",
        "owner": "Web shop",
    },
    {
        "kpi": "support_tickets",
        "grain": "week",
        "conditions": [{"kind": "above", "high": 350}],
        "recovery_margin": 20,
        "note": "Ask customer service what came up.",
        "owner": "Customer service",
    },
    {
        "kpi": "profit_margin",
        "grain": "week",
        "by": "Region",
        "severity": "info",
        "conditions": [{"kind": "below", "low": 0.49}],
        "note": "Look at the discounts of the week.",
        "working_days": True,
    },
    {"kpi": "revenue", "grain": "day", "severity": "critical", "conditions": [{"kind": "late"}]},
)


def add_sample_thresholds(database: Database, now: datetime) -> int:
    """Add the thresholds, where there is none yet, and return how many.

    They are judged from some weeks ago on, so that there are alerts to look at; nobody is told, for a first start has
    no channel.
    """
    since = (now - WATCHED).date()
    with database.writing() as session:
        workspace = lock_workspace(session, workspace_named(session, MAIN).id)
        if session.scalar(select(func.count(Threshold.id)).where(Threshold.workspace_id == workspace.id)):
            return 0
        for given in RULES:
            rule = Rule.from_json(given)
            row = Threshold(
                workspace_id=workspace.id,
                kpi_name=rule.kpi,
                threshold_value=rule.first_limit,
                rule=rule.as_json(),
                created_at=now,
                created_by=BY,
                updated_at=now,
            )
            session.add(row)
            session.flush()
            first = ThresholdVersion(
                threshold_id=row.id, number=1, rule=row.rule, summary="added", created_at=now, created_by=BY
            )
            session.add(first)
            state = State(last=since)
            track = Track(state, state, (), 1).as_json()
            for segment in () if rule.is_of_now else REGIONS if rule.by else ("",):
                session.add(ThresholdState(threshold_id=row.id, segment=segment, phase="ok", track=track))
    return len(RULES)


def set_sample_thresholds_aside(database: Database, workspace: str, state: DataState, now: datetime) -> int:
    """Remove the thresholds that nobody has changed once a file of one's own has set the samples aside.

    Their limits say nothing about other numbers. Returns how many; each can be brought back like any other.
    """
    if not state.sources or any(source.is_sample for source in state.sources):
        return 0
    with database.reading() as session:
        numbers = session.scalars(
            select(Threshold.id).where(
                Threshold.workspace_id == state.workspace_id,
                Threshold.created_by == BY,
                Threshold.version == 1,
                Threshold.deleted_at.is_(None),
            )
        ).all()
    for number in numbers:
        remove(database, workspace, number, BY, now, 1)
    return len(numbers)
