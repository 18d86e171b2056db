"""Reports of WhatsApp: what became of a message after it was accepted, in whatever order and however often they come.

Of one message (wamid) the furthest counts: sent < failed < delivered < read, since nothing that arrived has failed.
A delivery has a message for each try that was accepted; one that arrived is enough, and it failed when all did.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.alerting.channels.transport import NotSent
from dash_kpi.alerting.channels.whatsapp_errors import outcome_of_code
from dash_kpi.alerting.outbox.park import park_channel
from dash_kpi.alerting.outbox.record import mark_failed, mark_sent
from dash_kpi.alerting.outbox.ways import real_ways
from dash_kpi.settings import Settings
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Channel, Delivery

log = logging.getLogger(__name__)

State = Literal["sent", "failed", "delivered", "read"]
RANK: Mapping[str, int] = {"sent": 1, "failed": 2, "delivered": 3, "read": 4}
ACROSS: Mapping[str, int] = {"failed": 1, "sent": 2, "delivered": 3, "read": 4}
ARRIVED = frozenset({"delivered", "read"})
KIND = "whatsapp"


@dataclass(frozen=True, slots=True)
class Report:
    """One status of one message."""

    wamid: str
    state: State
    uid: str = ""  # of the delivery, where the report carries it
    code: int = 0  # why it failed


def reports_of(told: Any) -> tuple[Report, ...]:
    """Read the statuses in what WhatsApp posted; whatever is none is left out."""
    found: list[Report] = []
    for entry in _listed(told, "entry"):
        for change in _listed(entry, "changes"):
            found += [one for status in _listed(change.get("value"), "statuses") if (one := _report(status))]
    return tuple(found)


def apply_reports(database: Database, reports: Iterable[Report], now: datetime) -> int:
    """Let deliveries become what reports tell, in one transaction; return how many reports were known."""
    known = 0
    with database.writing() as session:
        for report in reports:
            row = _delivery_of(session, report)
            if row is not None:
                known += 1
                _apply(session, database.settings, row, report, now)
                session.flush()
    return known


def merged(receipt: Mapping[str, Any], report: Report) -> dict[str, Any]:
    """Return a receipt with a report added; any order and repetition gives the same."""
    one = [RANK[report.state], report.code]
    reports: dict[str, list[int]] = dict(receipt.get("reports") or {})
    reports[report.wamid] = max(reports.get(report.wamid, one), one)
    states = {name: _state(rank) for name, (rank, _) in reports.items()}
    answered = str(receipt.get("answered") or ("" if receipt.get("reports") else receipt.get("wamid") or ""))
    if answered:
        states.setdefault(answered, "sent")
    best = max(states, key=lambda name: (ACROSS[states[name]], name))
    return {
        **receipt, "answered": answered, "reports": reports, "wamid": best, "report": states[best],
        "code": reports.get(best, [0, 0])[1],
    }  # fmt: skip


def _apply(session: Session, settings: Settings, row: Delivery, report: Report, now: datetime) -> None:
    receipt = merged(row.receipt or {}, report)
    row.receipt = receipt
    state = receipt["report"]
    is_open = row.status in {"unknown", "sending", "sent", "failed"}
    if state in ARRIVED or (state == "sent" and is_open):
        mark_sent(session, row, receipt, row.ended_at if row.status == "sent" and row.ended_at else now)
    elif state == "failed" and is_open:
        _fail(session, settings, row, receipt["code"], now)


def _fail(session: Session, settings: Settings, row: Delivery, code: int, now: datetime) -> None:
    outcome = outcome_of_code(code)
    reason = getattr(outcome, "reason", "")
    if row.status == "failed":
        return
    log.warning("whatsapp_report delivery=%d code=%d", row.id, code)
    words = f"WhatsApp accepted the message and then did not deliver it: {reason}"
    mark_failed(session, real_ways(), settings, row, words, now)
    if not isinstance(outcome, NotSent) and getattr(outcome, "scope", "") == "channel":
        channel = session.get_one(Channel, row.channel_id)
        if channel.problem is None:
            park_channel(session, channel.id, reason, now)


def _delivery_of(session: Session, report: Report) -> Delivery | None:
    of_whatsapp = select(Delivery).join(Channel, Channel.id == Delivery.channel_id).where(Channel.kind == KIND)
    if report.uid:
        return session.scalar(of_whatsapp.where(Delivery.uid == report.uid))
    return session.scalar(of_whatsapp.where(Delivery.receipt["wamid"].as_string() == report.wamid).limit(1))


def _report(told: Mapping[str, Any]) -> Report | None:
    wamid, state, uid = (str(told.get(name) or "") for name in ("id", "status", "biz_opaque_callback_data"))
    if not 0 < len(wamid) <= 500 or state not in RANK:
        return None
    codes = [one["code"] for one in _listed(told, "errors") if isinstance(one.get("code"), int)]
    code = codes[0] if codes and state == "failed" else 131000 if state == "failed" else 0
    return Report(wamid, cast("State", state), uid if re.fullmatch(r"[0-9a-f]{32}", uid) else "", code)


def _state(rank: int) -> str:
    return next(name for name, number in RANK.items() if number == rank)


def _listed(told: Any, name: str) -> list[dict[str, Any]]:
    found = told.get(name) if isinstance(told, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
