"""Every layout that docs/reading.md names: a workbook in it, and what comes out."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from dash_kpi.errors import Refused
from dash_kpi.ingest.reading import TableReading
from tests.ingest.conftest import Read

Rows = Sequence[Sequence[Any]]
JAN, FEB, MAR = (date(2024, month, 1) for month in (1, 2, 3))


@dataclass(frozen=True)
class Case:
    """A sheet, and what reading gives: layout, grain, totals of measures, counts of dimension values, warnings."""

    rows: Rows
    layout: str = "rows"
    grain: str = "month"
    totals: dict[str, float] = field(default_factory=dict)
    dimensions: dict[str, int] = field(default_factory=dict)
    warnings: set[str] = field(default_factory=set)
    days: tuple[str, str] | None = None
    merged: Sequence[str] = ()
    sheet: str = "Sheet1"
    file: str = "book"


CASES = {
    "title and blank rows above, blank columns to the left": Case(
        [["Sales report"], [], [None, None, "Date", "Sales"], [None, None, JAN, 5], [None, None, FEB, 6]],
        totals={"revenue": 11},
    ),
    "two rows of headings": Case(
        [["Order", None, "Amounts", None], ["Date", "Region", "Revenue", "Cost"], [JAN, "N", 5, 2], [FEB, "S", 6, 3]],
        merged=["A1:B1", "C1:D1"],
        totals={"revenue": 11, "cogs": 5, "profit": 6},
        dimensions={"Region": 2},
    ),
    "headings that only their group tells apart": Case(
        [
            ["Date", "Web", None, "Shop", None], [None, "Orders", "Visits", "Orders", "Visits"], [JAN, 5, 2, 3, 4],
            [FEB, 6, 3, 1, 2],
        ],
        merged=["B1:C1", "D1:E1"],
        totals={"orders": 11, "web_visits": 5, "shop_orders": 4, "shop_visits": 6},
    ),
    "units, subtotals, a total, a footnote": Case(
        [
            ["Date", "Region", "Revenue"], [None, None, "EUR"], [JAN, "N", 5], [FEB, "N", 6], [None, "Subtotal N", 11],
            [FEB, "S", 6], [None, "Grand total", 17], [], ["Source: the ledger"],
        ],
        totals={"revenue": 17},
        dimensions={"Region": 2},
        warnings={"unit_row", "total_row_left_out"},
    ),
    "a total without a word": Case(
        [["Date", "Region", "Sales"], [JAN, "N", 5], [FEB, "S", 6], [None, None, 11]],
        totals={"revenue": 11},
        warnings={"total_row_left_out"},
    ),
    "headings repeated on every page": Case(
        [["Date", "Region", "Sales"], [JAN, "N", 5], ["Date", "Region", "Sales"], [FEB, "S", 6]],
        totals={"revenue": 11},
        warnings={"repeated_header"},
    ),
    "years among their quarters": Case(
        [["Period", "Revenue"], ["2023", 100], ["Q1 2023", 20], ["Q2 2023", 30], ["Q3 2023", 20], ["Q4 2023", 30]],
        grain="quarter",
        totals={"revenue": 100},
        warnings={"total_row_left_out"},
    ),
    "a date only in the first row of its group": Case(
        [["Date", "Product", "Sales"], [JAN, "A", 5], [None, "B", 6], [FEB, "A", 7], [None, "B", 8], [None, "C", 8]],
        totals={"revenue": 34},
        warnings={"filled_down"},
    ),
    "merged dates": Case(
        [["Date", "Product", "Sales"], [JAN, "A", 5], [None, "B", 6], [FEB, "A", 7], [None, "B", 8]],
        merged=["A2:A3", "A4:A5"],
        totals={"revenue": 26},
    ),
    "blank rows inside": Case([["Date", "Sales"], [JAN, 5], [], [FEB, 6], [], [MAR, 7]], totals={"revenue": 18}),
    "months across, the year in the title": Case(
        [
            ["Sales by region 2024"], [], ["Region", "Jan", "Feb", "Mar", "Total"], ["North", 1, 2, 3, 6],
            ["South", 4, 5, 6, 15], ["Total", 5, 7, 9, 21],
        ],
        "months_across",
        totals={"revenue": 21},
        dimensions={"Region": 2},
        days=("2024-01-01", "2024-03-01"),
        warnings={"column_left_out", "total_row_left_out"},
    ),
    "date cells across, labels filled down, a total": Case(
        [
            ["Region", "Product", JAN, FEB], ["North", "A", 1, 2], [None, "B", 4, 5], ["South", "A", 7, 8],
            ["Total", None, 12, 15],
        ],
        "months_across",
        totals={"revenue": 27},
        dimensions={"Region": 2, "Product": 2},
        warnings={"total_row_left_out", "unnamed_measure"},
    ),
    "years across": Case(
        [["Umsatz nach Filiale"], ["Filiale", 2021, 2022], ["Ulm", 1, 2], ["Köln", 4, 5]],
        "months_across", "year", {"revenue": 12}, {"Filiale": 2},
    ),
    "quarters under their years": Case(
        [["Region", 2023, None, 2024, None], [None, "Q1", "Q2", "Q1", "Q2"], ["N", 1, 2, 3, 4], ["S", 5, 6, 7, 8]],
        "months_across", "quarter", {"revenue": 36}, {"Region": 2},
        merged=["A1:A2", "B1:C1", "D1:E1"], days=("2023-01-01", "2024-04-01"), warnings={"unnamed_measure"},
    ),
    "blocks of years side by side": Case(
        [["Sales"], ["Store", "2022", None, "2023", None], [None, "Jan", "Feb", "Jan", "Feb"], ["A", 1, 2, 3, 4]],
        "months_across", totals={"revenue": 10}, days=("2022-01-01", "2023-02-01"),
    ),
    "a year, a quarter, and measures below": Case(
        [
            ["", 2023, None, None, None], ["", "Q1", None, "Q2", None], ["Store", "Revenue", "Cost", "Revenue", "Cost"],
            ["A", 10, 5, 20, 8], ["B", 30, 9, 40, 11],
        ],
        "months_across", "quarter", {"revenue": 100, "cogs": 33, "profit": 67}, {"Store": 2},
        merged=["B1:E1", "B2:C2", "D2:E2"],
    ),
    "2023 / Q1 / North": Case(
        [
            ["Sales"], ["Product", 2023, None, None, None], [None, "Q1", None, "Q2", None],
            [None, "North", "South", "North", "South"], ["A", 1, 2, 3, 4],
        ],
        "months_across", "quarter", {"revenue": 10}, {"Product": 1, "Group": 2}, merged=["B2:E2", "B3:C3", "D3:E3"],
    ),
    "actual and budget": Case(
        [
            ["Region", "Jan 2024", None, "Feb 2024", None], [None, "Actual", "Budget", "Actual", "Budget"],
            ["N", 5, 6, 7, 8],
        ],
        "months_across", totals={"revenue": 12, "budget": 14}, merged=["B1:C1", "D1:E1"], warnings={"unnamed_measure"},
    ),
    "weeks across": Case(
        [["Umsatz 2024"], ["Filiale", "KW 1", "KW 2"], ["A", 1, 2], ["B", 4, 5]],
        "months_across", "week", {"revenue": 12},
    ),
    "days across": Case(
        [["Sales"], ["Store", date(2024, 3, 1), date(2024, 3, 2), date(2024, 3, 3)], ["A", 1, 2, 3]],
        "months_across", "day", {"revenue": 6},
    ),
    "a measure beside its years": Case(
        [["Product", "Sales 2023", "Sales 2024", "Growth %"], ["A", 5, 6, 0.2], ["B", 7, 8, 0.1]],
        "months_across", "year", {"revenue": 26}, warnings={"column_left_out"},
    ),
    "measures of one year": Case(
        [["Product", "Sales 2024", "Units 2024"], ["A", 5, 6], ["B", 7, 8]],
        "months_across", "year", {"revenue": 12, "units": 14}, days=("2024-01-01", "2024-01-01"),
    ),
    "columns that only sound like periods, beside a date": Case(
        [["Date", "Q1", "Q2", "May"], *[[date(2024, 1, day), day, 2 * day, 3] for day in range(1, 5)]],
        grain="day", totals={"q1": 10, "q2": 20, "may": 12},
    ),
    "a quarter among its months": Case(
        [["Sales"], ["Region", "Jan 2024", "Feb 2024", "Mar 2024", "Q1 2024"], ["N", 1, 2, 4, 7], ["S", 1, 2, 4, 7]],
        "months_across", totals={"revenue": 14}, warnings={"column_left_out"},
    ),
    "years down, months across": Case(
        [["Sales"], ["Year", "Region", "Jan", "Feb"], [2022, "N", 1, 2], [2022, "S", 4, 5], [2023, "N", 7, 8]],
        "months_across", totals={"revenue": 27}, dimensions={"Region": 2}, days=("2022-01-01", "2023-02-01"),
    ),
    "months down, years across": Case(
        [["Sales"], ["Month", 2022, 2023], ["Jan", 1, 10], ["Feb", 2, 20], ["Total", 3, 30]],
        "months_across", totals={"revenue": 33}, days=("2022-01-01", "2023-02-01"), warnings={"total_row_left_out"},
    ),
    "rows of headings that name groups": Case(
        [
            ["Sales 2024"], ["Item", "Jan", "Feb"], ["North"], ["A", 1, 2], ["B", 3, 4], ["South"], ["A", 5, 6],
            ["B", 7, 8],
        ],
        "months_across", totals={"revenue": 36}, dimensions={"Item": 2, "Section": 2}, warnings={"note_row_left_out"},
    ),
    "a region above its towns": Case(
        [
            ["Revenue"], ["Area", "Jan 2024", "Feb 2024", "Mar 2024"], ["All", 660.5, 772.25, 881.75],
            ["North", 330.25, 341.5, 352.25], ["Oslo", 110.25, 121.5, 132.25], ["Bergen", 220, 220, 220],
            ["South", 330.25, 430.75, 529.5], ["Rom", 130.25, 130.75, 129.5], ["Pisa", 200, 300, 400],
        ],
        "months_across", totals={"revenue": 2314.5}, dimensions={"Area": 4}, warnings={"total_row_left_out"},
    ),
    "a product that is called a total": Case(
        [["Sales"], ["Product", "Jan 2024", "Feb 2024"], ["Total Quartz", 1, 2], ["Shell", 3, 4]],
        "months_across", totals={"revenue": 10}, warnings={"maybe_total_row"},
    ),
    "written numbers, placeholders, errors": Case(
        [
            ["Umsatz 2024"], ["Filiale", "Jan", "Feb"], ["A", "1.234,50 €", "2.000,00 €"], ["B", "n/a", "5,00 €"],
            ["C", 7, "#REF!"],
        ],
        "months_across", totals={"revenue": 3246.5}, warnings={"placeholder", "error_cell"},
    ),
    "an income statement": Case(
        [
            ["Income statement 2024"], [], ["", "Jan", "Feb"], ["Revenue", 100, 110], ["Cost of sales", 40, 44],
            ["Gross profit", 60, 66], ["Operating expenses"], ["Rent", 10, 10], ["Salaries", 20, 20],
            ["Total expenses", 30, 30], ["Net profit", 30, 36], ["Source: ledger"],
        ],
        "statement",
        totals={
            "revenue": 210, "cogs": 84, "profit": 126, "rent": 20, "salaries": 40, "expenses": 60, "net_profit": 66,
        },
        warnings={"note_row_left_out"},
    ),
    "measures down the side of every region": Case(
        [
            ["Region", "Measure", "Jan 2024", "Feb 2024"], ["North", "Revenue", 10, 20], ["North", "Cost", 5, 8],
            ["South", "Revenue", 30, 40], ["South", "Cost", 15, 20],
        ],
        "statement", totals={"revenue": 100, "cogs": 48, "profit": 52}, dimensions={"Region": 2},
    ),
    "KPIs down the side with their units": Case(
        [["KPI", "Unit", "Jan 2024", "Feb 2024"], ["Revenue", "EUR", 100, 110], ["Orders", "#", 10, 12]],
        "statement", totals={"revenue": 210, "orders": 22},
    ),
    "managers across, proven by their total": Case(
        [["Date", "Anna", "Ben", "Total"], *[[date(2024, 1, day), day, 2 * day, 3 * day] for day in range(1, 5)]],
        "values_across", "day", {"revenue": 30}, {"Group": 2}, {"column_left_out", "unnamed_measure"},
    ),
    "managers across, told by the title": Case(
        [["Sales by manager"], [], ["Date", "Anna", "Ben"], *[[date(2024, 1, d), d, 2 * d] for d in range(1, 5)]],
        "values_across", "day", {"revenue": 30}, {"Manager": 2},
    ),
    "other metrics side by side stay what they are": Case(
        [["Date", "Visits", "Leads"], *[[date(2024, 1, day), day, 2 * day] for day in range(1, 5)]],
        grain="day", totals={"visits": 10, "leads": 20},
    ),
    "the sheet's name is the only date": Case(
        [["Product", "Sales"], ["A", 5], ["B", 6]],
        totals={"revenue": 11}, days=("2024-02-01", "2024-02-01"), sheet="Februar 2024", warnings={"date_from_name"},
    ),
    "the file's name is the only date": Case(
        [["Product", "Sales"], ["A", 5], ["B", 6]],
        totals={"revenue": 11}, days=("2024-03-01", "2024-03-01"), file="sales_2024-03", warnings={"date_from_name"},
    ),
    "the sheet is the month, the file the year": Case(
        [["Product", "Sales"], ["A", 5], ["B", 6]],
        totals={"revenue": 11}, days=("2023-01-01", "2023-01-01"), sheet="January", file="Sales 2023",
        warnings={"date_from_name"},
    ),
    "the sheet is the month, a column the day": Case(
        [["Day", "Sales"], [1, 5], [2, 3], [3, 9]],
        grain="day", totals={"revenue": 17}, days=("2024-03-01", "2024-03-03"), sheet="March 2024",
        warnings={"date_from_name"},
    ),
    "weeks of a month": Case(
        [["Umsatz"], ["Rep", "Week 1", "Week 2", "Week 3", "Total"], ["Ann", 1, 2, 3, 6], ["Ben", 1, 2, 3, 6]],
        "months_across", "week", {"revenue": 12}, days=("2024-02-01", "2024-02-15"), sheet="February 2024",
        warnings={"column_left_out"},
    ),
    "the days of a month by their numbers": Case(
        [["Sales January 2024"], ["Shop", *range(1, 32)], ["A", *[5] * 31], ["B", *[6] * 31]],
        "months_across", "day", {"revenue": 341}, {"Shop": 2}, days=("2024-01-01", "2024-01-31"),
    ),
    "years above their months, as a pivot table that was pasted": Case(
        [
            ["Row Labels", "Sum of Sales"], ["2013", 30], ["Jan", 10], ["Feb", 20], ["2014", 70], ["Jan", 30],
            ["Feb", 40], ["Grand Total", 100],
        ],
        totals={"revenue": 100}, days=("2013-01-01", "2014-02-01"), warnings={"total_row_left_out"},
    ),
    "fiscal years that end on odd days": Case(
        [
            ["Statements of operations", "12 Months Ended", None], [None, "Sep. 24, 2022", "Sep. 25, 2021"],
            ["Net sales", 394, 365], ["Cost of sales", 223, 212], ["Gross margin", 171, 153],
        ],
        "statement", "year", {"revenue": 759, "cogs": 435, "profit": 324}, days=("2021-01-01", "2022-01-01"),
        merged=["A1:A2", "B1:C1"],
    ),
    "a profit and loss with lines and their totals": Case(
        [
            ["Profit and Loss"], [], [None, "Jan 2023", "Feb 2023", "Total"], ["Income"], ["4000 Sales", 100, 110, 210],
            ["4100 Services", 10, 10, 20], ["Total Income", 110, 120, 230], ["Expenses"], ["6000 Rent", 10, 10, 20],
            ["Total Expenses", 10, 10, 20], ["Net Income", 100, 110, 210],
        ],
        "statement", totals={"revenue": 230, "expenses": 20, "profit": 210},
        warnings={"column_left_out", "note_row_left_out"},
    ),
    "lines above groups of rows that are measures": Case(
        [
            ["Report 2024"], ["", "Jan", "Feb"], ["Sales"], ["North", 10, 20], ["South", 1, 2], ["Units"],
            ["North", 5, 5], ["South", 4, 4],
        ],
        "months_across", totals={"revenue": 33, "units": 18}, warnings={"note_row_left_out"},
    ),
    "measures over months": Case(
        [
            ["", "Sales", None, "Units", None], ["Region", "Jan 2024", "Feb 2024", "Jan 2024", "Feb 2024"],
            ["N", 1, 2, 10, 20],
        ],
        "months_across", totals={"revenue": 3, "units": 30}, merged=["B1:C1", "D1:E1"],
    ),
    "plan, actual and deviation": Case(
        [
            ["Umsatz 2024"], ["Filiale", "Jan", None, None, "Feb", None, None],
            [None, "Plan", "Ist", "Abw.", "Plan", "Ist", "Abw."], ["Ulm", 10, 11, 1, 5, 6, 1],
            ["Köln", 20, 21, 1, 5, 6, 1],
        ],
        "months_across", totals={"budget": 40, "revenue": 44}, warnings={"column_left_out"},
    ),
    "a heading that says that labels are measures": Case(
        [
            ["Hotel", "KPI", "2024-01", "2024-02"], ["A", "Rooms sold", 10, 20], ["A", "Revenue", 100, 200],
            ["B", "Rooms sold", 5, 6], ["B", "Revenue", 50, 60],
        ],
        "statement", totals={"revenue": 410, "rooms_sold": 41}, dimensions={"Hotel": 2},
    ),
    "amounts in thousands": Case(
        [["Umsatz 2023 (in T€)"], ["Filiale", "Jan", "Feb"], ["A", 1, 2], ["B", 3, 4]],
        "months_across", totals={"revenue": 10}, warnings={"scaled_amounts"},
    ),
    "footnote marks beside numbers and years": Case(
        [
            ["Chiffre d'affaires (en millions d'euros)"], ["Secteur", "2021", "2022 (r)", "2023¹"],
            ["Alimentation", "1 234,5", "1 300,5 (r)", "1 400,5*"], ["Habillement", "500,5", "510,5 p", "520,5 (2)"],
            ["Ensemble", "1 735", "1 811", "1 921"],
        ],
        "months_across", "year", {"revenue": 5467}, {"Secteur": 2},
        {"footnote_mark", "scaled_amounts", "total_row_left_out"}, ("2021-01-01", "2023-01-01"),
    ),
    "an outline, its groups above their parts": Case(
        [
            ["Sales"], ["Region", "Product", "Jan 2024", "Feb 2024"], ["North", None, 30, 33], [None, "A", 10, 11],
            [None, "B", 20, 22], ["South", None, 11, 13], [None, "A", 5, 6], [None, "B", 6, 7],
        ],
        "months_across", totals={"revenue": 87}, dimensions={"Region": 2, "Product": 2},
        warnings={"total_row_left_out"},
    ),
    "an outline of records": Case(
        [
            ["Region", "Product", "Sales"], ["North", None, 30], [None, "A", 10], [None, "B", 20], ["South", None, 11],
            [None, "A", 5], [None, "B", 6], ["Grand Total", None, 41],
        ],
        grain="year", file="sales_2024", totals={"revenue": 41}, dimensions={"Region": 2, "Product": 2},
        warnings={"total_row_left_out", "date_from_name"},
    ),
    "a pivot table in compact form, its few digits proven by the grand total": Case(
        [
            ["Sum of Sales", "Column Labels"], ["Row Labels", "Jan 2024", "Feb 2024", "Grand Total"],
            ["North", 10, 20, 30], ["A", 4, 8, 12], ["B", 6, 12, 18], ["South", 5, 6, 11], ["A", 2, 3, 5],
            ["B", 3, 3, 6], ["Grand Total", 15, 26, 41],
        ],
        "months_across", totals={"revenue": 41}, warnings={"total_row_left_out", "column_left_out", "unnamed_measure"},
    ),
    "a pivot table in tabular form": Case(
        [
            ["Region", "Product", "Month", "Sum of Sales"], ["North", "A", "Jan 2024", 10],
            [None, None, "Feb 2024", 20],
            [None, "A Total", None, 30], [None, "B", "Jan 2024", 5], [None, "B Total", None, 5],
            ["North Total", None, None, 35], ["South", "A", "Jan 2024", 7], [None, "A Total", None, 7],
            ["South Total", None, None, 7], ["Grand Total", None, None, 42],
        ],
        totals={"revenue": 42}, dimensions={"Region": 2, "Product": 2}, warnings={"total_row_left_out", "filled_down"},
    ),
    "a total that is like no sum of the rows": Case(
        [["Sales"], ["Region", "Jan 2024", "Feb 2024"], ["North", 1, 2], ["South", 3, 4], ["Total", 50, 60]],
        "months_across", totals={"revenue": 10}, warnings={"total_row_left_out", "unlike_total"},
    ),
    "a year only where it changes, months beside it": Case(
        [["Jahr", "Monat", "Umsatz"], [2022, "Januar", 10], [None, "Februar", 20], [2023, "Januar", 40]],
        totals={"revenue": 70}, days=("2022-01-01", "2023-01-01"), warnings={"filled_down"},
    ),
    "days by their numbers, one of which is the sum of those above": Case(
        [["Day", "Sales"], [1, 1], [2, 2], [3, 3]],
        grain="day", totals={"revenue": 6}, sheet="January 2024", warnings={"date_from_name"},
    ),
    "a shop and a web shop side by side": Case(
        [["Date", "Shop", "Web"], *[[date(2024, 1, day), 10.5 * day, 2.25 * day] for day in range(1, 5)]],
        grain="day", totals={"shop": 105, "web": 22.5},
    ),
    "first days of months as texts across": Case(
        [["Sales"], ["Shop", "01/01/2024", "01/02/2024", "01/03/2024"], ["A", 1, 2, 3], ["B", 4, 5, 6]],
        "months_across", totals={"revenue": 21}, days=("2024-01-01", "2024-03-01"), warnings={"ambiguous_day_month"},
    ),
    "last days of months as texts across": Case(
        [["Sales"], ["Shop", "31/01/2024", "29/02/2024"], ["A", 1, 2], ["B", 4, 5]],
        "months_across", totals={"revenue": 12}, days=("2024-01-01", "2024-02-01"),
    ),
    "days as dotted texts across": Case(
        [["Umsatz"], ["Filiale", *[f"{day:02}.01.2024" for day in range(1, 6)]], ["Ulm", 1, 2, 3, 4, 5]],
        "months_across", "day", {"revenue": 15}, days=("2024-01-01", "2024-01-05"),
    ),
    "three months beside the nine that hold them": Case(
        [
            ["Statements", "3 Months Ended", None, "9 Months Ended", None],
            [None, "Jun. 29, 2024", "Jul. 01, 2023", "Jun. 29, 2024", "Jul. 01, 2023"], ["Net sales", 85, 81, 296, 293],
            ["Cost of sales", 46, 45, 159, 163],
        ],
        "statement", "quarter", {"revenue": 166, "cogs": 91}, days=("2023-04-01", "2024-04-01"),
        merged=["B1:C1", "D1:E1"], warnings={"column_left_out"},
    ),
    "a blank row below the headings, and between the sections": Case(
        [
            ["Profit and Loss"], [], ["Account", "Feb 2024", "Jan 2024"], [], ["Trading Income"], ["Sales", 200, 100],
            ["Other Revenue", 20, 10], ["Total Trading Income", 220, 110], [], ["Gross Profit", 198, 99], [],
            ["Operating Expenses"], ["Rent", 7, 7], ["Total Operating Expenses", 7, 7],
        ],
        "statement", totals={"revenue": 330, "expenses": 14}, warnings={"note_row_left_out"},
    ),
    "lines of the same name in two sections of a statement": Case(
        [
            ["P&L 2024"], [None, "Jan", "Feb"], ["Income"], ["Sales", 10, 20], ["Other", 1, 2], ["Costs"],
            ["Cost of sales", 5, 6], ["Other", 3, 4],
        ],
        "statement", totals={"revenue": 30, "cogs": 11, "income_other": 3, "costs_other": 7},
        warnings={"note_row_left_out"},
    ),
    "products as lines above their measures": Case(
        [
            ["Report 2024"], ["Product", "Jan", "Feb"], ["A"], ["Sales", 10, 20], ["Qty", 1, 2], ["B"],
            ["Sales", 40, 50], ["Qty", 4, 5],
        ],
        "statement", totals={"revenue": 120, "units": 12}, dimensions={"Section": 2}, warnings={"note_row_left_out"},
    ),
    "a statement by segment, the year in the title": Case(
        [
            ["Segment report 2023"], [None, "Retail", "Wholesale", "Total"], ["Revenue", 10, 20, 30],
            ["Costs", 5, 8, 13], ["Profit", 5, 12, 17],
        ],
        "statement", "year", {"revenue": 30, "cogs": 13, "profit": 17}, {"Group": 2},
        {"column_left_out", "date_from_name"},
    ),
    "cash in and out": Case(
        [
            ["Cash flow 2024"], [None, "Jan", "Feb"], ["Opening balance", 100, 110], ["Cash in"], ["Sales", 50, 60],
            ["Total cash in", 50, 60], ["Cash out"], ["Rent", 40, 40], ["Total cash out", 40, 40],
            ["Net cash flow", 10, 20], ["Closing balance", 110, 130],
        ],
        "statement", totals={"revenue": 110, "rent": 80}, warnings={"note_row_left_out"},
    ),
    "a legend to the right of a blank column": Case(
        [["Sales 2024"], ["Region", "Jan", "Feb", None, "Legend"], ["N", 1, 2, None, "red"], ["S", 4, 5, None, "blue"]],
        "months_across", totals={"revenue": 12}, dimensions={"Region": 2},
    ),
    "quarters as their months": Case(
        [["Sales 2024"], ["Region", "Jan-Mar", "Apr-Jun", "Jul-Sep"], ["N", 1, 2, 3], ["S", 5, 6, 7]],
        "months_across", "quarter", {"revenue": 24}, days=("2024-01-01", "2024-07-01"),
    ),
    "hours across": Case(
        [["Sales per hour"], ["Date", *[f"{hour}:00" for hour in range(9, 12)], "Total"], [JAN, 1, 2, 3, 6],
            [FEB, 4, 5, 6, 15]],
        "values_across", totals={"revenue": 21}, warnings={"column_left_out"},
    ),
    "the year in the corner above the labels": Case(
        [["2024", "Jan", "Feb"], ["North", 1, 2], ["South", 4, 5]],
        "months_across", totals={"revenue": 12}, days=("2024-01-01", "2024-02-01"), warnings={"unnamed_measure"},
    ),
    "a series below the facts about it, its years and quarters among its months": Case(
        [
            ["Title", "Retail sales"], ["CDID", "J5C4"], ["Unit", "m"], ["Release date", "20-09-2024"], ["2021", 50],
            ["2022", 60], ["2022 Q1", 60], ["2022 JAN", 10], ["2022 FEB", 20], ["2022 MAR", 30],
        ],
        totals={"revenue": 60}, days=("2022-01-01", "2022-03-01"), warnings={"total_row_left_out", "note_row_left_out"},
    ),
    "not adjusted and adjusted below one another": Case(
        [
            ["Retail sales 2023"], ["Kind", "Jan", "Feb"], ["NOT ADJUSTED"], ["Cars", 301, 292], ["Shoes", 45, 47],
            ["ADJUSTED"], ["Cars", 305, 299], ["Shoes", 44, 48],
        ],
        "months_across", totals={"revenue": 1381}, dimensions={"Section": 2},
        warnings={"similar_sections", "note_row_left_out"},
    ),
}  # fmt: skip


def saved(case: Case, folder: Path) -> Path:
    """Write a case as a workbook."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.title = case.sheet
    for row, cells in enumerate(case.rows, start=1):
        for column, cell in enumerate(cells, start=1):
            sheet.cell(row, column, cell)
    for area in case.merged:
        sheet.merge_cells(area)
    path = folder / f"{case.file}.xlsx"
    book.save(path)
    return path


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_layout_is_recognised_and_read_to_its_totals(case: Case, tmp_path: Path, read: Read) -> None:
    (table,) = read(saved(case, tmp_path)).tables

    assert (table.status, table.layout, table.grain) == ("loaded", case.layout, case.grain)
    totals = {name: measure.total for name, measure in table.measures.items() if name in case.totals}
    assert totals == pytest.approx(case.totals)
    assert {name: table.dimensions[name].values for name in case.dimensions} == case.dimensions
    assert {warning.code for warning in table.warnings} == case.warnings
    if case.days:
        assert table.date is not None
        assert (table.date.min, table.date.max) == case.days


