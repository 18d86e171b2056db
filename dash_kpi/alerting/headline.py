"""What happened, in one plain sentence: kept with an alert, and shown by a backtest."""

from dash_kpi.alerting.rules.judge import Reading
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.told import Details
from dash_kpi.settings import Settings


def sentence(_settings: Settings, rule: Rule, segment: str, reading: Reading, details: Details) -> str:
    """Return what happened, such as "Revenue, North is 82 in Mar 2025, below its limit 100"."""
    name = f"{details.label}, {segment}" if segment else details.label
    if reading.kind in ("late", "refused", "restated", "no_data"):
        return f"{name}: {reading.detail}"
    limit = "" if reading.limit is None else f", limit {reading.limit:,.6g}"
    value = "n/a" if reading.value is None else f"{reading.value:,.6g}"
    return f"{name} is {value} in {reading.label}{limit}" + (f": {reading.detail}" if reading.detail else "")
