"""Every look at one KPI over a period, for anything that is new."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from dash_kpi.kpis.calendar import CIVIL, Calendar, Days
from dash_kpi.kpis.definition import Direction
from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.news.news import News, Way
from dash_kpi.kpis.news.variation import tail, variation
from dash_kpi.kpis.statistics.adjusted import YEAR_IN
from dash_kpi.kpis.statistics.anomalies import Anomaly, anomalies
from dash_kpi.kpis.statistics.change_points import ChangePoint, change_points
from dash_kpi.kpis.statistics.expectations import expect
from dash_kpi.kpis.statistics.robust import median, spread
from dash_kpi.kpis.statistics.sensitivity import MAD_EFFICIENCY
from dash_kpi.kpis.targets import status_of
from dash_kpi.kpis.timeline import Timeline

FEWEST = 8  # periods, below which nothing is called usual
SHORTEST_STREAK, SHORTEST_RECORD = 3, 8
GAP_CHANCE = 1e-3  # that a source which always has a value has none for no reason


@dataclass(frozen=True, slots=True)
class Subject:
    """One KPI over a span and over what it is set against, and its timeline from the first day to the span's last."""

    kpi: str
    timeline: Timeline
    span: Days
    reference: Days | None = None
    value: float | None = None
    before: float | None = None
    target: float | None = None
    direction: Direction = "neutral"
    in_points: bool = False
    calendar: Calendar = CIVIL

    def within(self) -> list[int]:
        """Return the positions of the whole periods in the span that have a value."""
        return self._usable_in(self.span)

    def against(self) -> list[int]:
        """Return those in the reference."""
        return self._usable_in(self.reference) if self.reference else []

    def recency(self, day: date) -> float:
        """Return 1 for the last day of the span, 0.5 for its first."""
        length = max((self.span.end - self.span.start).days, 1)
        return 1 - 0.5 * min(max((self.span.end - day).days / length, 0.0), 1.0)

    def end_of(self, at: int) -> date:
        """Return the last day of a period."""
        return self.calendar.end_of(self.timeline.starts[at], self.timeline.grain)

    def change(self, value: float | None, before: float | None) -> float | None:
        """Return the relative change, of percentages the difference; None where it says nothing."""
        if value is None or before is None:
            return None
        if self.in_points:
            return value - before
        return (value - before) / abs(before) if before else None

    def _usable_in(self, span: Days) -> list[int]:
        usable = self.timeline.usable
        return [
            at
            for at, start in enumerate(self.timeline.starts)
            if usable[at] and start >= span.start and self.end_of(at) <= span.end
        ]


def looks_at(subject: Subject) -> Iterator[News]:
    """Yield everything that is new about a KPI in its span, however likely by chance; at most one of a kind."""
    unusual = _unusual(subject)
    found = [look(subject) for look in LOOKS] + [anomaly(subject, unusual), gap(subject, unusual)]
    yield from (news for news in found if news)


def move(subject: Subject) -> News | None:
    """Return how the KPI moved against its reference, judged by how it varies; see `variation`."""
    inside, outside = subject.within(), subject.against()
    if not inside or not outside or subject.value is None or subject.before is None:
        return None
    usual = variation(subject.timeline, inside, outside)
    difference = subject.value - subject.before
    if usual is None or difference == 0 or np.sign(difference) != np.sign(usual.score):
        return None
    return News(
        "move", subject.kpi, subject.span.start, subject.span.end, _way(difference), abs(usual.score), usual.chance,
        value=subject.value, before=subject.before, change=subject.change(subject.value, subject.before),
    )  # fmt: skip


def target(subject: Subject) -> News | None:
    """Return that the KPI misses its target over the span; its size is the shortfall in fiftieths of the target."""
    if subject.target is None or status_of(subject.direction, subject.value, subject.target) != "missed":
        return None
    short = subject.change(subject.value, subject.target)
    size = 50 * abs(short) if short is not None else 1.0
    way = _way((subject.value or 0) - subject.target)
    return News(
        "target", subject.kpi, subject.span.start, subject.span.end, way, size, 0.0,
        value=subject.value, before=subject.target, change=short,
    )  # fmt: skip


def anomaly(subject: Subject, unusual: Sequence[Anomaly]) -> News | None:
    """Return the least likely single period of the span, and how likely one of so many is as far from usual.

    The tail is the Student t that `anomalies` fits to what is left after level and season.
    """
    inside = subject.within()
    found = [one for one in unusual if one.kind in ("spike", "drop") and one.score is not None]
    if not found or not inside:
        return None
    expectation = expect(subject.timeline, subject.timeline.judged())
    freedom = min(expectation.noise.freedom, expectation.newest_noise.freedom)
    best = max(found, key=lambda one: abs(one.score or 0))
    score = abs(best.score or 0)
    chance = min(1.0, len(inside) * tail(score, freedom))
    return _of_anomaly(subject, "anomaly", best, score, chance)


def gap(subject: Subject, unusual: Sequence[Anomaly]) -> News | None:
    """Return the longest run of periods in the span that have no value where there always is one."""
    found = [one for one in unusual if one.kind == "gap"]
    if not found:
        return None
    longest = max(found, key=lambda one: (one.last - one.start).days)
    return _of_anomaly(subject, "gap", longest, 4.0, GAP_CHANCE)


