"""The annotations over HTTP."""

from datetime import UTC, date, datetime

import pytest
from flask.testing import FlaskClient

from dash_kpi.storage.database import Database
from tests.builders import commit_rows, sale

URL = "/api/v1/annotations"
GIVEN = {"kpi": "revenue", "from": "2025-03-14", "to": "2025-03-20", "text": "Strike"}


@pytest.fixture(autouse=True)
def numbers(database: Database) -> None:
    commit_rows(database, "sales.csv", [sale(date(2025, 3, 14), 10.0)])


def listed(client: FlaskClient, query: str = "") -> list[str]:
    answer = client.get(URL + query).json
    assert answer is not None
    return [note["text"] for note in answer["annotations"]]


def test_a_note_is_added_listed_changed_deleted_and_brought_back(visitor: FlaskClient) -> None:
    added = visitor.post(URL, json=GIVEN)
    assert added.status_code == 201
    assert added.json is not None
    note = added.json
    assert {name: note[name] for name in GIVEN} == GIVEN
    assert note["author"] == "somebody"
    assert listed(visitor, "?kpi=revenue&from=2025-03-20&to=2025-03-31") == ["Strike"]
    assert listed(visitor, "?kpi=cogs") == listed(visitor, "?from=2025-03-21") == []

    edited = visitor.patch(f"{URL}/{note['id']}", json={"text": "Strike in the north", "version": note["version"]}).json
    assert edited is not None
    assert (edited["text"], edited["to"], edited["kpi"]) == ("Strike in the north", "2025-03-20", "revenue")

    deleted = visitor.delete(f"{URL}/{note['id']}", query_string={"version": edited["version"]})
    assert deleted.status_code == 200
    assert listed(visitor) == []
    assert visitor.post(f"{URL}/{note['id']}/restore").status_code == 200
    assert listed(visitor) == ["Strike in the north"]


def test_what_is_wrong_is_a_sentence_with_its_field(visitor: FlaskClient) -> None:
    answer = visitor.post(URL, json={**GIVEN, "text": " "})

    assert (answer.status_code, answer.json) == (422, {"error": "A note needs a text.", "field": "text"})


@pytest.mark.parametrize("body", [b"", b"[]", b"{", b"null"])
def test_what_is_no_object_is_refused(visitor: FlaskClient, body: bytes) -> None:
    assert visitor.post(URL, data=body).status_code == 422


def test_an_edit_that_comes_too_late_is_a_conflict(visitor: FlaskClient) -> None:
    note = visitor.post(URL, json=GIVEN).json
    assert note is not None
    visitor.patch(f"{URL}/{note['id']}", json={"text": "Holiday", "version": note["version"]})

    late = visitor.patch(f"{URL}/{note['id']}", json={"text": "Snow", "version": note["version"]})

    assert late.status_code == 409
    assert listed(visitor) == ["Holiday"]


def test_an_edit_of_a_note_that_somebody_deleted_is_a_conflict_also_when_it_gives_the_text_alone(
    visitor: FlaskClient,
) -> None:
    note = visitor.post(URL, json=GIVEN).json
    assert note is not None
    visitor.delete(f"{URL}/{note['id']}", query_string={"version": note["version"]})

    late = visitor.patch(f"{URL}/{note['id']}", json={"text": "Snow", "version": note["version"]})

    assert (late.status_code, late.json) == (409, {"error": "Somebody has deleted this note meanwhile."})


def test_a_change_without_the_version_that_was_seen_is_refused(visitor: FlaskClient) -> None:
    visitor.post(URL, json=GIVEN)

    assert visitor.delete(f"{URL}/1").json == {"error": "The version of the note that was seen is missing."}


def test_a_note_that_is_not_there_is_not_found(visitor: FlaskClient) -> None:
    assert visitor.patch(f"{URL}/7", json={**GIVEN, "version": "x"}).status_code == 404
    assert visitor.delete(f"{URL}/7?version=x").status_code == 404


def test_a_write_without_the_token_is_refused(client: FlaskClient) -> None:
    assert client.post(URL, json=GIVEN).status_code == 403
    assert listed(client) == []


def test_a_note_moves_the_flag(visitor: FlaskClient) -> None:
    before = visitor.get("/api/flag").headers["ETag"]
    note = visitor.post(URL, json=GIVEN).json

    after = visitor.get("/api/flag", headers={"If-None-Match": before})

    assert note is not None
    assert after.json is not None
    assert after.json["noted_at"] == note["version"]
    assert datetime.fromisoformat(note["version"]).tzinfo == UTC
