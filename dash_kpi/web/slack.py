"""The buttons under messages in Slack: who presses one acts on the alerts of that message."""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs

import orjson
from flask import Blueprint, Response, abort, request

from dash_kpi.alerting.alerts import acts as alerts
from dash_kpi.alerting.channels import slack_hook
from dash_kpi.errors import Conflict, Refused
from dash_kpi.storage.database import Database
from dash_kpi.web.context import database, workspace

slack_buttons = Blueprint("slack", __name__, url_prefix="/slack")

TOLERANCE = timedelta(minutes=5)  # between Slack's clock and ours; older requests may be played back by others
SNOOZE = timedelta(days=1)
IDS = re.compile(r"\d{1,15}(,\d{1,15})*")
MOST_NAME = 80


@dataclass(frozen=True, slots=True)
class Press:
    """One press of a button."""

    action: str  # acknowledge, snooze, open
    ids: tuple[int, ...]
    by: str
    answer_url: str


@slack_buttons.post("/actions")
def act() -> Response:
    """Do what a button says, and tell the person who pressed it; Slack waits for 3 seconds."""
    now, body, settings = datetime.now(UTC), request.get_data(), database().settings
    if not is_signed(settings.slack_signing_secret, dict(request.headers), body, now):
        abort(403, "The request does not carry a signature of Slack that is valid now.")
    press = press_of(body)
    if press is None:
        abort(400, "The request is no press of a button that Dash KPI sent.")
    said = done(database(), workspace(), press, now)
    response = Response(status=200)
    if said:  # after Slack has its answer
        response.call_on_close(lambda: slack_hook.answer(press.answer_url, said, settings))
    return response


def is_signed(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Tell whether Slack signed these bytes (version 0: HMAC-SHA256 over time and body), and not long ago.

    Source: Slack, "Verifying requests from Slack".
    """
    stamp, given = headers.get("X-Slack-Request-Timestamp", ""), headers.get("X-Slack-Signature", "")
    if not secret or not re.fullmatch(r"[0-9]{1,12}", stamp):
        return False
    if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        return False
    known = hmac.new(secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(f"v0={known}".encode(), given.encode())


def press_of(body: bytes) -> Press | None:
    """Read what Slack tells of a press, None where it is something else."""
    try:
        told: Any = orjson.loads(parse_qs(body.decode())["payload"][0])
        action, user = told["actions"][0], told["user"]
        ids = str(action.get("value", ""))
        if told["type"] != "block_actions" or not IDS.fullmatch(ids):
            return None
        name = " ".join(str(user.get("name") or user.get("username") or user["id"]).split())[:MOST_NAME]
        numbers = tuple(dict.fromkeys(int(one) for one in ids.split(",")))
        return Press(str(action["action_id"]), numbers, f"{name} (Slack)", str(told.get("response_url", "")))
    except (ValueError, LookupError, TypeError, AttributeError):
        return None


def done(database: Database, workspace: str, press: Press, now: datetime) -> str:
    """Do it, and return what came of it in a sentence; "" where there is nothing to do."""
    try:
        match press.action:
            case "acknowledge":
                return alerts.acknowledge(database, workspace, press.ids, press.by, "", now).sentence
            case "snooze":
                return alerts.snooze(database, workspace, press.ids, now + SNOOZE, press.by, now).sentence
    except (Refused, Conflict) as refusal:
        return str(refusal)
    return ""
