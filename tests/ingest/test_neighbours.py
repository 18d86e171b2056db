"""Lookups in files beside a file: proposed, joined, and read again when they change."""

from datetime import UTC, date, datetime
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import select

from dash_kpi.ingest import jobs
from dash_kpi.ingest.load import Loaded, load
from dash_kpi.ingest.mappings import Table, save_for_table
from dash_kpi.ingest.rules import Join, Rules
from dash_kpi.reporting.data import data_page
from dash_kpi.reporting.points import Question, points
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Ingest, Source

NOW = datetime(2026, 3, 1, tzinfo=UTC)
JOIN = Join("Product", "prices.csv", None, "Product", ("Unit price",))


def read(database: Database, path: Path) -> Loaded:
    job = jobs.claim(database, jobs.enqueue(database, MAIN, path, NOW), NOW)
    assert job is not None
    return load(database, job)


def write_prices(path: Path, price: int) -> Path:
    path.write_text(f"Product,Unit price\nP0,{price}\nP1,{price}\nP2,{price}\n", "utf-8")
    return path


@pytest.fixture
def sales(database: Database) -> Path:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Date", "Product", "Units"])
    for day in range(1, 10):
        sheet.append([date(2024, 1, day), f"P{day % 3}", day])
    path = database.settings.inbox / "sales.xlsx"
    book.save(path)
    return path


def join(database: Database) -> None:
    with database.reading() as session:
        source = session.scalars(select(Source)).one()
    table = Table(source.workspace_id, source.path, source.sheet, source.header)
    save_for_table(database, table, Rules(joins=(JOIN,)), None, "somebody", NOW)


def revenue(database: Database) -> float | None:
    return points(database, MAIN, Question(kpis=("revenue",)))["kpis"][0]["points"][0]["value"]


def queued(database: Database) -> list[str]:
    with database.reading() as session:
        return list(session.scalars(select(Ingest.path).where(Ingest.status == "queued")))


def test_a_file_without_dates_is_proposed_to_the_files_beside_it(database: Database, sales: Path) -> None:
    assert read(database, write_prices(sales.with_name("prices.csv"), 2)).outcome == "refused"
    read(database, sales)

    (row,) = data_page(database, MAIN).sources
    (proposal,) = (warning for warning in row.warnings if warning.code == "lookup_proposed")
    assert proposal.message == "File 'prices.csv' gives 'Unit price' for each 'Product' (all 3 values found): join it?"


def test_a_joined_file_that_changes_has_the_others_read_again(database: Database, sales: Path) -> None:
    prices = write_prices(sales.with_name("prices.csv"), 2)
    read(database, prices)
    read(database, sales)
    join(database)
    read(database, sales)
    assert revenue(database) == 90

    read(database, write_prices(prices, 3))
    assert queued(database) == ["inbox/sales.xlsx"]
    read(database, sales)

    assert revenue(database) == 135


def test_a_joined_file_that_is_gone_is_said_and_the_rest_is_loaded(database: Database, sales: Path) -> None:
    prices = write_prices(sales.with_name("prices.csv"), 2)
    read(database, prices)
    read(database, sales)
    join(database)
    prices.unlink()
    read(database, sales)

    (row,) = data_page(database, MAIN).sources
    assert "lookup_refused" in {warning.code for warning in row.warnings}
    assert "units" in row.measures
