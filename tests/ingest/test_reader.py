import json
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pytest

from dash_kpi.errors import Refused
from dash_kpi.ingest.reading import TableReading
from tests.ingest.conftest import MakeWorkbook, Read, ReadTable

DAY = datetime(2024, 1, 1)


def rows_of(table: TableReading) -> list[tuple[Any, ...]]:
    assert table.snapshot is not None
    return duckdb.execute("FROM read_parquet(?) ORDER BY sheet_row", [str(table.snapshot)]).fetchall()


def cells(table: TableReading, code: str) -> tuple[str, ...]:
    return tuple(cell for warning in table.warnings if warning.code == code for cell in warning.cells)


def test_a_plain_table_is_read(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["Date", "Region", "Sales"], [DAY, "North", 5], [DAY + timedelta(1), "South", 6.5]))

    assert (table.status, table.header_row, table.grain) == ("loaded", 1, "day")
    assert table.measures["revenue"].total == 11.5
    assert table.dimensions["Region"].values == 2
    assert table.daily == (("2024-01-01", "revenue", 5.0, 1), ("2024-01-02", "revenue", 6.5, 1))
    assert rows_of(table) == [(2, date(2024, 1, 1), 5.0, "North"), (3, date(2024, 1, 2), 6.5, "South")]


@pytest.mark.parametrize(("top", "left", "address"), [(1, 1, "B4"), (5, 3, "D8"), (2, 27, "AB5")])
def test_addresses_are_those_of_the_sheet(
    workbook: MakeWorkbook, read_table: ReadTable, top: int, left: int, address: str
) -> None:
    content = [["Date", "Sales"], [DAY, 5], [None, None], [DAY, "abc"], [DAY, 7]]
    table = read_table(workbook(*content, top=top, left=left))

    assert table.header_row == top
    assert cells(table, "unreadable_number") == (address,)
    assert (table.rows_read, table.rows_loaded, table.rows_refused) == (3, 2, 1)


def test_titles_above_a_table_do_not_hide_it(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["Sales of the North"], [], ["Date", "Sales"], [DAY, 5]))

    assert (table.header_row, table.rows_loaded) == (3, 1)


def test_errors_and_formulas_without_a_value_are_told_from_blanks(
    workbook: MakeWorkbook, read_table: ReadTable
) -> None:
    table = read_table(workbook(["Date", "Sales"], [DAY, 5], [DAY, "#REF!"], [DAY, "=B2*2"], [DAY, None], ["#N/A", 5]))

    assert cells(table, "error_cell") == ("A6", "B3")
    assert cells(table, "formula_without_value") == ("B4",)
    assert cells(table, "missing_amount") == ("B5",)
    assert table.rows_refused == 4


def test_text_that_means_nothing_is_counted_apart_from_garbage(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    content = [
        ["Date", "Sales"],
        *[[DAY, f"{number}.5"] for number in range(9)],
        [DAY, "n/a"],
        [DAY, "oops"],
        ["?", "1"],
    ]
    table = read_table(workbook(*content))

    assert cells(table, "placeholder") == ("A13", "B11")
    assert cells(table, "unreadable_number") == ("B12",)


def test_numbers_and_dates_written_as_text_are_read_by_column(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    content = [["Datum", "Umsatz"], ["05.01.2024", "1.234,50 €"], ["13.01.2024", "99 €"], [datetime(2024, 2, 1), 12.25]]
    table = read_table(workbook(*content))

    assert table.measures["revenue"].total == 1345.75
    assert [day for day, *_ in table.daily] == ["2024-01-05", "2024-01-13", "2024-02-01"]
    assert [warning.code for warning in table.warnings] == ["two_date_notations"]


def test_serial_numbers_under_a_date_heading_are_dates(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["Order Date", "Sales"], [45000, 5], [45001, 6]))

    assert table.date is not None
    assert (table.date.min, table.date.max) == ("2023-03-15", "2023-03-16")


def test_days_that_could_be_months_are_reported(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["Date", "Sales"], ["01/02/2024", 5], ["03/04/2024", 6]))

    (warning,) = table.warnings
    assert warning.code == "ambiguous_day_month"
    assert table.date is not None
    assert table.date.format == "MM/DD/YYYY"


