"""Conditions over a series: which closed periods break them, by how much, and which count as recovered.

Every condition on closed periods comes down to a band that the value must keep to (or, for `inside`, keep out of), in
the units of the KPI: that of an amount is its limits, that of a change what it would be after the largest change that
is allowed, that of an anomaly what is usual. So a rule can be drawn as lines, whatever it is about.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from dash_kpi.alerting.rules.judge import Reading
from dash_kpi.alerting.rules.rule import Condition, Kind, Limit, Rule
from dash_kpi.alerting.rules.series import Series
from dash_kpi.kpis.measures import Floats

Booleans = npt.NDArray[np.bool_]

NO_VALUE = "no value for {period}"
NO_LIMIT = "nothing to set {period} against"
NO_USUAL = "too little history, or too even, to say what is usual for {period}"


@dataclass(frozen=True)
class Judged:
    """A condition over the periods of a series: arrays of its length.

    `excess` is how far a value is beyond its limit, in the units of the KPI, not above 0 within it; NaN where nobody
    can say. `low` and `high` are the bounds of what is allowed, infinite where there is none.
    """

    low: Floats
    high: Floats
    limits: Floats  # the one of the two that the value is nearer to, or beyond
    excess: Floats
    broken: Booleans
    recovered: Booleans
    known: Booleans
    kinds: tuple[Kind, ...]  # of each period
    is_second: Booleans  # whether the second condition is the one that is told


def judged(rule: Rule, series: Series, own_limit: float | None = None) -> Judged:
    """Judge every period of a series; `own_limit` is the segment's, in the place of the first condition's."""
    first = _judged(_with_limit(rule.conditions[0], own_limit), series, rule.recovery_margin)
    if len(rule.conditions) == 1:
        return first
    return _joined(first, _judged(rule.conditions[1], series, rule.recovery_margin), rule.join)


def readings(found: Judged, series: Series, rule: Rule, begin: int = 0) -> list[Reading]:
    """Return the periods from one on as they are handed to the state machine."""
    details = [_detail_of(one) for one in rule.conditions]
    return [
        Reading(
            start=series.starts[at],
            end=series.ends[at],
            label=series.labels[at],
            value=_optional(series.values[at]),
            limit=_optional(found.limits[at]),
            excess=_optional(found.excess[at]),
            is_broken=bool(found.broken[at]) if found.known[at] else None,
            is_recovered=bool(found.recovered[at]),
            kind=found.kinds[at],
            detail=details[int(found.is_second[at])](series, at)
            if found.known[at]
            else _why_unknown(found, series, at),
        )
        for at in range(begin, len(series))
    ]


def _judged(condition: Condition, series: Series, margin: float) -> Judged:
    values = series.values
    low, high = BANDS[condition.kind](condition, series)
    with np.errstate(invalid="ignore"):
        below, above = low - values, values - high
        excess = np.maximum(below, above)
        limits = np.where(below > above, low, high)
        is_inside = condition.kind == "inside"
        if is_inside:
            excess = -excess
        known = ~np.isnan(excess)
        broken = (excess >= 0 if is_inside else excess > 0) & known
        room = margin * _unit_of_margin(condition, series)
        recovered = ~broken & known & (excess <= -room)
    limits = np.where(np.isfinite(limits), limits, np.nan)
    kinds, is_second = (condition.kind,) * len(series), np.zeros(len(series), dtype=bool)
    return Judged(low, high, limits, excess, broken, recovered, known, kinds, is_second)


def _unit_of_margin(condition: Condition, series: Series) -> Floats | float:
    """Return what one unit of the recovery margin is worth in the KPI's units."""
    if condition.kind == "change" and condition.measured == "percent":
        base = np.abs(_base(condition, series))
        return np.where(np.isnan(base), 0.0, base)
    return 1.0


def _joined(one: Judged, other: Judged, join: str) -> Judged:
    """Join two conditions: what is told is the one that is broken further, beside its limit."""
    with np.errstate(invalid="ignore"):
        if join == "and":
            broken, recovered = one.broken & other.broken, one.recovered | other.recovered
            known = (one.known & other.known) | (one.known & ~one.broken) | (other.known & ~other.broken)
            takes_other = other.known & (~one.known | (one.broken & ~other.broken))
        else:
            broken, recovered = one.broken | other.broken, one.recovered & other.recovered
            known = (one.known & other.known) | one.broken | other.broken
            takes_other = other.known & (~one.known | (other.broken & ~one.broken))
    pick: Callable[[Floats, Floats], Floats] = lambda a, b: np.where(takes_other, b, a)  # noqa: E731
    kinds = tuple(b if is_other else a for a, b, is_other in zip(one.kinds, other.kinds, takes_other, strict=True))
    return Judged(
        pick(one.low, other.low),
        pick(one.high, other.high),
        pick(one.limits, other.limits),
        pick(one.excess, other.excess),
        broken,
        recovered,
        known,
        kinds,
        takes_other,
    )


