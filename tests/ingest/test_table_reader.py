"""Lookups between the sheets of one workbook: proposed, and done where a person wants them."""

from datetime import date

from dash_kpi.ingest.reader import read_file
from dash_kpi.ingest.rules import Instructions, Join, Rules
from tests.ingest.conftest import MakeWorkbook, Read

SALES = [["Date", "Product", "Units"], *[[date(2024, 1, day), f"P{day % 3}", day] for day in range(1, 10)]]
PRODUCTS = [["Product", "Unit price", "Category"], ["P0", 10, "Food"], ["P1", 20, "Food"], ["P2", 30, "Toys"]]
JOIN = Join("Product", None, "Products", "Product", ("Unit price", "Category"))


def test_a_sheet_that_gives_more_about_a_column_is_proposed(workbook: MakeWorkbook, read: Read) -> None:
    sales, products = read(workbook(Sales=SALES, Products=PRODUCTS)).tables

    assert products.status == "refused"
    (proposal,) = (warning for warning in sales.warnings if warning.code == "lookup_proposed")
    assert proposal.message == (
        "Sheet 'Products' gives 'Unit price' and 'Category' for each 'Product' (all 3 values found): join it?"
    )
    assert proposal.data is not None
    assert Rules.from_json({"joins": [proposal.data["join"]]}).joins == (JOIN,)


def test_a_wanted_lookup_adds_measures_and_dimensions(workbook: MakeWorkbook) -> None:
    path = workbook(Sales=SALES, Products=PRODUCTS)
    told = Instructions(by_sheet={"Sales": Rules(joins=(JOIN,))})
    sales, _ = read_file(path, path.parent, lambda *_: None, told).tables

    assert sales.dimensions["Category"].values == 2
    assert sales.measures["revenue"].total == sum(day * (10, 20, 30)[day % 3] for day in range(1, 10))
    assert sales.rows_loaded == 9
    assert "lookup_proposed" not in {warning.code for warning in sales.warnings}


def test_a_lookup_whose_sheet_is_gone_says_so_and_loads_the_rest(workbook: MakeWorkbook) -> None:
    path = workbook(Sales=SALES, Notes=[["Ask Anna"]])
    told = Instructions(by_sheet={"Sales": Rules(joins=(JOIN,))})
    sales, _ = read_file(path, path.parent, lambda *_: None, told).tables

    assert sales.measures["units"].total == 45
    assert "lookup_refused" in {warning.code for warning in sales.warnings}
