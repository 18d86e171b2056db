"""Judging a segment again and again: what is new, what is history, and what a restatement reverses."""

from datetime import UTC, date, datetime, timedelta

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dash_kpi.alerting.judging.observing import Observed
from dash_kpi.alerting.judging.verdicts import Segment, Verdict, judge_periods, judge_time
from dash_kpi.alerting.rules.conditions import judged, readings
from dash_kpi.alerting.rules.judge import Code, Observation, due
from dash_kpi.alerting.rules.replay import replay
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.rules.series import Series
from dash_kpi.alerting.rules.track import REMEMBERED, Track
from dash_kpi.kpis.calendar import CIVIL

FIRST = date(2025, 1, 1)
NOON = datetime(2026, 1, 5, 12, tzinfo=UTC)
DAY = timedelta(days=1)
NONE = float("nan")


def rule(**given: object) -> Rule:
    return Rule.from_json({"kpi": "revenue", "grain": "day", "conditions": [{"kind": "below", "low": 100}], **given})


def observed(some: Rule, values: list[float]) -> Observed:
    days = tuple(FIRST + at * DAY for at in range(len(values)))
    series = Series(days, days, tuple(f"day {at}" for at in range(len(values))), np.array(values, dtype=float))
    return Observed(series, judged(some, series))


class Live:
    """A segment that is judged whenever its values are looked at, and kept as JSON in between."""

    def __init__(self, some: Rule) -> None:
        self.rule, self.track, self.version = some, None, 1
        self.now = NOON
        self.said: list[Verdict] = []

    def look(self, values: list[float], after: timedelta = DAY) -> list[Verdict]:
        """Judge values some time later; what time alone brings about meanwhile is judged when it is due."""
        self._pass_time(self.now + after)
        found = observed(self.rule, values) if values else None
        kept = Track.from_json(self.track) if self.track else None
        track, verdicts = judge_periods(
            self.rule, self.version, Segment("", kept, Observation()), found, None, self.now, CIVIL
        )
        self.track = track.as_json()
        self.said += verdicts
        return verdicts

    def _pass_time(self, to: datetime) -> None:
        while self.track:
            track = Track.from_json(self.track)
            then = due(track.state, Observation(), self.rule, self.now)
            if then is None or not self.now < then < to:
                break
            self.now = then
            track, verdicts = judge_time(self.rule, track, Segment("", None, Observation()), then, CIVIL)
            self.track, self.said = track.as_json(), [*self.said, *verdicts]
        self.now = to

    @property
    def told(self) -> list[str]:
        return [one.reason.tells for one in self.said if one.reason.tells]


def codes(verdicts: list[Verdict]) -> list[Code]:
    return [one.reason.code for one in verdicts]


def test_what_was_over_before_the_threshold_was_there_is_history() -> None:
    live = Live(rule())

    (first,) = live.look([90] * 1000)

    assert first.reason.text == "judged from now on; the 1000 periods up to day 999 are history"
    assert live.told == []
    assert codes(live.look([90] * 1001)) == [Code.FIRED]


def test_the_first_load_of_years_of_history_sends_nothing() -> None:
    live = Live(rule())
    live.look([])

    live.look([90] * 1000)

    assert live.told == []
    assert live.look([90] * 1000)[0].reason.code is Code.NO_NEW_DATA


def test_a_late_file_that_closes_three_periods_has_each_judged() -> None:
    live = Live(rule(pending=2))
    live.look([120])

    assert [one.reason.text for one in live.look([120, 90, 90, 120])] == ["pending 1 of 2", "fired", "resolved"]


def test_what_is_restated_within_its_limits_is_taken_back_once() -> None:
    live = Live(rule())
    live.look([120])
    live.look([120, 90])

    (corrected,) = live.look([120, 110])

    assert (corrected.reason.tells, corrected.does) == ("correction", "withdraw")
    assert corrected.reason.text == "restated: day 1 keeps its limit after all"
    assert codes(live.look([120, 110])) == [Code.NO_NEW_DATA]
    assert live.told == ["firing", "correction"]


def test_of_several_broken_periods_the_one_that_is_not_takes_the_alert_back() -> None:
    live = Live(rule(pending=2))
    for many in range(1, 4):
        live.look([120, 90, 90][:many])

    (corrected,) = live.look([120, 90, 110])

    assert corrected.reading is not None
    assert (corrected.does, corrected.reading.value, corrected.since) == ("withdraw", 110, FIRST + DAY)


def test_what_is_restated_beyond_its_limits_is_one_correction_and_no_fresh_alarm() -> None:
    live = Live(rule())
    live.look([120])
    live.look([120, 110])

    (corrected,) = live.look([120, 90])

    assert (corrected.reason.tells, corrected.does, corrected.since) == ("correction", "open", FIRST + DAY)
    assert codes(live.look([120, 90, 90])) == [Code.FIRING]
    assert live.told == ["correction"]


