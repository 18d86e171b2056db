"""Exports of what moved a KPI: the same numbers as the page, as CSV and as a workbook."""

import io
from datetime import date

import openpyxl
from flask.testing import FlaskClient

from dash_kpi.storage.database import Database
from tests.builders import commit_rows

VIEW = "period=month&kpi=revenue&by=Region"


def sold(database: Database) -> None:
    rows = [
        {
            "date": date(2025, month, 1 + day),
            "revenue": revenue * month,
            "units": 1.0,
            "Region": region,
            "Product": product,
        }
        for month in (1, 2)
        for day in range(10)
        for region, product, revenue in (("North", "=A", 10.0), ("South", "B", 5.0))
    ]
    commit_rows(database, "sales.xlsx", rows)


def test_the_values_that_moved_a_kpi_are_a_csv_file(database: Database, client: FlaskClient) -> None:
    sold(database)
    answer = client.get(f"/api/v1/drivers.csv?part=values&{VIEW}")

    assert answer.status_code == 200
    assert answer.text.splitlines()[1:] == ["North,100.0,200.0,100.0", "South,50.0,100.0,50.0"]


def test_what_a_dimension_and_a_blank_are_called_is_as_on_the_page(database: Database, client: FlaskClient) -> None:
    both = ((None, 1.0), ("A", 2.0))
    rows = [{"date": date(2025, at, 1), "revenue": at * one, "SKU_new": sku} for at in (1, 2) for sku, one in both]
    commit_rows(database, "sales.xlsx", rows)
    answer = client.get("/api/v1/drivers.xlsx?period=month&kpi=revenue&by=SKU_new&where=SKU_new=A&where=SKU_new=")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.data)).worksheets[0]

    column = [row[0].value for row in sheet.iter_rows()]
    assert column[-3:] == ["SKU new", "A", "(blank)"]
    assert "Filters: SKU_new: (blank), A" in column


def test_the_bridge_adds_up_in_the_workbook_and_no_text_is_a_formula(database: Database, client: FlaskClient) -> None:
    sold(database)
    answer = client.get(f"/api/v1/drivers.xlsx?{VIEW.replace('Region', 'Product')}")
    book = openpyxl.load_workbook(io.BytesIO(answer.data))

    cells = {sheet.title: [list(row) for row in sheet.iter_rows()] for sheet in book}
    bridge = next(rows for title, rows in cells.items() if title.startswith("Price"))
    steps = {row[0].value: row[1].value for row in bridge if isinstance(row[1].value, int | float)}
    assert steps["Before"] + sum(v for k, v in steps.items() if k not in ("Before", "After")) == steps["After"]
    assert all(cell.data_type != "f" for rows in cells.values() for row in rows for cell in row)
    assert "Sources" in book.sheetnames


def test_what_cannot_be_explained_is_refused_with_its_reason(database: Database, client: FlaskClient) -> None:
    sold(database)

    assert client.get("/api/v1/drivers.csv?period=all").status_code == 422
    assert "bridge" in client.get("/api/v1/drivers.csv?period=month&kpi=units&part=bridge").get_json()["error"]
