from datetime import date
from pathlib import Path

from dash_kpi.storage.database import Database
from tests.builders import commit_rows, sale
from tests.cli.test_commands import answer, run

FEBRUARY = ("drivers", "--kpi", "revenue", "--from", "2025-02-01", "--to", "2025-03-04")


def test_why_a_kpi_moved_is_printed_and_as_json(database: Database, settings) -> None:
    rows = [sale(date(2025, month, 1), 10 * month, Region=region) for month in (1, 2) for region in ("N", "S")]
    commit_rows(database, "a.xlsx", rows)
    instance: Path = settings.instance

    found, printed = answer(*FEBRUARY, instance=instance), run(*FEBRUARY, instance=instance)
    assert (found["before"], found["after"], found["change"]) == (20, 40, 20)
    assert "revenue: 20.00 (2024-12-31/2025-01-31) to 40.00" in printed.stdout.replace("€", "").replace("EUR", "")
    assert "Region: Its values moved alike." in printed.stdout

    half = run("drivers", "--from", "2025-02-01", instance=instance)
    assert (half.exit_code, "two ends" in half.stderr) == (1, True)


def test_without_data_it_says_so(database: Database, settings) -> None:
    done = run("drivers", instance=settings.instance)

    assert done.exit_code == 0
    assert "There are no numbers yet." in done.stdout
