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
