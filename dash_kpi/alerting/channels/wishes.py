"""What somebody wants of channels and routes on their page: one wish, one answer that a page can keep."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from dash_kpi.alerting.channels import store, trying
from dash_kpi.alerting.telling import routes
from dash_kpi.errors import DashKpiError
from dash_kpi.storage.database import Database

Answer = dict[str, Any]
Act = Callable[[Database, str, Mapping[str, Any], str, datetime], Answer]
OPPOSITE = {"enable": "disable", "disable": "enable", "remove": "restore", "restore": "remove"}


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
    change = store.save(database, workspace, wish["given"], by, now, number, wish.get("version"))
    undo = {"act": "remove", "number": change.id} if number is None else None
    return {"sentence": change.sentence, "number": change.id, "made": change.made, "undo": undo}


def _connect(database: Database, workspace: str, wish: Mapping[str, Any], by: str, now: datetime) -> Answer:
    return {"sentence": trying.connect(database, workspace, wish.get("given"), now, wish.get("number"))}


def _send(database: Database, workspace: str, wish: Mapping[str, Any], by: str, now: datetime) -> Answer:
    sent = trying.send_test(database, workspace, wish["number"], by, now)
    return {"sentence": "The test is on its way.", "sendings": sent}


def _switch(database: Database, workspace: str, wish: Mapping[str, Any], by: str, now: datetime) -> Answer:
    act, number, version = wish["act"], wish["number"], wish.get("version")
    if act in ("enable", "disable"):
        change = store.set_enabled(database, workspace, number, act == "enable", by, now, version)
    elif act == "remove":
        change = store.remove(database, workspace, number, by, now, version)
    else:
        change = store.restore(database, workspace, number, by, now)
    return {"sentence": change.sentence, "undo": {"act": OPPOSITE[act], "number": number}}


def _retry(database: Database, workspace: str, wish: Mapping[str, Any], by: str, now: datetime) -> Answer:
    return {"sentence": store.retry(database, workspace, wish["number"], by, now).sentence}


def _save_route(database: Database, workspace: str, wish: Mapping[str, Any], by: str, now: datetime) -> Answer:
    number = wish.get("number")
    change = routes.save(database, workspace, wish["given"], by, now, number, wish.get("version"))
    back = {"act": "save_route", "number": change.id, "given": change.former}
    undo = back if change.former else {"act": "remove_route", "number": change.id}
    return {"sentence": change.sentence, "undo": undo}


def _remove_route(database: Database, workspace: str, wish: Mapping[str, Any], by: str, now: datetime) -> Answer:
    change = routes.remove(database, workspace, wish["number"], by, now, wish.get("version"))
    return {"sentence": change.sentence, "undo": {"act": "save_route", "given": change.former}}


def _move_route(database: Database, workspace: str, wish: Mapping[str, Any], by: str, now: datetime) -> Answer:
    return {"sentence": routes.move(database, workspace, wish["number"], wish["position"]).sentence}


ACTS: dict[str, Act] = {
    "save": _save,
    "connect": _connect,
    "send": _send,
    "enable": _switch,
    "disable": _switch,
    "remove": _switch,
    "restore": _switch,
    "retry": _retry,
    "save_route": _save_route,
    "remove_route": _remove_route,
    "move_route": _move_route,
}
