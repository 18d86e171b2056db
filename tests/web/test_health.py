from flask.testing import FlaskClient

from dash_kpi.settings import Settings
from dash_kpi.storage.database import Database


def test_a_process_that_can_answer_says_so(client: FlaskClient) -> None:
    assert client.get("/healthz").text == "ok"
    assert client.get("/readyz").text == "ready"


def test_a_process_without_its_database_lives_but_is_not_ready(client: FlaskClient, settings: Settings) -> None:
    empty = Database(settings.model_copy(update={"database_url": "sqlite://"}))
    client.application.extensions["dash_kpi"] = empty

    answer = client.get("/readyz")
    empty.close()

    assert (answer.status_code, answer.json) == (503, {"error": "The database does not answer."})
    assert client.get("/healthz").status_code == 200


def test_what_waits_to_be_sent_is_counted(client: FlaskClient) -> None:
    counted = client.get("/healthz/deliveries").json

    assert counted == {
        "queued": 0, "sending": 0, "unknown": 0, "parked": 0, "failed": 0, "held": 0, "seconds_late": 0
    }  # fmt: skip
