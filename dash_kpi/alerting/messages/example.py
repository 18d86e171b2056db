"""What is told of an alert that is kept, and an example of each kind where there is none yet."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from dash_kpi.alerting.judging.told import Details, Told
from dash_kpi.alerting.messages.wording import WORDINGS
from dash_kpi.alerting.rules.judge import Code, Reading, Reason, Tells
from dash_kpi.alerting.rules.rule import OF_NOW, OF_SOURCES, Condition, Kind, Limit, Rule
from dash_kpi.kpis.calendar import Calendar, Days
from dash_kpi.kpis.periods import span_label
from dash_kpi.storage.models import Alert

_TELLS: dict[str, Tells] = {
    "repeated": "repeated",
    "repeated_files": "repeated",
    "worse": "worse",
    "resolved": "resolved",
    "resolved_files": "resolved",
    "repeated_forecast": "repeated",
    "worse_forecast": "worse",
    "resolved_forecast": "resolved",
    "resolved_restated": "resolved",
    "gone": "resolved",
    "correction": "correction",
    "title_resolved": "resolved",
    "title_repeated": "repeated",
    "title_worse": "worse",
    "title_correction": "correction",
    "found": "correction",
    "title_found": "correction",
}
_KINDS: dict[str, tuple[Kind, str]] = {
    "change": ("change", "19.8% less than the period before"),
    "anomaly": ("anomaly", "21.3% less than usual"),
    "forecast": ("forecast_crosses", "it is forecast to cross the line in Mar 2025"),
    "files": ("late", "sales.xlsx was due by 3 Apr 2025"),
    "repeated_files": ("late", "sales.xlsx was due by 3 Apr 2025"),
    "resolved_files": ("late", ""),
    "title_mixed": ("late", "sales.xlsx was due by 3 Apr 2025"),
    "repeated_forecast": ("forecast_crosses", ""),
    "worse_forecast": ("forecast_crosses", ""),
    "resolved_forecast": ("forecast_crosses", ""),
    "resolved_restated": ("restated", ""),
    "gone": ("below", "it is not among what the data has now"),
}
_VALUES = (104_200.0, 101_900.0, 98_400.0, 103_100.0, 102_400.0, 82_100.0)
_LABELS = ("Oct 2024", "Nov 2024", "Dec 2024", "Jan 2025", "Feb 2025", "Mar 2025")
_DRIVER = "Product Desk brought 74% of the change, with 21% of the whole."


def told_of_alert(alert: Alert, given: Mapping[str, Any], tells: Tells, calendar: Calendar) -> Told:
    """Return what would be told of an alert now: its newest number, and what was known when it began.

    What was known of the period in which it began is left out where the newest number is of a later one.
    """
    rule, details = Rule.from_json(given), Details.from_json(alert.details)
    kind: Kind = alert.alert_type  # type: ignore[assignment]
    began, label = details.period, _label(rule, kind, alert.period_end, calendar)
    if label != began:
        details = replace(
            details, period=label, previous=None, year_ago=None, values=(), labels=(), files=(), driver=""
        )
    value, limit = alert.current_value, alert.threshold_value
    reading = Reading(
        start=alert.period_start,
        end=alert.period_end,
        label=label,
        value=value,
        limit=limit,
        excess=abs(value - limit) if value is not None and limit is not None else None,
        is_broken=tells != "resolved",
        is_recovered=tells == "resolved",
        kind=kind,
        detail=alert.message.partition(": ")[2] if kind in OF_NOW else "",
    )
    reason = Reason(Code.FIRING, "still firing", tells)
    return Told(
        alert.id, rule, alert.segment, tells, reading, reason, details,
        since=began, was=alert.message, opened_at=alert.opened_at,
    )  # fmt: skip


def _label(rule: Rule, kind: Kind, end: date, calendar: Calendar) -> str:
    """Return the period of a rule that ends with a day, as people write it."""
    if kind in OF_SOURCES:
        return "now"
    if rule.days:
        return span_label(Days(end - timedelta(days=rule.days - 1), end))
    return calendar.label(calendar.start_of(end, rule.unit_grain), rule.unit_grain)


def example(name: str) -> tuple[Told, ...]:
    """Return what a template could be about: one alert for a line, three for a title."""
    tells = _TELLS.get(name, "firing")
    kind, detail = _KINDS.get(name, ("below", ""))
    is_title = WORDINGS[name].is_title
    was = "" if name.endswith("found") else "Revenue North is 82,100 in Mar 2025"
    made = (
        replace(_told(at, region, tells, kind, detail), was=was)
        for at, region in enumerate(("North", "South", "West")[: 3 if is_title else 1])
    )
    return tuple(replace(one, reading=replace(one.reading, is_broken=None)) if name == "gone" else one for one in made)


def _told(at: int, region: str, tells: Tells, kind: Kind, detail: str) -> Told:
    rule = Rule(
        "revenue", (Condition("below", low=Limit(100_000)),), by="Region", owner="Sales", note="Call the warehouse"
    )
    value = _VALUES[-1] + 1000 * at
    reading = Reading(
        date(2025, 3, 1), date(2025, 3, 31), "Mar 2025", value, 100_000.0, 100_000 - value, True, False, kind, detail
    )
    details = Details(
        "Revenue", "currency", period="Mar 2025", values=_VALUES, labels=_LABELS, previous=_VALUES[-2],
        year_ago=99_800.0, files=("sales.xlsx",), driver=_DRIVER,
    )  # fmt: skip
    return Told(
        at + 1, rule, region, tells, reading, Reason(Code.FIRED, "fired", tells), details,
        since="Feb 2025", opened_at=datetime(2025, 4, 1, 8, tzinfo=UTC),
    )  # fmt: skip
