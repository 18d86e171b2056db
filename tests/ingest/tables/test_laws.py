"""Laws of reading: whichever layout and notation a table is written in, it reads back to the same totals."""

import csv
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
from hypothesis import given, settings
from hypothesis import strategies as st

from dash_kpi.ingest.reader import read_file
from dash_kpi.ingest.reading import TableReading

Sales = Mapping[tuple[str, date], Decimal]

REGIONS = ("North", "South", "East", "Köln")
ENGLISH = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
FRENCH = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()  # noqa: SIM905
MONTHS: dict[str, Callable[[date], Any]] = {
    "date cell": lambda day: day,
    "Jan 2024": lambda day: f"{ENGLISH[day.month - 1]} {day.year}",
    "Jan-24": lambda day: f"{ENGLISH[day.month - 1]}-{day.year % 100:02}",
    "janvier 2024": lambda day: f"{FRENCH[day.month - 1]} {day.year}",
    "2024-01": lambda day: f"{day.year}-{day.month:02}",
    "01/2024": lambda day: f"{day.month:02}/{day.year}",
}
NUMBERS: dict[str, Callable[[Decimal], Any]] = {
    "number cell": float,
    "$1,234.50": lambda value: f"${value:,.2f}",
    "1.234,50 €": lambda value: f"{value:,.2f} €".translate(str.maketrans(",.", ".,")),
    "R$ 1.234,50": lambda value: f"R$\u00a0{value:,.2f}".translate(str.maketrans(",.", ".,")),
    "1 234,50": lambda value: f"{value:,.2f}".translate(str.maketrans(",.", "\u00a0,")),
}


@dataclass(frozen=True)
class Written:
    """How a table is written: what stands around it, and how its months and numbers look."""

    month: Callable[[date], Any]
    number: Callable[[Decimal], Any]
    has_title: bool
    has_totals: bool
    top: int
    left: int
    has_note: bool
    is_csv: bool

    def cell(self, value: Decimal | None) -> Any:
        return None if value is None else self.number(value)


def in_rows(sales: Sales, how: Written) -> list[list[Any]]:
    rows = [["Region", "Month", "Sales"]]
    rows += [[region, how.month(month), how.cell(value)] for (region, month), value in sales.items()]
    return [*rows, ["Total", None, how.cell(sum(sales.values(), Decimal()))]] if how.has_totals else rows


def months_across(sales: Sales, how: Written) -> list[list[Any]]:
    months = sorted({month for _, month in sales})
    rows: list[list[Any]] = [["Region", *map(how.month, months)]]
    for region in dict.fromkeys(region for region, _ in sales):
        rows.append([region, *(how.cell(sales.get((region, month))) for month in months)])
    if how.has_totals:
        sums = [sum((value for (_, at), value in sales.items() if at == month), Decimal()) for month in months]
        rows.append(["Grand total", *map(how.cell, sums)])
    return rows


def years_over_months(sales: Sales, how: Written) -> list[list[Any]]:
    months = sorted({month for _, month in sales})
    years = [month.year if at == 0 or months[at - 1].year != month.year else None for at, month in enumerate(months)]
    rows: list[list[Any]] = [[None, *years], ["Region", *(ENGLISH[month.month - 1] for month in months)]]
    return rows + months_across(sales, how)[1:]


def regions_across(sales: Sales, how: Written) -> list[list[Any]]:
    regions = list(dict.fromkeys(region for region, _ in sales))
    rows: list[list[Any]] = [["Month", *regions, "Total"]]
    for month in sorted({month for _, month in sales}):
        values = [sales.get((region, month)) for region in regions]
        total = sum((value for value in values if value is not None), Decimal())
        rows.append([how.month(month), *map(how.cell, values), how.cell(total)])
    return rows


def outline(sales: Sales, how: Written) -> list[list[Any]]:
    """Every region above its months, as a pivot table in outline form."""
    rows: list[list[Any]] = [["Region", "Month", "Sales"]]
    for region in dict.fromkeys(region for region, _ in sales):
        own = {month: value for (name, month), value in sales.items() if name == region}
        rows.append([region, None, how.cell(sum(own.values(), Decimal()))])
        rows += [[None, how.month(month), how.cell(value)] for month, value in own.items()]
    return rows


