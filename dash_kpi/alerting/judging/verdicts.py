"""Verdicts: what judging one segment came to, before anything of it is written."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal

from dash_kpi.alerting.judging.observing import Observed
from dash_kpi.alerting.rules.conditions import readings
from dash_kpi.alerting.rules.judge import Code, Observation, Reading, Reason, State, change, correct, gone, judge
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.rules.track import Reversal, Track, renewed
from dash_kpi.kpis.calendar import Calendar

Does = Literal["open", "close", "withdraw", "withdraw_past", "found_past", "update", "nothing"]

# What happens to the alert at each code; at all others it is brought up to date, where there is one.
DOES: dict[Code, Does] = {Code.FIRED: "open", Code.RESOLVED: "close"}
REVERSED: dict[str, Does] = {
    "withdrawn": "withdraw",
    "opened": "open",
    "withdrawn_past": "withdraw_past",
    "found_past": "found_past",
}


@dataclass(frozen=True, slots=True)
class Verdict:
    """One judged reading of a segment, or one look at the clock: why, and what happens to its alert."""

    reading: Reading | None
    state: State
    reason: Reason
    does: Does
    since: date | None = None  # the first broken period of the alert it is about


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment of a rule as it was found: its track, None where it has never been judged, and its open alert."""

    name: str
    track: Track | None
    observation: Observation  # without a reading: what holds for messages now


def judge_periods(
    rule: Rule,
    version: int,
    segment: Segment,
    observed: Observed | None,
    watermark: date | None,
    now: datetime,
    calendar: Calendar,
) -> tuple[Track, list[Verdict]]:
    """Judge what has closed since a segment was judged last, corrections before it.

    `watermark` is the newest period that the rule has judged in any segment: what a new segment has up to it is
    history, and so is everything for a rule that has never been judged.
    """
    track = segment.track
    found = _readings(observed, rule, track, watermark)
    if track is None:
        last = watermark or (observed.series.starts[-1] if observed and len(observed.series) else None)
        history = State(last=last)
        track = Track(history, history, (), version)
        verdicts = [Verdict(None, history, Reason(Code.HISTORY, _history(observed, last)), "nothing")]
    else:
        fresh = {one.start: one for one in found}
        track, verdicts = _reconsidered(rule, version, track, fresh, segment.observation, now, calendar)
    if track.state.last is None and found:  # the first data that there is: it is history, all of it
        last = found[-1].start
        state = replace(track.state, last=last)
        verdicts.append(Verdict(None, state, Reason(Code.HISTORY, _history(observed, last)), "nothing"))
        return replace(track, state=state, base=state), verdicts
    new = [one for one in found if track.state.last is None or one.start > track.state.last]
    for reading in new:
        before = track.state
        state, reason = judge(before, replace(segment.observation, reading=reading), rule, now, calendar)
        track = track.after(reading, now, state, rule, calendar)
        verdicts.append(_verdict(reading, state, reason, before))
    if not new and not verdicts:
        track, verdicts = judge_time(rule, track, segment, now, calendar)
    return track, verdicts


def judge_now(
    rule: Rule, version: int, segment: Segment, reading: Reading | None, now: datetime, calendar: Calendar
) -> tuple[Track, list[Verdict]]:
    """Judge how a rule that is judged whenever something happens stands now; None: nothing has happened."""
    track = segment.track or Track()
    state, reason = judge(track.state, replace(segment.observation, reading=reading), rule, now, calendar)
    after = Track(state, state, (), version, reading or track.newest)
    return after, [_verdict(_told_of(reading, after, reason), state, reason, track.state)]


def judge_time(
    rule: Rule, track: Track, segment: Segment, now: datetime, calendar: Calendar
) -> tuple[Track, list[Verdict]]:
    """Judge what time alone has brought about."""
    state, reason = judge(track.state, segment.observation, rule, now, calendar)
    return replace(track, state=state), [_verdict(_told_of(None, track, reason), state, reason, track.state)]


def judge_gone(
    rule: Rule, version: int, segment: Segment, track: Track, why: str, now: datetime, calendar: Calendar
) -> tuple[Track, list[Verdict]]:
    """End the firing of a segment that is not judged any more: nobody can say how it stands now."""
    state, reason = gone(track.state, segment.observation, rule, now, why, calendar)
    if state.phase == "firing":
        return track, [_verdict(None, state, reason, track.state)]
    reading = track.newest and replace(track.newest, is_broken=None, detail=why)
    return Track(state, state, (), version, track.newest), [_verdict(reading, state, reason, track.state)]


def _reconsidered(
    rule: Rule,
    version: int,
    track: Track,
    fresh: dict[date, Reading],
    observation: Observation,
    now: datetime,
    calendar: Calendar,
) -> tuple[Track, list[Verdict]]:
    """Look again at what was judged before: by a rule that was changed, or with numbers that were restated."""
    if track.version != version:
        reading = fresh.get(track.state.last) if track.state.last else None
        state, reason = change(track.state, replace(observation, reading=reading), rule, now, calendar)
        if state.phase == "pending" and reading is not None and not reading.is_broken:
            state = State(last=state.last, resolved_at=state.resolved_at)
        again = Track(state, state, (), version, reading or track.newest)
        return again, [_verdict(reading, state, reason, track.state)]
    track, reversal = renewed(track, fresh, rule, now, calendar)
    if reversal is None:
        return track, []
    text = _correction(reversal)
    state, reason = correct(track.state, replace(observation, reading=reversal.reading), rule, now, text, calendar)
    state = (
        replace(track.state, is_told=state.is_told, told_at=state.told_at) if state.phase == "firing" else track.state
    )
    verdict = Verdict(reversal.reading, state, reason, REVERSED[reversal.kind], reversal.since)
    return replace(track, state=state), [verdict]


def _told_of(reading: Reading | None, track: Track, reason: Reason) -> Reading | None:
    """Return what is told: where time alone brought it about, of the reading that was judged last."""
    return reading or (track.newest if reason.tells or reason.code is Code.FIRED else None)


def _verdict(reading: Reading | None, state: State, reason: Reason, before: State) -> Verdict:
    since = state.since or before.since
    return Verdict(reading, state, reason, DOES.get(reason.code, "update"), since)


def _correction(reversal: Reversal) -> str:
    if reversal.kind in ("withdrawn", "withdrawn_past"):
        return f"restated: {reversal.reading.label} keeps its limit after all"
    return f"restated: {reversal.reading.label} breaks its limit"


def _readings(observed: Observed | None, rule: Rule, track: Track | None, watermark: date | None) -> list[Reading]:
    """Return the readings that can matter: those that are remembered, and what came after them."""
    if observed is None:
        return []
    known = track.state.last if track else watermark
    first = min((one.reading.start for one in track.seen), default=known) if track else known
    begin = bisect_left(observed.series.starts, first) if first else max(0, len(observed.series) - 1)
    return readings(observed.judged, observed.series, rule, begin)


def _history(observed: Observed | None, last: date | None) -> str:
    """Say what of a segment is not judged, for it was over before the threshold was there."""
    many = bisect_right(observed.series.starts, last) if observed and last else 0
    if observed is None or not many:
        return f"judged from now on; {'no period has closed yet' if last else 'there is no data yet'}"
    label = observed.series.labels[many - 1]
    if many == 1:
        return f"judged from now on; {label} is history"
    return f"judged from now on; the {many} periods up to {label} are history"
