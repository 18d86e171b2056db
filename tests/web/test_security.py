import json
import re

import pytest
from flask.testing import FlaskClient

from dash_kpi.web.security import COOKIE, HEADER, SAFE

CALLBACK = "/_dash-update-component"


def cookies_of(client: FlaskClient, url: str, **options: str) -> list[str]:
    return client.get(url, **options).headers.getlist("Set-Cookie")  # type: ignore[arg-type]


@pytest.mark.parametrize("url", [CALLBACK, "/api/uploads?name=a.csv", "/api/anything"])
@pytest.mark.parametrize("headers", [{}, {HEADER: ""}, {HEADER: "guess"}, {HEADER: "ü"}])
def test_a_write_without_the_token_of_its_session_is_refused(
    client: FlaskClient, url: str, headers: dict[str, str]
) -> None:
    client.get("/")

    answer = client.post(url, json={}, headers=headers)

    assert answer.status_code == 403
    assert answer.json is not None
    assert "reload the page" in answer.json["error"]


def test_every_address_that_writes_asks_for_the_token(client: FlaskClient) -> None:
    client.get("/")
    writes = [
        (method, re.sub(r"<int:\w+>", "1", re.sub(r"<(?!int:)[^>]+>", "revenue", rule.rule)))
        for rule in client.application.url_map.iter_rules()
        for method in (rule.methods or set()) - SAFE
    ]

    answers = {
        (method, address): client.open(address, method=method, json={}).status_code for method, address in writes
    }

    assert ("POST", "/api/v1/annotations") in answers
    assert ("PUT", "/api/v1/definitions/revenue") in answers
    assert {one for one, status in answers.items() if status != 403} == set()


def test_the_token_of_another_session_is_of_no_use(client: FlaskClient) -> None:
    client.get("/")
    other = client.application.test_client()
    other.get("/")
    stolen = other.get_cookie(COOKIE)
    assert stolen is not None

    assert client.post(CALLBACK, json={}, headers={HEADER: stolen.value}).status_code == 403


def test_a_write_with_the_token_reaches_its_callback(visitor: FlaskClient) -> None:
    router = next(
        item for item in json.loads(visitor.get("/_dash-dependencies").data) if "_pages_content" in item["output"]
    )
    outputs = [{"id": "_pages_content", "property": "children"}, {"id": "_pages_store", "property": "data"}]
    values = {"pathname": "/nowhere", "search": ""}
    inputs = [item | {"value": values[item["property"]]} for item in router["inputs"]]

    answer = visitor.post(CALLBACK, json={"output": router["output"], "outputs": outputs, "inputs": inputs})

    assert answer.status_code == 200
    assert "No such page" in answer.text


def test_the_token_is_readable_for_scripts_of_this_origin_and_the_session_is_not(client: FlaskClient) -> None:
    token, session = sorted(cookies_of(client, "/"))

    assert token.startswith(f"{COOKIE}=")
    assert "HttpOnly" not in token
    assert "SameSite=Strict" in token
    assert "HttpOnly" in session
    assert "SameSite=Lax" in session


def test_cookies_are_bound_to_https_where_the_page_came_over_https(client: FlaskClient) -> None:
    assert all("Secure" in cookie for cookie in cookies_of(client, "/", base_url="https://localhost"))
    assert not any("Secure" in cookie for cookie in cookies_of(client.application.test_client(), "/"))


def test_cookies_are_sent_once(client: FlaskClient) -> None:
    client.get("/")

    assert cookies_of(client, "/") == []
    assert cookies_of(client, "/_dash-layout") == []


@pytest.mark.parametrize("url", ["/api/flag", "/assets/app.css", "/assets/nothing.css", "/healthz", "/readyz"])
def test_what_is_the_same_for_everybody_has_nothing_to_do_with_cookies(client: FlaskClient, url: str) -> None:
    answer = client.get(url)

    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.headers.get("Vary", "")


def test_a_page_runs_no_script_but_ours(client: FlaskClient) -> None:
    page = client.get("/")
    policy = dict(part.split(" ", 1) for part in page.headers["Content-Security-Policy"].split("; "))

    assert "unsafe" not in policy["script-src"]
    assert policy["script-src"].count("'sha256-") == len(
        re.findall(r"<script(?: id=\"_dash-renderer\"[^>]*)?>", page.text)
    )
    assert policy["frame-ancestors"] == "'none'"
    assert policy["default-src"] == policy["form-action"] == "'self'"
    assert "http" not in page.headers["Content-Security-Policy"]


@pytest.mark.parametrize("url", ["/", "/assets/app.css", "/api/flag", "/api/nothing", "/_dash-layout"])
def test_no_answer_is_sniffed(client: FlaskClient, url: str) -> None:
    assert client.get(url).headers["X-Content-Type-Options"] == "nosniff"


def test_what_is_made_for_one_person_is_not_kept_by_anybody(client: FlaskClient) -> None:
    assert client.get("/_dash-layout").headers["Cache-Control"] == "no-cache"
    assert client.get("/").headers["Cache-Control"] == "no-cache"
