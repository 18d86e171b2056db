"""What a person says about a sheet wins over what is found in it: its headings, its layout, also of a second table."""

from datetime import date
from pathlib import Path

from dash_kpi.ingest.reader import read_file
from dash_kpi.ingest.reading import TableReading
from dash_kpi.ingest.rules import Instructions, Rules
from tests.ingest.tables.test_layouts import FEB, JAN, Case, Rows, saved


def told(rows: Rows, folder: Path, **rules: Rules) -> list[TableReading]:
    names = {name.replace("_", " "): one for name, one in rules.items()}
    names = {name.replace(" two", " (table 2)"): one for name, one in names.items()}
    return list(read_file(saved(Case(rows), folder), folder, lambda *_: None, Instructions(by_sheet=names)).tables)


def test_columns_that_are_segments_only_for_who_knows_them(tmp_path: Path) -> None:
    rows: Rows = [["Date", "Web", "Counter"], [JAN, 1, 2], [FEB, 3, 4]]

    (table,) = told(rows, tmp_path, Sheet1=Rules(layout="values_across"))

    assert (table.layout, table.measures["revenue"].total, table.dimensions["Group"].values) == ("values_across", 10, 2)


def test_segments_that_are_measures_of_their_own(tmp_path: Path) -> None:
    rows: Rows = [["Sales by manager"], [], ["Date", "Anna", "Ben"], [JAN, 1, 2], [FEB, 3, 4]]

    (table,) = told(rows, tmp_path, Sheet1=Rules(layout="rows"))

    assert {name: one.total for name, one in table.measures.items()} == {"anna": 4, "ben": 6}


def test_labels_that_are_measures_although_nothing_says_so(tmp_path: Path) -> None:
    rows: Rows = [["2024"], ["Line", "Jan", "Feb"], ["Alpha", 1, 2], ["Beta", 3, 4]]

    (table,) = told(rows, tmp_path, Sheet1=Rules(layout="statement"))

    assert {name: one.total for name, one in table.measures.items()} == {"alpha": 3, "beta": 7}


def test_headings_below_another_table_are_those_of_the_sheet(tmp_path: Path) -> None:
    rows: Rows = [["Shop", "Sales 2023"], ["A", 5], ["B", 6], [], ["Date", "Sales"], [JAN, 1], [FEB, 2]]

    (table,) = told(rows, tmp_path, Sheet1=Rules(header_row=5))

    assert (table.sheet, table.header_row, table.measures["revenue"].total) == ("Sheet1", 5, 3)


def test_a_title_that_is_the_row_of_headings(tmp_path: Path) -> None:
    rows: Rows = [["When", "Turnover"], [], [date(2024, 1, 1), 1], [date(2024, 1, 2), 2], [date(2024, 1, 3), 4]]

    (table,) = told(rows, tmp_path, Sheet1=Rules(header_row=1))

    assert (table.header_row, table.measures["revenue"].total) == (1, 7)


def test_one_row_of_headings_although_two_look_like_it(tmp_path: Path) -> None:
    rows: Rows = [["Web", "Web", "Shop"], ["Date", "Sales", "Cost"], [JAN, 1, 2], [FEB, 3, 4]]

    (table,) = told(rows, tmp_path, Sheet1=Rules(header_row=2, header_rows=1))

    assert {name: one.column for name, one in table.measures.items() if one.column} == {
        "revenue": "Sales",
        "cogs": "Cost",
    }


def test_rules_of_the_second_table_are_those_of_the_second_table(tmp_path: Path) -> None:
    rows: Rows = [
        ["Date", "Sales"], [JAN, 5], [FEB, 6], [], ["By shop"], ["Date", "Web", "Counter"], [JAN, 1, 2], [FEB, 3, 4],
    ]  # fmt: skip

    first, second = told(rows, tmp_path, Sheet1_two=Rules(layout="values_across"))

    assert (first.layout, first.measures["revenue"].total) == ("rows", 11)
    assert (second.layout, second.measures["revenue"].total) == ("values_across", 10)
