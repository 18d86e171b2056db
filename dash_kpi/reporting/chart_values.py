"""What charts show: services fill these values, `dash_kpi.ui.charts` draws, describes and tabulates them.

A missing value is None. Sequences of one object have one length, unless it says otherwise.
"""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from dash_kpi.kpis.periods import Grain
from dash_kpi.reporting.values import Direction, Unit

Values = tuple[float | None, ...]
Style = Literal["line", "area", "bar"]
Cell = str | float | None


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a column; with a unit, its cells are numbers of that unit, else they are texts."""

    label: str
    unit: Unit | None = None


@dataclass(frozen=True, slots=True)
class ChartTable:
    """The numbers of a chart as they are, for "as table" and for CSV."""

    caption: str
    heads: tuple[Head, ...]
    rows: tuple[tuple[Cell, ...], ...]


@dataclass(frozen=True, slots=True)
class Line:
    """One KPI, or one segment of it, by period."""

    label: str
    grain: Grain
    starts: tuple[date, ...]  # the first day of each period
    labels: tuple[str, ...]
    values: Values
    unit: Unit
    incomplete: frozenset[int] = frozenset()  # positions of periods that the span or the data cuts short


@dataclass(frozen=True, slots=True)
class Average:
    """The moving average of a line over some periods, by period of the line; smoothed, one that forgets gradually."""

    periods: int
    values: Values
    is_smoothed: bool = False

    def named(self, grain: str) -> str:
        """Return what people call it."""
        return "Exponential smoothing" if self.is_smoothed else f"{self.periods}-{grain} average"


@dataclass(frozen=True, slots=True)
class Band:
    """An interval around a forecast; `level` in percent: 80, 95."""

    level: int
    low: Values
    high: Values


@dataclass(frozen=True, slots=True)
class Expected:
    """A forecast: the periods after the line, with bands of the same length."""

    starts: tuple[date, ...]
    labels: tuple[str, ...]
    values: Values
    bands: tuple[Band, ...] = ()


@dataclass(frozen=True, slots=True)
class Mark:
    """Something about one period of a line, such as an anomaly or a change of level, in words."""

    start: date
    text: str


@dataclass(frozen=True, slots=True)
class Limit:
    """A level to hold or to reach: "Target", "Threshold"."""

    label: str
    value: float


@dataclass(frozen=True, slots=True)
class Layers:
    """What may be laid over a line; each is optional."""

    averages: tuple[Average, ...] = ()
    regression: Values = ()  # the fitted line, by period
    expected: Expected | None = None
    anomalies: tuple[Mark, ...] = ()
    changes: tuple[Mark, ...] = ()  # the first period at a new level
    limits: tuple[Limit, ...] = ()
    comparison: Values = ()  # the i-th stands for the i-th period of the comparison span
    comparison_labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TimeSeries:
    """A KPI over time with its layers."""

    line: Line
    layers: Layers = Layers()
    style: Style = "line"


@dataclass(frozen=True, slots=True)
class Together:
    """Several KPIs, or several segments of one, over the same periods."""

    label: str
    lines: tuple[Line, ...]
    is_indexed: bool = False  # 100 at the first value that is not zero; without asking where there are over two units
    style: Literal["line", "bar"] = "line"


@dataclass(frozen=True, slots=True)
class Histogram:
    """How often a KPI had which value: the i-th count lies between the i-th edge and the next."""

    label: str
    unit: Unit
    edges: tuple[float, ...]
    counts: tuple[int, ...]
    median: float | None = None
    period: str = "day"  # what is counted


@dataclass(frozen=True, slots=True)
class Box:
    """The values of one period: whiskers, quartiles, and the values outside the whiskers."""

    label: str
    low: float
    lower_quartile: float
    median: float
    upper_quartile: float
    high: float
    outliers: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class Boxes:
    """How the values of a KPI spread, by period."""

    label: str
    unit: Unit
    boxes: tuple[Box, ...]


@dataclass(frozen=True, slots=True)
class Progress:
    """A KPI against its target; `expected` is where it will end, as far as anybody can say."""

    label: str
    unit: Unit
    value: float | None
    target: float | None
    direction: Direction = "higher"
    expected: float | None = None
    reference: float | None = None
    reference_label: str = "Comparison"


@dataclass(frozen=True, slots=True)
class Matrix:
    """A KPI by two things, such as weekday × week: `values[row][column]`; put the shorter list into the columns.

    With a middle, colours tell what lies above from what lies below.
    """

    label: str
    unit: Unit
    row_label: str
    column_label: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    values: tuple[Values, ...]
    middle: float | None = None


@dataclass(frozen=True, slots=True)
class Correlations:
    """Every KPI with every other: square, -1 to 1, None where there is nothing to say; `periods` they rest on."""

    labels: tuple[str, ...]
    values: tuple[Values, ...]
    periods: int


@dataclass(frozen=True, slots=True)
class Point:
    """One period of two KPIs."""

    label: str
    x: float | None
    y: float | None


@dataclass(frozen=True, slots=True)
class Pairs:
    """Two KPIs, a point for each period, oldest first; a regression is slope and intercept."""

    x_label: str
    x_unit: Unit
    y_label: str
    y_unit: Unit
    points: tuple[Point, ...]
    regression: tuple[float, float] | None = None
    correlation: float | None = None


@dataclass(frozen=True, slots=True)
class Multiples:
    """One KPI by the values of a dimension, each in a small chart of its own."""

    label: str
    dimension: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """A season: by weekday, month or quarter the usual level as a multiple of the average (1.12 is 112 %)."""

    label: str
    season: str  # "weekday", "month"
    names: tuple[str, ...]
    levels: Values


@dataclass(frozen=True, slots=True)
class Step:
    """What a name adds, or takes away."""

    name: str
    size: float


@dataclass(frozen=True, slots=True)
class Waterfall:
    """From one value of a KPI, step by step, to another; the steps add up to the difference."""

    label: str
    unit: Unit
    direction: Direction
    before: Step
    steps: tuple[Step, ...]
    after: Step
