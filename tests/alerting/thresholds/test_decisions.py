"""What people decide about thresholds: versions, undo, conflicts, and what becomes of alerts."""

import threading
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from dash_kpi.alerting.judging.workspace import judge_workspace
from dash_kpi.alerting.rules.given import RuleRefused
from dash_kpi.alerting.thresholds import decisions as service
from dash_kpi.alerting.thresholds.entries import threshold, thresholds
from dash_kpi.errors import Conflict, NotFound, Refused
from dash_kpi.reporting import definitions
from dash_kpi.reporting.definitions import uses
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Alert, AlertEvent
from dash_kpi.storage.sources import state_at
from tests.builders import Row, commit_rows, sale

NOW = datetime(2026, 2, 1, 18, tzinfo=UTC)
RULE = {"kpi": "revenue", "grain": "day", "conditions": [{"kind": "below", "low": 90}]}


def days(*values: float) -> list[Row]:
    amounts = [*([100] * 31), *values]
    return [sale(date(2026, 1, 1) + timedelta(days=at), one, 60, Region="North") for at, one in enumerate(amounts)]


@pytest.fixture
def team(database: Database) -> Database:
    commit_rows(database, "a.xlsx", days())
    return database


def save(database: Database, number: int | None = None, version: int | None = None, **given: Any) -> service.Change:
    return service.save(database, MAIN, RULE | given, "Ann", NOW, number=number, version=version)


def test_a_threshold_is_added_and_says_what_it_watches(team: Database) -> None:
    change = save(team)

    assert change == service.Change(1, 1, "Added: Revenue by day below 90.")
    (entry,) = thresholds(team, MAIN)
    assert (entry.phase, entry.status(NOW), entry.last) == ("new", "new", None)
    judge_workspace(team, MAIN, NOW)
    entry = threshold(team, MAIN, 1)
    assert (entry.phase, entry.updated_by) == ("ok", "Ann")
    assert entry.last is not None
    assert entry.last.reason.startswith("judged from now on")


def test_every_wording_is_kept_with_what_was_changed(team: Database) -> None:
    save(team)
    save(team, 1, 1, conditions=[{"kind": "below", "low": 80}], pending=2)
    service.set_enabled(team, MAIN, 1, False, "Ben", NOW)

    found = service.versions(team, MAIN, 1)

    assert [(one.number, one.created_by, one.summary) for one in found] == [
        (3, "Ben", "switched off"),
        (2, "Ann", "below 90 → below 80; pending 1 → 2"),
        (1, "Ann", "added"),
    ]
    assert [one.is_in_force for one in found] == [True, False, False]


def test_the_last_change_is_undone_and_done_again(team: Database) -> None:
    save(team)
    save(team, 1, pending=3)

    service.undo(team, MAIN, 1, "Ann", NOW)
    assert threshold(team, MAIN, 1).rule.pending == 1
    service.undo(team, MAIN, 1, "Ann", NOW)
    assert threshold(team, MAIN, 1).rule.pending == 3
    service.restore(team, MAIN, 1, 1, "Ann", NOW)
    assert threshold(team, MAIN, 1).rule.pending == 1


def test_a_removed_threshold_can_be_brought_back(team: Database) -> None:
    save(team)
    service.remove(team, MAIN, 1, "Ann", NOW)

    assert thresholds(team, MAIN) == ()
    service.undo(team, MAIN, 1, "Ann", NOW)
    assert [one.id for one in thresholds(team, MAIN)] == [1]


@pytest.mark.parametrize("ends", ["removed", "other numbers"])
def test_an_open_alert_ends_with_what_it_was_about(team: Database, ends: str) -> None:
    save(team)
    judge_workspace(team, MAIN, NOW)
    commit_rows(team, "a.xlsx", days(50))
    judge_workspace(team, MAIN, NOW + timedelta(days=1))
    if ends == "removed":
        service.remove(team, MAIN, 1, "Ann", NOW)
    else:
        save(team, 1, kpi="cogs")

    with team.reading() as session:
        assert session.scalars(select(Alert.status)).all() == ["resolved"]
        assert session.scalars(select(AlertEvent.actor).order_by(AlertEvent.id.desc())).first() == "Ann"
    judge_workspace(team, MAIN, NOW + timedelta(days=1))


def test_who_was_slower_is_told_so(team: Database) -> None:
    save(team)
    save(team, 1, 1, pending=2)

    with pytest.raises(Conflict, match="Ann has changed this threshold meanwhile; open it again"):
        save(team, 1, 1, pending=3)


def test_the_same_again_changes_nothing(team: Database) -> None:
    save(team)

    assert save(team, 1, 1).sentence == "Nothing was changed."
    assert threshold(team, MAIN, 1).version == 1


