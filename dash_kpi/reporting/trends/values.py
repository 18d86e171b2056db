"""What the page Trends is given: panels, each a chart with what is to be said about it."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from dash_kpi.kpis.forecasting.outlook import Ending
from dash_kpi.kpis.statistics.anomalies import Kind
from dash_kpi.reporting.trends.view import TrendsView
from dash_kpi.reporting.values import Span, Unit


@dataclass(frozen=True, slots=True)
class Finding:
    """One unusual period, with what was expected of it and why it is called so."""

    start: date
    last: date  # its last day
    label: str
    kind: Kind
    value: float | None
    expected: float | None
    reason: str


@dataclass(frozen=True, slots=True)
class Said:
    """A sentence, and what it is about: "Trend", "Forecast"."""

    about: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart: `kind` is a row of the table of chart kinds, `values` what that kind takes (None: only words)."""

    name: str
    title: str
    kind: str
    values: Any = None
    said: tuple[Said, ...] = ()
    findings: tuple[Finding, ...] = ()
    width: Literal["whole", "half"] = "half"
    ending: Ending | None = None  # of a panel about a target


@dataclass(frozen=True, slots=True)
class Named:
    """A KPI that can be chosen."""

    name: str
    label: str
    unit: Unit
    decimals: int | None = None  # that a person chose


@dataclass(frozen=True, slots=True)
class TrendsPage:
    """Everything that the page shows for one view at one revision; without a span there is no data at all."""

    revision: int
    view: TrendsView
    span: Span | None = None
    grain: str = "day"
    grains: tuple[str, ...] = ()
    kpi: Named | None = None
    others: tuple[Named, ...] = ()
    kpis: tuple[Named, ...] = ()
    dimensions: tuple[str, ...] = ()
    dimension: str | None = None  # by which segments are cut
    panels: tuple[Panel, ...] = ()
    notes: tuple[str, ...] = field(default=())
