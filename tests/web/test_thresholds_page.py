"""The callbacks of the page of thresholds, asked as the browser asks them."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from dash_kpi.storage.database import Database
from tests.alerting.thresholds.test_backtest import monthly
from tests.builders import commit_rows
from tests.web.test_mapping import ask

RULE: dict[str, Any] = {"kpi": "revenue", "conditions": [{"kind": "below", "low": {"value": 80}}]}


@pytest.fixture(autouse=True)
def sales(database: Database) -> None:
    commit_rows(database, "a.xlsx", monthly())


def show(visitor: FlaskClient, query: str) -> Any:
    return ask(visitor, "thresholds-answer", {"view": query}, "view")["thresholds-answer"]["data"]


def wish(visitor: FlaskClient, **given: Any) -> Any:
    return ask(visitor, "thresholds-fulfilled", {"thresholds-wish": given}, "thresholds-wish")["thresholds-fulfilled"][
        "data"
    ]


def test_a_draft_is_tried_saved_and_shown(visitor: FlaskClient) -> None:
    assert show(visitor, "new=revenue")["edited"]["rule"]["kpi"] == "revenue"
    draft = {"rule": RULE, "segment": "", "at": 1}
    answer = ask(visitor, "thresholds-tried", {"thresholds-draft": draft}, "thresholds-draft")
    assert "It would have fired 3 times" in answer["thresholds-tried"]["data"]["parts"]["thresholds-sentence"]
    assert answer["thresholds-chart"]["figure"]["layout"]["meta"]["limits"][0]["value"] == 80

    assert wish(visitor, act="save", rule=RULE)["sentence"] == "Added: Revenue by month below 80."
    assert 'data-threshold-row="1"' in show(visitor, "")["parts"]["thresholds-list"]
    assert show(visitor, "edit=1")["edited"]["version"] == 1
    assert "in force" in show(visitor, "versions=1")["parts"]["thresholds-list"]


def test_what_is_refused_names_its_field(visitor: FlaskClient) -> None:
    answer = wish(visitor, act="save", rule=RULE | {"pending": "x"})

    assert (answer["field"], answer["is_conflict"]) == ("pending", False)
    assert "no whole number" in answer["refusal"]