def places(table: TableReading) -> list[tuple[Any, ...]]:
    assert table.snapshot is not None
    return duckdb.sql(f"SELECT sheet_row, sheet_cells FROM '{table.snapshot}' ORDER BY ALL").fetchall()


def test_every_amount_keeps_the_address_of_its_cell(tmp_path: Path, read: Read) -> None:
    (table,) = read(saved(CASES["a year, a quarter, and measures below"], tmp_path)).tables

    assert places(table) == [
        (4, {"revenue": "B4", "cogs": "C4"}),
        (4, {"revenue": "D4", "cogs": "E4"}),
        (5, {"revenue": "B5", "cogs": "C5"}),
        (5, {"revenue": "D5", "cogs": "E5"}),
    ]


def test_a_statement_keeps_the_row_of_every_measure(tmp_path: Path, read: Read) -> None:
    (table,) = read(saved(CASES["KPIs down the side with their units"], tmp_path)).tables

    assert places(table) == [(2, {"revenue": "C2", "orders": "C3"}), (2, {"revenue": "D2", "orders": "D3"})]


def test_refused_cells_across_have_their_own_addresses(tmp_path: Path, read: Read) -> None:
    (table,) = read(saved(CASES["written numbers, placeholders, errors"], tmp_path)).tables

    assert {w.code: w.cells for w in table.warnings} == {"placeholder": ("B4",), "error_cell": ("C5",)}


