"""The marked copy of a file: it can be mended, dropped back and read."""

import io
import shutil
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from sqlalchemy import select

from dash_kpi.errors import Refused
from dash_kpi.ingest import jobs
from dash_kpi.ingest.load import Loaded, load
from dash_kpi.ingest.mending import marked_file
from dash_kpi.reporting.data import data_page
from dash_kpi.reporting.quality import REASONS
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Source

NOW = datetime(2026, 3, 1, tzinfo=UTC)
DAYS = range(1, 29)


def read(database: Database, path: Path) -> Loaded:
    job = jobs.claim(database, jobs.enqueue(database, MAIN, path, NOW), NOW)
    assert job is not None
    return load(database, job)


def only_source(database: Database) -> int:
    with database.reading() as session:
        return session.scalars(select(Source.id)).all()[0]


def rows(database: Database) -> list[int]:
    return [row.rows for row in data_page(database, MAIN).sources]


def marked(database: Database, path: Path) -> openpyxl.Workbook:
    """Return the marked copy, and let it take the place of the file."""
    file = marked_file(database, MAIN, only_source(database), REASONS)
    path.with_name(file.name).write_bytes(file.content)
    return openpyxl.load_workbook(io.BytesIO(file.content))


def save(path: Path, **sheets: list[list[Any]]) -> Path:
    """Write a workbook whose last column of every sheet is a formula with its value."""
    with xlsxwriter.Workbook(str(path)) as book:
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        for name, content in sheets.items():
            sheet = book.add_worksheet(name)
            sheet.write_row(0, 0, ["Date", "Region", "Units", "Revenue"])
            for number, (when, region, units) in enumerate(content, start=1):
                if isinstance(when, date):
                    sheet.write_datetime(number, 0, datetime(when.year, when.month, when.day), day)
                else:
                    sheet.write(number, 0, when)
                sheet.write_row(number, 1, [region, units])
                sheet.write_formula(number, 3, f"=10*C{number + 1}", None, 10 * units if units != "many" else "#VALUE!")
    return path


def content(*extra: list[Any]) -> list[list[Any]]:
    return [[date(2025, 1, day), "North", day] for day in DAYS] + list(extra)


@pytest.fixture
def workbook(database: Database) -> Path:
    path = save(database.settings.inbox / "a.xlsx", Sales=content(["soon", "South", 4]), Other=content())
    read(database, path)
    return path


def test_the_refused_cells_are_coloured_commented_and_listed(database: Database, workbook: Path) -> None:
    book = marked(database, workbook)

    cell = book["Sales"]["A30"]
    assert cell.fill.start_color.rgb == "FFFFD8A8"
    assert cell.comment is not None
    assert cell.comment.text == "Dash KPI: Not a date that can be read."
    listed = [[one.value for one in row] for row in book["Refused cells"].iter_rows(min_row=5)]
    assert listed == [["Sales", "A30", "Date", "soon", "Not a date that can be read"]]
    assert book["Refused cells"]["B5"].hyperlink.location == "'Sales'!A30"


def test_dropped_back_it_is_read_as_before_and_the_list_is_no_source(database: Database, workbook: Path) -> None:
    marked(database, workbook)

    assert read(database, workbook).outcome == "loaded"

    assert rows(database) == [28, 28]
    assert [row.sheet for row in data_page(database, MAIN).sources] == ["Sales", "Other"]
    assert data_page(database, MAIN).ingests[0].rows_refused == 1


def test_mended_it_has_nothing_refused(database: Database, workbook: Path) -> None:
    marked(database, workbook)
    book = openpyxl.load_workbook(workbook)
    book["Sales"]["A30"] = date(2025, 2, 1)
    for sheet in (book["Sales"], book["Other"]):  # Excel works the formulas out when it saves
        for row in range(2, sheet.max_row + 1):
            sheet.cell(row, 4, 10 * sheet.cell(row, 3).value)
    book.save(workbook)

    read(database, workbook)

    assert sorted(rows(database)) == [28, 29]
    with pytest.raises(Refused, match="has no refused cell"):
        marked_file(database, MAIN, only_source(database), REASONS)


def test_a_text_file_becomes_a_workbook_with_its_cells_in_place(database: Database) -> None:
    path = database.settings.inbox / "a.csv"
    lines = ["A report;;", "", "Date;Sales;Cost", *(f"{day:02}.01.2025;1.000,50;{day}" for day in DAYS), "bald;=5;1"]
    path.write_text("\n".join(lines), "utf-8")
    read(database, path)

    book = marked(database, path)

    sheet = book["Table"]
    assert [cell.value for cell in sheet[3]] == ["Date", "Sales", "Cost"]
    assert (sheet["B4"].value, sheet["A32"].value) == ("1.000,50", "bald")
    assert sheet["A32"].comment is not None
    path.unlink()
    read(database, path.with_suffix(".xlsx"))
    assert data_page(database, MAIN).ingests[0].rows_loaded == 28


def test_a_file_that_has_changed_gives_the_list_alone_and_says_so(database: Database, workbook: Path) -> None:
    shutil.rmtree(database.settings.originals)  # none are kept any more
    workbook.write_bytes(b"something else")

    file = marked_file(database, MAIN, only_source(database), REASONS)

    book = openpyxl.load_workbook(io.BytesIO(file.content))
    assert book.sheetnames == ["Refused cells"]
    assert "a.xlsx has changed since it was read" in str(book.worksheets[0]["A2"].value)


def test_the_original_that_was_kept_serves_when_the_file_has_changed(database: Database, workbook: Path) -> None:
    workbook.write_bytes(b"something else")

    file = marked_file(database, MAIN, only_source(database), REASONS)

    assert openpyxl.load_workbook(io.BytesIO(file.content)).sheetnames == ["Sales", "Other", "Refused cells"]
