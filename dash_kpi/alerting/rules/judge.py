"""The state machine of a threshold: one pure function decides, and says why.

    ok ──broken──▶ pending ──broken `pending` times──▶ firing ──recovered `keep_firing` times──▶ ok
                      │ not broken ▶ ok                  │ broken again, or not far enough inside ▶ stays

What is told is decided beside the phase: nothing under a silence, later in quiet hours, again after `repeat_hours`.
Periods are those of the data: three that close at once are judged one after another.
"""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal

from dash_kpi.alerting.rules.hours import opens
from dash_kpi.alerting.rules.rule import Kind, Rule
from dash_kpi.kpis.calendar import CIVIL, Calendar

Phase = Literal["ok", "pending", "firing"]
Tells = Literal["firing", "resolved", "repeated", "worse", "correction"]


class Code(StrEnum):
    """Why an evaluation came out as it did."""

    WITHIN = "within"  # the limits are kept
    PENDING = "pending"  # broken, but not often enough yet
    FIRED = "fired"
    FIRING = "firing"  # as before
    RECOVERING = "recovering"  # recovered, but not often enough yet
    RESOLVED = "resolved"
    COOLDOWN = "cooldown"  # broken again too soon after it resolved
    NO_VALUE = "no_value"  # the period has no value that could be judged
    NO_NEW_DATA = "no_new_data"  # nothing has closed since
    PAUSED = "paused"
    CORRECTED = "corrected"  # what was told was taken back
    CHANGED = "changed"  # a person changed the threshold
    HISTORY = "history"  # it was over before the threshold was there
    FAILED = "failed"  # it could not be judged


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found about one closed period, or about files now."""

    start: date
    end: date
    label: str
    value: float | None  # of the KPI, or the share or number that the condition is about
    limit: float | None  # the number it was judged by
    excess: float | None  # how far beyond the limit, in its units; what is within it is not above 0
    is_broken: bool | None  # None: nobody can say
    is_recovered: bool
    kind: Kind  # the condition that was met, or the first
    detail: str = ""  # what else is to be said, a sentence without its full stop


@dataclass(frozen=True, slots=True)
class Silenced:
    """A silence that holds now."""

    comment: str
    until: datetime


@dataclass(frozen=True, slots=True)
class Snoozed:
    """A snooze of the open alert: until a moment, or until it is worse by a share of the value it had."""

    until: datetime
    value: float | None = None
    excess: float | None = None
    worse_by: float | None = None


@dataclass(frozen=True, slots=True)
class Observation:
    """What is to be judged: a reading, or None where only time has passed, and what holds for messages now."""

    reading: Reading | None = None
    silenced: Silenced | None = None
    snoozed: Snoozed | None = None
    is_acknowledged: bool = False


@dataclass(frozen=True, slots=True)
class State:
    """Where a threshold stands for one segment."""

    phase: Phase = "ok"
    count: int = 0  # broken periods in a row while it is pending; recovered ones while it fires
    since: date | None = None  # the first day of the first broken period of this run
    last: date | None = None  # the first day of the last judged period
    fired_at: datetime | None = None
    resolved_at: datetime | None = None
    told_at: datetime | None = None  # when something about the firing was last told
    is_told: bool = False  # that it fires


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: a code, the words that are shown, what is told to people, if anything, and until when that is held back."""

    code: Code
    text: str
    tells: Tells | None = None
    held_until: datetime | None = None


def judge(
    state: State, observation: Observation, rule: Rule, now: datetime, calendar: Calendar = CIVIL
) -> tuple[State, Reason]:
    """Judge one observation: the next state, and why. `now` is in the time zone of the team."""
    reading = observation.reading
    seen = replace(state, last=reading.start) if reading else state
    if why := _why_paused(rule, now):
        return seen, Reason(Code.PAUSED, why)
    if reading is None:
        return _judge_time(state, observation, rule, now, calendar)
    if reading.is_broken is None:
        return seen, Reason(Code.NO_VALUE, reading.detail or f"no value for {reading.label}")
    if state.phase == "firing":
        if reading.is_recovered:
            return _recovered(seen, observation, rule, now, calendar)
        return _still_firing(replace(seen, count=0), observation, rule, now, calendar)
    if not reading.is_broken:
        return replace(seen, phase="ok", count=0, since=None), Reason(Code.WITHIN, "within limits")
    count = seen.count + 1 if state.phase == "pending" else 1
    since = seen.since if state.phase == "pending" else reading.start
    return _broken(replace(seen, phase="pending", count=count, since=since), observation, rule, now, calendar)


