"""The state machine, rule by rule."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.alerting.rules.judge import (
    Code,
    Observation,
    Reading,
    Reason,
    Silenced,
    Snoozed,
    State,
    due,
    judge,
)
from dash_kpi.alerting.rules.replay import replay
from dash_kpi.alerting.rules.rule import Condition, Limit, Rule

NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)  # a Monday
BELOW = Condition("below", low=Limit(100))


def rule(**given: object) -> Rule:
    return Rule("revenue", (BELOW,), **given)  # type: ignore[arg-type]


def reading(at: int, value: float | None, margin: float = 0.0) -> Reading:
    day = date(2026, 1, 1) + timedelta(days=at)
    excess = None if value is None else 100 - value
    is_broken = None if excess is None else excess > 0
    is_recovered = excess is not None and excess <= -margin
    return Reading(day, day, f"day {at}", value, 100, excess, is_broken, is_recovered, "below")


def test_a_replay_repeats_across_periods_without_a_value() -> None:
    values = (80, None, None, None, 80)
    steps = replay([reading(at, one) for at, one in enumerate(values)], rule(repeat_hours=12), _noon)

    assert sum(step.reason.tells == "repeated" for step in steps) == 8


def _noon(some: Reading) -> datetime:
    return datetime(some.start.year, some.start.month, some.start.day, 12, tzinfo=UTC)


def judged(some: Rule, *values: float | None, margin: float = 0.0, step: timedelta = timedelta(days=1)) -> list[Reason]:
    state, reasons = State(), []
    for at, value in enumerate(values):
        state, reason = judge(state, Observation(reading(at, value, margin)), some, NOON + at * step)
        reasons.append(reason)
    return reasons


def codes(reasons: list[Reason]) -> str:
    return " ".join(one.code for one in reasons)


def tells(reasons: list[Reason]) -> list[str]:
    return [one.tells for one in reasons if one.tells]


@pytest.mark.parametrize(
    ("some", "values", "expected", "told"),
    [
        pytest.param(rule(), [120, 100], "within within", [], id="at its limit it is kept"),
        pytest.param(rule(), [120, 90], "within fired", ["firing"], id="fires at the first breach"),
        pytest.param(rule(), [90, 80], "fired firing", ["firing"], id="tells once, then stays quiet"),
        pytest.param(rule(), [90, 120], "fired resolved", ["firing", "resolved"], id="resolves"),
        pytest.param(
            rule(pending=2),
            [90, 120, 90, 90],
            "pending within pending fired",
            ["firing"],
            id="pending for two in a row",
        ),
        pytest.param(
            rule(keep_firing=2),
            [90, 120, 90, 120, 120],
            "fired recovering firing recovering resolved",
            ["firing", "resolved"],
            id="keeps firing until it recovered twice in a row",
        ),
        pytest.param(rule(), [90, None, 90], "fired no_value firing", ["firing"], id="no value changes nothing"),
        pytest.param(
            rule(cooldown_hours=36),
            [90, 120, 90, 90],
            "fired resolved cooldown fired",
            ["firing", "resolved", "firing"],
            id="cools down after it resolved",
        ),
        pytest.param(
            rule(repeat_hours=48),
            [90, 90, 90, 90, 90],
            "fired firing firing firing firing",
            ["firing", "repeated", "repeated"],
            id="tells again every two days",
        ),
        pytest.param(rule(is_enabled=False), [90, 90], "paused paused", [], id="switched off"),
        pytest.param(
            rule(paused_until=NOON + timedelta(hours=30)),
            [90, 90, 90],
            "paused paused fired",
            ["firing"],
            id="paused until",
        ),
    ],
)
def test_the_state_machine_judges_by_its_rule(
    some: Rule, values: list[float | None], expected: str, told: list[str]
) -> None:
    found = judged(some, *values)

    assert codes(found) == expected
    assert tells(found) == told


def test_it_recovers_only_past_the_recovery_margin() -> None:
    found = judged(rule(recovery_margin=10), 90, 105, 111, margin=10)

    assert codes(found) == "fired firing resolved"


def test_the_reason_says_how_far_it_is() -> None:
    found = judged(rule(pending=2, cooldown_hours=72), 90, 90, 120, 90, 90)

    assert [one.text for one in found] == [
        "pending 1 of 2",
        "fired",
        "resolved",
        "pending 1 of 2",
        "cooling down until 10 Jan 2026 12:00",
    ]


def test_a_silence_tells_nothing_and_what_still_fires_is_told_when_it_ends() -> None:
    silenced = Silenced("stocktaking", NOON + timedelta(hours=2))
    state, first = judge(State(), Observation(reading(0, 90), silenced), rule(), NOON)
    waits = due(state, Observation(silenced=silenced), rule(), NOON)
    state, second = judge(state, Observation(), rule(), NOON + timedelta(hours=3))

    assert (first.code, first.tells) == (Code.FIRED, None)
    assert first.text == "fired; silenced until 5 Jan 2026 14:00: stocktaking"
    assert waits == silenced.until
    assert (second.tells, state.is_told) == ("firing", True)


def test_what_nobody_was_told_of_is_not_told_as_resolved() -> None:
    silenced = Silenced("stocktaking", NOON + timedelta(days=9))
    state, _ = judge(State(), Observation(reading(0, 90), silenced), rule(), NOON)
    _, reason = judge(state, Observation(reading(1, 120)), rule(), NOON + timedelta(days=1))

    assert (reason.code, reason.tells) == (Code.RESOLVED, None)


@pytest.mark.parametrize(
    ("value", "told", "text"),
    [(88, None, "snoozed until 9 Jan 2026 12:00"), (80, "worse", "worse than when it was snoozed")],
    ids=["it sleeps", "until it is worse by a tenth"],
)
def test_a_snoozed_alert_wakes_when_it_is_worse(value: float, told: str | None, text: str) -> None:
    state, _ = judge(State(), Observation(reading(0, 90)), rule(repeat_hours=1), NOON)
    snoozed = Snoozed(NOON + timedelta(days=4), value=90, excess=10, worse_by=0.1)
    _, reason = judge(
        state, Observation(reading(1, value), snoozed=snoozed), rule(repeat_hours=1), NOON + timedelta(days=1)
    )

    assert (reason.tells, reason.text) == (told, text)


def test_an_acknowledged_alert_is_not_told_again() -> None:
    state, _ = judge(State(), Observation(reading(0, 90)), rule(repeat_hours=1), NOON)
    _, reason = judge(
        state, Observation(reading(1, 90), is_acknowledged=True), rule(repeat_hours=1), NOON + timedelta(days=1)
    )

    assert (reason.tells, reason.text) == (None, "still firing, acknowledged")


def test_time_alone_fires_what_waited_for_its_cooldown() -> None:
    some = rule(cooldown_hours=36)
    state = State(phase="pending", count=1, since=date(2026, 1, 5), resolved_at=NOON)
    state, reason = judge(state, Observation(), some, NOON + timedelta(hours=36))

    assert (state.phase, reason.tells) == ("firing", "firing")


BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("some", "now", "held_until"),
    [
        pytest.param(
            rule(quiet_from="22:00", quiet_to="07:00"),
            datetime(2026, 1, 5, 23, tzinfo=BERLIN),
            datetime(2026, 1, 6, 7, tzinfo=BERLIN),
            id="over midnight",
        ),
        pytest.param(
            rule(quiet_from="22:00", quiet_to="07:00"),
            datetime(2026, 1, 5, 6, 59, tzinfo=BERLIN),
            datetime(2026, 1, 5, 7, tzinfo=BERLIN),
            id="after midnight",
        ),
        pytest.param(
            rule(quiet_from="12:00", quiet_to="13:00"), datetime(2026, 1, 5, 13, tzinfo=BERLIN), None, id="just over"
        ),
        pytest.param(
            rule(working_days=True),
            datetime(2026, 1, 3, 10, tzinfo=BERLIN),
            datetime(2026, 1, 5, 0, tzinfo=BERLIN),
            id="Saturday waits for Monday",
        ),
        pytest.param(
            rule(working_days=True, quiet_from="18:00", quiet_to="08:00"),
            datetime(2026, 1, 2, 19, tzinfo=BERLIN),
            datetime(2026, 1, 5, 8, tzinfo=BERLIN),
            id="Friday evening waits for Monday morning",
        ),
        pytest.param(
            rule(quiet_from="01:00", quiet_to="05:00"),
            datetime(2026, 3, 29, 1, 30, tzinfo=BERLIN),
            datetime(2026, 3, 29, 5, tzinfo=BERLIN),
            id="the night on which clocks go forward",
        ),
    ],
)
def test_messages_are_held_back_by_working_days_and_quiet_hours(
    some: Rule, now: datetime, held_until: datetime | None
) -> None:
    state, reason = judge(State(), Observation(reading(0, 90)), some, now)

    assert reason.held_until == held_until
    assert (reason.tells, state.is_told) == ("firing", True)
    assert ("held back until" in reason.text) is (held_until is not None)


values_of_days = st.lists(st.one_of(st.none(), st.integers(80, 120)), max_size=60)
rules = st.builds(
    rule,
    pending=st.integers(1, 3),
    keep_firing=st.integers(1, 3),
    cooldown_hours=st.sampled_from([0.0, 12.0, 60.0]),
    repeat_hours=st.sampled_from([0.0, 30.0]),
)


@given(rules, values_of_days, st.lists(st.booleans(), max_size=60))
def test_every_firing_is_told_once_and_followed_by_one_resolve_at_most(
    some: Rule, values: list[float | None], silences: list[bool]
) -> None:
    state, told = State(), []
    for at, value in enumerate(values):
        now = NOON + timedelta(days=at)
        is_silent = at < len(silences) and silences[at]
        silenced = Silenced("", now + timedelta(hours=1)) if is_silent else None
        state, reason = judge(state, Observation(reading(at, value), silenced), some, now)
        told.append(reason.tells)
        assert (reason.tells is None) or not is_silent
        assert state.last == reading(at, value).start

    open_firing = False
    for one in filter(None, told):
        if one == "firing":
            assert not open_firing or silences  # a silent resolve may lie between two firings
            open_firing = True
        elif one == "resolved":
            assert open_firing
            open_firing = False
        else:
            assert open_firing


@given(rules, values_of_days)
def test_two_firings_are_never_open_at_the_same_time(some: Rule, values: list[float | None]) -> None:
    found = [one.code for one in judged(some, *values) if one.code in (Code.FIRED, Code.RESOLVED)]

    assert all(one is (Code.FIRED if at % 2 == 0 else Code.RESOLVED) for at, one in enumerate(found))


@given(rules, values_of_days)
def test_judging_needs_nothing_but_its_arguments(some: Rule, values: list[float | None]) -> None:
    assert judged(some, *values) == judged(replace(some), *values)
