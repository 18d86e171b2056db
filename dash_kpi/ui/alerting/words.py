"""Words and icons of alerts: severity, state, what became of a delivery, why an evaluation came out as it did."""

from collections.abc import Sequence
from datetime import datetime, tzinfo
from itertools import groupby
from typing import Any

from dash import html

from dash_kpi.alerting.alerts.values import AlertRow, Sending, Try, moment
from dash_kpi.alerting.judging.told import Details
from dash_kpi.ui import format as formatted
from dash_kpi.ui.freshness import ago
from dash_kpi.ui.icons import icon

SEVERITIES = {"critical": ("stop", "Critical"), "warning": ("warning", "Warning"), "info": ("info", "Info")}
STATUSES = {
    "open": "Open",
    "acknowledged": "Acknowledged",
    "snoozed": "Snoozed",
    "resolved": "Resolved",
    "corrected": "Corrected",
}
DELIVERIES = {
    "queued": ("hourglass", "", "waits to be sent"),
    "sending": ("hourglass", "", "is being sent"),
    "sent": ("check", "good", "was accepted"),
    "unknown": ("warning", "warn", "may have arrived; this is being found out"),
    "failed": ("stop", "bad", "could not be delivered"),
    "parked": ("warning", "warn", "waits until the channel works"),
    "dropped": ("info", "", "was not to be told any more"),
}
HELD = ("warning", "warn", "may or may not have arrived; somebody has to decide")
TRIES = {
    "sent": "accepted",
    "not_sent": "certainly not sent",
    "refused": "refused",
    "unknown": "the answer was lost",
    "found": "found at the channel",
    "absent": "certainly not at the channel",
    "no_evidence": "nothing tells whether it arrived",
}
LOOKS = {
    "found": "looked for it and found it",
    "absent": "looked for it{}, certainly not there",
    "no_evidence": "looked for it{}, not found",
}
EVENTS = {
    "opened": "Opened",
    "acknowledged": "Acknowledged",
    "unacknowledged": "Acknowledgement taken back",
    "snoozed": "Snoozed",
    "unsnoozed": "Woken",
    "assigned": "Assigned",
    "commented": "Comment",
    "resent": "Sent again",
    "repeated": "Told again",
    "untold": "Not told",
    "unsent": "Left unsent",
    "escalated": "Escalated",
    "worse": "Worse",
    "resolved": "Resolved",
    "corrected": "Corrected",
}
LINES = {"firing": "that it fires", "follow_up": "what people did", "worse": "that it is worse", "repeated": "again"}


def severity(name: str) -> Any:
    """Show a severity by icon and word."""
    picture, word = SEVERITIES.get(name, ("info", name.capitalize()))
    return html.Span([icon(picture), word], className=f"severity severity-{name}")


def status(row: AlertRow, now: datetime, zone: tzinfo) -> Any:
    """Say where an alert stands, and who has it."""
    parts: list[Any] = [html.Span(STATUSES[row.status], className="alert-status")]
    if row.status == "acknowledged" and row.acknowledged_at:
        parts.append(html.Span(["by ", row.acknowledged_by, ", ", ago(row.acknowledged_at.isoformat(), now)]))
    if row.status == "snoozed" and row.snoozed_until:
        worse = f", or worse by {row.worse_by * 100:g}{formatted.SPACE}%" if row.worse_by else ""
        parts.append(html.Span(f"until {moment(row.snoozed_until, zone)}{worse}"))
    if row.closed_at:
        parts.append(ago(row.closed_at.isoformat(), now))
    return html.Span(parts, className=f"alert-state state-{row.status}")


def amount(details: Details, value: float | None, currency: str) -> str:
    """Write a value of the alert's KPI."""
    return formatted.short(details.unit, value, currency, details.decimals)


def delivery(sending: Sending) -> Any:
    """Say what became of a delivery."""
    picture, tone, words = DELIVERIES.get(sending.status, ("info", "", sending.status))
    if sending.status == "parked" and sending.needs_decision:
        picture, tone, words = HELD
    return html.Span([icon(picture), html.Span(words)], className=f"status {tone}".strip())


def tried(one: Try, zone: tzinfo) -> str:
    """Say how a try came out: "Try 2, 2 Mar 2026 09:00: certainly not sent: too many requests"."""
    if one.kind == "resend":
        return f"{moment(one.started_at, zone)}: sent again; {one.reason}"
    name = "Look-up" if one.kind == "reconcile" else "Try"
    outcome = TRIES.get(one.outcome or "", one.outcome or "not ended yet")
    why = f": {one.reason}" if one.reason else ""
    return f"{name} {one.number}, {moment(one.started_at, zone)}: {outcome}{why}"


def story(tries: Sequence[Try]) -> str:
    """Tell all tries in one sentence: "Unknown: the reply was lost; looked for it twice, not found; sent again, …"."""
    parts: list[str] = []
    before = ""
    for (kind, outcome, reason), some in groupby(tries, lambda one: (one.kind, one.outcome, _why(one))):
        count = len(list(some))
        if kind == "resend":
            parts.append(reason)
        elif kind == "reconcile":
            parts.append(LOOKS.get(outcome or "", "looking for it").format("" if count == 1 else f" {_times(count)}"))
        else:
            parts += _sent_again(before)
            parts.append(_outcome(outcome, count) + (f": {reason}" if reason else ""))
        before = outcome or ""
    said = "; ".join(parts)
    return f"{said[:1].upper()}{said[1:]}." if said else ""


def _sent_again(before: str) -> list[str]:
    """Say that a try followed a look."""
    again = {"no_evidence": ["sent again, marked as a possible repeat"], "absent": ["sent again"]}
    return again.get(before, [])


def _outcome(outcome: str | None, count: int) -> str:
    words = {"sent": "accepted", "not_sent": "not sent", "refused": "refused", "unknown": "unknown"}
    word = words.get(outcome or "", outcome or "being sent")
    return word if count == 1 else f"{word} {_times(count)}"


def _times(count: int) -> str:
    return "twice" if count == 2 else f"{count:,} times"


def _why(one: Try) -> str:
    return "" if one.kind == "reconcile" else one.reason.rstrip(". ")