def correct(
    state: State, observation: Observation, rule: Rule, now: datetime, text: str, calendar: Calendar = CIVIL
) -> tuple[State, Reason]:
    """Return what is told of a verdict that a restatement reversed; `state` is what it came to be."""
    if why := _why_paused(rule, now):
        return state, Reason(Code.CORRECTED, f"{text}; {why}")
    return _telling(state, observation, rule, now, calendar, Code.CORRECTED, text, "correction")


def change(
    state: State, observation: Observation, rule: Rule, now: datetime, calendar: Calendar = CIVIL
) -> tuple[State, Reason]:
    """Judge the newest reading again by a rule that a person has changed: a firing may be over, none begins."""
    reading = observation.reading
    if state.phase != "firing" or reading is None or reading.is_broken is not False:
        return state, Reason(Code.CHANGED, "the threshold was changed")
    over, reason = _recovered(replace(state, count=rule.keep_firing), observation, rule, now, calendar)
    return over, replace(reason, text=f"the threshold was changed; {reason.text}")


def gone(
    state: State, observation: Observation, rule: Rule, now: datetime, why: str, calendar: Calendar = CIVIL
) -> tuple[State, Reason]:
    """End the firing of a segment that is not judged any more."""
    if paused := _why_paused(rule, now):
        return state, Reason(Code.PAUSED, paused)
    over, reason = _recovered(replace(state, count=rule.keep_firing), observation, rule, now, calendar)
    return over, replace(reason, text=f"{reason.text}: {why}")


def due(state: State, observation: Observation, rule: Rule, now: datetime) -> datetime | None:
    """Return when time alone, without any new data, can change something; None: never."""
    moments: list[datetime | None] = []
    if rule.paused_until and rule.paused_until > now:
        moments.append(rule.paused_until)
    if state.phase == "pending" and state.count >= rule.pending:
        moments.append(_cooled(state, rule))
    if state.phase == "firing":
        if observation.silenced and not state.is_told:
            moments.append(observation.silenced.until)
        if observation.snoozed:
            moments.append(observation.snoozed.until)
        if rule.repeat_hours and state.told_at and not observation.is_acknowledged:
            moments.append(state.told_at + timedelta(hours=rule.repeat_hours))
    return min((one for one in moments if one), default=None)


def _why_paused(rule: Rule, now: datetime) -> str:
    if not rule.is_enabled:
        return "switched off"
    if rule.paused_until and now < rule.paused_until:
        return f"paused until {_moment(rule.paused_until, now)}"
    return ""


def _judge_time(
    state: State, observation: Observation, rule: Rule, now: datetime, calendar: Calendar
) -> tuple[State, Reason]:
    if state.phase == "firing":
        return _still_firing(state, observation, rule, now, calendar, is_new=False)
    if state.phase == "pending" and state.count >= rule.pending:
        return _broken(state, observation, rule, now, calendar)
    return state, Reason(Code.NO_NEW_DATA, "no new data")


def _broken(
    state: State, observation: Observation, rule: Rule, now: datetime, calendar: Calendar
) -> tuple[State, Reason]:
    if state.count < rule.pending:
        return state, Reason(Code.PENDING, f"pending {state.count} of {rule.pending}")
    cooled = _cooled(state, rule)
    if cooled and now < cooled:
        return state, Reason(Code.COOLDOWN, f"cooling down until {_moment(cooled, now)}")
    fired = replace(state, phase="firing", count=0, fired_at=now, told_at=None, is_told=False)
    return _telling(fired, observation, rule, now, calendar, Code.FIRED, "fired", "firing")


