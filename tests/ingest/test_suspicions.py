"""Numbers and dates that can be read and still look wrong."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from dash_kpi.ingest.reading import TableReading
from dash_kpi.ingest.reading import Warning as Finding
from tests.ingest.conftest import MakeText, MakeWorkbook, ReadTable

DAY = datetime(2024, 1, 1)


def warnings(table: TableReading, code: str) -> list[Finding]:
    return [one for one in table.warnings if one.code == code]


def daily(*sales: Any, heading: str = "Sales") -> list[list[Any]]:
    return [["Date", heading], *[[DAY + timedelta(number), amount] for number, amount in enumerate(sales)]]


def test_dates_inside_a_column_of_numbers_are_said_to_be_lost(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    content = [
        *daily(5.1, 6.2, 7.5, 8.5, 9.5, 1.5, heading="Price"),
        [DAY, datetime(2024, 1, 5)],
        [DAY, "5.Jan"],
        [DAY, "x"],
    ]
    table = read_table(workbook(*content))

    (found,) = warnings(table, "mangled_numbers")
    assert found.cells == ("B8", "B9")
    assert "turned a number like 5.1 into a day" in found.message
    assert warnings(table, "unreadable_number")[0].cells == ("B10",)


def test_a_column_of_prices_that_became_dates_is_said_to_be_lost(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["Date", "Price", "Sales"], [DAY, DAY, 1], [DAY, DAY + timedelta(1), 2]))

    assert "it holds dates under a heading for numbers" in warnings(table, "mangled_numbers")[0].message


def test_numbers_without_their_decimal_sign_are_reported(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    prices = [12.5 + number / 100 for number in range(40)]
    table = read_table(workbook(*daily(*prices, 1299, 1275, heading="Unit Price")))

    (found,) = warnings(table, "mangled_numbers")
    assert found.cells == ("B42", "B43")
    assert "such as 1275 where the others lie between 12.5" in found.message


def test_a_large_round_order_is_no_number_without_its_decimal_sign(
    workbook: MakeWorkbook, read_table: ReadTable
) -> None:
    prices = [12.5 + number / 100 for number in range(40)]

    assert not warnings(read_table(workbook(*daily(*prices, 1500, 1000))), "mangled_numbers")


def test_a_date_decades_away_is_named(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(*daily(*range(1, 30)), [datetime(2104, 1, 5), 5]))

    (found,) = warnings(table, "wide_dates")
    assert found.cells == ("A31",)
    assert found.message == "1 date of column 'Date' lies decades away from all others, such as 2104-01-05."


def test_dates_that_span_a_century_are_named_by_their_ends(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    content = [["Date", "Sales"], *[[date(1910 + 2 * number, 3, 5), 1] for number in range(60)]]

    assert warnings(read_table(workbook(*content)), "wide_dates")[0].cells == ("A2", "A61")


def test_a_century_of_years_is_no_mistake(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    content = [["Year", "Sales"], *[[1910 + number, 1 + number] for number in range(110)]]

    assert not warnings(read_table(workbook(*content)), "wide_dates")


def test_a_day_far_above_every_other_names_its_largest_cells(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(*daily(*range(100, 140)), [DAY + timedelta(50), 20_000], [DAY + timedelta(50), 5]))

    (found,) = warnings(table, "outlying_day")
    assert found.cells == ("B42", "B43")
    assert found.message.startswith("2024-02-20 has a total of 20,005 in 'Sales', 167 times a usual day.")


def test_many_large_days_are_how_the_business_is(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    amounts = [100 if number % 5 else 10_000 for number in range(60)]

    assert not warnings(read_table(workbook(*daily(*amounts))), "outlying_day")


def test_the_few_negative_values_of_a_measure_are_named(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(*daily(*range(1, 60), -5)))

    (found,) = warnings(table, "negative_measure")
    assert found.cells == ("B61",)
    assert found.message == "1 cell of column 'Sales' is negative, while all 59 others are not."


@pytest.mark.parametrize("heading", ["Profit", "Temperature"])
def test_what_may_be_negative_is_not_reported(workbook: MakeWorkbook, read_table: ReadTable, heading: str) -> None:
    assert not warnings(read_table(workbook(*daily(*range(1, 60), -5, heading=heading))), "negative_measure")


def test_refunds_that_are_common_are_not_reported(text: MakeText, read_table: ReadTable) -> None:
    rows = "\n".join(f"2024-01-{1 + number % 28:02},{-5 if number % 9 == 0 else 10}" for number in range(100))

    assert not warnings(read_table(text(f"Date,Sales\n{rows}\n")), "negative_measure")