def test_years_and_months_in_two_columns_make_a_date(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    months = [["Year", "Month", "Sales"], [2023, 12, 5], [2024, 1, 6], [2024, 2, 7]]
    table = read_table(workbook(*months))

    assert table.grain == "month"
    assert [day for day, *_ in table.daily] == ["2023-12-01", "2024-01-01", "2024-02-01"]
    assert list(table.measures) == ["revenue"]


def test_names_of_months_go_with_their_years(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["Ano", "Mês", "Vendas"], [2024, "janeiro", 5], [2024, "fevereiro", 6]))

    assert [day for day, *_ in table.daily] == ["2024-01-01", "2024-02-01"]


def test_years_alone_are_a_date_of_that_grain(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["Year", "Revenue"], [2022, 5], [2023, 6], [2024, 7]))

    assert (table.grain, table.date and table.date.max) == ("year", "2024-01-01")


def test_the_order_date_wins_over_the_ship_date(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["Ship Date", "Order Date", "Sales"], [DAY + timedelta(9), DAY, 5]))

    assert table.date is not None
    assert table.date.column == "Order Date"


def test_a_total_at_the_end_is_left_out(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["Date", "Region", "Sales"], [DAY, "N", 5], [DAY, "S", 6], ["Grand Total", None, 11]))

    assert table.measures["revenue"].total == 11
    assert (table.rows_read, table.rows_loaded, table.rows_refused) == (3, 2, 0)
    assert cells(table, "total_row_left_out") == ("A4",)


