"""What is told, as judging hands it on."""

from datetime import UTC, date, datetime
from typing import Any

from dash_kpi.alerting.judging.told import Details, Told
from dash_kpi.alerting.rules.judge import Code, Reading, Reason
from dash_kpi.alerting.rules.rule import Rule
from tests.alerting.builders import NOW, details_of, rule_of

READING = Reading(date(2026, 2, 1), date(2026, 2, 28), "Feb 2026", 80.0, 100.0, 20.0, True, False, "below")
OPENED = datetime(2026, 3, 1, 8, tzinfo=UTC)


def reading_of(**given: Any) -> Reading:
    """Return revenue of 80 in February, below its limit of 100, with what is given in its place."""
    usual = {name: getattr(READING, name) for name in READING.__slots__}
    return Reading(**usual | given)


def told_of(
    alert_id: int = 1,
    tells: Any = "firing",
    *,
    rule: Rule | None = None,
    segment: str = "",
    reading: Reading | None = None,
    details: Details | None = None,
    held_until: datetime | None = None,
    **given: Any,
) -> Told:
    """Return what is told of one alert."""
    text = f"fired; held back until {held_until} by quiet hours" if held_until else "fired"
    reason = Reason(Code.FIRED, text, tells, held_until)
    found = reading or READING
    rest: dict[str, Any] = {"since": found.label, "opened_at": OPENED} | given
    return Told(alert_id, rule or rule_of(), segment, tells, found, reason, details or details_of(), **rest)


__all__ = ["NOW", "reading_of", "told_of"]
