from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from dash_kpi.alerting.alerts.acts import comment
from dash_kpi.alerting.alerts.silence_values import Scope
from dash_kpi.alerting.alerts.silences import silence
from dash_kpi.ingest import jobs
from dash_kpi.settings import Settings
from dash_kpi.storage.database import Database
from tests.alerting.builders import NOW, add_alert, add_channel, add_delivery

LATER = NOW + timedelta(hours=4)
EARLY, ORDINARY = "/api/flag", "/api/flag?ordinary"


@pytest.mark.parametrize("url", [EARLY, ORDINARY])
def test_a_page_that_knows_the_flag_is_told_nothing_new(client: FlaskClient, url: str) -> None:
    first = client.get(url)

    again = client.get(url, headers={"If-None-Match": first.headers["ETag"]})

    assert first.json is not None
    assert first.json["revision"] == 0
    assert first.headers["Cache-Control"] == "no-cache"
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]


def test_the_flag_moves_when_a_file_is_about_to_be_read(client: FlaskClient, database: Database) -> None:
    known = client.get("/api/flag").headers["ETag"]
    jobs.enqueue(database, "main", database.settings.inbox / "sales.xlsx", datetime.now(UTC))

    answer = client.get("/api/flag", headers={"If-None-Match": known})

    assert answer.json is not None
    assert [job["file"] for job in answer.json["jobs"]] == ["sales.xlsx"]


def test_the_flag_counts_open_alerts_and_names_channels_that_do_not_work(
    client: FlaskClient, database: Database
) -> None:
    add_alert(database, severity="critical")
    add_alert(database, status="acknowledged")
    add_alert(database, status="resolved")
    add_channel(database, problem="the token was revoked")
    add_channel(database, "#ops")

    alerts = client.get(EARLY).json["alerts"]  # type: ignore[index]

    assert alerts["open"] == {"open": 1, "acknowledged": 1}
    assert alerts["severities"] == ["critical"]
    assert alerts["channels"] == [{"name": "#sales", "problem": "the token was revoked"}]


def test_the_flag_counts_messages_that_need_somebody(client: FlaskClient, database: Database) -> None:
    number, works = add_alert(database), add_channel(database)
    broken = add_channel(database, "#ops", problem="the token was revoked")
    add_delivery(database, works, [number], status="failed")
    add_delivery(database, works, [number], status="failed", kind="test")
    add_delivery(database, works, [number], status="parked")
    add_delivery(database, works, [number], status="parked", ended_at=None, destination="#gone")
    add_delivery(database, broken, [number], status="parked", ended_at=None)  # told by its channel

    alerts = client.get(EARLY).json["alerts"]  # type: ignore[index]

    assert alerts["undelivered"] == {"failed": 1, "waiting": 2}


@pytest.mark.parametrize(
    "move",
    [
        pytest.param(lambda d, _: add_alert(d), id="an alert opens"),
        pytest.param(lambda d, n: comment(d, "main", [n], "why", "Ann", NOW), id="somebody comments"),
        pytest.param(lambda d, n: add_delivery(d, add_channel(d), [n], status="queued"), id="a message is queued"),
        pytest.param(lambda d, _: silence(d, "main", Scope(), "why", LATER, "Ann", NOW), id="something is silenced"),
    ],
)
def test_the_flag_moves_with_alerts(client: FlaskClient, database: Database, move: Any) -> None:
    number = add_alert(database)
    known = client.get(EARLY).headers["ETag"]

    move(database, number)

    assert client.get(EARLY, headers={"If-None-Match": known}).status_code == 200


def test_the_early_answer_is_the_ordinary_one(client: FlaskClient) -> None:
    early, ordinary = client.get(EARLY), client.get(ORDINARY)

    assert early.data == ordinary.data
    assert dict(early.headers) == dict(ordinary.headers)
    assert client.head(EARLY).data == b""


def test_a_database_that_fails_is_reported_the_ordinary_way(client: FlaskClient, settings: Settings) -> None:
    empty = Database(settings.model_copy(update={"database_url": "sqlite://"}))
    client.application.extensions["dash_kpi"] = empty

    answer = client.get(EARLY)
    empty.close()

    assert answer.status_code == 500
    assert answer.json is not None
    assert "Something went wrong here" in answer.json["error"]
