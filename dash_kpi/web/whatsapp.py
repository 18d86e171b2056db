"""Where WhatsApp posts what became of messages, signed with the secret of the app."""

import hashlib
import hmac
from datetime import UTC, datetime

import orjson
from flask import Blueprint, Response, abort, request

from dash_kpi.alerting.outbox.reports import apply_reports, reports_of
from dash_kpi.alerting.outbox.windows import incoming_of, keep_incoming
from dash_kpi.web.context import database

whatsapp_reports = Blueprint("whatsapp", __name__, url_prefix="/whatsapp")

LARGEST = 3 * 2**20  # bytes, as WhatsApp documents


@whatsapp_reports.get("/reports")
def shake_hands() -> Response:
    """Give back the challenge to whoever knows the verify token."""
    known, given = database().settings.whatsapp_verify_token, request.args.get("hub.verify_token", "")
    is_known = bool(known) and hmac.compare_digest(known.encode(), given.encode())
    if request.args.get("hub.mode") != "subscribe" or not is_known:
        abort(403, "The verify token is not the one in the settings.")
    return Response(request.args.get("hub.challenge", ""), mimetype="text/plain")


@whatsapp_reports.post("/reports")
def take_reports() -> Response:
    """Apply the statuses that WhatsApp reports, and keep who wrote when; whatever else comes is answered alike."""
    request.max_content_length = LARGEST
    body = request.get_data()
    if not is_signed(database().settings.whatsapp_app_secret, request.headers.get("X-Hub-Signature-256", ""), body):
        abort(403, "The report does not carry a valid signature of WhatsApp.")
    try:
        told = orjson.loads(body)
    except ValueError:
        abort(400, "The report is no JSON.")
    if incoming := incoming_of(told):
        keep_incoming(database(), incoming, datetime.now(UTC))
    if (reports := reports_of(told)) and apply_reports(database(), reports, datetime.now(UTC)).early:
        return Response(status=503)  # WhatsApp posts it again; what was applied is not applied twice
    return Response(status=200)


def is_signed(secret: str, given: str, body: bytes) -> bool:
    """Tell whether WhatsApp signed these bytes; without a secret nothing is."""
    if not secret:
        return False
    known = "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()
    return hmac.compare_digest(known.encode(), given.encode())
