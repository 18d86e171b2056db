"""Conditions that are judged whenever something happens: files, missing data, restatements and forecasts."""

from collections.abc import Callable, Mapping

import numpy as np

from dash_kpi.alerting.judging.closed import closed_spans, idle_weekdays, labels_of
from dash_kpi.alerting.judging.observing import Observer
from dash_kpi.alerting.rules.judge import Reading
from dash_kpi.alerting.rules.rule import Kind, Limit, Rule
from dash_kpi.kpis.calendar import DAY, Days
from dash_kpi.kpis.evaluate import basis_of, span_of, values_over
from dash_kpi.kpis.spans import Spans
from dash_kpi.kpis.targets import target_over
from dash_kpi.reporting.forecasts import forecast_of
from dash_kpi.reporting.outlook import outlook_of
from dash_kpi.storage.daily import measures_of
from dash_kpi.storage.reports import Report
from dash_kpi.storage.sources import State

PROBLEMS = ("refused", "held", "missing")  # the states of a source whose newest file does not count
NOW = "now"


def reading_now(observer: Observer, rule: Rule, before: State | None = None) -> Reading:
    """Return how a rule that is not judged by closed periods stands now; `before` is the state it was judged at last.

    Raises Refused where its KPI is not there.
    """
    return READINGS[rule.conditions[0].kind](observer, rule, before)


def _late(observer: Observer, rule: Rule, _before: State | None) -> Reading:
    taken = _sources(observer, rule)
    late = [
        (watch.late_since, number) for number, watch in observer.watches.items() if number in taken and watch.late_since
    ]
    if not late:
        return _about_files(observer, rule, is_broken=False)
    since, number = min(late)
    files = {source.id: source.file for source in observer.state.sources}
    others = f", and {len(late) - 1} more" if len(late) > 1 else ""
    days = float((observer.today - since).days)
    detail = f"{files.get(number, 'a file')} was due by {since:%-d %b %Y}{others}"
    return _about_files(observer, rule, is_broken=True, value=days, limit=0.0, detail=detail)


def _refused(observer: Observer, rule: Rule, _before: State | None) -> Reading:
    share = rule.conditions[0].share
    taken = _sources(observer, rule)
    reports = [report for number, report in observer.reports.items() if number in taken]
    unread = [report for report in reports if report.status in PROBLEMS]
    if unread:
        detail = f"{unread[0].file} could not be read: {(unread[0].reason or unread[0].status).rstrip('.')}"
        return _about_files(observer, rule, is_broken=True, value=1.0, limit=share, detail=detail)
    worst: Report | None = max(reports, key=lambda one: one.refused_share, default=None)
    if worst is None:
        return _about_files(observer, rule, is_broken=False)
    is_broken = worst.refused_share > share
    detail = f"{worst.rows_refused:,} of {worst.rows_read:,} rows of {worst.file} were refused" if is_broken else ""
    return _about_files(observer, rule, is_broken=is_broken, value=worst.refused_share, limit=share, detail=detail)


def _restated(observer: Observer, rule: Rule, before: State | None) -> Reading:
    """Compare the closed periods of the state judged last with what they are now; the largest change counts."""
    share = rule.conditions[0].share
    if before is None or before.revision == observer.state.revision:
        return _about_files(observer, rule, is_broken=None, detail="nothing to compare with")
    then = Observer(observer.database, observer.workspace, before, observer.now)
    if rule.kpi not in then.kpis:
        return _about_files(observer, rule, is_broken=False)
    was = then.series(rule).get("")
    now = observer.series(rule).get("")
    if was is None or now is None:
        return _about_files(observer, rule, is_broken=False)
    at = {start: place for place, start in enumerate(now.starts)}
    pairs = [(place, at[start]) for place, start in enumerate(was.starts) if start in at]
    old, new = was.values[[a for a, _ in pairs]], now.values[[b for _, b in pairs]]
    with np.errstate(divide="ignore", invalid="ignore"):
        moved = np.where(old == new, 0.0, np.abs(new - old) / np.abs(old))
    moved = np.where(np.isnan(old), 0.0, np.where(np.isnan(new), np.inf, moved))
    if not len(moved) or not moved.max() > share:
        return _about_files(observer, rule, is_broken=False, value=float(moved.max(initial=0.0)), limit=share)
    worst = int(np.argmax(moved))
    place = pairs[worst][1]
    others = int((moved > share).sum()) - 1
    more = f", and {others} more {'period' if others == 1 else 'periods'}" if others else ""
    size = f"by {moved[worst]:.1%}" if np.isfinite(moved[worst]) else "from zero"
    what = "lost its value" if np.isnan(new[worst]) else f"was restated {size}"
    return Reading(
        start=now.starts[place],
        end=now.ends[place],
        label=now.labels[place],
        value=float(moved[worst]) if np.isfinite(moved[worst]) else None,
        limit=share,
        excess=float(min(moved[worst] - share, 1e9)),
        is_broken=True,
        is_recovered=False,
        kind="restated",
        detail=f"{now.labels[place]} {what}{more}",
    )


