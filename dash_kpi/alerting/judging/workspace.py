"""Judging: what has closed or happened is judged, and states, alerts, evaluations and messages are one transaction.

Which thresholds have to be looked at is in their rows (the revision and the day they were judged at last), so that a
judging that was killed is simply done by the next.
"""

import logging
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from dash_kpi.alerting.alerts.acts import snoozed_of
from dash_kpi.alerting.alerts.silence_values import Hush
from dash_kpi.alerting.alerts.silences import silence_of, silences_at
from dash_kpi.alerting.alerts.values import OPEN
from dash_kpi.alerting.judging.details import details_of
from dash_kpi.alerting.judging.found import Found, Known
from dash_kpi.alerting.judging.happenings import reading_now
from dash_kpi.alerting.judging.observing import WHOLE, Observed, Observer
from dash_kpi.alerting.judging.told import Details, Told
from dash_kpi.alerting.judging.verdicts import Segment, Verdict, judge_gone, judge_now, judge_periods, judge_time
from dash_kpi.alerting.judging.writing import write
from dash_kpi.alerting.rules.judge import Code, Observation, Reading, Reason
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.rules.track import Track
from dash_kpi.alerting.thresholds.sample import set_sample_thresholds_aside
from dash_kpi.errors import DashKpiError, Refused
from dash_kpi.kpis.calendar import DAY
from dash_kpi.storage.database import Database, workspace_named
from dash_kpi.storage.models import Alert, Threshold, ThresholdState
from dash_kpi.storage.sources import State as DataState
from dash_kpi.storage.sources import state_at

log = logging.getLogger(__name__)

FAILED = "it could not be judged for a reason that nobody foresaw; the log says more"
CHANGED = "the threshold is not judged like this any more"
VANISHED = "it is not among what the data has now"
MOST_DETAILED = 3  # numbers of a segment: what lies between is only on the page, and what drove it takes time
AT_ONCE = 2000  # thresholds in one transaction, so that what breaks together is told in one message


def judge_workspace(database: Database, workspace: str, now: datetime) -> tuple[Told, ...]:
    """Judge every threshold of a workspace that has something new, and return what is told. Raises NotFound.

    One process at a time does this; what another has judged meanwhile is left alone.
    """
    state = state_at(database, workspace)
    set_sample_thresholds_aside(database, workspace, state, now)
    local = now.astimezone(database.settings.zone)
    observer = Observer(database, workspace, state, local)
    with database.reading() as session:
        workspace_id = workspace_named(session, workspace).id
        known = _known(session, workspace_id, state.revision, local)
        silences = silences_at(session, workspace_id, now)
    told: list[Told] = []
    for some in _batches(known):
        found = [one for threshold in some for one in _judged(observer, threshold, silences)]
        with database.writing() as session:
            told += write(database, session, workspace_id, state.revision, some, found, local)
    return tuple(told)


def _known(session: Session, workspace_id: int, revision: int, now: datetime) -> list[Known]:
    """Return the thresholds that have to be looked at, those that ask for a forecast last: that may take long."""
    rows = session.scalars(
        select(Threshold)
        .where(Threshold.workspace_id == workspace_id, Threshold.deleted_at.is_(None))
        .order_by(Threshold.id)
    ).all()
    states: dict[int, list[ThresholdState]] = defaultdict(list)
    numbers = [row.id for row in rows]
    for one in session.scalars(select(ThresholdState).where(ThresholdState.threshold_id.in_(numbers))):
        states[one.threshold_id].append(one)
    alerts = {
        (one.threshold_id, one.segment): one
        for one in session.scalars(select(Alert).where(Alert.workspace_id == workspace_id, Alert.status.in_(OPEN)))
    }
    found = []
    for row in rows:
        try:
            rule = Rule.from_json(row.rule)
        except Refused:  # of a newer program, or damaged: the others go on
            log.exception("threshold not read threshold=%d", row.id)
            continue
        is_whole = row.judged_revision < revision or row.judged_day != now.date() or rule.conditions[0].kind == "late"
        own = states[row.id] if is_whole else [one for one in states[row.id] if one.due_at and one.due_at <= now]
        if is_whole or own:
            found.append(
                Known(
                    row.id,
                    row.version,
                    rule,
                    row.judged_revision,
                    is_whole,
                    {one.segment: Track.from_json(one.track) for one in own},
                    {one.segment: alerts[row.id, one.segment] for one in own if (row.id, one.segment) in alerts},
                )
            )
    return sorted(found, key=lambda one: one.rule.conditions[0].kind.startswith("forecast"))


