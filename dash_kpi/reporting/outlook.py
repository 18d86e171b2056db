"""Outlooks: where the current month, quarter or year of a KPI will end, and when a line will be crossed."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any, NamedTuple

import numpy as np

from dash_kpi.kpis.calendar import DAY, GRAINS, Calendar, Days, Grain
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.definition import Unit
from dash_kpi.kpis.evaluate import optional, values_over
from dash_kpi.kpis.forecasting.forecast import Forecast
from dash_kpi.kpis.forecasting.outlook import Crossing, Ending, Way, crossing, end_of_period
from dash_kpi.kpis.formulas.tree import Column, Node
from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import starts_between
from dash_kpi.kpis.spans import one, periods
from dash_kpi.kpis.targets import target_over
from dash_kpi.reporting.forecasts import columns_of, forecast_of, grain_of, span_of_kpi, timeline_of
from dash_kpi.storage.daily import measures_of
from dash_kpi.storage.database import Database
from dash_kpi.storage.filters import Filters
from dash_kpi.storage.sources import State

PERIODS: tuple[Grain, ...] = ("month", "quarter", "year")
PARTS: tuple[Grain, ...] = ("day", "month", "quarter", "year")  # weeks do not make up months
RECENT_DAYS = 182  # from which is learnt how much a weekday counts
WHOLE = "The forecast of the whole {period}; what is there so far plays no part."


@dataclass(frozen=True, slots=True)
class Outlook:
    """A KPI in the period that the last day of its data lies in: what is there, and how it will end."""

    kpi: str
    label: str
    unit: Unit
    period: Grain
    period_label: str
    start: date
    end: date
    so_far: float | None
    so_far_until: date | None
    target: float | None
    ending: Ending

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        plain = {name: getattr(self, name) for name in ("period", "period_label", "so_far", "target")}
        until = self.so_far_until and self.so_far_until.isoformat()
        days = {"start": self.start.isoformat(), "end": self.end.isoformat(), "so_far_until": until}
        return {**plain, **days, **asdict(self.ending)}


class _Asked(NamedTuple):
    """What an outlook is made from."""

    database: Database
    state: State
    kpi: Kpi
    period: Grain
    filters: Filters
    span: Days  # the period
    until: date  # the last day that the KPI's sources cover

    @property
    def is_over(self) -> bool:
        """Tell whether nothing of the period is still to come."""
        return self.until >= self.span.end

    @property
    def calendar(self) -> Calendar:
        """How time is cut into periods."""
        return self.database.settings.calendar


def outlooks_of(database: Database, state: State, kpi: Kpi, filters: Filters = ()) -> tuple[Outlook, ...]:
    """Return where the current month, quarter and year will end, as far as the KPI's data has them."""
    if kpi.problem or span_of_kpi(database, state, kpi) is None:
        return ()
    own = GRAINS.index(grain_of(database, state, kpi))
    found = (outlook_of(database, state, kpi, period, filters) for period in PERIODS if GRAINS.index(period) >= own)
    return tuple(one for one in found if one is not None)


def outlook_of(database: Database, state: State, kpi: Kpi, period: Grain, filters: Filters = ()) -> Outlook | None:
    """Return where a KPI ends the period that the last day of its data lies in; remembered by revision.

    None where there is no data at all. Amounts are what is there and the days to come; ratios and means
    weigh each day to come as much as it usually does; of levels the last day counts. For everything else
    (distinct counts, growth) the whole period is forecast from the periods before it.
    """
    asked = _asked(database, state, kpi, period, filters)
    if asked is None:
        return None
    key = ("outlook", state.workspace_id, state.revision, kpi.name, period, filters)
    return database.answers.get(key, lambda: _outlook(asked))


def crossing_of(
    database: Database, state: State, kpi: Kpi, grain: Grain, line: float, filters: Filters = ()
) -> Crossing:
    """Return when a KPI will be on the other side of a line than it is forecast to be first."""
    found = forecast_of(database, state, kpi, grain, filters)
    side = "above" if found.mean and found.mean[0] <= line else "below"
    return crossing(found, line, side, database.settings.calendar)  # type: ignore[arg-type]


def parts_ahead(database: Database, state: State, kpi: Kpi) -> Iterator[tuple[Grain, int]]:
    """Yield the grains, and how far ahead, of the forecasts that the outlooks of a KPI are made from first."""
    covered, own = span_of_kpi(database, state, kpi), grain_of(database, state, kpi)
    for period in PERIODS if covered else ():
        asked = _asked(database, state, kpi, period, ())
        if asked and not asked.is_over and GRAINS.index(own) <= GRAINS.index(period):
            grain = next(iter(_parts(asked)), period)
            yield grain, _ahead(asked, grain)


def way_of(kpi: Kpi) -> tuple[Way, Node | None] | None:
    """Return how the value of a period comes from its days, and what weighs them; None where it does not."""
    if kpi.tree is None or kpi.uses_earlier:
        return None
    if kpi.is_additive:
        return "sum", None
    if kpi.ratio:
        return "mean", kpi.ratio[1]
    if isinstance(kpi.tree, Column) and kpi.tree.aggregate == "mean":
        return "mean", replace(kpi.tree, aggregate="count")
    return ("last", None) if isinstance(kpi.tree, Column) and kpi.tree.aggregate == "last" else None


def _asked(database: Database, state: State, kpi: Kpi, period: Grain, filters: Filters) -> _Asked | None:
    covered, calendar = span_of_kpi(database, state, kpi), database.settings.calendar
    if covered is None or kpi.tree is None:
        return None
    span = Days(calendar.start_of(covered.end, period), calendar.end_of(covered.end, period))
    return _Asked(database, state, kpi, period, filters, span, covered.end)


