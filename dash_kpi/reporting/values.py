"""What the pages, the command line and the API are given: plain values, nothing to compute any more.

A missing number is `None` and comes with the reason why it is missing.
"""

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from dash_kpi.kpis.definition import Direction as Direction
from dash_kpi.kpis.definition import Unit as Unit
from dash_kpi.kpis.targets import Status as Status
from dash_kpi.reporting.view import View


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
    difference: float | None = None  # the same change in the unit of the KPI
    change_reason: str | None = None  # why there is no change
    spark: tuple[float | None, ...] = ()  # the KPI by grain over the period
    sources: tuple[str, ...] = ()  # the files it came from
    note: str | None = None  # what a reader should know, e.g. a source that has no cost
    target: float | None = None  # what the value should come to, up to the end of the data
    status: Status | None = None  # whether it does
    decimals: int | None = None  # None: as the unit has them
    spark_grain: str = ""  # by which `spark` goes


@dataclass(frozen=True, slots=True)
class Restatement:
    """A period that was over and whose number a revision changed."""

    start: date
    revision: int
    before: float
    after: float | None


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
    restated: tuple[Restatement, ...] = ()  # lately
    decimals: int | None = None  # None: as the unit has them


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
    decimals: int | None = None  # None: as the unit has them


@dataclass(frozen=True, slots=True)
class Input:
    """What one measure comes to over the rows behind a number: a sum, or a mean."""

    name: str
    label: str
    unit: Unit
    aggregation: str
    value: float | None
    count: int  # values that there were


@dataclass(frozen=True, slots=True)
class BehindRow:
    """One row behind a number, and where it stands; `cells` are addresses, None where only the row is known."""

    file: str
    sheet: str | None
    row: int
    cells: tuple[str | None, ...]  # of each input
    day: date
    measures: tuple[float | None, ...]  # each input
    dimensions: tuple[str | None, ...]


@dataclass(frozen=True, slots=True)
class RowsBehind:
    """The rows behind one number, a page of them, and what they add up to."""

    workspace: str
    revision: int
    kpi: str
    label: str
    unit: Unit
    value: float | None  # the number, as cards and charts show it
    reason: str | None  # why there is none
    foot: float | None  # the KPI computed from what the rows add up to
    span: Span
    inputs: tuple[Input, ...]
    dimensions: tuple[str, ...]
    total: int
    page: int
    pages: int
    rows: tuple[BehindRow, ...]
    has_cells: bool = False
    before: Span | None = None  # what a KPI such as growth sets it against
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class RowsPage:
    """What the page of rows shows for a view; `behind` is None when there is no data at all."""

    revision: int
    view: View
    behind: RowsBehind | None = None
    kpis: tuple[tuple[str, str], ...] = ()  # name and label of each that can be chosen
    span: Span | None = None
    grain: str = "day"
    grains: tuple[str, ...] = ()
    dimensions: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


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
    view: View = field(default_factory=View)  # what links start from


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
    original: int | None = None  # the revision under which the content of its file is kept
    owner: str | None = None
    cadence: str | None = None  # in words; None where nobody waits for it
    due: date | None = None
    late_since: date | None = None
    file_id: int | None = None  # the reading by which the mapping editor knows the file
    family: str | None = None  # the same for all sources of a folder that have the same headings
    shared_rows: int = 0  # of `rows`: counted by another source


@dataclass(frozen=True, slots=True)
class OverlapRow:
    """Rows that two sources share: `other` counts them where they are counted once."""

    id: int
    source: str
    other: str
    rows: int
    counted: Literal["once", "both"]
    decision: str | None  # None: nobody has decided
    is_certain: bool  # they cannot be alike by chance


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
    is_held: bool = False  # it broke the contract of its source and waits for a decision


@dataclass(frozen=True, slots=True)
class RevisionRow:
    """One committed change of the data."""

    number: int
    created_at: str  # ISO, UTC
    summary: str
    actor: str | None = None  # who or what caused it
    file: str | None = None  # which was read
    has_original: bool = False  # its content is kept and can be downloaded


@dataclass(frozen=True, slots=True)
class KpiChange:
    """A KPI over one period at two revisions, where it differs. `change` is as on a card."""

    name: str
    label: str
    unit: Unit
    direction: Direction
    period: date  # its first day
    period_label: str
    before: float | None
    after: float | None
    change: float | None


@dataclass(frozen=True, slots=True)
class CellChange:
    """One value of a row, before and after; an added row has none before, a removed one none after."""

    column: str
    label: str  # as people call it
    before: float | str | date | None
    after: float | str | date | None
    address: str | None = None  # where the column is known


@dataclass(frozen=True, slots=True)
class RowChanged:
    """One row that differs: where it stands, or stood; what names it; and its values that differ."""

    row: int | None
    row_before: int | None
    name: tuple[tuple[str, str | date | None], ...]  # date and dimensions
    cells: tuple[CellChange, ...]


@dataclass(frozen=True, slots=True)
class SourceChange:
    """What differs in one source; of each kind the first rows, and how many there are."""

    file: str
    sheet: str | None
    status: Literal["new", "gone", "changed"]
    added: int
    removed: int
    altered: int
    added_rows: tuple[RowChanged, ...]
    removed_rows: tuple[RowChanged, ...]
    altered_rows: tuple[RowChanged, ...]


@dataclass(frozen=True, slots=True)
class Differences:
    """What differs between two revisions, and the revisions that made it so."""

    workspace: str
    before: int
    after: int
    grain: str
    kpis: tuple[KpiChange, ...] = ()
    sources: tuple[SourceChange, ...] = ()
    between: tuple[RevisionRow, ...] = ()


@dataclass(frozen=True, slots=True)
class RevisionsPage:
    """What the page of revisions shows: the list, or the difference that was asked for."""

    newest: int
    rows: tuple[RevisionRow, ...]
    page: int
    pages: int
    difference: Differences | None = None
    note: str | None = None  # what was asked for and is not there


@dataclass(frozen=True, slots=True)
class DataPage:
    """What the data page shows."""

    revision: int
    folders: tuple[str, ...]
    sources: tuple[SourceRow, ...] = ()
    ingests: tuple[IngestRow, ...] = field(default=())
    overlaps: tuple[OverlapRow, ...] = ()
    same_days: tuple[str, ...] = ()  # sources that are alike and share no row, in words
