"""Suggested limits: drawn from the KPI's history, each with what it would have done."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Literal

import numpy as np

from dash_kpi.alerting.judging.observing import WHOLE, Observed, Observer
from dash_kpi.alerting.rules.conditions import judged
from dash_kpi.alerting.rules.replay import episodes
from dash_kpi.alerting.rules.rule import Condition, Limit, Rule
from dash_kpi.alerting.rules.series import Series
from dash_kpi.alerting.thresholds.backtest import YEAR, replayed
from dash_kpi.errors import Refused
from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.statistics.robust import MAD_TO_DEVIATION
from dash_kpi.kpis.timeline import SEASONS
from dash_kpi.storage.database import Database
from dash_kpi.storage.sources import state_at

Side = Literal["below", "above"]

FEWEST = 8  # periods with an expectation
STEPS = 999  # into which the distribution of what remains is cut
# How often an ordinary period would lie beyond the limit, and how that is said.
RARITIES: tuple[tuple[float, str], ...] = ((0.005, "1 in 200"), (0.02, "1 in 50"), (0.05, "1 in 20"))


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A limit with its reason and what it would have done."""

    limit: float
    kind: Side
    reason: str
    sentence: str  # "would have fired 3 times in 12 months"
    firings_of_year: int


def suggestions(database: Database, workspace: str, rule: Rule, now: datetime) -> tuple[Suggestion, ...]:
    """Return two or three limits for a rule on a KPI, the strictest last; none where history is too short.

    What was expected of each period (level and season, from what came before it) is taken out; what remains is taken
    for normal with its median and MAD, which a few wild values do not move, and put around what was expected of the
    newest season: a limit beyond which one period in so many lies, whatever its weekday or month.
    """
    local = now.astimezone(database.settings.zone)
    observer = Observer(database, workspace, state_at(database, workspace), local)
    side = _side(rule, observer)
    whole = replace(rule, by="", limits={}, conditions=(_condition(side, 0.0),), recovery_margin=0.0)
    try:
        series = observer.series(whole).get(WHOLE)
    except Refused:
        return ()
    if series is None or rule.is_of_now:
        return ()
    found = [_tried(limit, side, rarity, whole, series, observer) for limit, rarity in _limits(series, side, rule)]
    return tuple({one.limit: one for one in found}.values())


def _limits(series: Series, side: Side, rule: Rule) -> Iterator[tuple[float, str]]:
    expected = series.bands("normal").expected
    usable = ~np.isnan(expected) & ~np.isnan(series.values) & (expected != 0)
    if usable.sum() < FEWEST:
        return
    season = next(iter(SEASONS[rule.unit_grain]), 4)
    lately = expected[usable][-season:]
    remainder = (series.values[usable] - expected[usable]) / np.abs(expected[usable])
    ordinary = lately[:, np.newaxis] + np.abs(lately)[:, np.newaxis] * _ordinary(remainder)
    for share, rarity in RARITIES:
        yield _rounded(float(np.quantile(ordinary, share if side == "below" else 1 - share)), side), rarity


def _ordinary(remainder: Floats) -> Floats:
    """Return equally likely remainders, of a normal distribution with the median and the MAD of those that were."""
    from scipy.special import ndtri

    centre = float(np.median(remainder))
    ranks = (np.arange(STEPS) + 0.5) / STEPS
    ordinary: Floats = centre + MAD_TO_DEVIATION * float(np.median(np.abs(remainder - centre))) * ndtri(ranks)
    return ordinary


def _tried(limit: float, side: Side, rarity: str, rule: Rule, series: Series, observer: Observer) -> Suggestion:
    tried = replace(rule, conditions=(_condition(side, limit),), is_enabled=True, paused_until=None)
    steps = replayed(Observed(series, judged(tried, series)), tried, observer)
    last = series.ends[-1]
    count = sum(one.fired.reading.end > last - YEAR for one in episodes(steps))
    times = "never have fired" if not count else f"have fired {count} time{'' if count == 1 else 's'}"
    grain = {"rolling_7": "window", "rolling_30": "window"}.get(rule.grain, rule.grain)
    reason = f"{rarity} ordinary {grain}s lies {side} it, season taken out"
    return Suggestion(limit, side, reason, f"would {times} in 12 months", count)


def _condition(side: Side, limit: float) -> Condition:
    return Condition(side, low=Limit(limit)) if side == "below" else Condition(side, high=Limit(limit))


def _side(rule: Rule, observer: Observer) -> Side:
    kind = rule.conditions[0].kind
    if kind in ("below", "above"):
        return kind
    kpi = observer.kpis.get(rule.kpi)
    return "above" if kpi and kpi.direction == "lower" else "below"


def _rounded(value: float, side: Side) -> float:
    """Round to two digits away from what is usual, so that people can say the number."""
    if not value:
        return 0.0
    size = 10.0 ** (math.floor(math.log10(abs(value))) - 1)
    steps = value / size
    return float(f"{(math.floor(steps) if side == 'below' else math.ceil(steps)) * size:.12g}")
