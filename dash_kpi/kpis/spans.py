"""Spans: the stretches of days that KPIs are evaluated over, and what they are set against."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

import numpy as np

from dash_kpi.kpis.calendar import CIVIL, EPOCH, Calendar, Days, Grain
from dash_kpi.kpis.measures import Integers
from dash_kpi.kpis.periods import starts_between, year_before

Shift = Callable[[Days], Days | None]


@dataclass(frozen=True)
class Spans:
    """Stretches of days, which may overlap or be missing, and the way from each to what it is set against.

    `pieces` are the spans, None where there is none; `back` finds the one before; `unit` is the grain of the
    periods that windows count, with its calendar.
    """

    pieces: tuple[Days | None, ...]
    back: Shift
    unit: Grain
    calendar: Calendar = CIVIL

    def __len__(self) -> int:
        """Return the number of spans."""
        return len(self.pieces)

    @cached_property
    def first(self) -> Integers:
        """The first day of each, counted from 1970."""
        return _numbers([piece.start.toordinal() if piece else EPOCH + 1 for piece in self.pieces])

    @cached_property
    def last(self) -> Integers:
        """The last day of each, counted from 1970; a span that is missing ends before it begins."""
        return _numbers([piece.end.toordinal() if piece else EPOCH for piece in self.pieces])

    @cached_property
    def previous(self) -> "Spans":
        """What each span is set against: the same part of the period before."""
        return self._moved(self.back)

    @cached_property
    def year_ago(self) -> "Spans":
        """The same days one year before."""
        return self._moved(lambda piece: year_before(piece, self.calendar))

    def window(self, periods: int) -> "Spans":
        """Return the spans of so many periods that end where each of these ends."""
        return self._moved(lambda piece: _window(piece, periods, self.unit, self.calendar))

    def _moved(self, move: Shift) -> "Spans":
        return Spans(tuple(_tried(move, piece) for piece in self.pieces), self.back, self.unit, self.calendar)


def one(span: Days, before: Days | None = None, unit: Grain = "day", calendar: Calendar = CIVIL) -> Spans:
    """Return a single span; `before` is what it is set against, which has none itself."""
    return Spans((span,), lambda piece: before if piece == span else None, unit, calendar)


@lru_cache(maxsize=256)
def periods(span: Days, grain: Grain, calendar: Calendar = CIVIL, covered: Days | None = None) -> Spans:
    """Return the periods of a grain that a span touches, the first and last cut where the span is.

    Where the data ends within the last period, that period is set against the same part of the one before:
    give the days that the data covers.
    """
    starts = starts_between(span, grain, calendar)
    ends = [*(start.fromordinal(start.toordinal() - 1) for start in starts[1:]), span.end]
    pieces = tuple(Days(max(start, span.start), end) for start, end in zip(starts, ends, strict=True))
    last = covered.end if covered else None

    def back(piece: Days) -> Days:
        is_cut = last is not None and piece.start <= last < piece.end
        return calendar.before(Days(piece.start, last) if is_cut and last else piece, grain)

    return Spans(pieces, back, grain, calendar)


def _window(piece: Days, number: int, unit: Grain, calendar: Calendar) -> Days:
    start = calendar.start_of(piece.end, unit)
    return Days(calendar.next_start(start, unit, 1 - number), piece.end)


def _tried(move: Shift, piece: Days | None) -> Days | None:
    try:
        return move(piece) if piece else None
    except (OverflowError, ValueError):  # before the first day, or the first year, there is
        return None


def _numbers(ordinals: Sequence[int]) -> Integers:
    return np.array(ordinals, dtype=np.int64) - EPOCH
