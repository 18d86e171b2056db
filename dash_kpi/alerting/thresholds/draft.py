"""The answer to a draft of a threshold, while somebody types: what it would have done, what fits, what is wrong."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from dash_kpi.alerting.rules.given import RuleRefused
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.thresholds.backtest import Backtest, backtest
from dash_kpi.alerting.thresholds.checks import check
from dash_kpi.alerting.thresholds.suggestions import Suggestion, suggestions
from dash_kpi.alerting.thresholds.values import Mistake, Tried
from dash_kpi.alerting.thresholds.words import kpis_by_name, told
from dash_kpi.storage.database import Database
from dash_kpi.storage.sources import state_at

NEVER = 1e300  # a limit that no value breaks: with it the history is drawn, while the limit is not typed yet
SUBJECT = ("kpi", "grain", "filters", "by")
LIFE = ("kpi", "grain", "filters", "pending", "keep_firing", "cooldown_hours", "repeat_hours", "working_days")


def try_draft(database: Database, workspace: str, given: Mapping[str, Any], now: datetime) -> Tried:
    """Judge a draft and replay it. Raises NotFound for an unknown workspace.

    What is wrong is part of the answer: the history and the suggestions are shown beside it, where there are any.
    """
    kpis, currency = kpis_by_name(database, workspace), database.settings.currency
    kpi = kpis.get(str(given.get("kpi") or ""))
    label, unit = (kpi.label, kpi.unit) if kpi else ("", "number")
    try:
        rule = Rule.from_json(given)
        check(database, workspace, rule)
    except RuleRefused as error:
        return _beside(database, workspace, given, now, Tried(None, label, unit, mistake=_mistake(error)))
    return Tried(
        rule,
        label,
        unit,
        words=told(rule, kpis, currency),
        backtest=backtest(database, workspace, rule, now),
        suggestions=_suggested(database, workspace, rule, now),
    )


def _mistake(error: RuleRefused) -> Mistake:
    return Mistake(error.field, str(error))


def _beside(database: Database, workspace: str, given: Mapping[str, Any], now: datetime, tried: Tried) -> Tried:
    """Add to a mistake what can be told without the wrong part: the history, and limits that fit."""
    side = "above" if _first_kind(given) == "above" else "below"
    limit = {"high": NEVER} if side == "above" else {"low": -NEVER}
    subject = {name: given[name] for name in SUBJECT if given.get(name)}
    try:
        rule = Rule.from_json({**subject, "conditions": [{"kind": side, **limit}]})
        check(database, workspace, rule)
    except RuleRefused as error:
        return replace(tried, backtest=Backtest(reason=str(error)))
    seen = backtest(database, workspace, rule, now)
    lines = tuple(replace(one, low=(None,) * len(one.low), high=(None,) * len(one.high)) for one in seen.lines)
    return replace(
        tried,
        backtest=Backtest(lines=lines, reason=seen.reason),
        suggestions=_suggested(database, workspace, rule, now),
    )


def _suggested(database: Database, workspace: str, rule: Rule, now: datetime) -> tuple[Suggestion, ...]:
    """Return limits that fit; they stay as they are while a limit is typed or dragged, and are remembered for that."""
    state, given = state_at(database, workspace), rule.as_json()
    about = json.dumps([given.get(name) for name in LIFE])
    day = now.astimezone(database.settings.zone).date()
    key = ("suggested", state.workspace_id, state.revision, day, rule.conditions[0].kind, about)
    return database.answers.get(key, lambda: suggestions(database, workspace, rule, now))


def _first_kind(given: Mapping[str, Any]) -> Any:
    conditions = given.get("conditions")
    first = conditions[0] if isinstance(conditions, list) and conditions else None
    return first.get("kind") if isinstance(first, Mapping) else None
