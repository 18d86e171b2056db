"""Which of several columns is the revenue, and when a person is told of the others."""

from datetime import date

import pytest

from dash_kpi.ingest.reader import read_file
from dash_kpi.ingest.reading import TableReading
from dash_kpi.ingest.rules import ColumnRule, Instructions, Rules
from tests.ingest.conftest import MakeText, MakeWorkbook, ReadTable

DAYS = [date(2024, 1, day) for day in range(1, 11)]


def rivals(table: TableReading) -> list[str]:
    return [one.message for one in table.warnings if one.code == "ambiguous_measure"]


def test_the_total_of_several_revenues_is_the_revenue(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    heads = ["Date", "Online Sales", "Store Sales", "Total"]
    table = read_table(workbook(heads, *[[day, day.day, 2.5, day.day + 2.5] for day in DAYS]))

    assert table.measures["revenue"].column == "Total"
    assert not rivals(table)


def test_a_total_that_is_written_as_text_is_proven_as_well(text: MakeText, read_table: ReadTable) -> None:
    rows = [f"{day};1.000,50 €;{day.day},25 €;1.0{day.day:02d},75 €" for day in DAYS]
    table = read_table(text("\n".join(["Datum;Umsatz Laden;Umsatz Netz;Summe", *rows])))

    assert table.measures["revenue"].column == "Summe"


def test_a_total_that_sums_other_columns_is_not_the_revenue(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    heads = ["Date", "Online Sales", "Store Sales", "Total"]
    table = read_table(workbook(heads, *[[day, day.day, 2.5, 99] for day in DAYS]))

    assert table.measures["revenue"].column == "Online Sales"


def test_of_two_revenues_with_an_equal_claim_the_other_is_named(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["Date", "Product revenue", "Service revenue"], *[[day, 1, 2] for day in DAYS]))

    assert table.measures["revenue"].column == "Product revenue"
    assert rivals(table) == [
        "Column 'Product revenue' was taken for the revenue; 'Service revenue' could be it as well. "
        "Choose in the mapping."
    ]


@pytest.mark.parametrize(
    ("one", "other", "chosen"),
    [
        ("Gross Sales", "Net Sales", "Net Sales"),
        ("Sales", "Online Sales", "Sales"),
        ("Sales", "Gross Sales", "Sales"),
        ("Food sales", "Total sales", "Total sales"),
        ("Betrag brutto", "Betrag netto", "Betrag netto"),
        ("Montant TTC", "Montant HT", "Montant HT"),
        ("Sales LY", "Sales", "Sales"),
    ],
)
def test_a_heading_that_fits_better_needs_no_warning(
    workbook: MakeWorkbook, read_table: ReadTable, one: str, other: str, chosen: str
) -> None:
    table = read_table(workbook(["Date", one, other], *[[day, 1, 2] for day in DAYS]))

    assert table.measures["revenue"].column == chosen
    assert not rivals(table)


def test_the_total_of_an_order_is_taken_rather_than_its_subtotal_and_said(
    workbook: MakeWorkbook, read_table: ReadTable
) -> None:
    table = read_table(workbook(["Date", "Subtotal", "Taxes", "Total"], *[[day, 1, 0.2, 1.2] for day in DAYS]))

    assert table.measures["revenue"].column == "Total"
    assert "'Subtotal' could be it as well" in rivals(table)[0]


def test_a_column_with_the_same_numbers_is_no_rival(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(["Date", "Amount", "Amount"], *[[day, 1, 1] for day in DAYS]))

    assert not rivals(table)


def test_what_was_decided_in_the_mapping_is_no_longer_in_doubt(workbook: MakeWorkbook) -> None:
    path = workbook(["Date", "Product revenue", "Service revenue"], *[[day, 1, 2] for day in DAYS])
    rules = Rules(columns={"Service revenue": ColumnRule("measure", "revenue")})
    (table,) = read_file(path, path.parent, lambda *_: None, Instructions(by_sheet={"Sheet": rules})).tables

    assert table.measures["revenue"].total == 20
    assert not rivals(table)
