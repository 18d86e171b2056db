"""A strict fake of the WhatsApp Business Cloud API: it refuses what the real one would, and posts signed reports."""

import hashlib
import hmac
import json
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qs, urlsplit

import requests

from tests.fakes.faults import FakeService, Plan, Reply, Request

NUMBER_ID, ACCOUNT_ID, TOKEN = "106540352242922", "102290129340398", "EAAG-token-of-a-system-user"
SECRET = "app-secret-of-the-fake"  # noqa: S105
BODY = "KPI alert: {{1}}\n\n{{2}}\n\nMore: {{3}}\n\nSent by Dash KPI."


@dataclass
class Template:
    """A template as it stands at Meta."""

    body: str = BODY
    status: str = "APPROVED"
    language: str = "en_US"


class Refusal(Exception):
    """An error with its code."""

    def __init__(self, status: int, code: int, details: str, subcode: int = 0) -> None:
        super().__init__(details)
        self.status, self.code, self.details, self.subcode = status, code, details, subcode


@dataclass
class Rules:
    """What the fake holds about its users: windows that are open, bursts that are left, codes that are forced."""

    open_windows: set[str] = field(default_factory=set)
    is_window_late: bool = False  # 131047 comes by report, after a 200
    bursts: dict[str, int] = field(default_factory=dict)  # what is left for a number before 131056
    throughput: int | None = None  # what is left before 130429
    codes: dict[str, tuple[int, int]] = field(default_factory=dict)  # by number: HTTP status and code


class FakeWhatsApp(FakeService):
    """Takes messages at /v25.0/{phone-number-id}/messages; the ledger has each body with its `wamid`."""

    def __init__(self, plan: Plan | None = None, version: str = "v25.0") -> None:
        super().__init__(plan)
        self.version = version
        self.templates = {"kpi_alert": Template()}
        self.rules = Rules()

    def answer(self, request: Request) -> Reply:
        try:
            return self.routed(request)
        except Refusal as problem:
            error: dict[str, Any] = {
                "message": f"(#{problem.code}) {problem.details}", "type": "OAuthException", "code": problem.code,
                "error_data": {"messaging_product": "whatsapp", "details": problem.details}, "fbtrace_id": "AOno",
            }  # fmt: skip
            if problem.subcode:
                error["error_subcode"] = problem.subcode
            return Reply.of({"error": error}, problem.status)

    def routed(self, request: Request) -> Reply:
        parts = urlsplit(request.path)
        version, _, rest = parts.path.lstrip("/").partition("/")
        if version != self.version:
            raise Refusal(400, 2500, "Unknown path components")
        if request.headers.get("authorization") != f"Bearer {TOKEN}":
            raise Refusal(401, 190, "Invalid OAuth access token")
        if request.method == "GET" and rest == NUMBER_ID:
            return Reply.of({"id": rest, "display_phone_number": "+1 555-123-4567", "verified_name": "Example Ltd"})
        if request.method == "GET" and rest == f"{ACCOUNT_ID}/message_templates":
            name = parse_qs(parts.query)["name"][0]
            found = [(key, one) for key, one in self.templates.items() if key.startswith(name)]
            return Reply.of({"data": [{"name": k, "language": t.language, "status": t.status} for k, t in found]})
        if request.method != "POST" or rest != f"{NUMBER_ID}/messages":
            raise Refusal(400, 100, "Unsupported request: the object does not exist", 33)
        return self.message(request)

    def message(self, request: Request) -> Reply:
        if not request.headers.get("content-type", "").startswith("application/json"):
            raise Refusal(400, 100, "Content-Type")
        body = request.json
        if body.get("messaging_product") != "whatsapp":
            raise Refusal(400, 100, "messaging_product is required")
        if not re.fullmatch(r"[1-9]\d{6,14}", str(body.get("to"))):
            raise Refusal(400, 131009, "Parameter value is not valid: to")
        if len(body.get("biz_opaque_callback_data", "")) > 512:
            raise Refusal(400, 100, "biz_opaque_callback_data is too long")
        self.check_limits(body["to"])
        is_late = self.check_content(body)
        wamid = f"wamid.{len(self.ledger) + 1:08d}"
        self.accept(request, {**body, "wamid": wamid, "is_late": is_late})
        to = body["to"]
        sent = {"id": wamid, "message_status": "accepted"}
        contacts = [{"input": to, "wa_id": to}]
        return Reply.of({"messaging_product": "whatsapp", "contacts": contacts, "messages": [sent]})

    def check_limits(self, to: str) -> None:
        if to in self.rules.codes:
            raise Refusal(*self.rules.codes[to], "forced")
        if self.rules.throughput is not None:
            if self.rules.throughput == 0:
                raise Refusal(400, 130429, "Rate limit hit")
            self.rules.throughput -= 1
        if to in self.rules.bursts:
            if self.rules.bursts[to] == 0:
                raise Refusal(400, 131056, "(Business Account, Consumer Account) pair rate limit hit")
            self.rules.bursts[to] -= 1

    def check_content(self, body: dict[str, Any]) -> bool:
        """Check text or template; tell whether it is accepted now and refused by a report later."""
        if body.get("type") == "template":
            self.check_template(body["template"])
            return False
        if body.get("type") != "text":
            raise Refusal(400, 131051, "Unsupported message type")
        text = body["text"]["body"]
        if not text.strip():
            raise Refusal(400, 131008, "Required parameter is missing: text.body")
        if len(text) > 4096:
            raise Refusal(400, 100, "text.body is too long")
        if body["to"] in self.rules.open_windows:
            return False
        if not self.rules.is_window_late:
            raise Refusal(400, 131047, "Re-engagement message")
        return True

    def check_template(self, given: dict[str, Any]) -> None:
        template = self.templates.get(given["name"])
        if template is None or template.language != given["language"]["code"]:
            raise Refusal(404, 132001, "Template name does not exist in the translation")
        states = {"APPROVED": 0, "PAUSED": 132015, "DISABLED": 132016}
        if code := states.get(template.status, 132001):
            raise Refusal(404 if code == 132001 else 400, code, f"Template is {template.status}")
        texts = [one["text"] for part in given["components"] if part["type"] == "body" for one in part["parameters"]]
        slots = re.findall(r"\{\{\d+\}\}", template.body)
        if len(texts) != len(slots):
            raise Refusal(400, 132000, "Number of parameters does not match")
        filled = template.body
        for slot, text in zip(slots, texts, strict=True):
            if not text.strip():
                raise Refusal(400, 131008, "Parameter of type text is missing text value")
            if re.search(r"[\n\t\r]| {5}", text):
                raise Refusal(400, 132018, "Param text cannot have new-line/tab characters or more than 4 spaces")
            filled = filled.replace(slot, text)
        if len(filled) > 1024:
            raise Refusal(400, 132005, "Translated text too long")