def _batches(known: Sequence[Known]) -> Iterable[Sequence[Known]]:
    """Yield the thresholds some at a time, each that asks for a forecast by itself."""
    quick = [one for one in known if not one.rule.conditions[0].kind.startswith("forecast")]
    yield from (quick[at : at + AT_ONCE] for at in range(0, len(quick), AT_ONCE))
    yield from ([one] for one in known[len(quick) :])


def _judged(observer: Observer, known: Known, silences: Sequence[Hush]) -> list[Found]:
    """Judge every segment of a threshold; what fails for one must not stop the others."""
    try:
        if not known.is_whole:
            return [_by_time(observer, known, name, track, silences) for name, track in known.tracks.items()]
        if known.rule.is_of_now:
            left = [_gone(observer, known, name, CHANGED, silences) for name in known.tracks if name != WHOLE]
            return [_of_now(observer, known, silences), *filter(None, left)]
        return _of_periods(observer, known, silences)
    except DashKpiError as error:
        if not observer.state.sources:
            return _failed(known, "there is no data yet", Code.NO_NEW_DATA)
        return _failed(known, str(error).rstrip("."))
    except Exception:  # the log says which; the others go on
        log.exception("judging failed threshold=%d revision=%d", known.id, observer.state.revision)
        return _failed(known, FAILED)


def _of_periods(observer: Observer, known: Known, silences: Sequence[Hush]) -> list[Found]:
    observed = observer.observe(known.rule)
    lasts = [track.state.last for track in known.tracks.values() if track.state.last]
    names = dict.fromkeys([*known.tracks, *observed] or [WHOLE])
    watermark = max(lasts, default=None)
    if not observed and not known.tracks and (first := observer.first_day(known.rule)):
        watermark = first - DAY  # there is data, and no period of it has closed: the first that does is news
    found = []
    for name in names:
        left = None
        if name not in observed and (why := _why_gone(known, name, observed)):
            left = _gone(observer, known, name, why, silences)
        found.append(left or _segment(observer, known, name, observed.get(name), watermark, silences))
    return found


def _why_gone(known: Known, name: str, observed: Mapping[str, Observed]) -> str:
    """Say why a segment is not judged any more; "" where it may come back: no period has closed without it."""
    if (name == WHOLE) is bool(known.rule.by):
        return CHANGED
    last = known.tracks[name].state.last if name in known.tracks else None
    newest = max((one.series.starts[-1] for one in observed.values() if len(one.series)), default=None)
    return VANISHED if last and newest and newest > last else ""


def _gone(observer: Observer, known: Known, name: str, why: str, silences: Sequence[Hush]) -> Found | None:
    """End the alert of a segment that is not judged any more, if there is one."""
    track, alert = known.tracks.get(name), known.alerts.get(name)
    if track is None or alert is None or track.state.phase != "firing":
        return None
    segment = Segment(name, track, observation_of(known, name, silences, observer.now))
    after, verdicts = judge_gone(known.rule, known.version, segment, track, why, observer.now, observer.calendar)
    details = {one.reading.start: Details.from_json(alert.details) for one in verdicts if one.reading}
    return Found(known, name, after, segment.observation, verdicts, details)


def _segment(
    observer: Observer,
    known: Known,
    name: str,
    observed: Observed | None,
    watermark: date | None,
    silences: Sequence[Hush],
) -> Found:
    segment = Segment(name, known.tracks.get(name), observation_of(known, name, silences, observer.now))
    track, verdicts = judge_periods(
        known.rule, known.version, segment, observed, watermark, observer.now, observer.calendar
    )
    verdicts = [_waiting(observer, known.rule, one) for one in verdicts]
    return Found(
        known, name, track, segment.observation, verdicts, _details(observer, known.rule, name, observed, verdicts)
    )


