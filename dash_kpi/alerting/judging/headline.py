"""What happened, in one plain sentence: kept with an alert, and shown by a backtest."""

from dash_kpi.alerting.judging.told import Details
from dash_kpi.alerting.messages.numbers import Numbers
from dash_kpi.alerting.messages.values import Subject, values_of
from dash_kpi.alerting.messages.wording import Words, group_of
from dash_kpi.alerting.rules.judge import Reading
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.settings import Settings


def sentence(settings: Settings, rule: Rule, segment: str, reading: Reading, details: Details) -> str:
    """Return what happened, such as "Revenue North is 82 in Mar 2025, below its limit 100"."""
    numbers = Numbers(settings.locale, settings.currency)
    values = values_of(Subject(rule, segment, reading, details), numbers, settings.zone)
    return Words().say(group_of(reading.kind), values)
