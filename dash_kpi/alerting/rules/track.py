"""A track: the state of one segment, and the readings it came from, so that a restatement is noticed.

It remembers the newest readings and the state before them. When a revision makes another number of one of them, the
state machine is replayed over what they are now, and the verdicts that were told are compared with those that hold.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any, Literal, NamedTuple, Self

from dash_kpi.alerting.rules.judge import Reading, State
from dash_kpi.alerting.rules.replay import Step, episodes, replay
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.kpis.calendar import Calendar

REMEMBERED = 40  # readings


class Seen(NamedTuple):
    """A judged reading, and when it was judged."""

    reading: Reading
    at: datetime


@dataclass(frozen=True, slots=True)
class Track:
    """Where one segment stands, the readings of late, the state before them, and the version of the rule."""

    state: State = State()  # noqa: RUF009  frozen
    base: State = State()  # noqa: RUF009  frozen
    seen: tuple[Seen, ...] = ()
    version: int = 1
    newest: Reading | None = None  # the one that was judged last

    def after(self, reading: Reading, at: datetime, state: State, rule: Rule, calendar: Calendar) -> Self:
        """Return the track after one more reading; of too many the oldest goes into the state before them."""
        seen, base = (*self.seen, Seen(reading, at)), self.base
        if len(seen) > REMEMBERED:
            base, seen = _replayed(base, seen[:1], rule, at, calendar)[-1].state, seen[1:]
        return replace(self, state=state, base=base, seen=seen, newest=reading)

    def as_json(self) -> dict[str, Any]:
        """Return the track as plain values."""
        return {
            "state": _plain(asdict(self.state)),
            "base": _plain(asdict(self.base)),
            "seen": [[_plain(asdict(one.reading)), one.at.isoformat()] for one in self.seen],
            "version": self.version,
            "newest": self.newest and _plain(asdict(self.newest)),
        }

    @classmethod
    def from_json(cls, given: Mapping[str, Any]) -> Self:
        """Read a track that `as_json` wrote."""
        seen = tuple(Seen(_reading(one), datetime.fromisoformat(at)) for one, at in given["seen"])
        newest = _reading(given["newest"]) if given["newest"] else None
        return cls(_state(given["state"]), _state(given["base"]), seen, given["version"], newest)


class Reversal(NamedTuple):
    """What a restatement did to a verdict."""

    kind: Literal["withdrawn", "opened", "withdrawn_past", "found_past"]
    since: date | None  # the first broken period of the firing that is gone, or that is there now
    reading: Reading  # of that period, or of the first that is not broken after all


def renewed(
    track: Track, fresh: Mapping[date, Reading], rule: Rule, now: datetime, calendar: Calendar
) -> tuple[Track, Reversal | None]:
    """Return the track with the readings as they are now, and the verdict that this reverses, if any."""
    seen = tuple(Seen(fresh.get(one.reading.start, one.reading), one.at) for one in track.seen)
    if track.newest:
        track = replace(track, newest=fresh.get(track.newest.start, track.newest))
    if all(_verdict(a.reading) == _verdict(b.reading) for a, b in zip(seen, track.seen, strict=True)):
        return replace(track, seen=seen), None
    was, then = (_replayed(track.base, one, rule, now, calendar) for one in (track.seen, seen))
    state = then[-1].state if then else track.state
    if state.phase == "firing" and track.state.phase == "firing":
        kept = track.state  # it goes on, whatever it began with
        state = replace(state, fired_at=kept.fired_at, told_at=kept.told_at, is_told=kept.is_told)
    elif state.phase == "firing":
        state = replace(state, told_at=None, is_told=False)
    else:
        state = replace(state, resolved_at=track.state.resolved_at or state.resolved_at)
    return replace(track, state=state, seen=seen), _reversal(track, state, was, then, fresh)


def _reversal(
    track: Track, state: State, was: Sequence[Step], now: Sequence[Step], fresh: Mapping[date, Reading]
) -> Reversal | None:
    if track.state.phase == "firing" and state.phase != "firing":
        return Reversal("withdrawn", track.state.since, _kept(fresh, track.state.since, now))
    if track.state.phase != "firing" and state.phase == "firing":
        return Reversal("opened", state.since, _of(fresh, state.since, now))
    then = {one.fired.state.since for one in episodes(was) if one.resolved}
    here = {one.fired.state.since for one in episodes(now) if one.resolved}
    if gone := then - {one.fired.state.since for one in episodes(now)}:
        since = max(gone, key=lambda one: one or date.min)
        return Reversal("withdrawn_past", since, _kept(fresh, since, now))
    if found := here - {one.fired.state.since for one in episodes(was)}:
        since = max(found, key=lambda one: one or date.min)
        return Reversal("found_past", since, _of(fresh, since, now))
    return None


def _replayed(base: State, seen: Sequence[Seen], rule: Rule, until: datetime, calendar: Calendar) -> list[Step]:
    moments = {one.reading.start: one.at for one in seen}
    found = [one.reading for one in seen]
    awake = replace(rule, is_enabled=True, paused_until=None)  # it was, when these were judged
    return replay(found, awake, lambda reading: moments[reading.start], base, calendar, until)


def _of(fresh: Mapping[date, Reading], since: date | None, steps: Sequence[Step]) -> Reading:
    found = fresh.get(since) if since else None
    return found or steps[-1].reading


def _kept(fresh: Mapping[date, Reading], since: date | None, steps: Sequence[Step]) -> Reading:
    """Return the reading that takes a firing back: of several broken periods it may not be the first."""
    later = (one.reading for one in steps if since is None or one.reading.start >= since)
    return next((one for one in later if one.is_broken is False), None) or _of(fresh, since, steps)


def _verdict(reading: Reading) -> tuple[bool | None, bool]:
    return reading.is_broken, reading.is_recovered


def _reading(given: Mapping[str, Any]) -> Reading:
    return Reading(**{**given, "start": _day(given["start"]), "end": _day(given["end"])})


def _state(given: Mapping[str, Any]) -> State:
    days = {name: _day(given[name]) for name in ("since", "last")}
    moments = {
        name: given[name] and datetime.fromisoformat(given[name]) for name in ("fired_at", "resolved_at", "told_at")
    }
    return State(**{**given, **days, **moments})


def _day(text: str | None) -> Any:
    return date.fromisoformat(text) if text else None


def _plain(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
