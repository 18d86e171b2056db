"""Values of every kind of chart: usual ones, and those that have little or nothing to show."""
# ruff: noqa: E501  one example is one line

from dataclasses import replace
from datetime import date, timedelta
from math import sin

from dash_kpi.reporting.chart_values import (
    Average,
    Band,
    Box,
    Boxes,
    Correlations,
    Expected,
    Histogram,
    Layers,
    Limit,
    Line,
    Mark,
    Matrix,
    Multiples,
    Pairs,
    Point,
    Profile,
    Progress,
    Step,
    TimeSeries,
    Together,
    Waterfall,
)


def line(days=60, label="Revenue", unit="currency", grain="day", values=None, first=date(2024, 1, 1)):
    step = {"day": 1, "week": 7}.get(grain, 30)
    starts = tuple(first + timedelta(days=step * at) for at in range(days))
    values = values or tuple(12_345.678901 + 2_000 * sin(at / 3.0) + at * 7.123456 for at in range(days))
    return Line(label, grain, starts, tuple(f"{day:%d %b %Y}" for day in starts), values, unit)


def layers(of, ahead=30):
    first, many = of.starts[-1] + timedelta(days=1), len(of.starts)
    starts = tuple(first + timedelta(days=at) for at in range(ahead))
    middle = tuple(16_000.0 + at * 3.3 for at in range(ahead))
    bands = tuple(
        Band(level, tuple(m - level * 20 for m in middle), tuple(m + level * 20 for m in middle)) for level in (80, 95)
    )
    return Layers(
        averages=tuple(Average(n, tuple(v and v * (1 + n / 1000) for v in of.values)) for n in (7, 14, 30)),
        regression=tuple(12_345.6789 + at * 7.1 for at in range(many)),
        expected=Expected(starts, tuple(f"{day:%d %b %Y}" for day in starts), middle, bands),
        anomalies=(Mark(of.starts[many // 3], "3.4 times the usual distance below a usual <Monday>"),),
        changes=(Mark(of.starts[many // 2], "a new level %{x} <b>, about 12 % higher"),),
        limits=(Limit("Target", 15_000.0), Limit("Threshold", 11_000.0)),
        comparison=tuple(v and v * 0.9 for v in of.values),
        comparison_labels=tuple(f"{day - timedelta(days=365):%d %b %Y}" for day in of.starts),
    )


PLAIN = line()
CUT = replace(PLAIN, values=(*PLAIN.values[:20], None, None, *PLAIN.values[22:]), incomplete=frozenset({59}))
ONE = line(1)
NONE = line(5, values=(None,) * 5)
NOTHING = replace(PLAIN, starts=(), labels=(), values=())
MARGIN = replace(PLAIN, label="Margin", unit="percent", values=tuple(0.3 + 0.05 * sin(at / 5) for at in range(60)))
TWENTY_YEARS = line(7_305)
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
YEARS = ("2022", "2023", "2024", "2025")
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
BY_MONTH = Matrix(
    "Revenue", "currency", "month", "year", MONTHS, YEARS,
    tuple(tuple(None if at > 9 and year == 3 else 50_000.0 * (1 + sin(at / 2) / 3 + year / 5) for year in range(4)) for at in range(12)),
)  # fmt: skip
BY_WEEK = Matrix(
    "Margin", "percent", "weekday", "week", WEEKDAYS, tuple(f"W{at + 1}" for at in range(53)),
    tuple(tuple(None if (at + week) % 29 == 0 else 0.3 + 0.1 * sin(week / 8 + at) for week in range(53)) for at in range(7)),
    middle=0.3,
)  # fmt: skip
NAMES = ("Revenue", "COGS", "Profit", "Profit margin", "Units", "Efficiency ratio")
CORRELATIONS = Correlations(
    NAMES,
    tuple(tuple(1.0 if a == b else None if a + b == 3 else sin(a * b + 1) for b in range(6)) for a in range(6)),
    24,
)
POINTS = tuple(Point(label, x, y) for label, x, y in zip(PLAIN.labels, PLAIN.values, MARGIN.values, strict=True))
PAIRS = Pairs("Revenue", "currency", "Margin", "percent", (*POINTS, Point("no", None, 1.0)), (1e-6, 0.29), 0.42)
BOXES = Boxes(
    "Revenue", "currency",
    tuple(Box(f"{name} 2025", 100 + at, 200 + 6 * at, 250 + 9 * at, 300 + 11 * at, 440, (600.0, 40.0 + at)) for at, name in enumerate(MONTHS)),
)  # fmt: skip
REGIONS = tuple(replace(PLAIN, label=name, values=tuple(v * (1 + at / 4) for v in PLAIN.values if v))
                for at, name in enumerate(("North", "South & Islands", "East", "West", "A very long name of a region indeed", "Other")))  # fmt: skip

EXAMPLES = [
    ("waterfall", Waterfall("Revenue", "currency", "higher", Step("Before", 100.0), (Step("North & <South>", 20.0), Step("East", -45.5)), Step("After", 74.5))),
    ("waterfall", Waterfall("Margin", "percent", "neutral", Step("Before", 0.0), (), Step("After", 0.0))),
    ("time_series", TimeSeries(PLAIN)),
    ("time_series", TimeSeries(CUT, layers(CUT))),
    ("time_series", TimeSeries(CUT, style="area")),
    ("time_series", TimeSeries(replace(line(14, grain="month"), incomplete=frozenset({13})), style="bar")),
    *(("time_series", TimeSeries(one, style=style)) for one in (ONE, NONE, NOTHING) for style in ("line", "area", "bar")),
    ("time_series", TimeSeries(TWENTY_YEARS, layers(TWENTY_YEARS))),
    ("together", Together("Revenue and margin", (PLAIN, MARGIN))),
    ("together", Together("Indexed", (PLAIN, MARGIN), is_indexed=True)),
    ("together", Together("Three units", (PLAIN, MARGIN, line(label="Ratio", unit="ratio")))),
    ("together", Together("Revenue by region", tuple(replace(one, starts=one.starts[:5], labels=one.labels[:5], values=one.values[:5]) for one in REGIONS[:5]), style="bar")),
    ("together", Together("One", (ONE, NONE))),
    ("together", Together("Nothing", ())),
    ("together", Together("Empty", (NOTHING,))),
    ("together", Together("Long", (TWENTY_YEARS,))),
    ("histogram", Histogram("Revenue", "currency", tuple(1_000.0 * at for at in range(11)), (1, 4, 9, 20, 31, 22, 14, 6, 0, 1), 4_600.0)),
    ("histogram", Histogram("Revenue", "currency", (5.0, 5.0), (1,), 5.0)),
    ("histogram", Histogram("Revenue", "currency", (), ())),
    ("boxes", BOXES),
    ("boxes", Boxes("Revenue", "percent", BOXES.boxes[:1])),
    ("boxes", Boxes("Revenue", "currency", ())),
    *((kind, Progress(*args)) for kind in ("bullet", "gauge") for args in (
        ("Revenue", "currency", 82_000.0, 100_000.0, "higher", 97_000.0, 90_000.0, "Last year"),
        ("Margin", "percent", -0.1, 0.2),
        ("Revenue", "currency", 5.0, None),
        ("Revenue", "currency", 0.0, 0.0),
        ("Revenue", "currency", None, 10.0),
        ("Revenue", "currency", None, None),
    )),
    ("heatmap", BY_MONTH),
    ("heatmap", BY_WEEK),
    ("heatmap", replace(BY_MONTH, rows=("Jan",), columns=("2025",), values=((-3.0,),))),
    ("heatmap", replace(BY_MONTH, rows=("Jan",), columns=("2025",), values=((None,),))),
    ("heatmap", replace(BY_MONTH, rows=(), columns=(), values=())),
    ("correlation", CORRELATIONS),
    ("correlation", Correlations(("Revenue",), ((1.0,),), 3)),
    ("correlation", Correlations((), (), 0)),
    ("scatter", PAIRS),
    ("scatter", replace(PAIRS, points=POINTS[:1], correlation=None)),
    ("scatter", replace(PAIRS, points=())),
    ("multiples", Multiples("Revenue", "region", REGIONS)),
    ("multiples", Multiples("Revenue", "region", (ONE,))),
    ("multiples", Multiples("Revenue", "region", (TWENTY_YEARS,) * 6)),
    ("multiples", Multiples("Revenue", "region", (NONE,))),
    ("multiples", Multiples("Revenue", "region", ())),
    ("profile", Profile("Revenue", "weekday", WEEKDAYS, (1.1, 1.05, 1.0, 0.98, 1.2, 0.7, None))),
    ("profile", Profile("Revenue", "month", MONTHS, tuple(1 + sin(at) / 4 for at in range(12)))),
    ("profile", Profile("Revenue", "quarter", ("Q1",), (1.0,))),
    ("profile", Profile("Revenue", "month", (), ())),
]  # fmt: skip
