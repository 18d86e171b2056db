from collections.abc import Callable
from datetime import timedelta

import pytest

from dash_kpi.alerting.alerts.silence_values import Scope
from dash_kpi.alerting.alerts.silences import silence
from dash_kpi.alerting.alerts.untold import why_silent
from dash_kpi.errors import NotFound
from dash_kpi.storage.database import MAIN, Database, workspace_named
from dash_kpi.storage.models import AlertEvent, Route
from tests.alerting.builders import NOW, add_alert, add_channel, add_delivery, add_evaluation, add_threshold, rule_of

LATER = NOW + timedelta(hours=4)


def add_route(database: Database, channel: int, *severities: str) -> None:
    with database.writing() as session:
        session.add(
            Route(
                workspace_id=workspace_named(session, MAIN).id,
                name="all",
                position=1,
                severities=list(severities),
                tags=[],
                channel_ids=[channel],
                escalate_channel_ids=[],
                created_at=NOW,
                created_by="a test",
                updated_at=NOW,
            )
        )


def no_channel(database: Database) -> int:
    return add_alert(database)


def no_route(database: Database) -> int:
    add_route(database, add_channel(database), "critical")
    return add_alert(database)


def switched_off(database: Database) -> int:
    channel = add_channel(database, is_enabled=False)
    return add_alert(database, add_threshold(database, rule_of(channels=[channel])))


def silenced(database: Database) -> int:
    add_route(database, add_channel(database))
    number = add_alert(database)
    silence(database, MAIN, Scope(), "stocktaking", LATER, "Ann", NOW)
    return number


def silenced_then(database: Database) -> int:
    threshold = add_threshold(database)
    number = add_alert(database, threshold)
    add_evaluation(database, threshold, reason="fired; silenced until 1 Mar 2026 13:00: move", alert_id=number)
    return number


def delivered(status: str, outcome: str = "", reason: str = "", problem: str | None = None) -> Callable[..., int]:
    def build(database: Database) -> int:
        channel = add_channel(database, problem=problem)
        number = add_alert(database)
        due_at = LATER if outcome == "later" else NOW
        ended = {"ended_at": None} if problem else {}
        add_delivery(
            database, channel, [number], status=status, reason=reason or None, due_at=due_at, attempts=[], **ended
        )
        return number

    return build


def test_without_any_route_everything_goes_to_every_channel(database: Database) -> None:
    add_channel(database)

    assert "no route" not in why_silent(database, MAIN, NOW, alert=add_alert(database))


def test_what_was_noted_when_it_should_have_been_told_counts(database: Database) -> None:
    add_channel(database)
    number = add_alert(database)
    with database.writing() as session:
        text = "Nobody was told: no route took it."
        session.add(AlertEvent(alert_id=number, at=NOW, kind="untold", actor="Dash KPI", text=text))

    assert why_silent(database, MAIN, NOW, alert=number) == "Nobody was told: no route took it."


def test_a_channel_that_came_later_was_told_nothing(database: Database) -> None:
    number = add_alert(database)
    add_channel(database, now=LATER)

    assert "no channel for it when it opened" in why_silent(database, MAIN, LATER, alert=number)


@pytest.mark.parametrize(
    ("build", "says"),
    [
        pytest.param(no_channel, "there is no channel yet", id="no channel"),
        pytest.param(no_route, "no route takes alerts that are warning to a channel", id="no route"),
        pytest.param(switched_off, "#sales is switched off or removed", id="channel off"),
        pytest.param(silenced, "silenced until 2 Mar 2026 13:00: stocktaking", id="silenced now"),
        pytest.param(silenced_then, "silenced until 1 Mar 2026 13:00: move", id="silenced when judged"),
        pytest.param(delivered("sent"), "It was sent to #sales on 2 Mar 2026 09:00", id="sent"),
        pytest.param(
            delivered("queued", "later", "held back by quiet hours"),
            "it waits for #sales until 2 Mar 2026 13:00: held back by quiet hours",
            id="quiet hours",
        ),
        pytest.param(delivered("queued"), "on its way to #sales", id="queued"),
        pytest.param(
            delivered("parked", problem="the token was revoked"),
            "#sales does not work: the token was revoked",
            id="parked",
        ),
        pytest.param(
            delivered("failed", reason="no such channel"),
            "could not be delivered to #sales: no such channel",
            id="dead",
        ),
        pytest.param(delivered("unknown", reason="the reply was lost"), "Nobody can say yet", id="unknown"),
        pytest.param(delivered("dropped", reason="resolved"), "not to be told any more: resolved", id="dropped"),
    ],
)
def test_one_sentence_says_why_nothing_was_sent(database: Database, build: Callable[..., int], says: str) -> None:
    sentence = why_silent(database, MAIN, NOW, alert=build(database))

    assert says in sentence
    assert sentence.endswith(".")


def test_the_delivery_that_went_furthest_counts(database: Database) -> None:
    number = add_alert(database)
    add_delivery(database, add_channel(database, "#a"), [number])
    add_delivery(database, add_channel(database, "#b"), [number], status="failed", reason="gone")

    assert "sent to #a" in why_silent(database, MAIN, NOW, alert=number)


def test_a_threshold_without_an_alert_says_where_it_stands(database: Database) -> None:
    number = add_threshold(database)
    assert "no period has closed since" in why_silent(database, MAIN, NOW, threshold=number)

    add_evaluation(database, number, code="pending", reason="pending 1 of 2")

    sentence = why_silent(database, MAIN, NOW, threshold=number)
    assert sentence == "Nothing was sent: pending 1 of 2 for Feb 2026, judged on 2 Mar 2026 09:00."


def test_an_unknown_threshold_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound, match="no threshold 4"):
        why_silent(database, MAIN, NOW, threshold=4)
