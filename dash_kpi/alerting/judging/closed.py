"""Which periods of a KPI have closed: the clock has passed them, and every file that makes them up covers them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.kpis.calendar import DAY, EPOCH, Calendar, Days, Grain
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.evaluate import basis_of, span_of
from dash_kpi.kpis.measures import Measures
from dash_kpi.kpis.periods import span_label
from dash_kpi.kpis.spans import Spans, periods
from dash_kpi.storage.sources import SourceState

# Days that a file which runs beside others may lie behind them before it counts as left behind for good.
PATIENCE: dict[Grain, int] = {"day": 5, "week": 10, "month": 35, "quarter": 95, "year": 370}
REMEMBERED_DAYS = 56  # in which a weekday without any value counts as one that never has any
FEWEST_DAYS = 28


@dataclass(frozen=True, slots=True)
class Closed:
    """The last day that is closed, and the file that is waited for, if any."""

    until: date
    waits_for: str = ""


def closed_until(
    kpi: Kpi, measures: Measures, sources: Sequence[SourceState], grain: Grain, today: date
) -> Closed | None:
    """Return the last closed day of a KPI for periods of a grain; None without data.

    What ends on a weekday that never has values is closed without them: Monday looks at the week that ended on
    Friday. A file that runs beside others and lies behind them is waited for: half a number is no number.
    """
    covered = span_of(kpi, measures)
    if covered is None:
        return None
    taken = basis_of(kpi, measures).sources
    until, waits_for = covered.end, ""
    lagging = [one for one in _lagging([s for s in sources if s.id in taken], grain) if one.days.end < until]
    if lagging:
        first = min(lagging, key=lambda one: one.days.end)
        until, waits_for = first.days.end, first.file
    until = min(until, today - DAY)
    if grain != "day" and not waits_for:
        idle = idle_weekdays(kpi, measures, until)
        while until + DAY < today and (until + DAY).weekday() in idle:
            until += DAY
    return Closed(until, waits_for)


def closed_spans(rule: Rule, first: date, until: date, calendar: Calendar) -> Spans | None:
    """Return the periods of a rule that begin on or after `first` and have closed by the end of `until`."""
    if until < first:
        return None
    if rule.days:
        return _windows(rule.days, first, until, calendar)
    grain = rule.unit_grain
    found = periods(Days(first, until), grain, calendar)
    whole = tuple(
        piece
        for piece in found.pieces
        if piece
        and piece.start == calendar.start_of(piece.start, grain)
        and piece.end == calendar.end_of(piece.start, grain)
    )
    return Spans(whole, lambda piece: calendar.before(piece, grain), grain, calendar) if whole else None


def labels_of(spans: Spans, rule: Rule, calendar: Calendar) -> tuple[str, ...]:
    """Return the periods as people write them."""
    pieces = [piece for piece in spans.pieces if piece]
    if rule.days:
        return tuple(span_label(piece) for piece in pieces)
    return tuple(calendar.label(piece.start, rule.unit_grain) for piece in pieces)


def _windows(days: int, first: date, until: date, calendar: Calendar) -> Spans | None:
    length = timedelta(days=days - 1)
    pieces = tuple(
        Days(end - length, end)
        for at in range((until - first - length).days + 1)
        for end in [first + length + at * DAY]
    )
    step = timedelta(days=days)
    return Spans(pieces, lambda piece: Days(piece.start - step, piece.end - step), "day", calendar) if pieces else None


def _lagging(sources: Sequence[SourceState], grain: Grain) -> list[SourceState]:
    """Return the sources that run beside another file and lie behind it, but not so far as to be given up."""
    if len(sources) < 2:
        return []
    end = max(source.days.end for source in sources)
    ahead = [source for source in sources if source.days.end == end]
    return [
        one
        for one in sources
        if 0 < (end - one.days.end).days <= PATIENCE[grain]
        and any(other.file != one.file and other.days.start < one.days.end for other in ahead)
        and all(other.file != one.file for other in ahead)
    ]


def idle_weekdays(kpi: Kpi, measures: Measures, until: date) -> frozenset[int]:
    """Return the weekdays on which none of the KPI's measures had a value lately; none where history is short."""
    sources = basis_of(kpi, measures).sources
    if any(measures.grains.get(source, "day") != "day" for source in sources):
        return frozenset()
    last = until.toordinal() - EPOCH
    found: set[int] = set()
    earliest = last
    for name in kpi.inputs:
        if column := measures.columns.get(name):
            days = column.days[(column.days > last - REMEMBERED_DAYS) & (column.days <= last)]
            earliest = min(earliest, int(days.min(initial=last)))
            found |= set(((np.unique(days) + 3) % 7).tolist())  # 1970 began on a Thursday
    if last - earliest < FEWEST_DAYS or not found:
        return frozenset()
    return frozenset(range(7)) - found
