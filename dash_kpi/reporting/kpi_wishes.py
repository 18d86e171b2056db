"""What somebody wants of the catalogue on its page: one wish, one answer that a page can keep."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from dash_kpi.errors import Conflict, Refused
from dash_kpi.reporting import definitions
from dash_kpi.storage.database import Database

BY = "KPI page"


def fulfil(database: Database, workspace: str, wish: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """Do what a wish asks, and return the change; what cannot be done comes back as its sentence."""
    act, name, version = wish["act"], str(wish.get("name") or ""), wish.get("version")
    try:
        if act == "save":
            given, is_new = wish["definition"], wish.get("is_new") is True
            change = definitions.save(database, workspace, given, BY, now, version=version, is_new=is_new)
        elif act in ("hide", "show"):
            change = definitions.set_hidden(database, workspace, name, act == "hide", BY, now, version)
        else:
            decide = {"reset": definitions.reset, "remove": definitions.remove, "undo": definitions.undo}[act]
            change = decide(database, workspace, name, BY, now, version)
    except (Refused, Conflict) as error:
        return {"act": act, "refusal": str(error), "at": wish.get("at")}
    return {"act": act, "at": wish.get("at"), **asdict(change)}
