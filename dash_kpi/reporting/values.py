"""What the pages, the command line and the API are given: plain values, nothing to compute any more.

A missing number is `None` and comes with the reason why it is missing.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

Unit = Literal["currency", "number", "percent", "ratio"]
Direction = Literal["higher", "lower", "neutral"]  # which way is better


@dataclass(frozen=True, slots=True)
class Span:
    """A span of days, both ends included, with the words a person reads ("1 Jan – 31 Dec 2025")."""

    start: date
    end: date
    label: str


@dataclass(frozen=True, slots=True)
class Card:
    """One KPI over the period and beside the comparison. `change` is relative (0.042 = +4.2 %)."""

    name: str
    label: str
    unit: Unit
    direction: Direction
    value: float | None
    reason: str | None = None  # why there is no value
    reference: float | None = None
    change: float | None = None  # percentage KPIs: the difference, in points (0.012 = 1.2 points)
    change_reason: str | None = None  # why there is no change
    spark: tuple[float | None, ...] = ()  # the KPI by grain over the period
    sources: tuple[str, ...] = ()  # the files it came from
    note: str | None = None  # what a reader should know, e.g. a source that has no cost


@dataclass(frozen=True, slots=True)
class Series:
    """The chosen KPI over time; `comparison[i]` stands for the i-th period of the comparison span."""

    name: str
    label: str
    unit: Unit
    grain: str
    periods: tuple[date, ...]  # first day of each
    labels: tuple[str, ...]
    values: tuple[float | None, ...]
    comparison: tuple[float | None, ...] = ()
    comparison_labels: tuple[str, ...] = ()
    incomplete: frozenset[int] = frozenset()  # positions of periods that the span or the data cuts short


@dataclass(frozen=True, slots=True)
class BreakdownRow:
    """One value of the dimension: the KPI, its share of the total (additive KPIs only), its change."""

    label: str
    value: float | None
    share: float | None
    change: float | None


@dataclass(frozen=True, slots=True)
class Breakdown:
    """The chosen KPI by the values of one dimension, largest first, the rest summed up."""

    dimension: str
    label: str
    unit: Unit
    direction: Direction
    rows: tuple[BreakdownRow, ...]
    others: int = 0  # how many further values are not listed


@dataclass(frozen=True, slots=True)
class Overview:
    """Everything that the overview page shows for one view at one revision."""

    revision: int
    span: Span | None  # None: there is no data at all
    reference: Span | None
    grain: str
    grains: tuple[str, ...]  # those the data allows
    cards: tuple[Card, ...] = ()
    series: Series | None = None
    breakdown: Breakdown | None = None
    dimensions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Freshness:
    """The last thing read, for the bar: file, when, and how many rows it refused."""

    file: str | None
    at: str | None  # ISO, UTC
    rows_refused: int = 0
    problems: int = 0  # sources whose latest version could not be read or is held, or whose file is missing
    late: int = 0  # sources that have not brought what was due


@dataclass(frozen=True, slots=True)
class SourceWarning:
    """Something a person should know of a source; `cells` are addresses, the first of `count`."""

    code: str
    message: str
    cells: tuple[str, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True)
class SourceRow:
    """One source on the data page."""

    id: int
    file: str
    sheet: str | None
    status: Literal["ok", "missing", "refused", "held", "retired"]
    reason: str | None
    rows: int
    rows_refused: int
    first_day: date | None
    last_day: date | None
    grain: str | None
    measures: tuple[str, ...]
    dimensions: tuple[str, ...]
    warnings: tuple[SourceWarning, ...]
    read_at: str | None  # ISO, UTC
    revision: int | None
    owner: str | None = None
    cadence: str | None = None  # in words; None where nobody waits for it
    due: date | None = None
    late_since: date | None = None
    file_id: int | None = None  # the reading by which the mapping editor knows the file


@dataclass(frozen=True, slots=True)
class IngestRow:
    """One reading of one file, as the data page lists it."""

    id: int
    file: str
    status: Literal["queued", "running", "done", "refused"]
    phase: str
    percent: int
    reason: str | None
    outcome: str | None  # "loaded", "unchanged", "refused"
    created_at: str
    finished_at: str | None
    revision: int | None
    rows_loaded: int = 0
    rows_refused: int = 0
    left_out: tuple[str, ...] = ()  # why each sheet that is no source is none
    left_out_sheets: tuple[str, ...] = ()  # and how it is called


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One committed change of the data."""

    number: int
    created_at: str  # ISO, UTC
    summary: str


@dataclass(frozen=True, slots=True)
class DataPage:
    """What the data page shows."""

    revision: int
    folders: tuple[str, ...]
    sources: tuple[SourceRow, ...] = ()
    ingests: tuple[IngestRow, ...] = field(default=())
