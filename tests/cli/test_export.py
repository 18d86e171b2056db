"""Exporting the overview from a shell."""

from datetime import date
from pathlib import Path

import openpyxl
from click.testing import CliRunner

from dash_kpi.cli import commands
from dash_kpi.reporting.annotations import Wording, add_note
from dash_kpi.storage.database import MAIN, Database
from tests.builders import NOW, commit_rows, sale


def run(database: Database, *arguments: str) -> str:
    result = CliRunner().invoke(commands, ["export", *arguments, "--instance", str(database.settings.instance)])
    return result.output


def test_the_overview_is_written_as_a_workbook_and_as_csv(database: Database, tmp_path: Path) -> None:
    rows = [sale(date(2025, 1, day), 10.0, 6.0, Region="=North") for day in range(1, 11)]
    commit_rows(database, "sales.xlsx", rows)
    add_note(database, MAIN, Wording(None, date(2025, 1, 3), date(2025, 1, 3), "A fair"), "somebody", NOW)

    assert "written" in run(database, str(tmp_path / "o.xlsx"), "--period", "all")
    book = openpyxl.load_workbook(tmp_path / "o.xlsx")
    cells = [str(cell.value) for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "A fair" in cells
    assert "Sources" in book.sheetnames

    assert "written" in run(database, str(tmp_path / "o.csv"), "--part", "breakdown", "--by", "Region")
    assert "'=North,100.0" in (tmp_path / "o.csv").read_text("utf-8")


def test_what_cannot_be_written_is_refused(database: Database, tmp_path: Path) -> None:
    commit_rows(database, "sales.xlsx", [sale(date(2025, 1, 1), 10.0, 6.0)])

    assert "neither with .xlsx nor with .csv" in run(database, str(tmp_path / "o.pdf"))
    assert "belong together" in run(database, str(tmp_path / "o.csv"), "--from", "2025-01-01")
