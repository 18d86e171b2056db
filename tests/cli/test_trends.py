from datetime import date, timedelta

from dash_kpi.storage.database import Database
from tests.builders import commit_rows, sale
from tests.cli.test_commands import answer, run


def test_a_trend_is_printed_and_as_json(database: Database, settings) -> None:
    days = [date(2025, 1, 1) + timedelta(days=number) for number in range(60)]
    commit_rows(database, "a.xlsx", [sale(day, 100.0 + at) for at, day in enumerate(days)])

    found = answer("trends", "--kpi", "revenue", "--by", "day", instance=settings.instance)
    printed = run("trends", "--kpi", "revenue", "--by", "day", instance=settings.instance)

    assert found["trend"]["direction"] == "increasing"
    assert printed.stdout.startswith("Revenue by day: Increasing")
    assert "Forecast: " in printed.stdout
    assert "2025-03-02" in printed.stdout


def test_without_data_it_says_so(database: Database, settings) -> None:
    done = run("trends", instance=settings.instance)

    assert done.exit_code == 0
    assert "There are no numbers yet." in done.stdout
