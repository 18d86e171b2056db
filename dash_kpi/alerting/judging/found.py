"""What judging starts from, and what it finds, before anything of it is written."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from dash_kpi.alerting.judging.told import Details
from dash_kpi.alerting.judging.verdicts import Verdict
from dash_kpi.alerting.rules.judge import Observation
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.rules.track import Track
from dash_kpi.storage.models import Alert


@dataclass(frozen=True)
class Known:
    """A threshold as it was found: its row, its rule, the tracks of its segments and what holds for messages."""

    id: int
    version: int
    rule: Rule
    judged_revision: int
    is_whole: bool  # look at all of it; else only at what time alone may change
    tracks: Mapping[str, Track]
    alerts: Mapping[str, Alert]  # the open ones


@dataclass(frozen=True)
class Found:
    """What judging one segment of a threshold came to."""

    known: Known
    segment: str
    track: Track
    observation: Observation  # what held for messages
    verdicts: Sequence[Verdict]
    details: Mapping[date, Details]  # by the first day of the period, where something is told or an alert is opened
