"""The list of refused cells, beside the snapshot."""

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from dash_kpi.ingest.child import Limits, read_in_child
from dash_kpi.ingest.raw import RawTable
from dash_kpi.ingest.reading import TableReading
from dash_kpi.ingest.refusals import begin, write_refusals
from dash_kpi.storage.file_names import refusals_name
from tests.ingest.conftest import MakeText, MakeWorkbook, ReadTable


def refusals(table: TableReading) -> list[tuple[Any, ...]]:
    assert table.refusals is not None
    fields = "address, heading, content, code"
    return duckdb.sql(f"SELECT {fields} FROM read_parquet('{table.refusals}')").fetchall()


def test_every_refused_cell_is_kept_with_its_content_and_its_reason(workbook: MakeWorkbook, read_table: ReadTable):
    path = workbook(
        ("Date", "Region", "Sales", "Cost"),
        (date(2025, 1, 1), "North", 10, 5),
        (date(2025, 1, 2), "North", "about ten", 5),
        (date(2025, 1, 3), "North", None, 5),
        (date(2025, 1, 4), "North", "n/a", "5 or 6"),
        *((date(2025, 1, 5), "North", 10 + number, 5 + number) for number in range(100)),
        ("soon", "South", 10, 5),
    )

    table = read_table(path)

    assert refusals(table) == [
        ("C3", "Sales", "about ten", "unreadable_number"),
        ("C4", "Sales", None, "missing_amount"),
        ("C5", "Sales", "n/a", "placeholder"),
        ("D5", "Cost", "5 or 6", "unreadable_number"),
        ("A106", "Date", "soon", "unreadable_date"),
    ]
    assert table.rows_refused == 4


def test_an_error_in_a_dimension_is_kept_too(text: MakeText, workbook: MakeWorkbook, read_table: ReadTable):
    rows = [(date(2025, 1, day), "North", 10) for day in range(1, 20)]

    table = read_table(workbook(("Date", "Region", "Sales"), *rows, (date(2025, 2, 1), "#REF!", 10)))

    assert refusals(table) == [("B21", "Region", "#REF!", "error_cell")]


def test_a_clean_table_has_no_list(text: MakeText, read_table: ReadTable):
    assert read_table(text("Date,Sales\n2025-01-01,1\n2025-01-02,2\n")).refusals is None


def test_the_list_moves_with_its_snapshot(text: MakeText, tmp_path: Path):
    path = text("Date,Sales\n2025-01-01,1\n2025-01-02,2\n2025-01-03,x\n")

    (table,) = read_in_child(path, tmp_path / "kept", Limits(), lambda phase, fraction: None).tables

    assert table.snapshot is not None
    assert table.refusals == table.snapshot.with_name(refusals_name(table.snapshot.name))
    assert table.refusals.exists()


def test_what_is_only_blank_gives_way_when_there_are_too_many(tmp_path: Path):
    with duckdb.connect() as connection:
        table = RawTable(connection, (), 1)
        begin(table)
        blank = "SELECT range, 1, 'Cost', NULL, 'missing_value' FROM range(2, 9)"
        connection.execute(f"INSERT INTO refusals {blank} UNION ALL SELECT 8, 2, 'Sales', 'x', 'unreadable_number'")

        file = write_refusals(table, tmp_path / "a.parquet", most=3)

    rows = duckdb.sql(f"SELECT address, code FROM read_parquet('{file}')").fetchall()
    assert rows == [("B2", "missing_value"), ("B3", "missing_value"), ("C8", "unreadable_number")]


def test_where_months_run_across_each_cell_has_its_own_address(workbook: MakeWorkbook, read_table: ReadTable):
    months = [date(2025, month, 1) for month in range(1, 7)]
    products = [(f"Product {number}", *(100 + number + month for month in range(6))) for number in range(30)]

    table = read_table(workbook(("Product", *months), *products, ("Product X", 1, "unknown", 3, 4, 5, 6)))

    assert table.layout == "months_across"
    assert [(address, content) for address, _, content, _ in refusals(table)] == [("C32", "unknown")]


def test_a_column_may_be_called_as_one_of_ours(workbook: MakeWorkbook, read_table: ReadTable):
    rows = [(date(2025, 1, 1), "x", "North", "y", 10 + number) for number in range(60)]

    table = read_table(workbook(("Date", "C", "Error", "C1", "Sales"), *rows, ("soon", "#REF!", "South", "z", None)))

    assert [row[0] for row in refusals(table)] == ["A62", "B62", "E62"]
