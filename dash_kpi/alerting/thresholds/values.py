"""What the page of thresholds shows: the list, one in the form, its versions, and what a draft would have done."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.alerting.thresholds.backtest import Backtest
from dash_kpi.alerting.thresholds.decisions import Version
from dash_kpi.alerting.thresholds.entries import Entry
from dash_kpi.alerting.thresholds.suggestions import Suggestion
from dash_kpi.kpis.calendar import Grain
from dash_kpi.kpis.definition import Unit
from dash_kpi.reporting.view import View

NOTHING = Backtest()
STATES = ("firing", "pending", "ok", "new", "failed", "paused", "off")  # those that need somebody first


@dataclass(frozen=True, slots=True)
class Choice:
    """A KPI that a threshold can be about."""

    name: str
    label: str
    unit: Unit
    grain: Grain  # the finest that it is known by
    has_target: bool = False


@dataclass(frozen=True, slots=True)
class Addressee:
    """A channel that messages can go to; `problem` says why it does not work now."""

    id: int
    name: str
    kind: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What can be chosen in the form."""

    kpis: tuple[Choice, ...] = ()
    dimensions: tuple[str, ...] = ()
    channels: tuple[Addressee, ...] = ()

    def unit(self, name: str) -> Unit:
        """Return the unit of a KPI."""
        return next((one.unit for one in self.kpis if one.name == name), "number")

    def label(self, name: str) -> str:
        """Return what people call a KPI."""
        return next((one.label for one in self.kpis if one.name == name), name)


@dataclass(frozen=True, slots=True)
class Edited:
    """A threshold in the form, as the values of its rule; a new one has no number, and may have no limit yet."""

    number: int | None
    version: int | None
    given: dict[str, object]
    sentence: str = ""


@dataclass(frozen=True, slots=True)
class Worded:
    """One version of a threshold, and what it says."""

    version: Version
    words: str


@dataclass(frozen=True, slots=True)
class History:
    """Every wording of a threshold, the newest first."""

    number: int
    sentence: str
    versions: tuple[Worded, ...]

    @property
    def newest(self) -> int:
        """The version that a change has to name."""
        return self.versions[0].version.number

    @property
    def is_removed(self) -> bool:
        """Tell whether the threshold is gone, and can be brought back."""
        return self.versions[0].version.rule is None


@dataclass(frozen=True, slots=True)
class Offer:
    """A threshold that nobody made yet, drawn from the history of a main KPI."""

    rule: Rule
    words: str
    suggestion: Suggestion


@dataclass(frozen=True, slots=True)
class ThresholdsPage:
    """What the address asks for: the list, the form, the versions of one, or the sentence why it is not there."""

    view: View
    now: datetime
    zone: tzinfo
    known: Known
    has_data: bool = True
    entries: tuple[Entry, ...] = ()
    offers: tuple[Offer, ...] = ()
    state: str = ""  # of which the list shows those alone
    kpi: str = ""
    edited: Edited | None = None
    history: History | None = None
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Mistake:
    """What is wrong with a rule: the field, such as "conditions.0.low", and the sentence."""

    field: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Tried:
    """What a draft would have done; with a mistake the history and the suggestions are there all the same."""

    rule: Rule | None
    label: str
    unit: Unit
    words: str = ""
    mistake: Mistake | None = None
    backtest: Backtest = NOTHING
    suggestions: tuple[Suggestion, ...] = ()