def _outlook(asked: _Asked) -> Outlook:
    kpi, span = asked.kpi, asked.span
    measures = measures_of(asked.database, asked.state, asked.filters)
    target = optional(target_over(kpi, measures, one(span, calendar=asked.calendar)))[0]
    return Outlook(
        kpi=kpi.name,
        label=kpi.label,
        unit=kpi.unit,
        period=asked.period,
        period_label=asked.calendar.label(span.start, asked.period),
        start=span.start,
        end=span.end,
        so_far=_value(asked, Days(span.start, min(asked.until, span.end))),
        so_far_until=min(asked.until, span.end),
        target=target,
        ending=_ending(asked, None if kpi.direction == "neutral" else target),
    )


def _ending(asked: _Asked, target: float | None) -> Ending:
    """Return the end by the finest parts whose forecast reaches it, else by the whole period."""
    own = grain_of(asked.database, asked.state, asked.kpi)
    if GRAINS.index(own) > GRAINS.index(asked.period):
        return Ending(reason=f"{asked.kpi.label} is known by {own}; nothing is known of a single {asked.period}.")
    aim = _Aim(target, asked.kpi.direction != "lower")
    if asked.is_over:
        return end_of_period(Forecast(own), asked.span.end, "sum", so_far=_value(asked, asked.span), **aim._asdict())
    for grain in _parts(asked):
        found = _to_come(asked, grain)
        if found.starts and asked.calendar.next_start(found.starts[-1], grain) > asked.span.end:
            return _from_parts(asked, found, aim)
    found = _to_come(asked, asked.period)
    if not found.starts:
        return Ending(reason=found.reason or "There is no value to forecast from.")
    ended = end_of_period(found, asked.span.end, "last", dates=asked.calendar, **aim._asdict())
    return replace(ended, limits=WHOLE.format(period=asked.period))


def _from_parts(asked: _Asked, found: Forecast, aim: "_Aim") -> Ending:
    way, weighing = way_of(asked.kpi) or ("last", None)
    known = Days(asked.span.start, found.starts[0] - DAY)
    has_begun = known.start <= known.end
    seen = _value(asked, known, weighing) if weighing and has_begun else None
    return end_of_period(
        found,
        asked.span.end,
        way,
        so_far=_value(asked, known) if has_begun else None,
        periods_so_far=max(seen or 0.0, 0.0),
        weights=_weights(asked, found, weighing),
        dates=asked.calendar,
        **aim._asdict(),
    )


class _Aim(NamedTuple):
    target: float | None
    is_higher_better: bool


def _parts(asked: _Asked) -> tuple[Grain, ...]:
    """Return the grains whose periods make up the value of the period, the finest first."""
    if way_of(asked.kpi) is None:
        return ()
    own = GRAINS.index(grain_of(asked.database, asked.state, asked.kpi))
    return tuple(grain for grain in PARTS if own <= GRAINS.index(grain) < GRAINS.index(asked.period))


def _to_come(asked: _Asked, grain: Grain) -> Forecast:
    """Return the forecast of the parts of the period that are still to come."""
    found = forecast_of(asked.database, asked.state, asked.kpi, grain, asked.filters, periods=_ahead(asked, grain))
    inside = [at for at, start in enumerate(found.starts) if asked.span.start <= start <= asked.span.end]
    return columns_of(found, slice(inside[0], inside[-1] + 1) if inside else slice(0))


def _ahead(asked: _Asked, grain: Grain) -> int:
    """Return how many periods of a grain there are from the last known one to the end of the period."""
    past = timeline_of(asked.database, asked.state, asked.kpi, grain, asked.filters)
    if past is None or not past.usable.any():
        return 1
    known = int(np.flatnonzero(past.usable)[-1])
    after = asked.calendar.next_start(past.starts[known], grain)
    return max(1, len(starts_between(Days(after, asked.span.end), grain, asked.calendar)))


def _value(asked: _Asked, span: Days, node: Node | None = None) -> float | None:
    """Return the KPI over a span, or a node in the place of its formula."""
    measures = measures_of(asked.database, asked.state, asked.filters)
    return optional(values_over(asked.kpi, measures, one(span, calendar=asked.calendar), node))[0]


def _weights(asked: _Asked, found: Forecast, weighing: Node | None) -> Floats | None:
    """Return how much each period to come counts: as its weekday did lately, or by its days.

    An amount counts as often as the weekday has one at all, a ratio by what it is divided by.
    """
    if found.grain != "day" and weighing is None:
        return None
    covered = span_of_kpi(asked.database, asked.state, asked.kpi) or asked.span
    recent = Days(max(asked.until - (RECENT_DAYS - 1) * DAY, covered.start), asked.until)
    spans = periods(recent, "day", asked.calendar)
    measures = measures_of(asked.database, asked.state, asked.filters)
    values = values_over(asked.kpi, measures, spans, weighing)
    size = np.nan_to_num(values, nan=0.0).clip(min=0.0) if weighing else (~np.isnan(values)).astype(np.float64)
    if found.grain != "day":
        ends = [asked.calendar.end_of(start, found.grain) for start in found.starts]
        lengths = [Days(start, end).length for start, end in zip(found.starts, ends, strict=True)]
        return np.array(lengths, dtype=np.float64) * float(size.mean())
    weekdays = np.array([(recent.start + at * DAY).weekday() for at in range(len(size))])
    every = size.mean()
    kinds = [size[weekdays == start.weekday()] for start in found.starts]
    return np.array([kind.mean() if len(kind) else every for kind in kinds])
