"""Columns that say what the amounts beside them mean."""

from datetime import date

import pytest

from tests.ingest.conftest import MakeWorkbook, ReadTable

DAYS = [date(2024, 1, day) for day in range(1, 9)]


def codes(table: object) -> list[str]:
    return [one.code for one in getattr(table, "warnings", ())]


@pytest.mark.parametrize("pair", ["S|H", "DR|CR", "Debit|Credit", "Income|Expense", "Cr.|Dr."])
def test_amounts_without_a_sign_whose_direction_stands_beside_them_are_said(
    workbook: MakeWorkbook, read_table: ReadTable, pair: str
) -> None:
    values = pair.split("|")
    table = read_table(workbook(["Date", "Type", "Amount"], *[[day, values[day.day % 2], 5] for day in DAYS]))

    assert table.measures["revenue"].total == 40
    assert codes(table) == ["unsigned_amounts"]


def test_amounts_that_have_their_sign_need_no_direction(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    rows = [[day, "CR" if day.day % 2 else "DR", 5 if day.day % 2 else -4] for day in DAYS]

    assert codes(read_table(workbook(["Date", "Dr/Cr", "Amount"], *rows))) == []


def test_several_currencies_in_a_column_of_their_own_are_said(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    rows = [[day, ("EUR", "USD")[day.day % 2], 5] for day in DAYS]
    table = read_table(workbook(["Date", "Currency", "Sales"], *rows))

    assert [one.message for one in table.warnings] == [
        "Column 'Currency' names 2 currencies; the numbers of column 'Sales' were not converted."
    ]


def test_one_currency_says_nothing(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    assert codes(read_table(workbook(["Date", "Currency", "Sales"], *[[day, "EUR", 5] for day in DAYS]))) == []


def test_a_debit_beside_a_credit_is_no_budget(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["Datum", "Soll", "Haben", "Saldo"], *[[day, 1, 2, 9] for day in DAYS]))

    assert {name: (one.aggregation, one.total) for name, one in table.measures.items()} == {
        "soll": ("sum", 8),
        "haben": ("sum", 16),
        "saldo": ("mean", 9),
    }
