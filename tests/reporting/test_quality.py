"""The quality report: what a page or a shell is told about one source."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from dash_kpi.errors import NotFound
from dash_kpi.ingest import jobs
from dash_kpi.ingest.load import load
from dash_kpi.reporting.quality import found_quality, named, quality, refused_cells
from dash_kpi.storage.database import MAIN, Database
from tests.builders import commit_rows, sale

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def source(database: Database) -> int:
    """A file in which 60 amounts of 200 cannot be read, and one date."""
    rows = [f"2025-01-{1 + n % 28:02},North,{n + 1}" for n in range(139)]
    rows += [f"2025-01-{1 + n % 28:02},North,unknown {n % 3}" for n in range(60)]
    path = database.settings.inbox / "sales.csv"
    path.write_text("\n".join(["Date,Region,Sales", *rows, "someday,South,5"]) + "\n", "utf-8")
    read(database, path)
    return named(database, MAIN, "sales.csv")[0]


def read(database: Database, path: Path) -> None:
    job = jobs.claim(database, jobs.enqueue(database, MAIN, path, NOW), NOW)
    assert job is not None
    assert load(database, job).outcome == "loaded"


def test_the_report_says_what_was_read_and_how(database: Database, source: int) -> None:
    report = quality(database, MAIN, source, NOW)

    assert (report.file, report.sheet, report.header_row, report.layout) == ("sales.csv", None, 1, "rows")
    assert (report.rows_read, report.rows_loaded, report.rows_refused, report.rows_left_out) == (200, 139, 61, 0)
    assert (report.refused_cells, report.reasons) == (61, (("unreadable_number", 60), ("unreadable_date", 1)))
    assert [(one.name, one.column, one.aggregation) for one in report.measures] == [("revenue", "Sales", "sum")]
    assert report.dimensions == (("Region", "Region", 2),)


def test_the_cells_come_by_page_and_by_reason(database: Database, source: int) -> None:
    first = refused_cells(database, MAIN, source)
    beyond = refused_cells(database, MAIN, source, page=9)
    dates = refused_cells(database, MAIN, source, "unreadable_date")

    assert (len(first.cells), first.page, first.pages, first.count) == (50, 0, 2, 61)
    assert first.cells[0].address == "C141"
    assert (len(beyond.cells), beyond.page) == (11, 1)
    assert [(cell.address, cell.content) for cell in dates.cells] == [("A201", "someday")]


def test_a_source_without_a_list_has_no_cells(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(date(2025, 1, 1), 1)])
    (number,) = named(database, MAIN, None)

    assert refused_cells(database, MAIN, number).cells == ()


def test_a_source_is_named_by_number_file_or_path(database: Database, source: int) -> None:
    path = database.settings.inbox / "sales.csv"

    assert {named(database, MAIN, name) for name in (str(source), "sales.csv", str(path), None)} == {(source,)}
    with pytest.raises(NotFound, match=r"did you mean 'sales\.csv'"):
        named(database, MAIN, "sale.csv")


@pytest.mark.parametrize("typed", [None, "", "x", "99"])
def test_what_is_no_source_has_no_report(database: Database, source: int, typed: str | None) -> None:
    assert found_quality(database, MAIN, typed, NOW) is None
