"""What changed in a period: the news of every KPI, ranked, with what explains them, and what happened to the data."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.kpis.definition import Direction, Unit
from dash_kpi.kpis.drivers.contributions import Contribution
from dash_kpi.kpis.drivers.explanation import beyond
from dash_kpi.kpis.evaluate import over_span, timeline
from dash_kpi.kpis.news.looks import KINDS_OF_NOISE, Subject, looks_at
from dash_kpi.kpis.news.news import MOST, News, Way, ranked
from dash_kpi.kpis.periods import Comparison, Days, reference_span, span_label, starts_between
from dash_kpi.kpis.targets import target_of_span
from dash_kpi.reporting.breakdown import dimensions_of
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.reporting.contributions import Moved, contributions_of_all, method_of
from dash_kpi.reporting.drivers import view_of
from dash_kpi.reporting.frame import Frame, frame_of, revision_not_there
from dash_kpi.reporting.outlook import outlook_of
from dash_kpi.reporting.restatements import restatements
from dash_kpi.reporting.values import Restatement, Span
from dash_kpi.reporting.view import Filters, View
from dash_kpi.storage.database import Database
from dash_kpi.storage.sources import FILE, State, state_at

MOST_HISTORY = 1500  # periods looked at before the span: what was usual longer ago is not what is usual
LEAST_SHARE = 0.3  # of a change, below which no single value is worth naming
MOST_FORECAST = 6  # KPIs with a target whose end of the month is looked at
LIKELY_MISSED = 0.5


@dataclass(frozen=True, slots=True)
class Part:
    """The value of a dimension that explains most of a change, and its share of it."""

    dimension: str
    value: str  # "" for blank
    share: float


@dataclass(frozen=True, slots=True)
class Change:
    """One piece of news with the KPI that it is about."""

    news: News
    label: str
    unit: Unit
    direction: Direction
    decimals: int | None
    grain: str
    period: str  # in words
    against: str | None = None  # what a move is set against, in words
    part: Part | None = None


@dataclass(frozen=True, slots=True)
class RestatedKpi:
    """A period of a KPI that a revision restated, the one that changed most, and how many more it restated."""

    label: str
    kpi: str
    unit: Unit
    decimals: int | None
    period: str
    restatement: Restatement
    others: int


@dataclass(frozen=True, slots=True)
class Changes:
    """What changed in the span of a view: news, the most important first, then restatements.

    `kpis` and `dimensions` say how much was looked at; `unjudged` names KPIs with too little history.
    """

    revision: int
    view: View
    span: Span | None = None
    reference: Span | None = None
    found: tuple[Change, ...] = ()
    restated: tuple[RestatedKpi, ...] = ()
    kpis: int = 0
    dimensions: int = 0
    unjudged: tuple[str, ...] = ()
    notes: tuple[str, ...] = field(default=())


def what_changed(database: Database, workspace: str, view: View) -> Changes:
    """Return what changed; remembered by revision. Raises NotFound for an unknown workspace."""
    state = state_at(database, workspace, view.as_of)
    asked = replace(view, kpi=None, by=None)
    key = ("changes", state.workspace_id, state.revision, state.is_past, asked)
    return database.answers.get(key, lambda: _changes(database, state, asked))


def changes_view(
    period: str, start: date | None, end: date | None, compare: Comparison, filters: Filters, as_of: int | None
) -> View:
    """Return the view that a program asks about. Raises Refused for half a period or one that ends before it begins."""
    view = view_of(None, None, start, end, compare, filters, as_of)
    return view if start else replace(view, period=period)


def _changes(database: Database, state: State, view: View) -> Changes:
    frame = frame_of(database, state, view)
    kpis = kpis_of(database, state) if frame else ()
    if frame is None or not kpis:
        return Changes(state.revision, view, notes=revision_not_there(state, view))
    frame = _compared(frame)
    subjects = {kpi.name: subject for kpi in kpis if (subject := _subject(kpi, frame))}
    news = [one for subject in subjects.values() for one in looks_at(subject)]
    named = {kpi.name: kpi for kpi in kpis}
    told = _said_once(ranked(news, len(subjects) * KINDS_OF_NOISE, len(news)), named)
    told = sorted([*told, *_risks(frame, kpis, subjects, told)], key=lambda one: -one.score)[:MOST]
    dimensions = [name for name in dimensions_of(state) if name != FILE]
    parts = _parts(frame, [named[one.kpi] for one in told if one.kind == "move"], subjects, dimensions)
    return Changes(
        revision=state.revision,
        view=view,
        span=_span(frame.span),
        reference=_span(frame.reference) if frame.reference else None,
        found=tuple(_change(one, named[one.kpi], frame, parts.get(one.kpi)) for one in told),
        restated=tuple(_restated(kpis, frame)),
        kpis=len(subjects),
        dimensions=len(dimensions),
        unjudged=tuple(kpi.label for kpi in kpis if kpi.name not in subjects),
        notes=revision_not_there(state, view),
    )


def _risks(frame: Frame, kpis: Sequence[Kpi], subjects: Mapping[str, Subject], told: Sequence[News]) -> Iterator[News]:
    """Yield the targets of the current month that will more likely be missed than met, as forecast for all rows.

    Only where the view reaches to the end of the data, and is not filtered: targets are for the whole.
    """
    data, said = frame.state.span, {one.kpi for one in told if one.kind == "target"}
    if data is None or frame.view.filters or frame.state.is_past or frame.span.end < data.end:
        return
    aimed = [kpi for kpi in kpis if kpi.target and kpi.direction != "neutral"]
    for kpi in [one for one in aimed if one.name in subjects and one.name not in said][:MOST_FORECAST]:
        found = outlook_of(frame.database, frame.state, kpi, "month")
        missing = found.ending.chance_of_missing if found else None
        if found is None or missing is None or missing < LIKELY_MISSED or found.target is None:
            continue
        expected = found.ending.expected
        short = subjects[kpi.name].change(expected, found.target)
        size = 50 * abs(short or 0.02)
        way: Way = "down" if kpi.direction == "higher" else "up"
        yield News("risk", kpi.name, found.start, found.end, way, size, 1 - missing, 1.0, expected, found.target, short)


def _said_once(told: Sequence[News], named: Mapping[str, Kpi]) -> list[News]:
    """Leave out what a KPI made of the same columns says already: revenue per day rises where revenue does.

    The first in the catalogue speaks, in the place of whichever came first.
    """
    order = {name: at for at, name in enumerate(named)}
    kept: list[News] = []
    for one in told:
        twin = next((at for at, other in enumerate(kept) if _are_twins(one, other, named)), None)
        if twin is None:
            kept.append(one)
        elif order[one.kpi] < order[kept[twin].kpi]:
            kept[twin] = one
    return kept


def _are_twins(one: News, other: News, named: Mapping[str, Kpi]) -> bool:
    a, b = named[one.kpi], named[other.kpi]
    is_same = a is not b and (set(a.inputs), a.dimensions) == (set(b.inputs), b.dimensions)
    return is_same and one.way == other.way and one.start <= other.last and other.start <= one.last


def _compared(frame: Frame) -> Frame:
    """Set the span against the one before where the view compares with nothing, or with targets."""
    if frame.reference is not None:
        return frame
    return replace(frame, reference=reference_span(frame.view.period, frame.span, "previous", frame.calendar))


def _span(days: Days) -> Span:
    return Span(days.start, days.end, span_label(days))


def _subject(kpi: Kpi, frame: Frame) -> Subject | None:
    """Return a KPI with its history up to the end of the span; None where it has no value or compares by itself."""
    data = frame.state.span
    if data is None or kpi.problem or kpi.uses_earlier or not frame.has(kpi) or frame.span.start > data.end:
        return None
    if frame.of_civil_months(kpi):  # its gaps and records are those of the calendar
        return None
    own = _compared(frame.as_far_as_known(kpi).at_grain_of(kpi))
    last = min(own.span.end, data.end)
    first = _first(Days(min(data.start, frame.span.start), last), own)
    line = timeline(kpi, frame.measures, Days(first, last), own.grain)
    value = over_span(kpi, frame.measures, own.span)
    if value is None or not np.any(line.usable):
        return None
    return Subject(
        kpi=kpi.name,
        timeline=line,
        span=own.span,
        reference=own.reference,
        value=value,
        before=over_span(kpi, frame.measures, own.reference) if own.reference else None,
        target=target_of_span(kpi, frame.measures, own.span),
        direction=kpi.direction,
        in_points=kpi.unit == "percent",
        calendar=frame.calendar,
    )


def _first(days: Days, frame: Frame) -> date:
    """Return the first day of the history that is looked at; the reference always is."""
    starts = starts_between(days, frame.grain, frame.calendar)
    recent = max(starts[-MOST_HISTORY:][0], days.start)
    return min(recent, max(frame.reference.start, days.start)) if frame.reference else recent


def _change(news: News, kpi: Kpi, frame: Frame, part: Part | None) -> Change:
    own = frame.at_grain_of(kpi)
    period = span_label(Days(news.start, min(news.last, frame.span.end)))
    if news.kind == "risk":
        period = frame.calendar.label(news.start, "month")
    elif news.kind in ("anomaly", "record", "shift", "gap") and (news.kind != "gap" or news.periods == 1):
        period = frame.calendar.label(frame.calendar.start_of(news.start, own.grain), own.grain)
    decimals = kpi.definition.decimals
    against = span_label(frame.reference) if frame.reference and news.kind == "move" else None
    return Change(news, kpi.label, kpi.unit, kpi.direction, decimals, own.grain, period, against, part)


def _parts(
    frame: Frame, kpis: Sequence[Kpi], subjects: dict[str, Subject], dimensions: Sequence[str]
) -> dict[str, Part]:
    """Return for each KPI that moved the value, of all dimensions, that explains most; one query a dimension."""
    if frame.reference is None:
        return {}
    moved = {}
    for kpi in kpis:
        value, before, own = subjects[kpi.name].value, subjects[kpi.name].before, _compared(frame.as_far_as_known(kpi))
        if value is not None and before is not None and own.reference and method_of(kpi) != "without":
            moved[kpi.name] = (kpi, Moved(own, own.reference, before, value))
    best: dict[str, tuple[float, Part]] = {}
    for dimension in dimensions:
        for name, found in contributions_of_all(list(moved.values()), dimension).items():
            change = moved[name][1].after - moved[name][1].before
            led = _leading(found, change, dimension, method_of(moved[name][0]) == "sum")
            if led and (name not in best or led[0] > best[name][0]):
                best[name] = led
    return {name: part for name, (_, part) in best.items()}


def _leading(found: Sequence[Contribution], change: float, dimension: str, is_sum: bool) -> tuple[float, Part] | None:
    """Return the value that brought most beyond its even share, if that is much; else none is worth naming."""
    known = [one for one in found if one.value is not None]
    if len(found) < 2 or not change or not known:
        return None
    best = max(known, key=lambda one: beyond(one, change, "sum" if is_sum else "ratio"))
    extra = beyond(best, change, "sum" if is_sum else "ratio") / abs(change)
    share = best.change / change
    if extra < LEAST_SHARE / 2 or share < LEAST_SHARE:
        return None
    return extra, Part(dimension, best.value or "", share)


def _restated(kpis: Sequence[Kpi], frame: Frame) -> Iterator[RestatedKpi]:
    """Yield one restatement for each revision that made some: that which changed a number most."""
    found: dict[int, list[tuple[float, Kpi, Restatement]]] = {}
    for kpi in kpis:
        own = frame.at_grain_of(kpi)
        starts = starts_between(frame.span, own.grain, frame.calendar)
        for one in restatements(kpi, own, starts):
            size = abs((one.after or 0) - one.before) / abs(one.before) if one.before else 1.0
            found.setdefault(one.revision, []).append((size, kpi, one))
    for revision in sorted(found, reverse=True)[:3]:
        _, kpi, one = max(found[revision], key=lambda item: item[0])
        grain = frame.at_grain_of(kpi).grain
        period = frame.calendar.label(one.start, grain)
        decimals = kpi.definition.decimals
        yield RestatedKpi(kpi.label, kpi.name, kpi.unit, decimals, period, one, len(found[revision]) - 1)