def status(wamid: str, state: str, uid: str = "", code: int | None = None, at: int = 1_772_440_200) -> dict[str, Any]:
    """Return one status as it stands in a report."""
    told: dict[str, Any] = {"id": wamid, "status": state, "timestamp": str(at), "recipient_id": "15551234567"}
    if uid:
        told["biz_opaque_callback_data"] = uid
    if code is not None:
        told["errors"] = [{"code": code, "title": "x", "message": "x", "error_data": {"details": "ü"}}]
    return told


def written(sender: str, at: float, text: str = "Thanks") -> bytes:
    """Return the bytes of a report that somebody wrote to the number."""
    message = {"from": sender, "id": "wamid.in", "timestamp": f"{at:.0f}", "type": "text", "text": {"body": text}}
    return posted_of({"contacts": [{"wa_id": sender}], "messages": [message]})


def report_of(*statuses: dict[str, Any]) -> bytes:
    """Return the bytes of a report of statuses."""
    return posted_of({"statuses": list(statuses)})


def posted_of(told: dict[str, Any]) -> bytes:
    """Return the bytes of what is posted; non-ASCII is escaped, as Meta does."""
    metadata = {"display_phone_number": "15551234567", "phone_number_id": NUMBER_ID}
    value = {"messaging_product": "whatsapp", "metadata": metadata, **told}
    entry = {"id": ACCOUNT_ID, "changes": [{"field": "messages", "value": value}]}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


def signature_of(body: bytes, secret: str = SECRET) -> str:
    """Return the header X-Hub-Signature-256 of a report."""
    return "sha256=" + hmac.new(secret.encode(), body, hashlib.sha256).hexdigest()


def post_report(url: str, *statuses: dict[str, Any], secret: str = SECRET) -> int:
    """Post a signed report to an address; return the status of its answer."""
    body = report_of(*statuses)
    headers = {"X-Hub-Signature-256": signature_of(body, secret), "Content-Type": "application/json"}
    return requests.post(url, data=body, headers=headers, timeout=5).status_code
