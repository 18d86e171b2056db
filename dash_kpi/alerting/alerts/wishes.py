"""Wishes about alerts as a page or a program sends them, checked and fulfilled."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from dash_kpi.alerting.alerts import acts as alerts
from dash_kpi.alerting.alerts import resending
from dash_kpi.alerting.alerts.silence_values import Scope
from dash_kpi.alerting.alerts.values import AlertFilter, AlertRefused, Done
from dash_kpi.alerting.rules.rule import SEVERITIES
from dash_kpi.storage.database import Database

STATUSES = ("open", "acknowledged", "snoozed", "resolved", "corrected")
ACTS = ("acknowledge", "unacknowledge", "snooze", "unsnooze", "assign", "comment", "resend")


def fulfil(database: Database, workspace: str, wish: Mapping[str, Any], by: str, now: datetime) -> Done:
    """Do what a wish says: `act` and `ids`, with `comment`, `until`, `worse_by` or `assignee` as the act needs them.

    Raises AlertRefused, NotFound.
    """
    act, ids = wish.get("act"), ids_of(wish)
    about = (database, workspace, ids)
    comment = _text(wish, "comment")
    if act == "acknowledge":
        return alerts.acknowledge(*about, by, comment, now)
    if act == "unacknowledge":
        return alerts.unacknowledge(*about, by, now)
    if act == "snooze":
        return alerts.snooze(*about, moment_of(wish.get("until"), "until"), by, now, _share(wish), comment)
    if act == "unsnooze":
        return alerts.unsnooze(*about, by, now)
    if act == "assign":
        return alerts.assign(*about, _text(wish, "assignee"), by, now)
    if act == "comment":
        return alerts.comment(*about, comment, by, now)
    if act == "resend":
        return resending.resend(*about, by, now)
    raise AlertRefused("act", f"'{str(act)[:80]}' is none of {', '.join(ACTS)}.")


def ids_of(wish: Mapping[str, Any], what: str = "Alerts") -> list[int]:
    """Read which ones a wish is about. Raises AlertRefused."""
    ids = wish.get("ids")
    if not isinstance(ids, list | tuple) or not all(type(one) is int for one in ids):
        raise AlertRefused("ids", f"{what} are given by their numbers, such as [1, 2].")
    return list(ids)


def scope_of(given: Mapping[str, Any]) -> Scope:
    """Read what a silence is to be about. Raises AlertRefused."""
    threshold = given.get("threshold_id")
    if threshold is not None and type(threshold) is not int:
        raise AlertRefused("threshold_id", f"'{str(threshold)[:80]}' is no number of a threshold.")
    return Scope(threshold, _text(given, "kpi"), _text(given, "dimension"), _text(given, "segment"))


def moment_of(given: Any, field: str) -> datetime:
    """Read a moment with its time zone. Raises AlertRefused."""
    try:
        found = datetime.fromisoformat(given)
        if found.tzinfo is not None:
            return found.astimezone(UTC)
    except (TypeError, ValueError, OverflowError):
        pass
    words = f"'{str(given)[:80]}' is no moment" if given else "The end is missing"
    raise AlertRefused(field, f"{words}; write it like 2026-01-31T08:00+01:00.")


def filter_of(given: Mapping[str, Any]) -> AlertFilter:
    """Check what a program asks for: lists of words, and a page. Raises AlertRefused."""
    for field, known in (("status", STATUSES), ("severity", SEVERITIES)):
        for word in given.get(field) or ():
            if word not in known:
                raise AlertRefused(field, f"{field} = '{str(word)[:80]}' is none of {', '.join(known)}.")
    return AlertFilter(
        statuses=tuple(given.get("status") or ()),
        severities=tuple(given.get("severity") or ()),
        kpi=given.get("kpi") or "",
        segment=given.get("segment"),
        assignee=given.get("assignee"),
        tag=given.get("tag") or "",
        threshold=given.get("threshold"),
        page=given.get("page") or 1,
        size=given.get("limit") or AlertFilter().size,
    )


def _text(given: Mapping[str, Any], field: str) -> str:
    value = given.get(field) or ""
    if not isinstance(value, str):
        raise AlertRefused(field, f"The {field} is a text.")
    return value


def _share(wish: Mapping[str, Any]) -> float | None:
    value = wish.get("worse_by")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise AlertRefused("worse_by", f"'{str(value)[:80]}' is no share; 0.1 is a tenth.")
    return float(value)