def shift(subject: Subject) -> News | None:
    """Return the newest lasting change of the level that began in the span, unless the year before had it too.

    Limit: with less than a year of history before it, a season that begins looks like a shift.
    """
    found = change_points(subject.timeline, in_points=subject.in_points)
    points = [one for one in found.points if subject.span.start <= one.start <= subject.span.end]
    if not points:
        return None
    newest = points[-1]
    if _is_seasonal(subject.timeline, newest):
        return None
    noise = spread(subject.timeline.judged() - found.levels)
    size = abs(newest.after - newest.before) / noise if noise > 0 else 8.0
    return News(
        "shift", subject.kpi, newest.start, subject.span.end, _way(newest.after - newest.before), size,
        1 - newest.confidence, subject.recency(newest.start), newest.after, newest.before,
        subject.change(newest.after, newest.before),
    )  # fmt: skip


def record(subject: Subject) -> News | None:
    """Return that the last whole period of the span is higher, or lower, than many before it.

    Among k + 1 values in random order the last is an extreme with chance 2 / (k + 1); the other way to judge it
    is how far it lies from all before it, by a Student t. The smaller of the two counts, doubled for the choice.
    Limit: of a KPI that grows steadily, every period is a record; that is true, and said as it is.
    """
    inside = subject.within()
    if not inside:
        return None
    values, at = subject.timeline.judged(), inside[-1]
    past, value = values[:at], float(values[at])
    held = {way: _held(past, value if way == "up" else -value, 1 if way == "up" else -1) for way in ("up", "down")}
    way: Way = "up" if held["up"] >= held["down"] else "down"
    if held[way] < SHORTEST_RECORD:
        return None
    noise, known = spread(past), int(np.sum(~np.isnan(past)))
    size = abs(value - median(past)) / noise if noise > 0 else 1.0
    by_order = 2 / (int(np.sum(~np.isnan(past[at - held[way] :]))) + 1)
    freedom = max(MAD_EFFICIENCY * known, 3)  # the scale itself is in doubt
    chance = min(1.0, 2 * min(by_order, tail(size, freedom))) if noise > 0 else by_order
    return News(
        "record", subject.kpi, subject.timeline.starts[at], subject.end_of(at), way, size, chance,
        subject.recency(subject.end_of(at)), value, None, None, held[way], held[way] == at,
    )  # fmt: skip


def streak(subject: Subject) -> News | None:
    """Return that the KPI has risen, or fallen, in every one of the last periods.

    Of k + 1 values in random order, k steps go one way with chance 2 / (k + 1)!. Where the KPI had such a streak
    before, as a season or a trend brings them, its share of the history counts instead if it is larger.
    """
    inside = subject.within()
    if not inside:
        return None
    at = inside[-1]
    steps = np.sign(np.diff(subject.timeline.judged()[: at + 1]))
    length = _length(steps)
    if length < SHORTEST_STREAK:
        return None
    chance = 2 / float(np.prod(np.arange(1.0, length + 2)))
    ends = [_length(steps[:end]) >= length for end in range(length, len(steps) - length + 1)]
    chance = max(chance, sum(ends) / len(ends)) if any(ends) else chance
    values = subject.timeline.values
    first, last = float(values[at - length]), float(values[at])
    start = subject.timeline.starts[at - length + 1]
    return News(
        "streak", subject.kpi, start, subject.end_of(at), _way(last - first), float(length) - 1, chance,
        subject.recency(subject.end_of(at)), last, first, subject.change(last, first), length,
    )  # fmt: skip


LOOKS: tuple[Callable[[Subject], News | None], ...] = (target, move, shift, record, streak)
KINDS_OF_NOISE = 5  # looks that noise could make news of: not targets, not gaps


def _unusual(subject: Subject) -> list[Anomaly]:
    found = anomalies(subject.timeline, "low").found
    return [one for one in found if subject.span.start <= one.start and one.last <= subject.span.end]


def _is_seasonal(timeline: Timeline, point: ChangePoint) -> bool:
    """Tell whether the same step, or half of it, was made at the same time of the year before."""
    year = YEAR_IN.get(timeline.grain, 0)
    values, at = timeline.judged(), point.at - year
    width = min(len(values) - point.at, max(year // 4, 1))
    if not year or at < 1:
        return False
    before, after = values[max(at - width, 0) : at], values[at : at + width]
    if np.isnan(before).all() or np.isnan(after).all():
        return False
    step, then = point.after - point.before, float(np.nanmean(after) - np.nanmean(before))
    return step * then > 0 and abs(then) >= abs(step) / 2


def _of_anomaly(subject: Subject, kind: str, one: Anomaly, size: float, chance: float) -> News:
    last = subject.calendar.end_of(one.last, subject.timeline.grain)
    length = sum(one.start <= start <= one.last for start in subject.timeline.starts)
    return News(
        "gap" if kind == "gap" else "anomaly", subject.kpi, one.start, last, one.direction, size, chance,
        subject.recency(min(last, subject.span.end)), one.value, one.expected,
        subject.change(one.value, one.expected), length,
    )  # fmt: skip


def _held(past: Floats, value: float, sign: int) -> int:
    """Return how many periods back the value was not reached; a gap neither ends nor lengthens what is known."""
    reached = np.flatnonzero(sign * past >= value)
    return len(past) - 1 - int(reached[-1]) if reached.size else len(past)


def _length(steps: Floats) -> int:
    """Return how many of the last steps go the same way; none where the last is missing or flat."""
    if not steps.size or not steps[-1] or np.isnan(steps[-1]):
        return 0
    others = np.flatnonzero(steps != steps[-1])
    return len(steps) - 1 - int(others[-1]) if others.size else len(steps)


def _way(difference: float) -> Way:
    return "up" if difference > 0 else "down"
