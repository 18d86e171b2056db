"""Values as the services return them."""

from dataclasses import replace
from datetime import date

from dash_kpi.reporting.values import Breakdown, BreakdownRow, Card, Overview, Series, Span

REVENUE = Card(
    name="revenue",
    label="Revenue",
    unit="currency",
    direction="higher",
    value=1_243_567.0,
    reference=1_193_442.0,
    change=0.042,
    spark=(1.0, 3.0, None, 2.0),
    sources=("sales_2025.xlsx", "sales_2024.xlsx"),
)
CUSTOMERS = Card("customers", "Customers", "number", "higher", None, reason="No row has what it is computed from.")
SERIES = Series(
    name="revenue",
    label="Revenue",
    unit="currency",
    grain="month",
    periods=(date(2025, 1, 1), date(2025, 2, 1), date(2025, 3, 1), date(2025, 4, 1)),
    labels=("Jan 2025", "Feb 2025", "Mar 2025", "Apr 2025"),
    values=(10_000.0, None, 30_000.0, 4_000.0),
    comparison=(9_000.0, 8_000.0, 7_000.0),
    comparison_labels=("Jan 2024", "Feb 2024", "Mar 2024"),
    incomplete=frozenset({3}),
)
BREAKDOWN = Breakdown(
    dimension="sales_region",
    label="Revenue",
    unit="currency",
    direction="higher",
    rows=(
        BreakdownRow("North", 30_000.0, 0.75, 0.1),
        BreakdownRow("(blank)", 12_000.0, 0.3, None),
        BreakdownRow("East", -2_000.0, None, -0.2),
    ),
    others=5,
)
FULL = Overview(
    revision=12,
    span=Span(date(2025, 1, 1), date(2025, 4, 12), "1 Jan – 12 Apr 2025"),
    reference=Span(date(2024, 1, 1), date(2024, 4, 12), "1 Jan – 12 Apr 2024"),
    grain="month",
    grains=("month", "quarter", "year"),
    cards=(REVENUE, CUSTOMERS),
    series=SERIES,
    breakdown=BREAKDOWN,
    dimensions=("sales_region", "product"),
    notes=("Not in these numbers: web_shop.xlsx.",),
)
EMPTY = replace(
    FULL, span=None, reference=None, grains=(), cards=(), series=None, breakdown=None, dimensions=(), notes=()
)