def test_several_tables_on_one_sheet_are_several_sources(tmp_path: Path, read: Read) -> None:
    stacked = [["North"], ["Date", "Sales"], [JAN, 5], [], ["South"], ["Date", "Sales"], [JAN, 50], [FEB, 60]]
    first, second = read(saved(Case(stacked), tmp_path)).tables

    assert (first.sheet, first.measures["revenue"].total, first.header_row) == ("Sheet1", 5, 2)
    assert (second.sheet, second.measures["revenue"].total, second.header_row) == ("Sheet1 (table 2)", 110, 6)


def test_a_title_parts_tables_that_have_no_blank_row_between(tmp_path: Path, read: Read) -> None:
    rows: Rows = [
        ["Sales 2023"], ["Region", "Jan", "Feb"], ["N", 1, 2], ["S", 4, 5],
        ["Sales 2024"], ["Region", "Jan", "Feb"], ["N", 10, 20], ["S", 40, 50],
    ]  # fmt: skip
    first, second = read(saved(Case(rows), tmp_path)).tables

    assert (first.measures["revenue"].total, second.measures["revenue"].total) == (12, 120)
    assert second.date is not None
    assert second.date.min == "2024-01-01"


def test_a_word_and_a_day_above_headings_are_the_day_of_the_table(tmp_path: Path, read: Read) -> None:
    rows: Rows = [
        ["Week of", JAN], ["Rep", "Calls", "Sales"], ["Ann", 5, 100], ["Bob", 6, 110], [],
        ["Week of", FEB], ["Rep", "Calls", "Sales"], ["Ann", 7, 120], ["Bob", 8, 130],
    ]  # fmt: skip
    first, second = read(saved(Case(rows), tmp_path)).tables

    assert (first.measures["revenue"].total, second.measures["revenue"].total) == (210, 250)
    assert second.date is not None
    assert second.date.min == "2024-02-01"


