"""Which periods of a KPI are unusual, by how much, and why: spikes, drops, gaps and shifts of the level."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from dash_kpi.kpis.cadence import WEEKDAYS
from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.statistics.expectations import Expectation, expect
from dash_kpi.kpis.statistics.gaps import kinds, missing_runs, unusual_zeros
from dash_kpi.kpis.statistics.sensitivity import Sensitivity, false_alarms_a_year
from dash_kpi.kpis.timeline import Booleans, Timeline

Kind = Literal["spike", "drop", "gap", "shift"]

FEWEST = 8  # values, below which nothing is called usual


@dataclass(frozen=True, slots=True)
class Anomaly:
    """One unusual period, or run of periods; scores are None for gaps, where there is nothing to score."""

    start: date  # the first day of the period
    last: date  # the first day of the last period of a gap; the same as `start` for all else
    kind: Kind
    value: float | None
    expected: float | None  # in the units of the KPI; of a shift: the level before
    score: float | None  # scaled MADs from the expectation, negative below it
    z_score: float | None  # standard deviations from the mean remainder, as textbooks have it
    direction: Literal["up", "down"]
    reason: str


@dataclass(frozen=True, slots=True)
class Anomalies:
    """The unusual periods of a timeline, oldest first, with what was expected of every period.

    The arrays have the length of the timeline, or 0 where `found` is empty for want of history.
    """

    found: tuple[Anomaly, ...]
    expected: Floats
    scores: Floats
    z_scores: Floats
    false_alarms_a_year: float
    method: str
    sentence: str


def anomalies(timeline: Timeline, sensitivity: Sensitivity = "normal") -> Anomalies:
    """Find the unusual periods of a timeline; cut periods are not judged.

    Scores are modified z-scores (Iglewicz and Hoaglin 1993, How to Detect and Handle Outliers) of the remainder
    after level and season; the limit is the quantile of a Student t with the tails that the remainder shows.
    Limits: neighbouring periods that depend on each other strongly give more false alarms than stated; a change
    that goes on slowly is never unusual; a shift is told from spikes only once the new level has lasted.
    """
    values = timeline.judged()
    usable = int(np.sum(~np.isnan(values)))
    alarms = false_alarms_a_year(sensitivity, timeline.grain)
    if usable < FEWEST:
        sentence = f"Too little history: {usable} of {FEWEST} {timeline.grain}s."
        empty = np.array([], dtype=np.float64)
        return Anomalies((), empty, empty, empty, alarms, "", sentence)
    zeros = unusual_zeros(values, kinds(timeline))
    expectation = expect(timeline, np.where(zeros, np.nan, values))
    scores = expectation.scores
    z_scores = _z_scores(expectation.remainder)
    limits = expectation.limits(expectation.newest_noise.limit(sensitivity), expectation.noise.limit(sensitivity))
    strange = np.flatnonzero(np.nan_to_num(np.abs(scores)) > limits)
    shifts = set(expectation.shifts.tolist())
    found = [_gap(timeline, first, last, zeros, expectation) for first, last in _gaps(timeline, values, zeros)]
    found += [_shift(timeline, order, values, z_scores, expectation) for order in range(len(expectation.shifts))]
    found += [_spike(timeline, at, values, z_scores, expectation) for at in strange.tolist() if at not in shifts]
    found.sort(key=lambda one: one.start)
    return Anomalies(
        tuple(found),
        expectation.values,
        scores,
        z_scores,
        alarms,
        expectation.method,
        _sentence(found, timeline, alarms, values),
    )


def _gaps(timeline: Timeline, values: Floats, zeros: Booleans) -> list[tuple[int, int]]:
    present: Booleans = (~np.isnan(values) & ~zeros) | ~timeline.whole
    return list(missing_runs(present, kinds(timeline)))


def _z_scores(remainder: Floats) -> Floats:
    present = remainder[~np.isnan(remainder)]
    unit = float(np.max(np.abs(present), initial=0.0)) or 1.0  # squares of huge values overflow
    deviation = float((present / unit).std(ddof=1)) if present.size > 1 else 0.0
    if not deviation > 0:
        return np.full(len(remainder), np.nan)
    scored: Floats = (remainder / unit - (present / unit).mean()) / deviation
    return scored


def _spike(timeline: Timeline, at: int, values: Floats, z_scores: Floats, expectation: Expectation) -> Anomaly:
    score, start = float(expectation.scores[at]), timeline.starts[at]
    value, expected = float(values[at]), float(expectation.values[at])
    side = "above" if score > 0 else "below"
    usual = WEEKDAYS[start.weekday()] if timeline.grain == "day" and expectation.season else timeline.grain
    reason = f"{_times(abs(score))} times the usual distance {side} a usual {usual}{_percent(value, expected)}"
    return Anomaly(
        start=start,
        last=start,
        kind="spike" if score > 0 else "drop",
        value=value,
        expected=expected,
        score=score,
        z_score=_or_none(z_scores[at]),
        direction="up" if score > 0 else "down",
        reason=reason,
    )


def _shift(timeline: Timeline, order: int, values: Floats, z_scores: Floats, expectation: Expectation) -> Anomaly:
    at, size = int(expectation.shifts[order]), float(expectation.shift_sizes[order])
    start, side = timeline.starts[at], "up" if size > 0 else "down"
    after = float(expectation.values[at])
    expected = after / float(np.exp(np.clip(size, -700, 700))) if expectation.is_multiplicative else after - size
    before = None if np.isnan(expected) else expected
    by = "" if before is None else _percent(after, before)
    score = size / expectation.noise.scale if expectation.noise.scale > 0 else None
    return Anomaly(
        start=start,
        last=start,
        kind="shift",
        value=_or_none(values[at]),
        expected=before,
        score=score,
        z_score=_or_none(z_scores[at]),
        direction="up" if size > 0 else "down",
        reason=f"The level moved {side} from {timeline.label(start)} on and stayed there{by}",
    )


def _gap(timeline: Timeline, first: int, last: int, zeros: Booleans, expectation: Expectation) -> Anomaly:
    length, grain = last - first + 1, timeline.grain
    what = "0" if zeros[first : last + 1].all() else "no value"
    usual = f"a {WEEKDAYS[timeline.starts[first].weekday()]}" if grain == "day" else f"a {grain}"
    where = f"where {usual} usually has one" if what == "no value" else f"where {usual} is never near it"
    many = f"{length} {grain}s with {what}" if length > 1 else what.capitalize()
    return Anomaly(
        start=timeline.starts[first],
        last=timeline.starts[last],
        kind="gap",
        value=0.0 if what == "0" else None,
        expected=_or_none(expectation.values[first]),
        score=None,
        z_score=None,
        direction="down",
        reason=f"{many} {where}",
    )


def _percent(value: float, expected: float) -> str:
    """Return ": 42% less" where a percentage says something: both above zero."""
    if not (value >= 0 and expected > 0):
        return ""
    change = value / expected - 1
    if change >= 2:
        return f": {value / expected:,.1f} times as much"
    return f": {abs(change):.0%} {'more' if change > 0 else 'less'}"


def _times(score: float) -> str:
    return f"{score:.1f}" if score < 100 else "more than 100"


def _or_none(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _sentence(found: list[Anomaly], timeline: Timeline, alarms: float, values: Floats) -> str:
    """Say how many periods are unusual and how many would be by chance."""
    grain = timeline.grain
    present = values[~np.isnan(values)]
    if not found:
        return "The value never changes." if np.ptp(present) == 0 else f"No {grain} is unusual; {_by_chance(alarms)}."
    newest = found[-1]
    many = f"{len(found)} unusual {grain if len(found) == 1 else grain + 's'}, the latest"
    return f"{many} {timeline.label(newest.start)} ({newest.kind}); {_by_chance(alarms)}."


def _by_chance(alarms: float) -> str:
    if alarms >= 0.95:
        return f"about {alarms:.0f} a year would be called so by chance"
    return f"about one in {1 / alarms:.0f} years would be called so by chance"
