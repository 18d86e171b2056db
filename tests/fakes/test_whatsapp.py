"""The fake of WhatsApp refuses what the real one would."""

from collections.abc import Iterator
from typing import Any

import pytest
import requests

from tests.fakes.faults import FakeService, Reply, Request
from tests.fakes.whatsapp import NUMBER_ID, TOKEN, FakeWhatsApp, post_report, signature_of, status

TO = "15551234567"


@pytest.fixture
def service() -> Iterator[FakeWhatsApp]:
    with FakeWhatsApp() as one:
        yield one


def template(*texts: str, name: str = "kpi_alert", language: str = "en_US") -> dict[str, Any]:
    parameters = [{"type": "text", "text": one} for one in texts]
    components = [{"type": "body", "parameters": parameters}]
    kept = {"name": name, "language": {"code": language}, "components": components}
    return {"messaging_product": "whatsapp", "to": TO, "type": "template", "template": kept}


def text(body: str) -> dict[str, Any]:
    return {"messaging_product": "whatsapp", "to": TO, "type": "text", "text": {"body": body}}


def posted(service: FakeWhatsApp, body: dict[str, Any], path: str = f"v25.0/{NUMBER_ID}") -> dict[str, Any]:
    headers = {"Authorization": f"Bearer {TOKEN}"}
    found: dict[str, Any] = requests.post(f"{service.url}{path}/messages", json=body, headers=headers, timeout=5).json()
    return found


FINE = template("a", "b", "c")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({**FINE, "messaging_product": ""}, 100),
        ({**FINE, "to": "+15551234567"}, 131009),
        ({**FINE, "biz_opaque_callback_data": "x" * 513}, 100),
        ({**FINE, "type": "image"}, 131051),
        (template("a", "b"), 132000),
        (template("a", "b\nb", "c"), 132018),
        (template("a", "b     b", "c"), 132018),
        (template("a", " ", "c"), 131008),
        (template("a", "b" * 1024, "c"), 132005),
        (template("a", "b", "c", name="other"), 132001),
        (template("a", "b", "c", language="de"), 132001),
        (text(""), 131008),
        (text("a"), 131047),
    ],
)
def test_what_breaks_a_rule_is_refused(body: dict[str, Any], code: int, service: FakeWhatsApp) -> None:
    assert posted(service, body)["error"]["code"] == code
    assert service.ledger == []


def test_what_keeps_the_rules_is_accepted_without_our_id(service: FakeWhatsApp) -> None:
    reply = posted(service, {**FINE, "biz_opaque_callback_data": "ours"})
    assert reply["messages"][0]["id"].startswith("wamid.")
    assert "ours" not in str(reply)
    service.rules.open_windows.add(TO)
    assert "error" not in posted(service, text("a"))


def test_an_unknown_number_has_its_subcode(service: FakeWhatsApp) -> None:
    error = posted(service, FINE, "v25.0/999999")["error"]
    assert (error["code"], error["error_subcode"]) == (100, 33)


@pytest.mark.parametrize(("state", "code"), [("PAUSED", 132015), ("DISABLED", 132016), ("PENDING", 132001)])
def test_a_template_that_is_not_approved_is_refused(state: str, code: int, service: FakeWhatsApp) -> None:
    service.templates["kpi_alert"].status = state
    assert posted(service, FINE)["error"]["code"] == code
    assert service.ledger == []


def test_a_closed_window_can_be_told_late(service: FakeWhatsApp) -> None:
    service.rules.is_window_late = True
    assert "error" not in posted(service, text("a"))
    assert "error" not in posted(service, FINE)
    assert [one.message["is_late"] for one in service.ledger] == [True, False]


def test_throughput_and_pairs_have_their_limits(service: FakeWhatsApp) -> None:
    service.rules.throughput = 2
    assert [posted(service, FINE).get("error", {}).get("code") for _ in range(3)] == [None, None, 130429]
    service.rules.throughput, service.rules.bursts[TO] = None, 1
    assert [posted(service, FINE).get("error", {}).get("code") for _ in range(2)] == [None, 131056]
    assert "error" not in posted(service, {**FINE, "to": "4915123456789"})


def test_another_version_or_token_is_refused(service: FakeWhatsApp) -> None:
    assert posted(service, FINE, f"v1.0/{NUMBER_ID}")["error"]["code"] == 2500
    url = f"{service.url}v25.0/{NUMBER_ID}/messages"
    reply = requests.post(url, json=FINE, headers={"Authorization": "Bearer x"}, timeout=5)
    assert (reply.status_code, reply.json()["error"]["code"]) == (401, 190)


class Endpoint(FakeService):
    """Takes reports."""

    def answer(self, request: Request) -> Reply:
        self.accept(request, request.headers["x-hub-signature-256"] == signature_of(request.body))
        return Reply()


def test_reports_are_posted_with_their_signature() -> None:
    with Endpoint() as endpoint:
        assert post_report(endpoint.url, status("w", "failed", "uid", 131026)) == 200
    assert [one.message for one in endpoint.ledger] == [True]
