"""Backtests: what a rule would have done over all history, before it is saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from dash_kpi.alerting.judging.headline import sentence
from dash_kpi.alerting.judging.observing import WHOLE, Observed, Observer
from dash_kpi.alerting.judging.told import Details
from dash_kpi.alerting.rules.conditions import readings
from dash_kpi.alerting.rules.judge import Reading
from dash_kpi.alerting.rules.replay import Step, episodes, replay
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.errors import Refused
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.storage.database import Database
from dash_kpi.storage.sources import state_at

ARRIVES = time(9)  # the hour of the day after a period at which its numbers are taken to be there
YEAR = timedelta(days=365)
NOT_REPLAYED = {
    "late": "When files came is known only from now on; there is nothing to replay.",
    "refused": "What earlier readings refused is not replayed.",
    "restated": "Restatements are noticed from now on; there is nothing to replay.",
    "no_data": "Data that is missing is noticed from now on; there is nothing to replay.",
    "forecast_target": "What was forecast in the past is not replayed.",
    "forecast_crosses": "What was forecast in the past is not replayed.",
}


@dataclass(frozen=True, slots=True)
class Line:
    """One segment: its closed periods, oldest first, with the bounds of what the rule allows; lists of one length."""

    segment: str
    starts: tuple[date, ...]
    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]


@dataclass(frozen=True, slots=True)
class Firing:
    """One time that the rule would have fired for a segment; not resolved: it would be firing now."""

    segment: str
    since: date  # the first broken period
    since_label: str
    fired: date  # the period at which it fired: later than the first where it was pending
    fired_label: str
    resolved: date | None
    resolved_label: str | None


@dataclass(frozen=True, slots=True)
class Backtest:
    """What a rule would have done; `reason` says why nothing can be told."""

    lines: tuple[Line, ...] = ()
    firings: tuple[Firing, ...] = ()  # oldest first
    firings_of_year: int = 0  # of the last twelve months of the data
    messages: int = 0  # to each destination, over all history
    messages_of_year: int = 0
    first_message: str = ""
    sentence: str = ""
    reason: str = ""

    def as_json(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "sentence": self.sentence,
            "reason": self.reason or None,
            "firings_of_year": self.firings_of_year,
            "messages": self.messages,
            "messages_of_year": self.messages_of_year,
            "first_message": self.first_message or None,
            "firings": [
                {
                    "segment": one.segment or None,
                    "since": one.since.isoformat(),
                    "fired": one.fired_label,
                    "resolved": one.resolved_label,
                }
                for one in self.firings
            ],
        }


def backtest(database: Database, workspace: str, rule: Rule, now: datetime) -> Backtest:
    """Replay the whole state machine of a rule over all history. Raises NotFound for an unknown workspace."""
    local = now.astimezone(database.settings.zone)
    observer = Observer(database, workspace, state_at(database, workspace), local)
    if rule.is_of_now:
        return Backtest(reason=NOT_REPLAYED[rule.conditions[0].kind])
    try:
        kpi, observed = observer.kpi_of(rule), observer.observe(rule)
    except Refused as error:
        return Backtest(reason=str(error))
    if not any(len(one.series) for one in observed.values()):
        return Backtest(reason=f"No {PERIOD_NAMES.get(rule.grain, rule.grain)} of {kpi.label} has closed yet.")
    awake = replace(rule, is_enabled=True, paused_until=None)
    steps = {name: replayed(one, awake, observer) for name, one in observed.items()}
    firings = sorted(
        (one for name, some in steps.items() for one in _firings(name, some)), key=lambda one: (one.fired, one.segment)
    )
    last = max(series.series.ends[-1] for series in observed.values() if len(series.series))
    sent = sorted({*_sent(steps)})
    of_year = [one for one in firings if one.fired > last - YEAR]
    sent_of_year = [one for one in sent if one[0].date() > last - YEAR]
    return Backtest(
        lines=tuple(_line(name, one) for name, one in observed.items()),
        firings=tuple(firings),
        firings_of_year=len(of_year),
        messages=len(sent),
        messages_of_year=len(sent_of_year),
        first_message=_first_message(observer, rule, kpi, steps, firings),
        sentence=_sentence(rule, firings, of_year, sent, sent_of_year),
    )


PERIOD_NAMES = {"rolling_7": "window of 7 days", "rolling_30": "window of 30 days"}


def replayed(observed: Observed, rule: Rule, observer: Observer) -> list[Step]:
    """Replay a rule over one segment, each period on the morning after it."""
    zone = observer.now.tzinfo

    def arrival(reading: Reading) -> datetime:
        return datetime.combine(reading.end + timedelta(days=1), ARRIVES, zone)

    found = readings(observed.judged, observed.series, rule)
    return replay(found, rule, arrival, calendar=observer.calendar)


def _firings(segment: str, steps: Sequence[Step]) -> list[Firing]:
    labels = {step.reading.start: step.reading.label for step in steps}
    return [
        Firing(
            segment,
            one.fired.state.since or one.fired.reading.start,
            labels[one.fired.state.since or one.fired.reading.start],
            one.fired.reading.start,
            one.fired.reading.label,
            one.resolved.reading.start if one.resolved else None,
            one.resolved.reading.label if one.resolved else None,
        )
        for one in episodes(steps)
    ]


def _sent(steps: Mapping[str, Sequence[Step]]) -> list[tuple[datetime, str, datetime | None]]:
    """Return what would be sent: all that fire at one moment are one message, what follows one in its thread."""
    found: list[tuple[datetime, str, datetime | None]] = []
    for some in steps.values():
        thread: datetime | None = None
        for step in some:
            at = step.reason.held_until or step.at
            if step.reason.tells == "firing":
                thread = at
                found.append((at, "firing", None))
            elif step.reason.tells:
                found.append((at, step.reason.tells, thread))
    return found


def _line(segment: str, observed: Observed) -> Line:
    series = observed.series
    return Line(
        segment,
        series.starts,
        series.labels,
        tuple(_finite(series.values.tolist())),
        tuple(_finite(observed.judged.low.tolist())),
        tuple(_finite(observed.judged.high.tolist())),
    )


def _finite(values: Sequence[float]) -> list[float | None]:
    return [value if value - value == 0 else None for value in values]


def _first_message(
    observer: Observer, rule: Rule, kpi: Kpi, steps: Mapping[str, Sequence[Step]], firings: Sequence[Firing]
) -> str:
    if not firings:
        return ""
    first = firings[0]
    reading = next(step.reading for step in steps[first.segment] if step.reading.start == first.fired)
    details = Details(kpi.label, kpi.unit, kpi.definition.decimals, kpi.definition.direction, reading.label)
    return sentence(observer.database.settings, rule, first.segment, reading, details)


def _sentence(
    rule: Rule, firings: Sequence[Firing], of_year: Sequence[Firing], sent: Sequence[Any], sent_of_year: Sequence[Any]
) -> str:
    if not firings:
        return "It would never have fired."
    times = _count(len(of_year), "time")
    messages = _count(len(sent_of_year), "message")
    lately = (
        f"It would have fired {times} in the last 12 months and sent {messages}"
        if of_year
        else "It would not have fired in the last 12 months"
    )
    whole = f"; {_count(len(firings), 'time')} and {_count(len(sent), 'message')} over all history"
    now = [one for one in firings if one.resolved is None]
    firing = ""
    if now:
        where = "" if now[0].segment == WHOLE and not rule.by else f" for {_count(len(now), 'segment')}"
        firing = f" It would be firing now{where}, since {now[0].since_label}."
    return f"{lately}{whole if len(firings) > len(of_year) or len(sent) > len(sent_of_year) else ''}.{firing}"


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
