import logging

import pytest
from flask import Flask, abort
from flask.testing import FlaskClient

from dash_kpi.errors import Conflict, NotFound, Refused
from dash_kpi.web.failures import report_failures


@pytest.fixture
def failing() -> FlaskClient:
    server = Flask("failing")
    failures = {
        "refused": Refused("No."),
        "unknown": NotFound("KPI", "revnue", ["revenue"]),
        "conflict": Conflict("Somebody was quicker."),
        "broken": ZeroDivisionError("division by zero"),
    }

    @server.get("/<place>/<name>")
    def fail(place: str, name: str) -> str:
        raise failures[name] if name in failures else abort(418, "A teapot.")

    report_failures(server)
    server.add_url_rule("/api/fail/<name>", "api", lambda name: fail("api", name))
    return server.test_client()


@pytest.mark.parametrize(
    ("name", "status", "sentence"),
    [
        ("refused", 422, "No."),
        ("unknown", 404, "No KPI named 'revnue'; did you mean 'revenue'?"),
        ("conflict", 409, "Somebody was quicker."),
        ("teapot", 418, "A teapot."),
    ],
)
def test_programs_are_told_what_is_wrong_as_json(failing: FlaskClient, name: str, status: int, sentence: str) -> None:
    answer = failing.get(f"/api/fail/{name}")

    assert (answer.status_code, answer.json) == (status, {"error": sentence})


def test_what_nobody_foresaw_is_logged_with_the_reference_that_is_shown(
    failing: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = failing.get("/api/fail/broken")

    assert answer.status_code == 500
    assert answer.json is not None
    reference = answer.json["error"].rstrip(".").rpartition(" ")[2]
    assert f"reference={reference}" in caplog.text
    assert "ZeroDivisionError" in caplog.text
    assert "division by zero" not in answer.text


def test_people_are_shown_a_page(failing: FlaskClient, caplog: pytest.LogCaptureFixture) -> None:
    answer = failing.get("/page/broken")

    assert (answer.status_code, answer.mimetype) == (500, "text/html")
    assert "Something went wrong here" in answer.text


@pytest.mark.parametrize("method", ["get", "post", "put", "delete"])
def test_an_unknown_address_of_the_api_is_no_page(visitor: FlaskClient, method: str) -> None:
    answer = getattr(visitor, method)("/api/nothing")

    assert (answer.status_code, answer.json) == (404, {"error": "There is nothing at /api/nothing."})
