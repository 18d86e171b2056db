"""The values of one alert in words: what the placeholders of templates stand for, and the facts beside a line."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo

from dash_kpi.alerting.judging.told import Details
from dash_kpi.alerting.messages.numbers import MISSING, Numbers
from dash_kpi.alerting.rules.judge import Reading
from dash_kpi.alerting.rules.rule import Kind, Rule
from dash_kpi.kpis.definition import Unit

JOINERS = "\u200c\u200d"  # show nothing themselves, and belong to words of Persian and to emoji
LEAST_MOVE = 0.0005  # that shows: 0.1%, or 0.1 points
MOST_FILES = 3  # that are named
MOST_TEXT = 500  # of one value, so that a line stays a line
SHARES: frozenset[Kind] = frozenset({"refused", "restated"})
COUNTS: frozenset[Kind] = frozenset({"late", "no_data"})
BEYOND: dict[Kind, tuple[str, str]] = {  # where the value is below the limit, and where it is not
    "below": ("below its limit", "at its limit"),
    "above": ("at its limit", "above its limit"),
    "outside": ("below its lower limit", "above its upper limit"),
    "inside": ("inside the range it must keep out of,", "inside the range it must keep out of,"),
    "change": ("below the limit", "above the limit"),
    "anomaly": ("below what is usual, from", "above what is usual, up to"),
    "forecast_target": ("below its target", "above its target"),
    "forecast_crosses": ("below the line", "above the line"),
}


@dataclass(frozen=True, slots=True)
class Subject:
    """One alert as it is worded."""

    rule: Rule
    segment: str
    reading: Reading
    details: Details
    since: str = ""
    was: str = ""
    told_at: datetime | None = None


def values_of(subject: Subject, numbers: Numbers, zone: tzinfo) -> dict[str, str]:
    """Return every placeholder of an alert's line; what is not known is empty."""
    rule, reading, details = subject.rule, subject.reading, subject.details
    value, limit = value_and_limit(subject, numbers)
    found = {
        "kpi": one_line(details.label) or rule.kpi,
        "segment": subject.segment,
        "value": value,
        "limit": "" if limit == MISSING else limit,
        "beyond": beyond(reading) if limit != MISSING else "",
        "period": reading.label or details.period,
        "when": _when(rule, reading.label or details.period),
        "change": change_from(details.previous, reading, details, numbers),
        "year_change": change_from(details.year_ago, reading, details, numbers),
        "since": _in_sentence(subject.since) if subject.since != reading.label else "",
        "detail": reading.detail.rstrip("."),
        "file": _files(details.files),
        "driver": details.driver,
        "note": rule.note,
        "owner": rule.owner,
        "severity": rule.severity,
        "rule": rule.name,
        "was": subject.was.rstrip("."),
        "told": numbers.moment(subject.told_at.astimezone(zone)) if subject.told_at else "",
    }
    return {name: one_line(text) for name, text in found.items()}


def facts_of(values: Mapping[str, str], reading: Reading) -> tuple[tuple[str, str], ...]:
    """Return what stands beside a line, without what nobody knows."""
    has_value = reading.kind not in COUNTS
    pairs = (
        ("Value", values["value"] if has_value else ""),
        ("Limit", values["limit"] if has_value else ""),
        ("Against the period before", values["change"]),
        ("Against last year", values["year_change"]),
        ("Period", values["period"] if values["period"] != "now" else ""),
        ("Since", values["since"]),
        ("Segment", values["segment"]),
        ("File", values["file"]),
        ("Threshold", values["rule"]),
        ("Owner", values["owner"]),
    )
    return tuple((name, text) for name, text in pairs if text)


def value_and_limit(subject: Subject, numbers: Numbers) -> tuple[str, str]:
    """Return the value and the limit as people read them, never alike where they differ."""
    reading, details = subject.reading, subject.details
    unit: Unit = "percent" if reading.kind in SHARES else "number" if reading.kind in COUNTS else details.unit
    decimals = None if reading.kind in SHARES | COUNTS else details.decimals
    value, limit = numbers.pair(unit, reading.value, reading.limit, decimals)
    return value, _range(subject, unit, decimals, numbers) or limit


def _range(subject: Subject, unit: Unit, decimals: int | None, numbers: Numbers) -> str:
    """Return both ends of a range that a value must keep out of, where they are numbers: one alone says nothing."""
    inside = next((one for one in subject.rule.conditions if one.kind == subject.reading.kind == "inside"), None)
    if inside is None or inside.low is None or inside.high is None:
        return ""
    own = subject.rule.limits.get(subject.segment) if inside is subject.rule.conditions[0] else None
    low, high = inside.low.value if own is None else own, inside.high.value
    if low is None or high is None:
        return ""
    return " to ".join(numbers.pair(unit, low, high, decimals))


def beyond(reading: Reading) -> str:
    """Say what a value is to its limit."""
    below, above = BEYOND.get(reading.kind, ("", ""))
    if reading.value is None or reading.limit is None:
        return ""
    return below if reading.value < reading.limit else above


def change_from(before: float | None, reading: Reading, details: Details, numbers: Numbers) -> str:
    """Write how the value moved from an earlier one; empty where nobody can say, or it is not about the value."""
    value = reading.value
    if reading.kind in SHARES | COUNTS or value is None or before is None:
        return ""
    if details.unit == "percent":
        moved = value - before
    elif before == 0:
        return ""
    else:
        moved = value / abs(before) - before / abs(before)
    is_seen = math.isfinite(moved) and abs(moved) >= LEAST_MOVE
    return numbers.change(details.unit, moved) if is_seen else ""


def weight_of(reading: Reading) -> float:
    """Return how far a value is beyond its limit, relative to the limit: the worst has the most."""
    excess, limit = reading.excess, reading.limit
    if excess is None or not math.isfinite(excess):
        return 0.0
    size = abs(limit) if limit is not None and math.isfinite(limit) else 0.0
    found = excess / size if size else excess
    return found if math.isfinite(found) else 0.0


def one_line(text: str) -> str:
    """Return a text on one line, without characters that nothing shows, cut where it is too long."""
    shown = "".join(one if one.isprintable() or one in JOINERS else " " for one in text[: MOST_TEXT * 2])
    words = " ".join(shown.split())
    return words if len(words) <= MOST_TEXT else words[: MOST_TEXT - 1] + "…"


def _when(rule: Rule, period: str) -> str:
    if not period or period == "now":
        return period
    return f"{'over' if rule.days else 'on' if rule.grain == 'day' else 'in'} {_in_sentence(period)}"


def _in_sentence(period: str) -> str:
    """Return a period as it stands in a sentence: the week of 2 Mar 2026."""
    return f"the {period}" if period.startswith("week of ") else period


def _files(names: tuple[str, ...]) -> str:
    more = len(names) - MOST_FILES
    return ", ".join(names[:MOST_FILES]) + (f" and {more} more" if more > 0 else "")
