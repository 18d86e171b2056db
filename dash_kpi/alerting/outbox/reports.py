"""Reports of WhatsApp: what became of a message after it was accepted, in whatever order and however often they come.

Of one message (wamid) the furthest counts: sent < failed < delivered < read, since nothing that arrived has failed.
A delivery has a message for each try that was accepted; one that arrived is enough, and it failed when all did. What
failed is then tried again, parked or given up like a try that was refused at once with the same code.
"""

import logging
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Any, Literal, cast

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.alerting.channels.transport import NotSent, RefusedForGood
from dash_kpi.alerting.channels.whatsapp_errors import after_acceptance
from dash_kpi.alerting.outbox.decide import Facts, after_send
from dash_kpi.alerting.outbox.record import apply, mark_sent
from dash_kpi.alerting.outbox.ways import real_ways
from dash_kpi.settings import Settings
from dash_kpi.storage.database import Database
from dash_kpi.storage.models import Channel, Delivery

log = logging.getLogger(__name__)

State = Literal["sent", "failed", "delivered", "read"]
RANK: Mapping[str, int] = {"sent": 1, "failed": 2, "delivered": 3, "read": 4}
ACROSS: Mapping[str, int] = {"failed": 1, "sent": 2, "delivered": 3, "read": 4}
ARRIVED = frozenset({"delivered", "read"})
MAY_BE_SENT = frozenset({"queued", "sending", "unknown", "parked", "failed", "sent"})
KIND = "whatsapp"
SCOPES = ("message", "destination", "channel")  # of a refusal, the gravest last


@dataclass(frozen=True, slots=True)
class Report:
    """One status of one message."""

    wamid: str
    state: State
    uid: str = ""  # of the delivery, where the report carries it
    code: int = 0  # why it failed


@dataclass(frozen=True, slots=True)
class Applied:
    """How many reports were about known deliveries, and how many of them have to come again."""

    known: int = 0
    early: int = 0  # a try is under way, and which one has failed shows only when it has ended


def reports_of(told: Any) -> tuple[Report, ...]:
    """Read the statuses in what WhatsApp posted; whatever is none is left out."""
    found: list[Report] = []
    for entry in _listed(told, "entry"):
        for change in _listed(entry, "changes"):
            found += [one for status in _listed(change.get("value"), "statuses") if (one := _report(status))]
    return tuple(found)


def apply_reports(database: Database, reports: Iterable[Report], now: datetime) -> Applied:
    """Let deliveries become what reports tell, in one transaction."""
    known = early = 0
    with database.writing() as session:
        for report in reports:
            row = _delivery_of(session, report)
            if row is None:
                continue
            known += 1
            if report.state == "failed" and row.status == "sending":
                early += 1
            else:
                _apply(session, database.settings, row, report, now)
                session.flush()
    return Applied(known, early)


def merged(receipt: Mapping[str, Any], report: Report, tries: int = 0) -> dict[str, Any]:
    """Return a receipt with a report added that came after so many tries; any order and repetition gives the same."""
    reports: dict[str, list[int]] = dict(receipt.get("reports") or {})
    if answered := receipt.get("wamid"):
        reports.setdefault(str(answered), [RANK["sent"], 0, tries])
    one = [RANK[report.state], report.code, tries]
    reports[report.wamid] = max(reports.get(report.wamid, one), one, key=_weight)
    best = max(reports, key=lambda name: (ACROSS[_state(reports[name][0])], name))
    return {**receipt, "reports": reports, "wamid": best, "report": _state(reports[best][0])}


def _apply(session: Session, settings: Settings, row: Delivery, report: Report, now: datetime) -> None:
    before = row.receipt or {}
    receipt = merged(before, report, row.attempts)
    row.receipt = receipt
    state = receipt["report"]
    if state in ARRIVED or (state == "sent" and row.status in MAY_BE_SENT):
        mark_sent(session, row, receipt, row.ended_at if row.status == "sent" and row.ended_at else now)
    elif state == "failed" and receipt["reports"] != before.get("reports") and row.status in MAY_BE_SENT:
        _fail(session, settings, row, receipt, now)


def _fail(session: Session, settings: Settings, row: Delivery, receipt: Mapping[str, Any], now: datetime) -> None:
    """Let a delivery whose tries all failed go the way of its gravest failure since the last try."""
    reports = receipt["reports"].values()
    failures = len(reports)
    code = max((one for one in reports if one[2] == row.attempts), key=_weight, default=[0, 0, 0])[1]
    outcome = after_acceptance(code, failures)
    if isinstance(outcome, NotSent) and row.status in ("parked", "failed"):
        return  # it waits for a person, or for its queue, for another reason
    log.warning("whatsapp_report delivery=%d code=%d", row.id, code)
    facts = Facts("hold", row.is_possible_repeat, failures)
    dice = Random(f"{row.uid} {failures}")  # noqa: S311  the same wait, in whatever order reports come
    apply(session, real_ways(), settings, row, after_send(facts, outcome, now, dice), now)


def _delivery_of(session: Session, report: Report) -> Delivery | None:
    of_whatsapp = select(Delivery).join(Channel, Channel.id == Delivery.channel_id).where(Channel.kind == KIND)
    of_whatsapp = of_whatsapp.with_for_update(of=Delivery)
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


def _weight(report: list[int]) -> tuple[int, int, int]:
    """Order reports of one message: by how far it came, then by how grave its failure is."""
    rank, code = report[:2]
    outcome = after_acceptance(code) if rank == RANK["failed"] else None
    return rank, SCOPES.index(outcome.scope) if isinstance(outcome, RefusedForGood) else -1, code


def _state(rank: int) -> State:
    return next(cast("State", name) for name, number in RANK.items() if number == rank)


def _listed(told: Any, name: str) -> list[dict[str, Any]]:
    found = told.get(name) if isinstance(told, dict) else None
    return [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
