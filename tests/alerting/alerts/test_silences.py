from datetime import datetime, timedelta

import pytest
from sqlalchemy import select

from dash_kpi.alerting.alerts import silences
from dash_kpi.alerting.alerts.silence_values import Scope
from dash_kpi.alerting.rules.judge import Silenced
from dash_kpi.errors import Conflict, DashKpiError, NotFound
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import ThresholdState
from tests.alerting.builders import NOW, add_alert, add_threshold, rule_of

LATER = NOW + timedelta(hours=4)
BY_REGION = rule_of(by="region")
IN_NORTH = rule_of(filters=[["region", ["North"]]])
IN_TWO = rule_of(filters=[["region", ["North", "South"]]])


def holding(database: Database, number: int, rule, segment: str, now=NOW) -> Silenced | None:  # type: ignore[no-untyped-def]
    with database.reading() as session:
        return silences.silence_of(silences.silences_at(session, 1, now), number, rule, segment, now)


@pytest.mark.parametrize(
    ("scope", "rule", "segment", "is_silenced"),
    [
        pytest.param(Scope(), rule_of(), "", True, id="nothing named is everything"),
        pytest.param(Scope(kpi="revenue"), rule_of(), "", True, id="its KPI"),
        pytest.param(Scope(kpi="profit"), rule_of(), "", False, id="another KPI"),
        pytest.param(Scope(dimension="region", segment="North"), BY_REGION, "North", True, id="its segment"),
        pytest.param(Scope(dimension="region", segment="North"), BY_REGION, "South", False, id="another segment"),
        pytest.param(Scope(dimension="region", segment="North"), rule_of(), "", False, id="the whole is no segment"),
        pytest.param(Scope(dimension="region", segment="North"), IN_NORTH, "", True, id="its only filter"),
        pytest.param(Scope(dimension="region", segment="North"), IN_TWO, "", False, id="one of two filters"),
        pytest.param(
            Scope(kpi="profit", dimension="region", segment="North"), BY_REGION, "North", False, id="all must fit"
        ),
    ],
)
def test_a_silence_holds_for_what_it_names(
    database: Database, scope: Scope, rule, segment: str, is_silenced: bool
) -> None:  # type: ignore[no-untyped-def]
    silences.silence(database, MAIN, scope, "stocktaking", LATER, "Ann", NOW)

    found = holding(database, 1, rule, segment)

    assert found == (Silenced("stocktaking", LATER) if is_silenced else None)


def test_a_silence_of_one_threshold_leaves_the_others(database: Database) -> None:
    first, second = add_threshold(database), add_threshold(database)
    made = silences.silence(database, MAIN, Scope(threshold_id=first), "known", LATER, "Ann", NOW)

    assert made.words == "threshold Revenue"
    assert holding(database, first, rule_of(), "") is not None
    assert holding(database, second, rule_of(), "") is None


def test_of_two_silences_the_one_that_ends_last_counts(database: Database) -> None:
    silences.silence(database, MAIN, Scope(), "short", NOW + timedelta(hours=1), "Ann", NOW)
    silences.silence(database, MAIN, Scope(), "long", LATER, "Ann", NOW)

    assert holding(database, 1, rule_of(), "") == Silenced("long", LATER)


def test_a_silence_is_over_at_its_end_and_when_a_person_ends_it(database: Database) -> None:
    made = silences.silence(database, MAIN, Scope(), "known", LATER, "Ann", NOW)
    assert holding(database, 1, rule_of(), "", LATER) is None

    ended = silences.end(database, MAIN, made.id, "Bob", NOW + timedelta(minutes=5))
    again = silences.end(database, MAIN, made.id, "Eve", NOW + timedelta(minutes=9))

    assert ended.ends_at == again.ends_at == NOW + timedelta(minutes=5)
    assert holding(database, 1, rule_of(), "", NOW + timedelta(minutes=6)) is None
    assert silences.silences(database, MAIN, NOW + timedelta(minutes=6)) == ()
    assert [one.is_ended for one in silences.silences(database, MAIN, LATER, with_ended=True)] == [True]


def test_what_a_silence_held_back_is_judged_when_it_ends(database: Database) -> None:
    add_alert(database)
    made = silences.silence(database, MAIN, Scope(), "known", LATER, "Ann", NOW)

    def due() -> list[datetime | None]:
        with database.reading() as session:
            return list(session.scalars(select(ThresholdState.due_at)))

    silences.extend(database, MAIN, made.id, LATER - timedelta(hours=1), "Ann", NOW)
    assert due() == [LATER - timedelta(hours=1)]
    silences.end(database, MAIN, made.id, "Bob", NOW + timedelta(minutes=5))
    assert due() == [NOW + timedelta(minutes=5)]


def test_a_silence_can_be_extended_while_it_holds(database: Database) -> None:
    made = silences.silence(database, MAIN, Scope(), "known", LATER, "Ann", NOW)
    longer = LATER + timedelta(days=1)

    assert silences.extend(database, MAIN, made.id, longer, "Ann", NOW).ends_at == longer
    with pytest.raises(Conflict, match="over"):
        silences.extend(database, MAIN, made.id, longer + timedelta(days=1), "Ann", longer)


@pytest.mark.parametrize(
    ("scope", "comment", "until", "says"),
    [
        pytest.param(Scope(), " ", LATER, "needs a comment", id="no comment"),
        pytest.param(Scope(), "x" * 501, LATER, "501 characters", id="a comment too long"),
        pytest.param(Scope(), "known", NOW, "in the future", id="an end that is past"),
        pytest.param(Scope(), "known", NOW + timedelta(days=400), "366 days", id="for ever"),
        pytest.param(Scope(dimension="region"), "known", LATER, "one of its values", id="half a segment"),
        pytest.param(Scope(threshold_id=9), "known", LATER, "no threshold 9", id="no such threshold"),
    ],
)
def test_a_silence_that_cannot_be_kept_is_refused(database, scope, comment, until, says) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(DashKpiError, match=says):
        silences.silence(database, MAIN, scope, comment, until, "Ann", NOW)


def test_an_unknown_silence_is_not_found(database: Database) -> None:
    with pytest.raises(NotFound, match="no silence 7"):
        silences.end(database, MAIN, 7, "Ann", NOW)
