"""Judging a workspace: states, alerts and evaluations after loads, restatements and the passing of time."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import select, update

from dash_kpi.alerting.alerts.acts import acknowledge, snooze
from dash_kpi.alerting.alerts.silence_values import Scope
from dash_kpi.alerting.alerts.silences import end, silence
from dash_kpi.alerting.alerts.untold import why_silent
from dash_kpi.alerting.judging.told import Told
from dash_kpi.alerting.judging.workspace import judge_workspace
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.thresholds.entries import problems_of_rules, thresholds
from dash_kpi.kpis.definition import Definition, Target
from dash_kpi.storage.database import MAIN, Database, workspace_named
from dash_kpi.storage.models import Alert, AlertEvent, Evaluation, Threshold, ThresholdState
from tests.builders import Row, commit_rows, define, sale

FIRST = date(2026, 1, 1)
EVENING = datetime(2026, 2, 1, 18, tzinfo=UTC)  # of the day after the 31 that are there at first


def days(*values: float, **dimensions: str) -> list[Row]:
    """Return a month of usual days, and these after it."""
    amounts = [*([100] * 31), *values]
    return [sale(FIRST + timedelta(days=at), one, **dimensions) for at, one in enumerate(amounts)]


def add(database: Database, **given: object) -> int:
    rule = Rule.from_json({"kpi": "revenue", "grain": "day", "conditions": [{"kind": "below", "low": 90}], **given})
    with database.writing() as session:
        row = Threshold(
            workspace_id=workspace_named(session, MAIN).id,
            kpi_name=rule.kpi,
            threshold_value=rule.first_limit,
            rule=rule.as_json(),
            created_at=EVENING,
            created_by="Ann",
            updated_at=EVENING,
        )
        session.add(row)
        session.flush()
        return row.id


def change(database: Database, number: int, **given: object) -> None:
    with database.writing() as session:
        row = session.get_one(Threshold, number)
        row.rule, row.version, row.judged_revision = {**row.rule, **given}, row.version + 1, -1


class Team:
    """A team whose file comes every evening, and whose thresholds are judged after it."""

    def __init__(self, database: Database, **rule: object) -> None:
        self.database, self.values, self.now = database, list[float](), EVENING
        commit_rows(database, "a.xlsx", days())
        self.threshold = add(database, **rule)
        self.judge()

    def judge(self, after: timedelta = timedelta()) -> Sequence[Told]:
        self.now += after
        return judge_workspace(self.database, MAIN, self.now)

    def day(self, *values: float) -> list[str]:
        """Load so many further days, and return what is told."""
        self.values += values
        commit_rows(self.database, "a.xlsx", days(*self.values))
        return [one.tells for one in self.judge(timedelta(days=len(values)))]

    def restate(self, *values: float) -> list[str]:
        self.values = list(values)
        commit_rows(self.database, "a.xlsx", days(*values))
        return [one.tells for one in self.judge()]

    def alerts(self) -> list[Alert]:
        with self.database.reading() as session:
            return list(session.scalars(select(Alert).order_by(Alert.id)))

    def statuses(self) -> list[str]:
        return [one.status for one in self.alerts()]

    def reasons(self) -> list[str]:
        with self.database.reading() as session:
            return list(session.scalars(select(Evaluation.reason).order_by(Evaluation.id)))


def test_an_alert_opens_goes_on_and_resolves(database: Database) -> None:
    team = Team(database)

    assert (team.day(100), team.day(80), team.day(70), team.day(95)) == ([], ["firing"], [], ["resolved"])

    (alert,) = team.alerts()
    assert (alert.status, alert.current_value, alert.threshold_value) == ("resolved", 95, 90)
    assert (alert.period_start, alert.period_end) == (date(2026, 2, 2), date(2026, 2, 4))
    assert alert.message == "Revenue is 80 on 2 Feb 2026, below its limit 90, -20.0% against the period before"
    assert team.reasons() == [
        "judged from now on; the 31 periods up to 31 Jan 2026 are history",
        "within limits",
        "fired",
        "still firing, nothing new to tell",
        "resolved",
    ]


def test_what_is_judged_again_changes_nothing(database: Database) -> None:
    team = Team(database)
    team.day(80)

    assert team.judge() == ()
    assert team.judge(timedelta(hours=3)) == ()
    assert team.statuses() == ["open"]
    assert team.reasons()[-1] == "fired"


def test_today_is_not_judged_before_it_is_over(database: Database) -> None:
    team = Team(database)
    team.values = [100, 80]
    commit_rows(database, "a.xlsx", days(*team.values))

    assert [one.tells for one in team.judge()] == []
    assert [one.tells for one in team.judge(timedelta(days=1))] == []
    assert [one.tells for one in team.judge(timedelta(days=1))] == ["firing"]


def test_a_restatement_takes_an_alert_back(database: Database) -> None:
    team = Team(database)
    team.day(80)

    assert team.restate(99) == ["correction"]
    assert team.restate(99) == []

    assert team.statuses() == ["corrected"]
    with database.reading() as session:
        kinds = session.scalars(select(AlertEvent.kind).order_by(AlertEvent.id)).all()
    assert kinds == ["opened", "untold", "corrected"]


def test_a_restatement_opens_an_alert_with_a_correction(database: Database) -> None:
    team = Team(database)
    team.day(99)

    assert team.restate(70) == ["correction"]
    assert team.statuses() == ["open"]
    assert team.day(95) == ["resolved"]


def test_an_alert_that_is_long_over_is_taken_back(database: Database) -> None:
    team = Team(database)
    for value in (80, 95, 95):
        team.day(value)

    assert team.restate(91, 95, 95) == ["correction"]
    assert team.statuses() == ["corrected"]


def test_what_was_told_is_ended_even_where_the_next_alert_begins_in_the_same_load(database: Database) -> None:
    team = Team(database)
    team.day(80)
    team.values = [99, 40]
    commit_rows(database, "a.xlsx", days(99, 40))

    assert {one.tells for one in team.judge(timedelta(days=1))} == {"correction", "firing"}
    assert team.day(95, 40) == ["resolved", "firing"]


def test_an_open_alert_shows_its_number_as_restated(database: Database) -> None:
    team = Team(database)
    team.day(80)

    assert team.restate(70) == []
    assert team.alerts()[0].current_value == 70


def test_what_is_not_judged_any_more_is_told_to_be_so(database: Database) -> None:
    commit_rows(database, "a.xlsx", [*days(Region="North"), *days(Region="South")])
    number = add(database, by="Region")
    judge_workspace(database, MAIN, EVENING)
    commit_rows(database, "a.xlsx", [*days(50, Region="North"), *days(50, Region="South")])
    judge_workspace(database, MAIN, EVENING + timedelta(days=1))

    commit_rows(database, "a.xlsx", days(50, Region="South"))
    same_day = judge_workspace(database, MAIN, EVENING + timedelta(days=1, hours=1))
    commit_rows(database, "a.xlsx", days(50, 60, Region="South"))
    vanished = judge_workspace(database, MAIN, EVENING + timedelta(days=2))
    change(database, number, by="")
    changed = judge_workspace(database, MAIN, EVENING + timedelta(days=2, hours=1))

    assert [
        [(one.segment, one.tells, one.reading.is_broken) for one in some] for some in (same_day, vanished, changed)
    ] == [
        [],
        [("North", "resolved", None)],
        [("South", "resolved", None)],
    ]


def test_the_first_period_that_closes_is_judged_where_its_data_had_begun(database: Database) -> None:
    commit_rows(database, "a.xlsx", days()[:20])
    add(database, grain="month", conditions=[{"kind": "below", "low": 4000}])
    assert judge_workspace(database, MAIN, EVENING - timedelta(days=11)) == ()

    commit_rows(database, "a.xlsx", days())

    assert [one.tells for one in judge_workspace(database, MAIN, EVENING)] == ["firing"]


def test_no_data_does_not_wait_for_weekends_without_any(database: Database) -> None:
    commit_rows(database, "a.xlsx", [one for one in days() if one["date"].weekday() < 5])  # the last is a Friday
    add(database, conditions=[{"kind": "no_data"}])

    monday, tuesday = (judge_workspace(database, MAIN, EVENING + timedelta(days=after)) for after in (1, 2))

    assert (monday, [one.reading.label for one in tuesday]) == ((), ["2 Feb 2026"])


def test_a_closed_period_that_loses_its_value_is_restated(database: Database) -> None:
    team = Team(database, conditions=[{"kind": "restated"}])
    commit_rows(database, "a.xlsx", [one for one in days() if one["date"] != date(2026, 1, 8)])

    assert [one.reading.detail for one in team.judge()] == ["8 Jan 2026 lost its value"]


def test_a_file_that_is_waited_for_is_named(database: Database) -> None:
    commit_rows(database, "north.xlsx", days())
    commit_rows(database, "south.xlsx", days())
    number = add(database)
    judge_workspace(database, MAIN, EVENING)
    commit_rows(database, "north.xlsx", days(10, 10))

    assert judge_workspace(database, MAIN, EVENING + timedelta(days=2)) == ()
    assert why_silent(database, MAIN, EVENING + timedelta(days=2), threshold=number).startswith(
        "Nothing was sent: waiting for south.xlsx, whose data ends on 31 Jan 2026"
    )


def test_of_two_conditions_the_broken_one_is_told(database: Database) -> None:
    team = Team(database, conditions=[{"kind": "below", "low": 10}, {"kind": "change", "low": -0.1}], join="or")

    team.day(50)

    assert team.alerts()[0].message == "Revenue is 50 on 1 Feb 2026, 50.0% less than the period before (limit 90)"


def test_an_anomaly_says_why_it_cannot_tell_what_is_usual(database: Database) -> None:
    team = Team(database, conditions=[{"kind": "anomaly"}])

    assert team.day(50) == []
    assert why_silent(database, MAIN, team.now, threshold=team.threshold).startswith(
        "Nothing was sent: too little history, or too even, to say what is usual for 1 Feb 2026"
    )


def test_a_threshold_that_is_switched_off_does_not_end_what_it_lost(database: Database) -> None:
    commit_rows(database, "a.xlsx", [*days(Region="North"), *days(Region="South")])
    number = add(database, by="Region")
    judge_workspace(database, MAIN, EVENING)
    commit_rows(database, "a.xlsx", [*days(50, Region="North"), *days(100, Region="South")])
    judge_workspace(database, MAIN, EVENING + timedelta(days=1))

    change(database, number, by="", is_enabled=False)
    off = judge_workspace(database, MAIN, EVENING + timedelta(days=1, hours=1))
    change(database, number, is_enabled=True)
    on = judge_workspace(database, MAIN, EVENING + timedelta(days=1, hours=2))

    assert (off, [(one.segment, one.tells) for one in on]) == ((), [("North", "resolved")])


def test_each_message_speaks_of_its_own_period(database: Database) -> None:
    team = Team(database)
    commit_rows(database, "a.xlsx", days(50, 97))

    told = {one.tells: one for one in team.judge(timedelta(days=2))}

    assert {name: (one.reading.value, one.details.previous) for name, one in told.items()} == {
        "firing": (50, 100),
        "resolved": (97, 50),
    }
    assert (
        team.alerts()[0].message == "Revenue is 50 on 1 Feb 2026, below its limit 90, -50.0% against the period before"
    )


def test_each_value_of_a_dimension_has_an_alert_of_its_own(database: Database) -> None:
    commit_rows(database, "a.xlsx", [*days(Region="North"), *days(Region="South")])
    add(database, by="Region", limits={"South": 50})
    judge_workspace(database, MAIN, EVENING)
    commit_rows(database, "a.xlsx", [*days(60, Region="North"), *days(60, Region="South")])

    told = judge_workspace(database, MAIN, EVENING + timedelta(days=1))

    assert [(one.segment, one.reading.limit) for one in told] == [("North", 90)]


def test_a_new_segment_is_judged_from_the_first_period_that_closes_with_it(database: Database) -> None:
    commit_rows(database, "a.xlsx", days(Region="North"))
    add(database, by="Region")
    judge_workspace(database, MAIN, EVENING)
    commit_rows(database, "a.xlsx", [*days(100, Region="North"), sale(date(2026, 2, 1), 5, Region="West")])

    told = judge_workspace(database, MAIN, EVENING + timedelta(days=1))

    assert [one.segment for one in told] == ["West"]


def test_a_threshold_from_before_the_first_load_sends_nothing_about_history(database: Database) -> None:
    add(database)
    assert judge_workspace(database, MAIN, EVENING) == ()
    with database.reading() as session:
        assert session.scalars(select(Evaluation.reason)).all() == ["there is no data yet"]
    commit_rows(database, "a.xlsx", days(10, 10, 10))

    assert judge_workspace(database, MAIN, EVENING + timedelta(days=4)) == ()
    commit_rows(database, "a.xlsx", days(10, 10, 10, 10))
    assert [one.tells for one in judge_workspace(database, MAIN, EVENING + timedelta(days=5))] == ["firing"]


def test_a_silence_holds_back_and_what_still_fires_is_told_after_it(database: Database) -> None:
    team = Team(database)
    hush = silence(database, MAIN, Scope(), "stocktaking", team.now + timedelta(days=9), "Ann", team.now)

    assert team.day(80) == []
    assert team.statuses() == ["open"]
    assert "silenced until" in team.reasons()[-1]
    end(database, MAIN, hush.id, "Ann", team.now)
    assert [one.tells for one in team.judge(timedelta(minutes=1))] == ["firing"]


def test_repeats_come_by_the_clock_until_somebody_acknowledges(database: Database) -> None:
    team = Team(database, repeat_hours=2)
    team.day(80)

    assert [one.tells for one in team.judge(timedelta(hours=1))] == []
    assert [one.tells for one in team.judge(timedelta(hours=1))] == ["repeated"]
    acknowledge(database, MAIN, [team.alerts()[0].id], "Ann", "calling them", team.now)
    assert [one.tells for one in team.judge(timedelta(hours=3))] == []


def test_a_snoozed_alert_wakes_when_it_is_worse_or_its_time_has_come(database: Database) -> None:
    team = Team(database)
    team.day(80)
    number = team.alerts()[0].id
    snooze(database, MAIN, [number], team.now + timedelta(days=30), "Ann", team.now, worse_by=0.2)

    assert (team.day(78), team.statuses()) == ([], ["snoozed"])
    assert (team.day(40), team.statuses()) == (["worse"], ["open"])
    snooze(database, MAIN, [number], team.now + timedelta(hours=1), "Ann", team.now)
    team.judge(timedelta(hours=2))
    assert team.statuses() == ["open"]


def test_a_changed_threshold_ends_what_it_no_longer_forbids(database: Database) -> None:
    team = Team(database)
    team.day(80)
    change(database, team.threshold, conditions=[{"kind": "below", "low": {"value": 70}}])

    assert [one.tells for one in team.judge()] == ["resolved"]
    assert team.statuses() == ["resolved"]


def test_a_cooldown_ends_by_the_clock(database: Database) -> None:
    team = Team(database, cooldown_hours=50)
    team.day(80)
    team.day(95)

    assert team.day(80) == []
    assert [one.tells for one in team.judge(timedelta(hours=30))] == ["firing"]


@pytest.mark.parametrize(
    ("rule", "rows", "told"),
    [
        pytest.param(
            {"conditions": [{"kind": "refused", "share": 0.2}]}, {"rows_refused": 20}, ["firing"], id="refused rows"
        ),
        pytest.param({"conditions": [{"kind": "refused", "share": 0.5}]}, {"rows_refused": 20}, [], id="few refused"),
    ],
)
def test_conditions_on_files_are_judged_at_once(
    database: Database, rule: dict[str, object], rows: dict[str, int], told: list[str]
) -> None:
    team = Team(database, **rule)
    commit_rows(database, "a.xlsx", days(100), **rows)

    assert [one.tells for one in team.judge()] == told


def test_a_restated_period_is_told(database: Database) -> None:
    team = Team(database, conditions=[{"kind": "restated", "share": 0.1}])
    team.day(100)

    told = team.restate(60), team.alerts()[0].message
    assert told == (["firing"], "Revenue: 1 Feb 2026 was restated by 40.0%")
    assert [one.tells for one in team.judge(timedelta(minutes=1))] == []
    assert team.statuses() == ["open"]


def test_missing_data_is_told_by_the_clock(database: Database) -> None:
    team = Team(database, conditions=[{"kind": "no_data", "periods": 2}])

    assert [one.tells for one in team.judge(timedelta(days=1))] == []
    assert [one.tells for one in team.judge(timedelta(days=1))] == ["firing"]
    assert team.alerts()[0].message == "Revenue: there is no data since 1 Feb 2026"
    assert team.restate(100, 100) == ["resolved"]


def test_a_late_file_fires_once_until_the_file_arrives(database: Database) -> None:
    team = Team(database, conditions=[{"kind": "late"}])
    with database.writing() as session:
        session.execute(update_cadence())

    team.judge(timedelta(days=40))
    assert [one.alert_type for one in team.alerts()] == ["late"]
    assert "a.xlsx was due by" in team.alerts()[0].message
    assert team.judge(timedelta(minutes=5)) == ()


def update_cadence() -> object:
    from dash_kpi.storage.models import Source

    return update(Source).values(cadence={"every": "week", "by": 1})


def test_a_forecast_that_misses_its_target_is_told(database: Database) -> None:
    team = Team(database, grain="month", conditions=[{"kind": "forecast_target"}])
    define(database, Definition("revenue", "Revenue", "", unit="currency", target=Target(9000, per="month")))

    assert team.day(*[100] * 10) == ["firing"]
    (alert,) = team.alerts()
    assert alert.threshold_value == pytest.approx(9000)
    assert alert.current_value == pytest.approx(2800, rel=0.1)


def test_a_threshold_that_cannot_be_read_stops_nobody(database: Database) -> None:
    team = Team(database)
    damaged = add(database)
    with database.writing() as session:
        session.get_one(Threshold, damaged).rule = {"kpi": "revenue"}

    assert team.day(80) == ["firing"]
    assert [one.id for one in thresholds(database, MAIN)] == [team.threshold]
    assert problems_of_rules(database) == [
        f"The threshold {damaged} on 'revenue' cannot be read. A threshold has one condition, or two."
    ]


def test_a_threshold_whose_kpi_is_gone_says_so_and_stops_nobody(database: Database) -> None:
    team = Team(database)
    add(database, kpi="revenu")

    assert team.day(80) == ["firing"]
    assert "No KPI named 'revenu'; did you mean 'revenue'?"[:-1] in [one.rstrip(".") for one in team.reasons()][-1]


def test_what_was_judged_meanwhile_is_left_alone(database: Database) -> None:
    team = Team(database)
    team.day(80)
    with database.reading() as session:
        state = session.scalars(select(ThresholdState)).one()
        assert state.phase == "firing"
        assert state.alert_id == team.alerts()[0].id
