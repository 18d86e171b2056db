"""What the page of messages shows for its address, and what somebody wants of them: the list, or one wording."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from typing import Any

from dash_kpi.alerting.messages import templates as service
from dash_kpi.alerting.messages.templates import TemplateRow, TemplateVersion
from dash_kpi.alerting.messages.whole import whole
from dash_kpi.alerting.messages.wording import WORDINGS
from dash_kpi.errors import DashKpiError
from dash_kpi.reporting.view import View, fields_of
from dash_kpi.storage.database import Database

Answer = dict[str, Any]
Act = Callable[[Database, str, Mapping[str, Any], str, datetime], str]


@dataclass(frozen=True, slots=True)
class MessagesPage:
    """Everything that the page shows; with `edited` its form."""

    view: View
    zone: tzinfo
    rows: tuple[TemplateRow, ...]
    titles: frozenset[str]  # the names of those that are titles
    edited: TemplateRow | None = None
    versions: tuple[TemplateVersion, ...] = ()  # of the edited one, the newest first
    problem: str = ""


def messages_page(database: Database, workspace: str, query: str) -> MessagesPage:
    """Return what a URL's query asks: `edit=NAME`, or the list."""
    edit = fields_of(query).get("edit", [""])[-1]
    titles = frozenset(name for name, known in WORDINGS.items() if known.is_title)
    rows = service.templates(database, workspace)
    page = MessagesPage(View.from_query(query), database.settings.zone, rows, titles)
    if not edit:
        return page
    row = next((one for one in rows if one.name == edit), None)
    if row is None:
        return replace(page, problem="There is no such message.")
    return replace(page, edited=row, versions=service.versions(database, workspace, edit))


def tried(database: Database, workspace: str, draft: Mapping[str, Any], now: datetime) -> Answer:
    """Return what a text would say, or what is wrong with it and where."""
    try:
        found = whole(database, workspace, str(draft.get("name")), str(draft.get("text")), now)
    except DashKpiError as error:
        return {"at": draft.get("at"), "refusal": str(error), "start": getattr(error, "start", None)}
    return {"at": draft.get("at"), **found.as_json()}


def fulfil(database: Database, workspace: str, wish: Mapping[str, Any], by: str, now: datetime) -> Answer:
    """Do what a wish asks; what cannot be done comes back as its sentence, with the place of a mistake."""
    act, name = str(wish.get("act")), str(wish.get("name"))
    told = {"act": act, "at": wish.get("at"), "name": name}
    if act not in ACTS:
        return told | {"refusal": f"There is nothing that is called '{act[:40]}'.", "start": None}
    try:
        sentence = ACTS[act](database, workspace, wish, by, now)
    except DashKpiError as error:
        return told | {"refusal": str(error), "start": getattr(error, "start", None)}
    row = service.template(database, workspace, name)
    return told | {"sentence": sentence, "undo": {"act": "undo", "name": name, "seen": row.versions}}


def _save(database: Database, workspace: str, wish: Mapping[str, Any], by: str, now: datetime) -> str:
    name = wish["name"]
    service.save(database, workspace, name, wish["text"], by, now, wish.get("seen"))
    return f"'{WORDINGS[name].label}' is worded anew."


def _reset(database: Database, workspace: str, wish: Mapping[str, Any], by: str, now: datetime) -> str:
    service.reset(database, workspace, wish["name"], by, now, wish.get("seen"))
    return f"'{WORDINGS[wish['name']].label}' is worded as it comes with the program."


def _undo(database: Database, workspace: str, wish: Mapping[str, Any], by: str, now: datetime) -> str:
    service.undo(database, workspace, wish["name"], by, now, wish.get("seen"))
    return f"'{WORDINGS[wish['name']].label}' is worded as before its last change."


ACTS: dict[str, Act] = {"save": _save, "reset": _reset, "undo": _undo}