def _waiting(observer: Observer, rule: Rule, verdict: Verdict) -> Verdict:
    """Say which file is waited for, where that is why nothing has closed."""
    if verdict.reason.code is not Code.NO_NEW_DATA or verdict.state.phase == "firing":
        return verdict
    closed = observer.closed(rule)
    if closed is None or not closed.waits_for:
        return verdict
    text = f"waiting for {closed.waits_for}, whose data ends on {closed.until:%-d %b %Y}"
    return replace(verdict, reason=replace(verdict.reason, text=text))


def _of_now(observer: Observer, known: Known, silences: Sequence[Hush]) -> Found:
    before = _state_before(observer, known)
    reading: Reading | None = reading_now(observer, known.rule, before)
    if known.rule.conditions[0].kind == "restated" and before is None and WHOLE in known.tracks:
        reading = None  # the day changed, not the numbers
    segment = Segment(WHOLE, known.tracks.get(WHOLE), observation_of(known, WHOLE, silences, observer.now))
    track, verdicts = judge_now(known.rule, known.version, segment, reading, observer.now, observer.calendar)
    return Found(
        known, WHOLE, track, segment.observation, verdicts, _details(observer, known.rule, WHOLE, None, verdicts)
    )


def _state_before(observer: Observer, known: Known) -> DataState | None:
    """Return the data as it was when a threshold was judged last, None where it is still the same, or never was."""
    if known.rule.conditions[0].kind != "restated" or not 0 <= known.judged_revision < observer.state.revision:
        return None
    return state_at(observer.database, observer.workspace, known.judged_revision)


def _by_time(observer: Observer, known: Known, name: str, track: Track, silences: Sequence[Hush]) -> Found:
    segment = Segment(name, track, observation_of(known, name, silences, observer.now))
    track, verdicts = judge_time(known.rule, track, segment, observer.now, observer.calendar)
    is_told = any(one.reason.tells or one.does == "open" for one in verdicts)
    observed = observer.observe(known.rule).get(name) if is_told and not known.rule.is_of_now else None
    details = _details(observer, known.rule, name, observed, verdicts)
    return Found(known, name, track, segment.observation, verdicts, details)


def observation_of(known: Known, name: str, silences: Sequence[Hush], now: datetime) -> Observation:
    """Return what holds for the messages about one segment now."""
    alert = known.alerts.get(name)
    return Observation(
        silenced=silence_of(silences, known.id, known.rule, name, now),
        snoozed=snoozed_of(alert) if alert else None,
        is_acknowledged=alert is not None and alert.status == "acknowledged",
    )


def _details(
    observer: Observer, rule: Rule, segment: str, observed: Observed | None, verdicts: Sequence[Verdict]
) -> Mapping[date, Details]:
    """Return what is to be told of each number, only where something is told or an alert begins."""
    wanted = [one for one in verdicts if one.reason.tells or one.does in ("open", "found_past")]
    found = {one.reading.start: one.reading for one in wanted if one.reading}
    if not found:
        return {}
    told = {*list(found)[:1], *list(found)[-MOST_DETAILED:]}
    kpi = observer.kpi_of(rule)
    plain = Details(kpi.label, kpi.unit, kpi.definition.decimals, kpi.definition.direction)
    return {
        start: _details_of(observer, rule, segment, observed, reading)
        if start in told
        else replace(plain, period=reading.label)
        for start, reading in found.items()
    }


def _details_of(observer: Observer, rule: Rule, segment: str, observed: Observed | None, reading: Reading) -> Details:
    values: Sequence[float | None] = ()
    labels: Sequence[str] = ()
    if observed:
        until = sum(start <= reading.start for start in observed.series.starts)
        numbers = observed.series.values[:until].tolist()
        values, labels = [None if one != one else one for one in numbers], observed.series.labels[:until]
    return details_of(observer.database, observer.state, observer.kpi_of(rule), rule, segment, reading, values, labels)


def _failed(known: Known, why: str, code: Code = Code.FAILED) -> list[Found]:
    """Return that a threshold could not be judged: its states stay as they are."""
    tracks = known.tracks or {WHOLE: Track(version=known.version)}
    reason = Reason(code, why)
    return [
        Found(known, name, track, Observation(), [Verdict(None, track.state, reason, "nothing")], {})
        for name, track in tracks.items()
    ]