def test_revenue_follows_from_units_prices_and_discounts(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    headings = ["Date", "Quantity", "Unit Price", "Discount", "Unit Cost"]
    table = read_table(workbook(headings, [DAY, 10, 5.0, 0.1, 3.0], [DAY, 1, 2.0, None, 1.0]))

    assert table.measures["revenue"].total == 47
    assert table.measures["revenue"].derived == "units * unit_price * (1 - discount)"
    assert table.measures["cogs"].total == 31
    assert table.measures["profit"].total == 16


def test_the_strongest_heading_becomes_revenue_and_others_keep_their_names(
    workbook: MakeWorkbook, read_table: ReadTable
) -> None:
    table = read_table(workbook(["Date", "Amount", "Net Sales", "Shipping Cost"], [DAY, 1, 2, 3]))

    assert {name: measure.column for name, measure in table.measures.items()} == {
        "amount": "Amount",
        "revenue": "Net Sales",
        "shipping_cost": "Shipping Cost",
    }


def test_levels_are_averaged_and_codes_are_no_measures(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    headings = ["Date", "Customer ID", "Postal Code", "Rating", "Sales"]
    table = read_table(workbook(headings, [DAY, 17, 10115, 4.0, 5], [DAY, 18, 10117, 5.0, 6]))

    assert (table.measures["rating"].aggregation, table.measures["rating"].total) == ("mean", 4.5)
    assert set(table.measures) == {"rating", "revenue"}
    assert set(table.dimensions) == {"Customer ID", "Postal Code"}


def test_spellings_that_differ_in_case_or_space_are_one_value(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    regions = ["North", "north ", "North", " NORTH", "South  East", None]
    table = read_table(workbook(["Date", "Region", "Sales"], *[[DAY, region, 1] for region in regions]))

    assert table.dimensions["Region"].values == 2
    assert [row[3] for row in rows_of(table)] == ["North", "North", "North", "North", "South East", None]


def test_a_heading_that_is_a_word_of_sql_is_only_a_name(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["Date", "Group", "Select", "Sales"], [DAY, "a", 1, 5], [DAY, "b", 2, 6]))

    assert table.dimensions["Group"].values == 2
    assert table.measures["select"].total == 3


@pytest.mark.parametrize(
    "heading", ['A "quoted" name', "File", "Profit", "DATE", "sheet_row", "a'; DROP TABLE clean; --"]
)
def test_any_heading_can_name_a_dimension(workbook: MakeWorkbook, read_table: ReadTable, heading: str) -> None:
    table = read_table(workbook(["Day", heading, "Sales", "Cost"], [DAY, "a", 5, 2], [DAY, "b", 6, 2]))

    assert table.status == "loaded"
    assert [dimension.column for dimension in table.dimensions.values()] == [heading]
    assert table.measures["profit"].total == 7


def test_infinite_and_impossible_cells_are_refused(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    content = [["Date", "Sales"], [DAY, 1.5], [datetime(1899, 12, 31, 5), 2.5], [DAY, 3.5]]
    table = read_table(workbook(*content))

    assert cells(table, "unreadable_date") == ("A3",)
    assert table.measures["revenue"].total == 5


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ([["Person", "Region"], ["Anna", "West"]], "Sheet 'Sheet' has no date column and no column of numbers."),
        ([["Person", "Sales"], ["Anna", 5]], "Sheet 'Sheet' has no date column."),
        ([["Date", "Region"], [DAY, "West"]], "Sheet 'Sheet' has no column of numbers."),
        ([["Date", "Sales"]], "Sheet 'Sheet' holds no table."),
        ([], "Sheet 'Sheet' holds no table."),
        ([["Date", "Sales"], [DAY, "x"], [None, 5]], "Sheet 'Sheet' has no"),
    ],
)
def test_a_table_that_cannot_be_used_says_what_is_missing(
    workbook: MakeWorkbook, read: Read, content: list[list[Any]], sentence: str
) -> None:
    with pytest.raises(Refused, match=sentence):
        read(workbook(*content))


def test_every_sheet_with_a_table_is_read_and_the_others_say_why(workbook: MakeWorkbook, read: Read) -> None:
    table = [["Date", "Sales"], [DAY, 5]]
    path = workbook(North=table, South=table, Notes=[["Ask Anna"]], People=[["Person", "Region"], ["Anna", "West"]])
    readings = read(path).tables

    assert [one.status for one in readings] == ["loaded", "loaded", "refused", "refused"]
    assert readings[2].reason == "Sheet 'Notes' holds no table."
    assert readings[3].reason == "Sheet 'People' has no date column and no column of numbers."


def test_a_hidden_sheet_is_skipped_with_a_word(workbook: MakeWorkbook, read: Read) -> None:
    path = workbook(Old=[["Date", "Sales"], [DAY, 1]], New=[["Date", "Sales"], [DAY, 2]])
    book = openpyxl.load_workbook(path)
    book["Old"].sheet_state = "hidden"
    book.active = 1
    book.save(path)

    old, new = read(path).tables
    assert (old.status, old.reason) == ("refused", "Sheet 'Old' is hidden and was not read.")
    assert new.status == "loaded"


def test_a_cell_in_the_far_corner_is_refused_by_name(workbook: MakeWorkbook, read: Read) -> None:
    path = workbook(["Date", "Sales"], [DAY, 5])
    book = openpyxl.load_workbook(path)
    book["Sheet"]["XFD1048576"] = 1
    book.save(path)

    with pytest.raises(Refused, match="reaches as far as cell XFD1048576"):
        read(path)


def test_nothing_but_the_snapshots_stays_in_the_folder(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["Date", "Sales"], [DAY, 5]))

    assert table.snapshot is not None
    assert list(table.snapshot.parent.iterdir()) == [table.snapshot]


def test_a_name_that_is_not_a_workbook_s_does_not_matter(
    workbook: MakeWorkbook, read_table: ReadTable, tmp_path: Path
) -> None:
    path = workbook(["Date", "Sales"], [DAY, 5]).rename(tmp_path / "выручка 'x' \udce9.bin")

    assert read_table(path).rows_loaded == 1


