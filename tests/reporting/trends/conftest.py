"""Two years of sales, and a way to ask for a section."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest

from dash_kpi.reporting.trends.page import trends
from dash_kpi.reporting.trends.values import Panel, TrendsPage
from dash_kpi.reporting.trends.view import TrendsView
from dash_kpi.settings import load_settings
from dash_kpi.storage.database import MAIN, Database
from tests.builders import commit_rows, sale
from tests.databases import new_database

FIRST, DAYS = date(2024, 1, 1), 425  # to 28 February 2025
SPIKE = date(2025, 2, 5)

Ask = Callable[[str], TrendsPage]


def revenue(day: date) -> float:
    """Return 100 on every day, 50 on Sundays, with a small ripple, and one spike."""
    usual = (50 if day.weekday() == 6 else 100) + (day.toordinal() * 7 % 5) - 2
    return 500 if day == SPIKE else usual


@pytest.fixture(scope="package")
def sold(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database with the sales, which no test changes."""
    database = new_database(load_settings(instance=tmp_path_factory.mktemp("trends") / "instance"))
    days = [FIRST + timedelta(days=number) for number in range(DAYS)]
    rows = [
        sale(day, revenue(day) * share, revenue(day) * share / 2, Region=region)
        for day in days
        for region, share in (("North", 0.75), ("South", 0.25))
    ]
    commit_rows(database, "sales.xlsx", rows)
    yield database
    database.close()


@pytest.fixture
def ask(sold: Database) -> Ask:
    """Ask for what the page shows for a query."""
    return lambda query: trends(sold, MAIN, TrendsView.from_query(query))


def panel(page: TrendsPage, name: str) -> Panel:
    """Return the panel of a name."""
    return next(panel for panel in page.panels if panel.name == name)


def said(panel: Panel, about: str) -> str:
    """Return what a panel says about something."""
    return " ".join(one.sentence for one in panel.said if one.about == about)
