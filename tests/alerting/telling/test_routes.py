"""Routes: which alerts go to which channels, and to whom next."""

from datetime import timedelta
from typing import Any

import pytest

from dash_kpi.alerting.telling.route_given import RouteRefused
from dash_kpi.alerting.telling.routes import move, remove, routes, save, wanted_channels, without_route
from dash_kpi.errors import Conflict, NotFound
from dash_kpi.kpis.definition import Definition
from dash_kpi.storage.database import MAIN, Database, workspace_named
from tests.alerting.builders import NOW, add_channel, rule_of
from tests.builders import define

LATER = NOW + timedelta(minutes=1)


@pytest.fixture
def three(database: Database) -> tuple[int, int, int]:
    """Three channels, of which the last is switched off."""
    return (
        add_channel(database, "one"),
        add_channel(database, "two"),
        add_channel(database, "off", is_enabled=False),
    )


def add(database: Database, name: str, channels: list[int], **given: Any) -> int:
    return save(database, MAIN, {"name": name, "channels": channels, **given}, "a test", NOW).id


def wanted(database: Database, **given: Any) -> tuple[int, ...]:
    with database.reading() as session:
        return wanted_channels(session, workspace_named(session, MAIN).id, rule_of(**given))


def test_without_a_route_everything_goes_to_every_channel_that_is_on(
    database: Database, three: tuple[int, int, int]
) -> None:
    assert wanted(database, severity="info") == three[:2]


def test_a_rule_that_names_channels_goes_to_these(database: Database, three: tuple[int, int, int]) -> None:
    add(database, "All", [three[0]])

    assert wanted(database, channels=[three[1], three[2]]) == (three[1], three[2])


@pytest.mark.parametrize(
    ("severity", "tags", "expected"),
    [
        ("critical", (), (0, 1, 2)),
        ("warning", (), (1, 2)),
        ("info", (), ()),
        ("info", ("finance",), (0,)),
        ("critical", ("Finance",), (0, 1, 2)),
    ],
)
def test_an_alert_goes_to_the_channels_of_every_route_that_fits(
    database: Database, three: tuple[int, int, int], severity: str, tags: tuple[str, ...], expected: tuple[int, ...]
) -> None:
    add(database, "Critical", [three[0]], severities=["critical"])
    add(database, "Loud", [three[1], three[2]], severities=["warning", "critical"])
    add(database, "Finance", [three[0]], tags="Finance, Books")

    assert wanted(database, severity=severity, tags=list(tags)) == tuple(three[at] for at in expected)
    assert without_route(routes(database, MAIN)) == ("info",)


def test_a_route_takes_the_alerts_of_a_kpi_with_its_tag(database: Database, three: tuple[int, int, int]) -> None:
    add(database, "Books", [three[1]], tags="books")
    define(database, Definition("takings", "Takings", formula="revenue", tags=("Books",)))

    assert wanted(database, kpi="takings") == (three[1],)
    assert wanted(database, kpi="revenue") == ()


@pytest.mark.parametrize(
    ("given", "field", "words"),
    [
        ({"name": ""}, "name", "needs a name"),
        ({"name": "all"}, "name", "There is a route all already"),
        ({"channels": []}, "channels", "at least one"),
        ({"channels": [999]}, "channels", "There is no channel 999"),
        ({"channels": ["x"]}, "channels", "by their numbers"),
        ({"channels": 1}, "channels", "are a list"),
        ({"position": "first"}, "position", "no place"),
        ({"severities": ["loud"]}, "severities", "'loud' is none of info, warning, critical"),
        ({"escalate_hours": "soon"}, "escalate_hours", "no number of hours"),
        ({"escalate_hours": "nan"}, "escalate_hours", "From 0.1 to 720"),
        ({"escalate_hours": 2}, "escalate_channels", "after 2 hours"),
        ({"tags": ["x" * 61]}, "tags", "60 characters"),
    ],
)
def test_what_is_wrong_with_a_route_is_said_of_its_field(
    database: Database, three: tuple[int, int, int], given: Any, field: str, words: str
) -> None:
    add(database, "All", [three[0]])

    with pytest.raises(RouteRefused, match=words) as refused:
        save(database, MAIN, {"name": "New", "channels": [three[0]]} | given, "a test", NOW)

    assert refused.value.field == field


def test_every_severity_is_the_same_as_none_named(database: Database, three: tuple[int, int, int]) -> None:
    add(database, "All", [three[0]], severities=["critical", "warning", "info"])

    assert routes(database, MAIN)[0].severities == ()


def test_a_removed_route_comes_back_where_it_was(database: Database, three: tuple[int, int, int]) -> None:
    first, second = add(database, "First", [three[0]]), add(database, "Second", [three[1]])

    gone = remove(database, MAIN, first, "a test", LATER)
    assert gone.former is not None
    assert [one.position for one in routes(database, MAIN)] == [1]
    save(database, MAIN, gone.former, "a test", LATER)

    assert [one.name for one in routes(database, MAIN)] == ["First", "Second"]
    move(database, MAIN, second, 1)
    assert [one.name for one in routes(database, MAIN)] == ["Second", "First"]


def test_the_last_route_goes_with_a_word_about_what_holds_then(database: Database, three: tuple[int, int, int]) -> None:
    number = add(database, "All", [three[0]])

    assert "every alert goes to every channel" in remove(database, MAIN, number, "a test", LATER).sentence
    with pytest.raises(NotFound):
        remove(database, MAIN, number, "a test", LATER)


def test_a_route_that_somebody_else_has_changed_is_a_conflict(database: Database, three: tuple[int, int, int]) -> None:
    number = add(database, "All", [three[0]])
    seen = routes(database, MAIN)[0].version
    former = save(database, MAIN, {"severities": ["info"]}, "a test", LATER, number, seen).former

    assert former is not None
    assert former["severities"] == ()
    with pytest.raises(Conflict, match="the route All"):
        save(database, MAIN, {"name": "Other"}, "a test", LATER, number, seen)
