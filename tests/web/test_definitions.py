"""The definitions over HTTP: read, saved, hidden, reset, removed, undone, tried; and what is refused."""

from datetime import date
from typing import Any

import pytest
from flask.testing import FlaskClient

from dash_kpi.storage.database import Database
from tests.builders import commit_rows, sale

AT = "/api/v1/definitions"
SHARE = {"label": "Online share", "formula": 'revenue[Channel = "Online"] / revenue', "unit": "percent"}


@pytest.fixture(autouse=True)
def sales(database: Database) -> None:
    rows = [sale(date(2025, month, 1), 100, 60, Channel="Online" if month % 2 else "Shop") for month in range(1, 13)]
    commit_rows(database, "sales.xlsx", rows)


def names(visitor: FlaskClient) -> dict[str, Any]:
    return {one["name"]: one for one in visitor.get(AT).json["definitions"]}


def test_a_kpi_is_saved_read_and_removed(visitor: FlaskClient) -> None:
    saved = visitor.put(f"{AT}/online_share?version=0", json=SHARE).json
    found = visitor.get(f"{AT}/online_share").json

    assert (saved["revision"], saved["sentence"]) == (2, "KPI Online share added.")
    assert (found["formula"], found["version"], found["is_built_in"]) == (SHARE["formula"], saved["version"], False)
    assert visitor.get("/api/v1/kpis?kpi=online_share").json["kpis"][0]["points"][0]["value"] == 0.5
    assert visitor.delete(f"{AT}/online_share?version={saved['version']}").status_code == 200
    assert "online_share" not in names(visitor)
    assert visitor.post(f"{AT}/online_share/undo").json["revision"] == 4
    assert "online_share" in names(visitor)


def test_a_built_in_kpi_is_hidden_shown_changed_and_reset(visitor: FlaskClient) -> None:
    visitor.post(f"{AT}/profit/hide")
    assert names(visitor)["profit"]["is_hidden"]
    visitor.post(f"{AT}/profit/show")
    visitor.put(f"{AT}/profit", json={"formula": "revenue - 1"})
    assert names(visitor)["profit"]["formula"] == "revenue - 1"
    visitor.post(f"{AT}/profit/reset")
    assert names(visitor)["profit"]["formula"] == "profit"


def test_an_earlier_version_is_restored(visitor: FlaskClient) -> None:
    first = visitor.put(f"{AT}/online_share", json=SHARE).json["version"]
    visitor.put(f"{AT}/online_share", json=SHARE | {"label": "Web"})
    visitor.post(f"{AT}/online_share/undo?to={first}")

    assert visitor.get(f"{AT}/online_share").json["label"] == "Online share"


def test_a_mistake_is_told_with_its_place(visitor: FlaskClient) -> None:
    answer = visitor.put(f"{AT}/share", json={"formula": "revnue / 2"})

    assert answer.status_code == 422
    assert answer.json == {
        "error": "Unknown measure 'revnue' at 1; did you mean 'revenue'?",
        "start": 0,
        "end": 6,
        "suggestion": "revenue",
    }


def test_a_preview_has_the_last_periods_and_changes_nothing(visitor: FlaskClient) -> None:
    answer = visitor.post(f"{AT}/preview", json=SHARE | {"target": {"value": 0.4}}).json

    assert (answer["grain"], answer["labels"][-1], len(answer["values"])) == ("month", "Dec 2025", 12)
    assert (answer["values"][0], answer["values"][1]) == (1.0, 0.0)
    assert (answer["sources"], answer["status"]) == (["sales.xlsx"], "missed")
    assert visitor.get("/api/v1/revisions").json["revisions"][0]["number"] == 1


def test_a_preview_names_every_mistake(visitor: FlaskClient) -> None:
    answer = visitor.post(f"{AT}/preview?new=1", json={"name": "revenue", "formula": "1 +"}).json

    assert [(one["field"], one["start"]) for one in answer["mistakes"]] == [("name", None), ("formula", 3)]


def test_somebody_who_was_slower_is_told(visitor: FlaskClient) -> None:
    visitor.put(f"{AT}/online_share", json=SHARE)

    assert visitor.put(f"{AT}/online_share?version=0", json=SHARE | {"label": "Web"}).status_code == 409


@pytest.mark.parametrize(
    ("method", "address", "body", "status", "said"),
    [
        ("GET", "/revnue", "", 404, "did you mean 'revenue'"),
        ("DELETE", "/revenue", "", 422, "is built in"),
        ("POST", "/revenue/undo", "", 404, "nothing to undo"),
        ("POST", "/revenue/undo?to=99", "", 404, "No version named '99'"),
        ("POST", "/revenue/explode", "", 404, "There is nothing at"),
        ("PUT", "/own", "{", 422, "This is no JSON"),
        ("PUT", "/own", "[]", 422, "A JSON object is wanted here"),
        ("PUT", "/own", '{"name": "other", "formula": "1"}', 422, "The address names the KPI 'own'"),
        ("PUT", "/own?version=x", '{"formula": "1"}', 422, "version = 'x' is no whole number"),
        ("PUT", "/own", '{"formula": "' + "(" * 1900 + '"}', 422, "nested deeper than"),
        ("PUT", "/own", '{"formula": "' + "1" * 10_000 + '"}', 422, "The formula has 10,000 characters"),
        ("PUT", "/own", '{"formula": "' + "1" * 70_000 + '"}', 422, "At most 65,536 bytes"),
        ("PUT", "/own", '{"formula": "9^9^9"}', 422, "is no sign that formulas know"),
        ("PUT", "/own", '{"formula": "revenue\\u0000"}', 422, "has a character that cannot be shown"),
        ("PUT", "/own", '{"formula": "\\ud800"}', 422, "no JSON"),
        ("PUT", "/own", "[" * 60_000, 422, "no JSON"),
        ("PUT", "/own", '{"formula": "1", "target": {"value": 1e999}}', 422, ""),
        ("PUT", "/own", '{"formula": "1", "target": {"value": ' + "9" * 400 + "}}", 422, ""),
        ("PUT", "/" + "n" * 500, '{"formula": "1"}', 422, "The name has 500 characters"),
        ("PUT", "/sum", '{"formula": "1"}', 422, "is a word of formulas"),
    ],
)
def test_what_cannot_be_is_refused_with_a_sentence(
    visitor: FlaskClient, method: str, address: str, body: str, status: int, said: str
) -> None:
    answer = visitor.open(f"{AT}{address}", method=method, data=body)

    assert answer.status_code == status
    assert said in answer.json["error"]
    assert "Traceback" not in answer.text


def test_a_write_without_the_token_is_refused(client: FlaskClient) -> None:
    assert client.put(f"{AT}/own", json={"formula": "1"}).status_code == 403
