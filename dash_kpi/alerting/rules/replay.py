"""Replaying the state machine over readings: what a backtest shows, and how a restatement is noticed."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from dash_kpi.alerting.rules.judge import Code, Observation, Reading, Reason, State, due, judge
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.kpis.calendar import CIVIL, Calendar


class Step(NamedTuple):
    """One judged reading: when it was judged, the state after it, and why."""

    reading: Reading
    at: datetime
    state: State
    reason: Reason


@dataclass(frozen=True, slots=True)
class Episode:
    """One firing: the first broken reading, the one at which it fired, the one at which it resolved, if it has."""

    fired: Step
    resolved: Step | None


def replay(
    readings: Iterable[Reading],
    rule: Rule,
    moment: Callable[[Reading], datetime],
    state: State = State(),  # noqa: B008  frozen
    calendar: Calendar = CIVIL,
    until: datetime | None = None,
) -> list[Step]:
    """Judge readings one after another, each at its moment; between them, and after, what time alone brings about."""
    steps: list[Step] = []

    def pass_time(to: datetime) -> None:
        while steps and (then := due(steps[-1].state, Observation(), rule, steps[-1].at)) and then < to:
            at = max(then, steps[-1].at)  # a reading without a value may have come at the very moment
            after, reason = judge(steps[-1].state, Observation(), rule, at, calendar)
            if after == steps[-1].state:
                break
            steps.append(Step(steps[-1].reading, at, after, reason))

    for reading in readings:
        at = moment(reading)
        pass_time(at)
        before = steps[-1].state if steps else state
        after, reason = judge(before, Observation(reading), rule, at, calendar)
        steps.append(Step(reading, at, after, reason))
    if until:
        pass_time(until)
    return steps


def episodes(steps: Sequence[Step]) -> list[Episode]:
    """Return the firings among the steps, oldest first."""
    found: list[Episode] = []
    for step in steps:
        if step.reason.code is Code.FIRED:
            found.append(Episode(step, None))
        elif step.reason.code is Code.RESOLVED and found and found[-1].resolved is None:
            found[-1] = Episode(found[-1].fired, step)
    return found
