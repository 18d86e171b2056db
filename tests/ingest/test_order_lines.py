"""Orders of several lines, and prices that were paid."""

from datetime import date

from tests.ingest.conftest import MakeWorkbook, ReadTable

DAY = date(2024, 1, 5)
HEADS = ["Order", "Created at", "Total", "Quantity"]


def test_further_lines_of_an_order_are_loaded_and_said(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    rows = [["#1", DAY, 30, 1], ["#1", DAY, None, 2], ["#2", DAY, 5, 1], ["#3", DAY, 9, 3], ["#3", DAY, None, 1]]
    table = read_table(workbook(HEADS, *rows))

    assert (table.rows_loaded, table.measures["units"].total, table.measures["revenue"].total) == (5, 8, 44)
    assert "2 rows go on with the 'Order' above" in next(w.message for w in table.warnings if w.code == "order_lines")


def test_a_blank_amount_of_an_order_of_its_own_is_refused(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    rows = [["#1", DAY, 30, 1], ["#1", DAY, None, 2], ["#2", DAY, None, 1], ["#3", DAY, 9, 3]]
    table = read_table(workbook(HEADS, *rows))

    assert (table.rows_loaded, table.rows_refused) == (2, 2)


def test_a_net_price_is_taken_and_its_discount_not_taken_twice(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    heads = ["Date", "Quantity", "Unit Price", "Net Price", "Discount"]
    table = read_table(workbook(heads, [DAY, 2, 10, 9, 0.1], [DAY, 1, 10, 8, 0.2]))

    assert table.measures["revenue"].total == 26


def test_the_price_that_was_paid_is_taken_rather_than_the_list_price(
    workbook: MakeWorkbook, read_table: ReadTable
) -> None:
    table = read_table(workbook(["Date", "Quantity", "List Price", "Sale Price"], [DAY, 2, 10, 7], [DAY, 1, 10, 8]))

    assert table.measures["revenue"].total == 22
