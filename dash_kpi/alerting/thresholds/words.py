"""Thresholds in words: what one says, and what a change made of it."""

from collections.abc import Mapping
from typing import Any

from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.rules.words import Write, condition_words, rule_words
from dash_kpi.kpis.catalogue import Kpi, label_of
from dash_kpi.kpis.definition import Unit
from dash_kpi.reporting.catalogue import every_kpi
from dash_kpi.storage.database import Database
from dash_kpi.storage.filters import in_words
from dash_kpi.storage.sources import state_at

NAMES = {
    "kpi": "KPI",
    "by": "judged by",
    "limits": "limits of their own",
    "keep_firing": "keep firing",
    "recovery_margin": "recovery margin",
    "cooldown_hours": "cooldown",
    "repeat_hours": "repeat",
    "working_days": "working days only",
    "quiet_from": "quiet from",
    "quiet_to": "quiet to",
    "is_enabled": "switched on",
    "paused_until": "paused until",
}
HOURS = ("cooldown_hours", "repeat_hours")


def sentence_of(database: Database, workspace: str, rule: Rule) -> str:
    """Return what a rule says, or the name that a person gave it."""
    return rule.name or told(rule, kpis_by_name(database, workspace), database.settings.currency)


def told(rule: Rule, kpis: Mapping[str, Kpi], currency: str) -> str:
    """Return what a rule says, whatever its name."""
    kpi = kpis.get(rule.kpi)
    return rule_words(rule, kpi.label if kpi else label_of(rule.kpi), writer(kpi, currency))


def kpis_by_name(database: Database, workspace: str) -> dict[str, Kpi]:
    """Return every KPI of a workspace."""
    return {kpi.name: kpi for kpi in every_kpi(database, state_at(database, workspace))}


def writer(kpi: Kpi | None, currency: str) -> Write:
    """Return what writes a value of a KPI."""
    unit: Unit = kpi.unit if kpi else "number"
    return lambda value: _written(unit, value, currency)


def differences(database: Database, workspace: str, former: Rule | None, rule: Rule) -> str:
    """Return what a change made of a rule: "below 100 → below 120; pending 1 → 2"; "" where nothing was changed."""
    if former is None:
        return f"brought back: {sentence_of(database, workspace, rule)}"
    kpis = kpis_by_name(database, workspace)
    write = writer(kpis.get(rule.kpi), database.settings.currency)
    was, now = former.as_json(), rule.as_json()
    found = []
    for name in dict.fromkeys([*was, *now]):
        if was.get(name) == now.get(name):
            continue
        old, new = (_value(one, name, write) for one in (former, rule))
        label = "" if name == "conditions" else f"{NAMES.get(name, name)} "
        found.append(f"{label}{old} → {new}")
    return "; ".join(found)


def _value(rule: Rule, name: str, write: Write) -> str:
    value: Any = getattr(rule, name)
    if name == "conditions":
        return f" {rule.join} ".join(condition_words(one, rule, write) for one in rule.conditions)
    if name == "filters":
        return in_words(value)
    if name == "limits":
        return ", ".join(f"{segment}: {write(limit)}" for segment, limit in value.items()) or "none"
    if name in HOURS:
        return f"{value:g} h" if value else "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return ", ".join(map(str, value)) or "none"
    return f"{value:g}" if isinstance(value, float) else str(value or "none")


def _written(unit: Unit, value: float, currency: str) -> str:
    if unit == "percent":
        return f"{value * 100:,.4g} %"
    digits = f"{value:,.15g}" if abs(value) < 1e15 else f"{value:.4g}"
    return f"{currency} {digits}".strip() if unit == "currency" else digits