def test_an_alert_that_was_over_is_taken_back_too() -> None:
    live = Live(rule())
    for many in range(1, 4):
        live.look([120, 90, 120][:many])

    (corrected,) = live.look([120, 110, 120])

    assert (corrected.does, corrected.since, corrected.reason.tells) == ("withdraw_past", FIRST + DAY, "correction")


def test_a_restatement_that_reverses_nothing_is_not_told() -> None:
    live = Live(rule())
    live.look([120])
    live.look([120, 90])

    assert codes(live.look([130, 80])) == [Code.NO_NEW_DATA]


def test_history_that_is_restated_is_history() -> None:
    live = Live(rule())
    live.look([120, 120, 120])

    assert codes(live.look([50, 50, 50])) == [Code.NO_NEW_DATA]


@pytest.mark.parametrize(
    ("limit", "expected", "told"),
    [
        pytest.param(80, Code.RESOLVED, ["firing", "resolved"], id="a lower limit ends it"),
        pytest.param(95, Code.CHANGED, ["firing"], id="it goes on firing"),
    ],
)
def test_a_changed_threshold_keeps_its_state(limit: float, expected: Code, told: list[str]) -> None:
    live = Live(rule())
    live.look([120])
    live.look([120, 90])
    live.rule, live.version = rule(conditions=[{"kind": "below", "low": limit}]), 2

    (verdict,) = live.look([120, 90])

    assert verdict.reason.code is expected
    assert "the threshold was changed" in verdict.reason.text
    assert live.told == told


def test_a_changed_threshold_does_not_fire_about_the_past() -> None:
    live = Live(rule())
    live.look([120])
    live.look([120, 110])
    live.rule, live.version = rule(conditions=[{"kind": "below", "low": 115}]), 2

    assert codes(live.look([120, 110])) == [Code.CHANGED]
    assert codes(live.look([120, 110, 110])) == [Code.FIRED]


def test_a_cooldown_that_ended_between_two_looks_is_no_correction() -> None:
    live = Live(rule(cooldown_hours=36))
    live.look([120])
    live.look([120, 90])
    live.look([120, 90, 120])
    live.look([120, 90, 120, 90], timedelta(hours=1))
    live.look([120, 90, 120, 90], timedelta(hours=40))

    assert live.told == ["firing", "resolved", "firing"]
    assert codes(live.look([121, 91, 121, 91])) == [Code.NO_NEW_DATA]


chunks = st.lists(st.lists(st.sampled_from([80.0, 95.0, 105.0, 120.0, NONE]), min_size=0, max_size=8), max_size=12)
rules = st.builds(
    rule,
    pending=st.integers(1, 3),
    keep_firing=st.integers(1, 3),
    recovery_margin=st.sampled_from([0, 10]),
    cooldown_hours=st.sampled_from([0, 36, 60]),
    repeat_hours=st.sampled_from([0, 30]),
)


@given(rules, chunks)
@example(rule(cooldown_hours=60), [[80, 105, 80], [], [], [105]])
def test_a_replay_gives_what_was_judged_live(some: Rule, parts: list[list[float]]) -> None:
    live, values, moments = Live(some), [120.0], {}
    live.look(values)
    for part in parts:
        values = values + part
        live.look(values)
        moments |= {FIRST + at * DAY: live.now for at in range(len(values) - len(part), len(values))}

    found = readings(observed(some, values).judged, observed(some, values).series, some, 1)
    steps = replay(found, some, lambda reading: moments[reading.start], until=live.now + timedelta(microseconds=1))

    expected = [one.reason.tells for one in steps if one.reason.tells in ("firing", "resolved")]
    assert [one for one in live.told if one in ("firing", "resolved")] == expected
    assert live.track
    assert Track.from_json(live.track).state.phase == (steps[-1].state.phase if steps else "ok")


@given(rules, st.lists(st.lists(st.sampled_from([90.0, 110.0]), min_size=1, max_size=9), min_size=1, max_size=15))
def test_whatever_is_restated_one_firing_is_open_at_most(some: Rule, versions: list[list[float]]) -> None:
    live, is_open = Live(some), False
    for values in versions:
        known = len(live.said)
        live.look(values)
        for verdict in live.said[known:]:
            if verdict.does == "open":
                assert not is_open
                is_open = True
            elif verdict.does in ("close", "withdraw"):
                assert is_open
                is_open = False
        assert live.track
        assert (Track.from_json(live.track).state.phase == "firing") is is_open


def test_the_track_stays_small() -> None:
    live = Live(rule())
    for many in range(1, 3 * REMEMBERED):
        live.look([120, 90, 90, 120][many % 4 : many % 4 + 1] + [110.0] * many)

    assert live.track
    assert len(live.track["seen"]) == REMEMBERED