def sales_and_units(sales: Sales, how: Written) -> list[list[Any]]:
    """Two measures below every month."""
    months = sorted({month for _, month in sales})
    rows: list[list[Any]] = [
        [None, *(cell for month in months for cell in (how.month(month), None))],
        ["Region", *(["Sales", "Units"] * len(months))],
    ]
    for region in dict.fromkeys(region for region, _ in sales):
        rows.append([region, *(cell for month in months for cell in (how.cell(sales.get((region, month))), 7))])
    return rows


def sections(sales: Sales, how: Written) -> list[list[Any]]:
    """A line that names each region above its sales and units, months across."""
    months = sorted({month for _, month in sales})
    rows: list[list[Any]] = [["KPI", *map(how.month, months)]]
    for region in dict.fromkeys(region for region, _ in sales):
        rows += [
            [region],
            ["Sales", *(how.cell(sales.get((region, month))) for month in months)],
            ["Units", *[7] * len(months)],
        ]
    return rows


LAYOUTS = (in_rows, months_across, years_over_months, regions_across, outline, sales_and_units, sections)


@st.composite
def tables(draw: st.DrawFn) -> Sales:
    """A table without gaps at its ends: two regions and three months at least."""
    regions = draw(st.lists(st.sampled_from(REGIONS), min_size=2, max_size=4, unique=True))
    first = draw(st.integers(0, 30))
    months = [date(2022 + at // 12, at % 12 + 1, 1) for at in range(first, first + draw(st.integers(3, 8)))]
    # Thousands, so that some digit of a sum shows the notation; no value twice, so that none sums others by chance.
    count = len(regions) * len(months)
    cents = draw(st.lists(st.integers(100_001, 9_999_999), min_size=count, max_size=count, unique=True))
    return {
        (region, month): Decimal(cents[at * len(months) + place]) / 100
        for at, region in enumerate(regions)
        for place, month in enumerate(months)
    }


written = st.builds(
    Written,
    month=st.sampled_from(list(MONTHS.values())),
    number=st.sampled_from(list(NUMBERS.values())),
    has_title=st.booleans(),
    has_totals=st.booleans(),
    top=st.integers(0, 3),
    left=st.integers(0, 3),
    has_note=st.booleans(),
    is_csv=st.booleans(),
)


def reading_of(rows: list[list[Any]], how: Written) -> list[TableReading]:
    body = [["Sales by region"], [], *rows] if how.has_title else rows
    body = [*body, [], ["Source: the ledger"]] if how.has_note else body
    placed = [[]] * how.top + [[None] * how.left + row for row in body]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "book.csv" if how.is_csv else "book.xlsx")
        (save_csv if how.is_csv else save_workbook)(placed, path)
        return list(read_file(path, Path(folder), lambda *_: None).tables)


def save_workbook(rows: list[list[Any]], path: Path) -> None:
    book = openpyxl.Workbook()
    for row, cells in enumerate(rows, start=1):
        for column, cell in enumerate(cells, start=1):
            book.worksheets[0].cell(row, column, cell)
    book.save(path)


def save_csv(rows: list[list[Any]], path: Path) -> None:
    width = max(map(len, rows))
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([*row, *[None] * (width - len(row))] for row in rows)


@settings(max_examples=60, deadline=None)
@given(sales=tables(), how=written, layout=st.sampled_from(LAYOUTS))
def test_a_table_reads_back_to_its_totals_in_every_layout_and_notation(
    sales: Sales, how: Written, layout: Callable[[Sales, Written], list[list[Any]]]
) -> None:
    (table,) = reading_of(layout(sales, how), how)

    total = float(sum(sales.values()))
    months = {f"{month:%Y-%m}": float(sum(v for (_, at), v in sales.items() if at == month)) for _, month in sales}
    by_month: dict[str, float] = {}
    for day, measure, value, _ in table.daily:
        if measure == "revenue":
            by_month[day[:7]] = by_month.get(day[:7], 0.0) + value
    assert round(table.measures["revenue"].total or 0, 2) == round(total, 2)
    assert {month: round(value, 2) for month, value in by_month.items()} == {m: round(v, 2) for m, v in months.items()}
    assert (table.rows_loaded, table.rows_refused) == (len(sales), 0)
