"""What somebody wants of the thresholds on their page: one wish, one answer that a page can keep."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from dash_kpi.alerting.rules.given import RuleRefused, amount
from dash_kpi.alerting.rules.rule import MOST_HOURS
from dash_kpi.alerting.thresholds import decisions as thresholds
from dash_kpi.alerting.thresholds.decisions import Change
from dash_kpi.errors import Conflict, Refused
from dash_kpi.reporting.annotations import SOMEBODY
from dash_kpi.storage.database import Database


def fulfil(database: Database, workspace: str, wish: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Do what a wish asks, and return the change; what cannot be done comes back as its sentence, with the field."""
    answer = {"act": wish.get("act"), "at": wish.get("at")}
    try:
        return {**answer, **asdict(_done(database, workspace, wish, now))}
    except (Refused, Conflict) as error:
        field = error.field if isinstance(error, RuleRefused) else ""
        return {**answer, "refusal": str(error), "field": field, "is_conflict": isinstance(error, Conflict)}


def _done(database: Database, workspace: str, wish: Mapping[str, Any], now: datetime) -> Change:
    act, number, version = wish.get("act"), wish.get("number"), wish.get("version")
    if act == "save":
        given = wish.get("rule") or {}
        return thresholds.save(database, workspace, given, SOMEBODY, now, number=number, version=version)
    if type(number) is not int:
        raise Refused("The wish names no threshold.")
    if act in ("enable", "disable"):
        return thresholds.set_enabled(database, workspace, number, act == "enable", SOMEBODY, now, version)
    if act == "pause":
        return thresholds.pause(database, workspace, number, _end(database, wish, now), SOMEBODY, now, version)
    if act == "resume":
        return thresholds.pause(database, workspace, number, None, SOMEBODY, now, version)
    if act == "remove":
        return thresholds.remove(database, workspace, number, SOMEBODY, now, version)
    if act == "undo":
        return thresholds.undo(database, workspace, number, SOMEBODY, now, version)
    if act == "restore" and type(wanted := wish.get("wanted")) is int:
        return thresholds.restore(database, workspace, number, wanted, SOMEBODY, now, version)
    raise Refused(f"Nothing is known of the wish '{str(act)[:40]}'.")


def _end(database: Database, wish: Mapping[str, Any], now: datetime) -> datetime:
    """Return when a pause ends: after some hours, or at a moment on the team's clock."""
    if wish.get("hours"):
        return now + timedelta(hours=amount(wish, "hours", 0.0, MOST_HOURS))
    try:
        found = datetime.fromisoformat(str(wish.get("until") or ""))
    except ValueError:
        raise RuleRefused("paused_until", "Choose a day and a time at which the pause ends.") from None
    return (found if found.tzinfo else found.replace(tzinfo=database.settings.zone)).astimezone(now.tzinfo)
