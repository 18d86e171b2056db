"""What the page of digests shows for its address, and what somebody wants of them: the list, or one form."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from typing import Any

from dash_kpi.alerting.channels.email_text import written
from dash_kpi.alerting.channels.store import channels
from dash_kpi.alerting.telling import digests as service
from dash_kpi.alerting.telling.digest_given import Digest, next_at
from dash_kpi.alerting.telling.digest_trying import try_digest
from dash_kpi.alerting.telling.digests import DigestRow
from dash_kpi.alerting.telling.route_words import names_of
from dash_kpi.errors import DashKpiError
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.reporting.view import View, fields_of
from dash_kpi.storage.database import Database
from dash_kpi.storage.sources import state_at

Answer = dict[str, Any]
Act = Callable[[Database, str, Mapping[str, Any], str, datetime], Answer]


@dataclass(frozen=True, slots=True)
class DigestsPage:
    """Everything that the page shows; with `digest` the form, new without a `row`."""

    view: View
    zone: tzinfo
    rows: tuple[DigestRow, ...]
    channels: Mapping[int, str] = field(default_factory=dict)
    kpis: Mapping[str, str] = field(default_factory=dict)  # labels by name
    digest: Digest | None = None
    row: DigestRow | None = None
    problem: str = ""


def digests_page(database: Database, workspace: str, query: str) -> DigestsPage:
    """Return what a URL's query asks: `new=1`, `edit=NUMBER`, or the list."""
    given = fields_of(query)
    new, edit = (given.get(name, [""])[-1] for name in ("new", "edit"))
    page = DigestsPage(
        View.from_query(query),
        database.settings.zone,
        service.digests(database, workspace),
        names_of(channels(database, workspace)),
        {kpi.name: kpi.label for kpi in kpis_of(database, state_at(database, workspace))},
    )
    if edit:
        row = next((one for one in page.rows if str(one.id) == edit), None)
        if row is None:
            return replace(page, problem="This digest is not there any more.")
        return replace(page, row=row, digest=row.digest)
    if new:
        only = tuple(page.channels) if len(page.channels) == 1 else ()
        return replace(page, digest=Digest("", channels=only))
    return page


def tried(database: Database, workspace: str, draft: Mapping[str, Any], now: datetime) -> Answer:
    """Return the message that a form would be now, or what is wrong; a name may still be missing."""
    given = {**draft["given"], "name": draft["given"].get("name") or "Digest"}
    try:
        message = service.preview_digest(database, workspace, given, now)
    except DashKpiError as error:
        return {"at": draft.get("at"), "refusal": str(error), "field": getattr(error, "field", "")}
    digest = Digest.from_json(given)
    due_at = next_at(digest, now, database.settings.zone, database.settings.calendar)
    return {
        "at": draft.get("at"),
        "text": written(message, [message.remark]),
        "next_at": due_at,
        "words": digest.words,
    }


def fulfil(database: Database, workspace: str, wish: Mapping[str, Any], by: str, now: datetime) -> Answer:
    """Do what a wish asks; what cannot be done comes back as its sentence, with the field that it is about."""
    act = str(wish.get("act"))
    told = {"act": act, "at": wish.get("at"), "number": wish.get("number")}
    if act not in ACTS:
        return told | {"refusal": f"There is nothing that is called '{act[:40]}'.", "field": ""}
    try:
        return told | ACTS[act](database, workspace, wish, by, now)
    except DashKpiError as error:
        return told | {"refusal": str(error), "field": getattr(error, "field", "")}


def _save(database: Database, workspace: str, wish: Mapping[str, Any], by: str, now: datetime) -> Answer:
    number = wish.get("number")
    former = service.digest_of(database, workspace, number).digest if number is not None else None
    kept = service.save_digest(database, workspace, wish["given"], by, now, number, wish.get("version"))
    name = service.digest_of(database, workspace, kept).digest.name
    back = {"act": "save", "number": kept, "given": former.as_json()} if former else {"act": "remove", "number": kept}
    return {"sentence": f"Digest {name} {'changed' if former else 'added'}.", "number": kept, "undo": back}


def _switch(database: Database, workspace: str, wish: Mapping[str, Any], by: str, now: datetime) -> Answer:
    number, is_on = wish["number"], wish["act"] == "enable"
    digest = service.set_enabled(database, workspace, number, is_on, now, wish.get("version"))
    undo = {"act": "disable" if is_on else "enable", "number": number}
    return {"sentence": f"Digest {digest.name} switched {'on' if is_on else 'off'}.", "undo": undo}


def _remove(database: Database, workspace: str, wish: Mapping[str, Any], by: str, now: datetime) -> Answer:
    former = service.remove_digest(database, workspace, wish["number"], wish.get("version"))
    undo = {"act": "save", "given": former.as_json()}
    return {"sentence": f"Digest {former.name} removed.", "undo": undo}


def _send(database: Database, workspace: str, wish: Mapping[str, Any], by: str, now: datetime) -> Answer:
    given = wish.get("given") or service.digest_of(database, workspace, wish["number"]).digest.as_json()
    sent = try_digest(database, workspace, given, by, now)
    return {"sentence": "The test is on its way.", "sendings": sent}


ACTS: dict[str, Act] = {"save": _save, "enable": _switch, "disable": _switch, "remove": _remove, "send": _send}