def test_tables_side_by_side_take_the_year_above_them(tmp_path: Path, read: Read) -> None:
    rows = [
        [2022, None, None, 2023, None],
        ["Month", "Sales", None, "Month", "Sales"],
        ["Jan", 1, None, "Jan", 10],
        ["Feb", 2, None, "Feb", 20],
    ]
    first, second = read(saved(Case(rows), tmp_path)).tables

    assert first.date is not None
    assert second.date is not None
    assert (first.date.min, first.measures["revenue"].total) == ("2022-01-01", 3)
    assert (second.date.min, second.measures["revenue"].total) == ("2023-01-01", 30)


def test_a_calendar_is_refused_with_what_to_do(tmp_path: Path, read: Read) -> None:
    weeks = [[None, None, None, None, 1, 2, 3], *[[*range(first, first + 7)] for first in range(4, 32, 7)]]
    weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]

    with pytest.raises(Refused, match="list its days one below the other"):
        read(saved(Case([["March 2024"], weekdays, *weeks]), tmp_path))


def test_headings_that_are_formulas_without_values_are_said(tmp_path: Path, read: Read) -> None:
    rows: Rows = [[None, JAN, "=EDATE(B1,1)", "=EDATE(C1,1)"], ["Sales", 1, 2, 3]]

    with pytest.raises(Refused, match="formulas without their values"):
        read(saved(Case(rows), tmp_path))