def test_a_column_of_mixed_kinds_does_not_stop_the_others(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["Date", "Spent", "Sales"], [DAY, time(3, 4), 5], [DAY, timedelta(hours=3), 6]))

    assert table.measures["revenue"].total == 11


def test_a_number_beyond_all_reason_is_no_amount(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["Date", "Sales"], [DAY, 1e308], [DAY, 5]))

    assert table.measures["revenue"].total == 5
    assert cells(table, "unreadable_number") == ("B2",)


def test_short_names_with_digits_are_headings(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["Date", "m1", "m2", "m3", "m4"], [DAY, 1, 2, 3, 4]))

    assert list(table.measures) == ["m1", "m2", "m3", "m4"]


def test_columns_that_play_no_part_are_named(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    content: list[list[Any]] = [["Date", "Order ID", "Ship Date", "Sales"]]
    content += [[DAY, f"SO{number}", DAY, 1] for number in range(60)]
    table = read_table(workbook(*content))

    assert [warning.message for warning in table.warnings] == [
        "Column 'Order ID' was left out: it has its own value in nearly every row.",
        "Column 'Ship Date' was left out: it is another date.",
    ]


def test_the_shape_of_the_reading_is_plain_json(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["Date", "Sales"], [DAY, 5], [DAY, "x"], [DAY, 6]))

    assert json.loads(json.dumps(table.as_json()))["warnings"] == [
        {
            "code": "unreadable_number",
            "message": "1 cell of column 'Sales' is not a number, such as 'x'.",
            "cells": ["B3"],
            "count": 1,
        }
    ]


@pytest.mark.parametrize("heading", ["COGS", "Cost of sales", "Wareneinsatz"])
def test_costs_written_as_negative_numbers_are_turned_and_said(
    workbook: MakeWorkbook, read_table: ReadTable, heading: str
) -> None:
    table = read_table(workbook(["Date", "Revenue", heading], [DAY, 10, -4], [DAY + timedelta(1), 20, 0]))

    assert {name: one.total for name, one in table.measures.items()} == {"revenue": 30, "cogs": 4, "profit": 26}
    assert [warning.message for warning in table.warnings] == [
        f"Column '{heading}' writes its costs as negative numbers; they were read as positive amounts."
    ]


def test_negative_expenses_and_unit_costs_are_turned_as_well(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(
        workbook(["Date", "Sales", "Qty", "Unit Cost", "Expenses"], [DAY, 10, 2, -3, -1], [DAY, 20, 1, -3, -2])
    )

    assert (table.measures["cogs"].total, table.measures["expenses"].total) == (9, 3)


def test_costs_of_both_signs_are_read_as_they_are_and_said(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["Date", "Revenue", "COGS"], [DAY, 10, -4], [DAY + timedelta(1), 20, 1]))

    assert table.measures["cogs"].total == -3
    assert [warning.code for warning in table.warnings] == ["negative_costs"]


def test_a_total_price_is_the_revenue_and_no_price(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["created_at", "total_price"], [DAY, 10], [DAY + timedelta(1), 20]))

    assert table.measures["revenue"].total == 30


@pytest.mark.parametrize("count", [3, 100], ids=["a small sheet", "a longer one"])
def test_rows_that_are_hidden_are_read_and_named(workbook: MakeWorkbook, read_table: ReadTable, count: int) -> None:
    path = workbook(["Date", "Sales"], *[[DAY, 5]] * count)
    book = openpyxl.load_workbook(path)
    for row in (2, 4, 500):  # the last one holds nothing
        book["Sheet"].row_dimensions[row].hidden = True
    book.save(path)

    table = read_table(path)

    assert table.rows_loaded == count
    assert cells(table, "hidden_rows") == ("A2", "A4")
