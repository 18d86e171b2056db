"""Thresholds over HTTP: added, read, changed, removed, undone, backtested; and what is refused."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from dash_kpi.storage.database import Database
from tests.alerting.thresholds.test_backtest import monthly
from tests.builders import commit_rows

AT = "/api/v1/thresholds"
RULE: dict[str, Any] = {"kpi": "revenue", "conditions": [{"kind": "below", "low": 80}]}


@pytest.fixture(autouse=True)
def sales(database: Database) -> None:
    commit_rows(database, "a.xlsx", monthly())


def test_a_threshold_is_added_read_changed_and_removed(visitor: FlaskClient) -> None:
    added = visitor.post(AT, json=RULE)
    assert (added.status_code, added.json) == (
        201,
        {"id": 1, "version": 1, "sentence": "Added: Revenue by month below 80."},
    )
    assert visitor.put(f"{AT}/1?version=1", json=RULE | {"pending": 2}).json["sentence"] == "Pending 1 → 2."
    found = visitor.get(f"{AT}/1").json
    assert (found["rule"]["pending"], found["phase"], len(found["versions"])) == (2, "new", 2)
    assert visitor.delete(f"{AT}/1?version=2").status_code == 200
    assert visitor.get(AT).json["thresholds"] == []
    assert visitor.post(f"{AT}/1/undo").status_code == 200
    assert len(visitor.get(AT).json["thresholds"]) == 1


def test_a_rule_is_backtested_without_being_kept(visitor: FlaskClient) -> None:
    found = visitor.post(f"{AT}/backtest", json=RULE).json

    assert [one["fired"] for one in found["firings"]] == ["Mar 2024", "May 2025", "Aug 2025", "Dec 2025"]
    assert found["sentence"].startswith("It would have fired 3 times in the last 12 months")
    assert visitor.get(AT).json["thresholds"] == []


@pytest.mark.parametrize(
    ("given", "status", "field"),
    [
        (RULE | {"kpi": "revenu"}, 422, "kpi"),
        (RULE | {"conditions": [{"kind": "below"}]}, 422, "conditions.0.low"),
        ([], 422, None),
    ],
)
def test_what_is_refused_names_its_field(visitor: FlaskClient, given: Any, status: int, field: str | None) -> None:
    found = visitor.post(AT, json=given)

    assert (found.status_code, found.json.get("field")) == (status, field)
    assert found.json["error"]


def test_who_was_slower_gets_a_conflict(visitor: FlaskClient) -> None:
    visitor.post(AT, json=RULE)
    visitor.put(f"{AT}/1?version=1", json=RULE | {"pending": 2})

    assert visitor.put(f"{AT}/1?version=1", json=RULE | {"pending": 3}).status_code == 409
    assert visitor.delete(f"{AT}/9").status_code == 404
