"""A stand-in until the details of alerts are built: whoever builds them replaces this file."""

from collections.abc import Sequence

from dash_kpi.alerting.rules.judge import Reading
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.told import Details
from dash_kpi.kpis.catalogue import Kpi
from dash_kpi.storage.database import Database
from dash_kpi.storage.sources import State


def details_of(
    _database: Database,
    _state: State,
    kpi: Kpi,
    _rule: Rule,
    _segment: str,
    reading: Reading,
    values: Sequence[float | None],
    labels: Sequence[str],
) -> Details:
    """Return the little that is known without asking anybody."""
    return Details(kpi.label, kpi.unit, values=tuple(values)[-24:], labels=tuple(labels)[-24:], period=reading.label)