def _amounts(condition: Condition, series: Series) -> tuple[Floats, Floats]:
    low = limit_values(condition.low, series, -np.inf)
    high = limit_values(condition.high, series, np.inf)
    if condition.kind == "below":
        high = np.full(len(series), np.inf)
    if condition.kind == "above":
        low = np.full(len(series), -np.inf)
    return low, high


def _changes(condition: Condition, series: Series) -> tuple[Floats, Floats]:
    base = _base(condition, series)
    down = condition.low.value if condition.low and condition.low.value is not None else -np.inf
    up = condition.high.value if condition.high and condition.high.value is not None else np.inf
    unit = np.ones(len(series)) if condition.measured == "absolute" else np.abs(base)
    with np.errstate(invalid="ignore"):
        unit = np.where(unit == 0, np.nan, unit)  # no share of nothing
        return base + down * unit, base + up * unit


def _usual(condition: Condition, series: Series) -> tuple[Floats, Floats]:
    bands = series.bands(condition.sensitivity)
    unknown = np.isnan(bands.expected)
    low = bands.low if condition.direction != "up" else np.where(unknown, np.nan, -np.inf)
    high = bands.high if condition.direction != "down" else np.where(unknown, np.nan, np.inf)
    return low, high


BANDS: dict[Kind, Callable[[Condition, Series], tuple[Floats, Floats]]] = {
    "below": _amounts,
    "above": _amounts,
    "inside": _amounts,
    "outside": _amounts,
    "change": _changes,
    "anomaly": _usual,
}


def limit_values(limit: Limit | None, series: Series, without: float) -> Floats:
    """Return a limit by period: NaN where there is no target, or no value last year, to make it of."""
    if limit is None:
        return np.full(len(series), without)
    if limit.value is not None:
        return np.full(len(series), limit.value)
    if limit.target is not None:
        return limit.target * series.targets
    return (limit.last_year or 0.0) * series.year_ago


def _base(condition: Condition, series: Series) -> Floats:
    return series.previous if condition.against == "previous" else series.year_ago


def _with_limit(condition: Condition, own: float | None) -> Condition:
    """Return a condition with the limit of a segment in the place of its first."""
    if own is None:
        return condition
    name = "low" if condition.low else "high"
    values = {one: getattr(condition, one) for one in condition.__slots__}
    return Condition(**{**values, name: Limit(own)})


def _detail_of(condition: Condition) -> Callable[[Series, int], str]:
    if condition.kind == "change":
        return lambda series, at: _change(condition, series, at)
    if condition.kind == "anomaly":
        return lambda series, at: _expected(condition, series, at)
    return lambda _series, _at: ""


def _change(condition: Condition, series: Series, at: int) -> str:
    base, value = _base(condition, series)[at], series.values[at]
    against = "the period before" if condition.against == "previous" else "the same period last year"
    if condition.measured == "percent" and base:
        return f"{abs(value - base) / abs(base):.1%} {'less' if value < base else 'more'} than {against}"
    if series.unit == "percent":
        return f"{abs(value - base) * 100:.1f} points {'less' if value < base else 'more'} than {against}"
    return f"{abs(value - base):,.4g} {'less' if value < base else 'more'} than {against}"


def _expected(condition: Condition, series: Series, at: int) -> str:
    expected, value = series.bands(condition.sensitivity).expected[at], series.values[at]
    if not expected:
        return "far from what is usual"
    share = (value - expected) / abs(expected)
    return f"{abs(share):.1%} {'less' if share < 0 else 'more'} than usual"


def _why_unknown(found: Judged, series: Series, at: int) -> str:
    period = series.labels[at]
    if np.isnan(series.values[at]):
        return NO_VALUE.format(period=period)
    return (NO_USUAL if found.kinds[at] == "anomaly" else NO_LIMIT).format(period=period)


def _optional(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None
