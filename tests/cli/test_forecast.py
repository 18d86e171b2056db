"""The command says where KPIs are heading, in words and for programs."""

import json
from datetime import date, timedelta

import pytest
from click.testing import CliRunner, Result

from dash_kpi.cli import commands
from dash_kpi.storage.database import Database
from tests.builders import commit_rows, sale

FIRST = date(2025, 1, 1)


@pytest.fixture(autouse=True)
def _sales(database: Database) -> None:
    days = (date(2025, 5, 20) - FIRST).days + 1
    commit_rows(database, "a.xlsx", [sale(FIRST + timedelta(at), 100.0 + at % 7) for at in range(days)])


def run(database: Database, *arguments: str) -> Result:
    return CliRunner().invoke(commands, ["forecast", *arguments, "--instance", str(database.settings.instance)])


def test_a_forecast_is_printed_with_its_interval_and_the_end_of_the_month(database: Database) -> None:
    done = run(database, "--kpi", "revenue", "--by", "day", "--periods", "3")
    lines = done.stdout.splitlines()
    assert done.exit_code == 0, done.output
    assert [line.split()[0] for line in lines[1:4]] == ["2025-05-21", "2025-05-22", "2025-05-23"]
    assert any(line.startswith("  May 2025: 3,19") for line in lines)


def test_programs_get_null_and_the_reason_where_there_is_none(database: Database) -> None:
    answer = json.loads(run(database, "--kpi", "revenue", "--json").stdout)["kpis"][0]
    assert (answer["by"], answer["points"], answer["mase"]) == ("month", [], None)
    assert answer["reason"] == "Too little history for a forecast: 4 of 12 months with a value."
    assert answer["outlooks"][0]["expected"] == pytest.approx(31 * 103, rel=0.01)


def test_a_line_has_its_day(database: Database) -> None:
    answer = json.loads(run(database, "--kpi", "revenue", "--by", "day", "--line", "105.5", "--json").stdout)
    assert answer["kpis"][0]["line"]["expected"] == "2025-05-27"  # 106 comes every seventh day: day 146 is the next


def test_an_unknown_kpi_is_refused_with_a_suggestion(database: Database) -> None:
    done = run(database, "--kpi", "revnue")
    assert done.exit_code == 1
    assert "revenue" in done.stderr
