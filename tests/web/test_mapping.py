"""The callbacks of the mapping editor, asked as the browser asks them."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

from dash_kpi.ingest import child
from dash_kpi.storage.database import Database
from tests.ingest.test_mappings import read, read_asked, revenue, save


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    child.warm_up()


def ask(visitor: FlaskClient, output: str, values: dict[str, Any], changed: str) -> Any:
    """Call the callback with an output, given the value of each store, and return what it answers."""
    known = json.loads(visitor.get("/_dash-dependencies").data)
    (one,) = (one for one in known if f"{output}.data" in one["output"] and not one["clientside_function"])
    outputs = [
        {"id": name, "property": part}
        for name, _, part in (item.rpartition(".") for item in one["output"].strip(".").split("..."))
    ]
    body = {
        "output": one["output"],
        "outputs": outputs if len(outputs) > 1 else outputs[0],
        "inputs": [{**item, "value": values.get(item["id"])} for item in one["inputs"]],
        "state": [{**item, "value": values.get(item["id"])} for item in one["state"]],
        "changedPropIds": [f"{changed}.data"],
    }
    answer = visitor.post("/_dash-update-component", json=body)
    assert answer.status_code == 200, answer.text
    return answer.get_json()["response"]


def decide(visitor: FlaskClient, address: Any, wish: Any = None, draft: Any = None) -> Any:
    values = {"mapping-address": address, "mapping-wish": wish, "mapping-draft": draft}
    return ask(visitor, "mapping-draft", values, "mapping-wish" if wish else "mapping-address")


def show(visitor: FlaskClient, draft: Any) -> Any:
    return ask(visitor, "mapping-answer", {"mapping-draft": draft}, "mapping-draft")["mapping-answer"]["data"]


def test_a_mapping_is_opened_changed_and_saved(visitor: FlaskClient, database: Database) -> None:
    read(database, save(database.settings.inbox / "a.xlsx"))
    address = {"file": "1", "sheet": "Sheet"}

    draft = decide(visitor, address)["mapping-draft"]["data"]
    assert "a.xlsx" in show(visitor, draft)["parts"]["mapping-title"]
    draft["rules"] = {"columns": {"Revenue": {"part": "left_out"}, "Net": {"part": "measure", "name": "revenue"}}}
    assert 'data-total="revenue"><dt>Revenue</dt><dd>80' in show(visitor, draft)["parts"]["mapping-result"]
    answer = decide(visitor, address, {"act": "save"}, draft)

    assert answer["mapping-draft"]["data"]["saved"] == draft["rules"]
    assert "it is read again" in json.dumps(answer)
    read_asked(database)
    assert revenue(database) == 80


def test_a_value_that_cannot_be_is_told_and_leaves_the_page_as_it_is(visitor: FlaskClient, database: Database) -> None:
    read(database, save(database.settings.inbox / "a.xlsx"))
    draft = decide(visitor, {"file": "1", "sheet": "Sheet"})["mapping-draft"]["data"]

    assert show(visitor, {**draft, "rules": {"header_row": 0}}) == {
        "refusal": "The header row must be a number from 1 to 1,048,576, not '0'."
    }


def test_an_address_without_a_file_leads_back_to_the_data(visitor: FlaskClient, tmp_path: Path) -> None:
    draft = decide(visitor, {"file": None, "sheet": None})["mapping-draft"]["data"]

    parts = show(visitor, draft)["parts"]

    assert "names no file" in parts["mapping-saved"]
    assert 'href="/data"' in parts["mapping-saved"]