def _no_data(observer: Observer, rule: Rule, _before: State | None) -> Reading:
    """Look at the newest periods that the clock has passed, whatever the data covers."""
    kpi, wanted = observer.kpi_of(rule), rule.conditions[0].periods
    measures = measures_of(observer.database, observer.state, rule.filters)
    covered = span_of(kpi, measures_of(observer.database, observer.state, ()))
    if covered is None:
        return _about_files(observer, rule, is_broken=None, detail="there is no data yet")
    spans = closed_spans(rule, covered.start, observer.today - DAY, observer.calendar)
    if spans is None:
        return _about_files(observer, rule, is_broken=None, detail="no period has closed yet")
    pieces = [piece for piece in spans.pieces if piece]
    if rule.grain == "day":  # nobody waits for the weekends of a team that works from Monday to Friday
        idle = idle_weekdays(kpi, measures_of(observer.database, observer.state, ()), covered.end)
        pieces = [piece for piece in pieces if piece.start.weekday() not in idle]
    pieces = pieces[-max(wanted, 1) :]
    newest = Spans(tuple(pieces), spans.back, spans.unit, spans.calendar)
    has_inputs = all(name in measures for name in kpi.inputs)
    values = values_over(kpi, measures, newest) if has_inputs else np.full(len(newest), np.nan)
    missing = int(np.isnan(values)[::-1].cumprod().sum())
    labels = labels_of(newest, rule, observer.calendar)
    is_broken = len(values) >= wanted and missing >= wanted
    return Reading(
        start=pieces[-1].start,
        end=pieces[-1].end,
        label=labels[-1],
        value=float(missing),
        limit=float(wanted),
        excess=float(missing - wanted + 1),
        is_broken=is_broken,
        is_recovered=not missing,
        kind="no_data",
        detail=f"there is no data for {labels[-1]}"
        if wanted == 1
        else f"there is no data since {labels[-missing]}"
        if missing
        else "",
    )


def _forecast_target(observer: Observer, rule: Rule, _before: State | None) -> Reading:
    kpi = observer.kpi_of(rule)
    found = outlook_of(observer.database, observer.state, kpi, rule.unit_grain, rule.filters)
    if found is None or found.ending.expected is None or found.target is None or kpi.direction == "neutral":
        reason = found.ending.reason if found else None
        return _about_files(observer, rule, is_broken=None, detail=(reason or "there is no target to miss").rstrip("."))
    expected, target = found.ending.expected, found.target
    excess = target - expected if kpi.direction == "higher" else expected - target
    return Reading(
        start=found.start,
        end=found.end,
        label=found.period_label,
        value=expected,
        limit=target,
        excess=excess,
        is_broken=excess > 0,
        is_recovered=excess <= -rule.recovery_margin,
        kind="forecast_target",
        detail=found.ending.sentence.rstrip("."),
    )


def _forecast_crosses(observer: Observer, rule: Rule, _before: State | None) -> Reading:
    kpi, condition = observer.kpi_of(rule), rule.conditions[0]
    found = forecast_of(observer.database, observer.state, kpi, rule.unit_grain, rule.filters)
    if found.reason or not found.starts:
        return _about_files(observer, rule, is_broken=None, detail=(found.reason or "there is no forecast").rstrip("."))
    means = np.array(found.mean)
    pieces = tuple(Days(start, observer.calendar.end_of(start, found.grain)) for start in found.starts)
    spans = Spans(pieces, lambda piece: observer.calendar.before(piece, found.grain), found.grain, observer.calendar)
    low, high = (
        _line(observer, rule, limit, spans, without)
        for limit, without in ((condition.low, -np.inf), (condition.high, np.inf))
    )
    excess = np.maximum(low - means, means - high)
    if np.isnan(excess).all():
        return _about_files(observer, rule, is_broken=None, detail="there is no line to cross")
    crossed = np.flatnonzero(np.nan_to_num(excess, nan=-np.inf) > 0)
    at = int(crossed[0]) if len(crossed) else int(np.nanargmax(excess))
    label = observer.calendar.label(found.starts[at], found.grain)
    limit = float(low[at] if low[at] - means[at] > means[at] - high[at] else high[at])
    return Reading(
        start=pieces[at].start,
        end=pieces[at].end,
        label=label,
        value=float(means[at]),
        limit=limit if np.isfinite(limit) else None,
        excess=float(excess[at]),
        is_broken=bool(len(crossed)),
        is_recovered=bool(excess[at] <= -rule.recovery_margin),
        kind="forecast_crosses",
        detail=f"it is forecast to cross the line in {label}" if len(crossed) else "",
    )


def _line(
    observer: Observer, rule: Rule, limit: Limit | None, spans: Spans, without: float
) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    if limit is None:
        return np.full(len(spans), without)
    if limit.value is not None:
        return np.full(len(spans), limit.value)
    kpi, measures = observer.kpi_of(rule), measures_of(observer.database, observer.state, rule.filters)
    if limit.target is not None:
        return limit.target * target_over(kpi, measures, spans)
    return (limit.last_year or 0.0) * values_over(kpi, measures, spans.year_ago)


def _about_files(
    observer: Observer,
    rule: Rule,
    *,
    is_broken: bool | None,
    value: float | None = None,
    limit: float | None = None,
    detail: str = "",
) -> Reading:
    excess = None if value is None or limit is None else value - limit
    return Reading(
        start=observer.today,
        end=observer.today,
        label=NOW,
        value=value,
        limit=limit,
        excess=excess,
        is_broken=is_broken,
        is_recovered=is_broken is False,
        kind=rule.conditions[0].kind,
        detail=detail,
    )


def _sources(observer: Observer, rule: Rule) -> frozenset[int]:
    return basis_of(observer.kpi_of(rule), measures_of(observer.database, observer.state, ())).sources


READINGS: Mapping[Kind, Callable[[Observer, Rule, State | None], Reading]] = {
    "late": _late,
    "refused": _refused,
    "restated": _restated,
    "no_data": _no_data,
    "forecast_target": _forecast_target,
    "forecast_crosses": _forecast_crosses,
}
