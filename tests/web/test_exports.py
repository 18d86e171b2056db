"""Exports are read back: what finance people open has the numbers, formats, charts and sources, and no formula."""

import csv
import io
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from flask.testing import FlaskClient

from dash_kpi.reporting.tables import Chart, Definition, Export, Reason, SourceFile, Table
from dash_kpi.storage.database import Database
from dash_kpi.web.reports import number_format, workbook
from dash_kpi.web.sheet_names import sheet_names
from tests.builders import commit_rows, sale

DANGEROUS = ["=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "#N/A"]


def days(year: int = 2025) -> list[Any]:
    return [
        sale(date(year, month, 1), 1000.5 * month, 400.0 * month, Region="=cmd()" if month % 2 else "South")
        for month in range(1, 13)
    ]


@pytest.fixture
def sales(database: Database) -> None:
    commit_rows(database, "sales.xlsx", days(2024) + days(), sheet="Orders")


def read(content: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(content))


def book_of(*rows: tuple[Any, ...], formats: tuple[Any, ...], charts: tuple[Chart, ...] = (), **more: Any) -> Any:
    heads = tuple(f"Column {at}" for at in range(len(formats)))
    table = Table("Numbers", heads, rows, formats, **more)
    source = SourceFile("=a.xlsx", "Jan", 3, None)
    definition = Definition("Margin", "profit / revenue", "percent", "=What stays")
    return read(workbook(Export("Test", ("Period: 2025",), (table,), charts, (source,), (definition,), "EUR")).read())


def head_row(sheet: Any) -> int:
    return int(sheet.freeze_panes[1:]) - 1


def test_text_stays_text_in_a_workbook_whatever_it_begins_with() -> None:
    sheet = book_of(*((text,) for text in DANGEROUS), formats=("text",))["Numbers"]

    cells = [row[0] for row in sheet.iter_rows(min_row=head_row(sheet) + 1)]
    assert [cell.data_type for cell in cells] == ["s"] * len(DANGEROUS)
    assert [cell.quotePrefix for cell in cells] == [True] * 6 + [False]


def test_every_unit_has_its_format_and_what_is_missing_is_an_empty_cell_with_its_reason() -> None:
    formats = ("date", "currency", "percent", "ratio", "number", "number", "change", "points", ("currency",))
    row = (date(2025, 1, 31), 12.5, 0.25, 1.5, 7, 7.25, 0.1, 0.02, None)
    sheet = book_of(row, formats=formats, reasons=(Reason(0, 8, "No row has it."),))["Numbers"]

    cells = next(sheet.iter_rows(min_row=head_row(sheet) + 1))
    assert cells[0].value == datetime(2025, 1, 31)
    assert cells[0].is_date
    assert [cell.number_format for cell in cells[1:8]] == [
        '"€"#,##0.00;-"€"#,##0.00', "0.00%", "0.00", "#,##0", "#,##0.####;-#,##0.####",
        "+0.0%;-0.0%;0.0%", '+0.0%" points";-0.0%" points";0.0%" points"',
    ]  # fmt: skip
    assert [cell.alignment.horizontal for cell in cells[1:8]] == ["right"] * 7
    assert cells[8].value is None
    assert cells[8].comment.text == "No row has it."


def test_an_amount_without_a_known_symbol_bears_its_code() -> None:
    assert number_format("currency", "CHF") == '"CHF "#,##0.00;-"CHF "#,##0.00'
    assert number_format("currency", "") == "#,##0.00;-#,##0.00"


def test_the_head_stays_in_view_and_is_repeated_on_paper() -> None:
    sheet = book_of(("a", 1), ("b", 2), formats=("text", "number"))["Numbers"]

    head = head_row(sheet)
    assert [cell.value for cell in sheet[head]] == ["Column 0", "Column 1"]
    assert all(cell.font.bold for cell in sheet[head])
    assert sheet.auto_filter.ref == f"A{head}:B{head + 2}"
    assert sheet.print_title_rows == f"${head}:${head}"
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (
        "landscape", 1, 0,
    )  # fmt: skip


def test_charts_are_those_of_excel_with_their_axes() -> None:
    line, bar = Chart(0, "line", "Over time", (1,), grain="month"), Chart(0, "bar", "Largest", (1,), most=1)
    rows = ((date(2025, 1, 1), 1.0), (date(2025, 2, 1), None))
    sheet = book_of(*rows, formats=("date", "currency"), charts=(line, bar))["Numbers"]

    head, (over_time, largest) = head_row(sheet), sheet._charts
    assert over_time.series[0].val.numRef.f == f"'Numbers'!$B${head + 1}:$B${head + 2}"
    assert largest.series[0].val.numRef.f == f"'Numbers'!$B${head + 1}"
    assert [axis.delete for axis in (over_time.x_axis, over_time.y_axis)] == [False, False]
    assert over_time.x_axis.number_format.formatCode == "mmm yy"
    assert over_time.display_blanks == "gap"


def test_a_table_without_rows_is_a_sheet_with_its_head() -> None:
    sheet = book_of(formats=("text", "number"), charts=(Chart(0, "line", "None", (1,)),))["Numbers"]

    assert (sheet.max_row, sheet._charts) == (head_row(sheet), [])


@pytest.mark.parametrize(
    ("titles", "names"),
    [
        (["a/b [1]: c?", "", "History"], ["a b 1 c", "Table", "History 1"]),
        (["Same", "same", "SAME"], ["Same", "same (2)", "SAME (3)"]),
        (["x" * 40, "x" * 50], ["x" * 31, "x" * 27 + " (2)"]),
        (["'quoted'"], ["quoted"]),
    ],
    ids=["legal", "unique", "short", "no apostrophe at the ends"],
)
def test_names_of_sheets_are_legal_and_unique(titles: list[str], names: list[str]) -> None:
    assert sheet_names(titles) == names


@pytest.mark.usefixtures("sales")
def test_the_workbook_of_the_overview_has_every_part_of_it_and_its_sources(client: FlaskClient) -> None:
    answer = client.get("/api/v1/overview.xlsx?from=2025-01-01&to=2025-12-31&grain=month&compare=year&kpi=profit")
    book = read(answer.data)

    assert book.sheetnames == [
        "KPIs",
        "Profit by month",
        "All KPIs by month",
        "Profit by Region",
        "What changed",
        "Sources",
    ]
    assert answer.headers["Content-Disposition"] == "attachment; filename=overview-2025-01-01-2025-12-31.xlsx"
    kpis = {row[0]: row[1:] for row in book["KPIs"].iter_rows(values_only=True)}
    assert kpis["Revenue"][0] == pytest.approx(78 * 1000.5)
    assert kpis["Profit margin"][4] == "points"
    months = list(book["Profit by month"].iter_rows(values_only=True))[-12:]
    assert months[0][:5] == (datetime(2025, 1, 1), "Jan 2025", 600.5, "Jan 2024", 600.5)
    assert len(book["Profit by month"]._charts) == len(book["Profit by Region"]._charts) == 1
    sources = [row for row in book["Sources"].iter_rows(values_only=True) if row[0]]
    assert ("sales.xlsx", "Orders", 1) in [row[:3] for row in sources]
    assert any(row[0] == "Profit margin" and row[2] == "percent" and row[1] for row in sources)
    assert "Compared with: 1 Jan – 31 Dec 2024" in [row[0] for row in sources]


@pytest.mark.usefixtures("sales")
def test_csv_gives_one_part_and_no_formula(client: FlaskClient) -> None:
    answer = client.get("/api/v1/overview.csv?part=breakdown&by=Region&period=all&kpi=revenue")

    head, *rows = list(csv.reader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert head == ["Region", "Revenue", "Share", "Change (relative)"]
    assert [row[0] for row in rows] == ["South", "'=cmd()"]
    assert float(rows[0][1]) == pytest.approx(2 * 42 * 1000.5)


@pytest.mark.usefixtures("sales")
def test_the_export_follows_the_filters_and_says_so(client: FlaskClient) -> None:
    book = read(client.get("/api/v1/overview.xlsx?where=Region%3DSouth&period=all").data)

    lines = [row[0] for row in book["KPIs"].iter_rows(max_row=6, values_only=True)]
    assert "Filters: Region: South" in lines
    assert lines[0] == "KPIs"


@pytest.mark.usefixtures("sales")
def test_a_filter_that_empties_a_kpi_leaves_an_empty_cell_with_the_reason(client: FlaskClient) -> None:
    sheet = read(client.get("/api/v1/overview.xlsx?from=1999-01-01&to=1999-12-31").data)["KPIs"]

    revenue = next(row for row in sheet.iter_rows() if row[0].value == "Revenue")
    assert revenue[1].value is None
    assert revenue[1].comment.text.startswith("There is no data in this period")


@pytest.mark.parametrize("address", ["overview.xlsx", "overview.csv", "overview.csv?part=series"])
def test_where_there_is_no_data_nothing_is_exported(client: FlaskClient, address: str) -> None:
    answer = client.get(f"/api/v1/{address}")

    assert (answer.status_code, answer.json["error"]) == (422, "There is no number to export yet.")


@pytest.mark.usefixtures("sales")
def test_a_part_that_is_none_is_refused(client: FlaskClient) -> None:
    assert client.get("/api/v1/overview.csv?part=all").status_code == 422
