from datetime import date

import pytest

from dash_kpi.storage.database import Database
from tests.builders import commit_rows, sale
from tests.cli.test_commands import answer, run


@pytest.fixture
def sales(database: Database) -> None:
    """Two regions by month: a little noise, and in the last month the North sells twice as much."""
    wobble = (0, 3, -2, 4, 1, -3, 2, -1, 3, 0, -4, 2)
    rows = [
        sale(
            date(2023 + at // 12, at % 12 + 1, 1),
            (100 + wobble[at % 12]) * (2 if at == 35 and region == "N" else 1),
            Region=region,
        )
        for at in range(36)
        for region in ("N", "S")
    ]
    commit_rows(database, "a.xlsx", rows, grain="month")


@pytest.mark.usefixtures("sales")
def test_what_changed_is_printed_and_as_json(settings) -> None:
    asked = ("changes", "--from", "2025-12-01", "--to", "2025-12-31")

    found, printed = answer(*asked, instance=settings.instance), run(*asked, instance=settings.instance)

    first = found["changes"][0]
    assert (first["kpi"], first["value"]) == ("revenue", 306)
    assert first["confidence"] > 0.99
    assert "revenue_per_day" not in {one["kpi"] for one in found["changes"]}
    assert first["sentence"] in printed.stdout
    assert "Looked at" in printed.stdout


def test_without_data_it_says_so(database: Database, settings) -> None:
    done = run("changes", instance=settings.instance)

    assert (done.exit_code, "There are no numbers yet." in done.stdout) == (0, True)


def test_half_a_period_is_refused(database: Database, settings) -> None:
    done = run("changes", "--from", "2025-12-01", instance=settings.instance)

    assert (done.exit_code, "two ends" in done.stderr) == (1, True)
