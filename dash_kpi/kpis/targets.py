"""Targets: what a KPI should come to over a span, and whether it does."""

from dataclasses import replace
from typing import Literal

import numpy as np

from dash_kpi.kpis.calendar import GRAINS, Calendar, Days, Grain
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.definition import Direction
from dash_kpi.kpis.evaluate import basis_of, span_of, values_over
from dash_kpi.kpis.measures import Floats, Measures
from dash_kpi.kpis.periods import starts_between
from dash_kpi.kpis.spans import Spans, one, periods

Status = Literal["met", "close", "missed"]

CLOSE = 0.05  # of the target: what misses it by less is close


def target_over(kpi: Kpi, measures: Measures, spans: Spans) -> Floats:
    """Return what a KPI should come to over each span, NaN where there is no target.

    An amount for each period of a grain is shared out by days, so that half a month has half of it. A target
    that is a measure, such as a monthly budget, is shared out likewise where its source has one value a month.
    """
    target = kpi.target
    if target is None or kpi.problem:
        return np.full(len(spans), np.nan)
    if target.formula:
        return np.array([_by_formula(kpi, measures, piece) for piece in spans.pieces], dtype=np.float64)
    if target.value is None or target.per is None:
        return np.full(len(spans), np.nan if target.value is None else target.value)
    shares = [sum(_shares(piece, target.per, measures.calendar)) if piece else np.nan for piece in spans.pieces]
    return np.array(shares, dtype=np.float64) * target.value


def target_of_span(kpi: Kpi, measures: Measures, span: Days) -> float | None:
    """Return what a KPI should come to over one span, up to the end of the data in it."""
    covered = span_of(kpi, measures)
    end = min(span.end, covered.end) if covered else span.end
    if end < span.start:
        return None
    value = float(target_over(kpi, measures, one(Days(span.start, end), calendar=measures.calendar))[0])
    return None if np.isnan(value) else value


def status_of(direction: Direction, value: float | None, target: float | None) -> Status | None:
    """Say whether a value meets its target; nobody can where neither way is better."""
    if value is None or target is None or direction == "neutral":
        return None
    short = target - value if direction == "higher" else value - target
    if short <= 0:
        return "met"
    return "close" if short <= CLOSE * abs(target) else "missed"


def _by_formula(kpi: Kpi, measures: Measures, piece: Days | None) -> float:
    if piece is None or kpi.target_tree is None:
        return float("nan")
    aim = Kpi(replace(kpi.definition, target=None), kpi.target_tree)
    grain = _coarsest(aim, measures)
    if grain == "day":
        return float(values_over(aim, measures, one(piece, calendar=measures.calendar))[0])
    whole = _whole(piece, grain, measures.calendar)
    if not aim.is_additive:
        return float(values_over(aim, measures, one(whole, calendar=measures.calendar))[0])
    parts = values_over(aim, measures, periods(whole, grain, measures.calendar))
    shares = np.array(_shares(piece, grain, measures.calendar))
    return float(np.nansum(parts * shares)) if not np.isnan(parts).all() else float("nan")


def _coarsest(kpi: Kpi, measures: Measures) -> Grain:
    """Return the coarsest grain of the sources that a KPI takes: finer than that it is not known."""
    grains = [measures.grains[source] for source in basis_of(kpi, measures).sources if source in measures.grains]
    return max(grains, key=GRAINS.index, default="day")


def _whole(piece: Days, grain: Grain, calendar: Calendar) -> Days:
    return Days(calendar.start_of(piece.start, grain), calendar.end_of(piece.end, grain))


def _shares(piece: Days, grain: Grain, calendar: Calendar) -> list[float]:
    """Return which part of each period of a grain, by days, a span takes."""
    shares = []
    for start in starts_between(piece, grain, calendar):
        period = Days(start, calendar.end_of(start, grain))
        shared = Days(max(period.start, piece.start), min(period.end, piece.end))
        shares.append(shared.length / period.length)
    return shares