def _still_firing(
    state: State, observation: Observation, rule: Rule, now: datetime, calendar: Calendar, *, is_new: bool = True
) -> tuple[State, Reason]:
    if not state.is_told:
        return _telling(state, observation, rule, now, calendar, Code.FIRING, "still firing", "firing")
    if _has_worsened(observation):
        return _telling(state, observation, rule, now, calendar, Code.FIRING, "worse than when it was snoozed", "worse")
    if observation.snoozed and now < observation.snoozed.until:
        return state, Reason(Code.FIRING, f"snoozed until {_moment(observation.snoozed.until, now)}")
    if observation.is_acknowledged:
        return state, Reason(Code.FIRING, "still firing, acknowledged")
    again = state.told_at + timedelta(hours=rule.repeat_hours) if rule.repeat_hours and state.told_at else None
    if again and now >= again:
        return _telling(
            state, observation, rule, now, calendar, Code.FIRING, "still firing, time to tell it again", "repeated"
        )
    if again:
        return state, Reason(Code.FIRING, f"still firing, nothing new to tell before {_moment(again, now)}")
    return state, Reason(Code.FIRING if is_new else Code.NO_NEW_DATA, "still firing, nothing new to tell")


def _recovered(
    state: State, observation: Observation, rule: Rule, now: datetime, calendar: Calendar
) -> tuple[State, Reason]:
    count = state.count + 1
    if count < rule.keep_firing:
        return replace(state, count=count), Reason(Code.RECOVERING, f"recovered {count} of {rule.keep_firing}")
    resolved = State(last=state.last, resolved_at=now)
    if not state.is_told:
        return resolved, Reason(Code.RESOLVED, "resolved; nobody had been told that it fired")
    if observation.silenced:
        return resolved, Reason(Code.RESOLVED, f"resolved; {_silence(observation.silenced, now)}")
    return resolved, _reason(Code.RESOLVED, "resolved", "resolved", rule, now, calendar)


def _telling(
    state: State,
    observation: Observation,
    rule: Rule,
    now: datetime,
    calendar: Calendar,
    code: Code,
    text: str,
    tells: Tells,
) -> tuple[State, Reason]:
    """Tell something, unless a silence holds."""
    if observation.silenced:
        return state, Reason(code, f"{text}; {_silence(observation.silenced, now)}")
    told = replace(state, is_told=True, told_at=now)
    return told, _reason(code, text, tells, rule, now, calendar)


def _reason(code: Code, text: str, tells: Tells, rule: Rule, now: datetime, calendar: Calendar) -> Reason:
    held_until = opens(rule, now, calendar)
    if held_until:
        text = f"{text}; held back until {_moment(held_until, now)} by {_why_held(rule, held_until, now)}"
    return Reason(code, text, tells, held_until)


def _why_held(rule: Rule, until: datetime, now: datetime) -> str:
    if not rule.quiet_from:
        return "working days"
    return "quiet hours and working days" if rule.working_days and until.date() > now.date() else "quiet hours"


def _has_worsened(observation: Observation) -> bool:
    snoozed, reading = observation.snoozed, observation.reading
    if not snoozed or not reading or snoozed.worse_by is None:
        return False
    if snoozed.excess is None or reading.excess is None or not snoozed.value:
        return False
    return reading.excess - snoozed.excess >= snoozed.worse_by * abs(snoozed.value)


def _cooled(state: State, rule: Rule) -> datetime | None:
    if not rule.cooldown_hours or state.resolved_at is None:
        return None
    return state.resolved_at + timedelta(hours=rule.cooldown_hours)


def _silence(silenced: Silenced, now: datetime) -> str:
    return f"silenced until {_moment(silenced.until, now)}: {silenced.comment}"


def _moment(at: datetime, now: datetime) -> str:
    local = at.astimezone(now.tzinfo)
    return f"{local.day} {local:%b %Y %H:%M}"