@pytest.mark.parametrize(
    ("given", "field", "sentence"),
    [
        ({"kpi": "revenu"}, "kpi", "No KPI named 'revenu'; did you mean 'revenue'?"),
        ({"by": "Regoin"}, "by", "No dimension named 'Regoin'; did you mean 'Region'?"),
        ({"filters": [["Shop", ["A"]]]}, "filters", "No dimension named 'Shop'; there is: File, Region."),
        ({"filters": [["Region", ["Nort"]]]}, "filters", "No Region named 'Nort'; did you mean 'North'?"),
        ({"by": "Region", "limits": {"South": 80}}, "limits", "No Region named 'South'; did you mean 'North'?"),
        ({"conditions": [{"kind": "below"}]}, "conditions.0.low", "The limit is missing."),
        (
            {"conditions": [{"kind": "below", "low": {"target": 0.9}}]},
            "conditions.0.kind",
            "Revenue has no target; give it one under Settings, or choose a number.",
        ),
        ({"channels": [7]}, "channels", "There is no channel 7."),
        ({"quiet_from": "22:00"}, "quiet_to", "Quiet hours have a beginning and an end."),
        ({"pendin": 2}, "pendin", None),
        ({"conditions": [{"kind": "late"}], "pending": 2}, "pending", None),
    ],
)
def test_what_cannot_be_is_refused_with_its_field(
    team: Database, given: dict[str, Any], field: str, sentence: str | None
) -> None:
    with pytest.raises(RuleRefused) as refused:
        save(team, **given)

    assert refused.value.field == field
    assert sentence in (None, str(refused.value))


def test_a_grain_finer_than_the_data_is_refused(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(date(2025, at, 1), 5) for at in range(1, 9)], grain="month")

    with pytest.raises(RuleRefused, match="Revenue is known by month; it cannot be judged by day"):
        save(database)


def test_a_value_whose_rows_are_gone_for_a_while_is_no_reason_to_refuse_a_change(team: Database) -> None:
    save(team, filters=[["Region", ["North"]]])
    commit_rows(team, "a.xlsx", [{**row, "Region": "South"} for row in days()])

    assert save(team, 1, filters=[["Region", ["North"]]], pending=2).version == 2
    with pytest.raises(RuleRefused):
        save(team, filters=[["Region", ["North"]]])


def test_a_threshold_whose_kpi_was_removed_says_so(team: Database) -> None:
    definitions.save(team, MAIN, {"name": "double", "formula": "revenue * 2"}, "Ann", NOW)
    save(team, kpi="double")
    definitions.remove(team, MAIN, "double", "Ann", NOW)
    judge_workspace(team, MAIN, NOW)

    entry = threshold(team, MAIN, 1)

    assert entry.status(NOW) == "failed"
    assert entry.problem.startswith("No KPI named 'double'")


def test_without_data_a_threshold_may_wait_for_it(database: Database) -> None:
    assert save(database).version == 1


def test_a_pause_ends_in_the_future(team: Database) -> None:
    save(team)
    with pytest.raises(RuleRefused):
        service.pause(team, MAIN, 1, NOW, "Ann", NOW)

    change = service.pause(team, MAIN, 1, NOW + timedelta(days=1), "Ann", NOW)
    assert change.sentence == "Paused until 2 Feb 2026 18:00."
    assert threshold(team, MAIN, 1).status(NOW) == "paused"


def test_ten_people_at_once_see_no_error(team: Database) -> None:
    save(team)
    failures: list[BaseException] = []

    def edit(at: int) -> None:
        try:
            save(team, 1, pending=2 + at)
            save(team)
        except BaseException as error:  # noqa: BLE001  whatever it is
            failures.append(error)

    people = [threading.Thread(target=edit, args=(at,)) for at in range(10)]
    for one in people:
        one.start()
    for one in people:
        one.join()

    assert failures == []
    assert len(thresholds(team, MAIN)) == 11
    assert len(service.versions(team, MAIN, 1)) == 11


def test_what_is_not_there_is_said(team: Database) -> None:
    with pytest.raises(NotFound, match="There is no threshold 9"):
        service.remove(team, MAIN, 9, "Ann", NOW)
    save(team)
    with pytest.raises(Refused, match="Nothing was changed about this threshold"):
        service.undo(team, MAIN, 1, "Ann", NOW)


def test_a_kpi_names_the_thresholds_that_watch_it(team: Database) -> None:
    save(team)

    assert [one.label for one in uses(team, state_at(team, MAIN), "revenue") if one.kind == "thresholds"] == [
        "1 threshold"
    ]