def test_tables_of_a_dashboard_take_the_year_on_top_of_the_sheet(tmp_path: Path, read: Read) -> None:
    rows: Rows = [
        ["Dashboard 2024"], [], ["Total revenue", None, "Orders"], [605, None, 6], [],
        ["Month", "Revenue", None, "Region", "Revenue"], ["Jan", 105, None, "North", 250],
        ["Feb", 200, None, "South", 355], ["Mar", 300],
    ]  # fmt: skip
    box, months, regions = read(saved(Case(rows), tmp_path)).tables

    assert box.status == "refused"
    assert (months.measures["revenue"].total, months.grain) == (605, "month")
    assert (regions.measures["revenue"].total, [one.code for one in regions.warnings]) == (
        605,
        ["date_from_name", "same_total"],
    )


def test_a_sheet_that_sums_the_others_is_left_out(tmp_path: Path, read: Read) -> None:
    book = openpyxl.Workbook()
    for name, amounts in (("North", (1, 2)), ("South", (5, 6)), ("Total", (6, 8))):
        sheet = book.create_sheet(name)
        for row in (["Sales 2024"], ["Product", "Jan", "Feb"], ["A", *amounts]):
            sheet.append(row)
    book.remove(book.worksheets[0])
    book.save(tmp_path / "book.xlsx")

    north, south, total = read(tmp_path / "book.xlsx").tables

    assert (north.status, south.status, total.status) == ("loaded", "loaded", "refused")
    assert total.reason == (
        "Sheet 'Total' sums the other sheets ('North', 'South'), and was left out so that nothing is counted twice."
    )


def test_months_without_any_year_are_refused_with_the_reason(tmp_path: Path, read: Read) -> None:
    with pytest.raises(Refused, match="no row with both a date and an amount"):
        read(saved(Case([["Region", "Jan", "Feb"], ["N", 1, 2], ["S", 3, 4]]), tmp_path))
