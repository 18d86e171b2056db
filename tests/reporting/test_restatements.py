"""Restatements: what was over and is another number now is marked on the chart, and nothing else."""

from datetime import date, timedelta

import pytest
from sqlalchemy import update

from dash_kpi.reporting.overview import overview
from dash_kpi.reporting.values import Restatement
from dash_kpi.reporting.view import View
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import Revision
from tests.builders import NOW, Row, commit_rows, sale

JANUARY, FEBRUARY, MARCH = (date(2025, month, 1) for month in (1, 2, 3))
VIEW = "period=all&grain=month"


def months(january: float, february: float, march: float) -> list[Row]:
    amounts = zip((JANUARY, FEBRUARY, MARCH), (january, february, march), strict=True)
    return [sale(start + timedelta(days=day), amount, 1) for start, amount in amounts for day in (4, 20)]


def marks(database: Database, query: str = VIEW) -> tuple[Restatement, ...]:
    series = overview(database, MAIN, View.from_query(query)).series
    assert series is not None
    return series.restated


def test_a_month_that_was_over_is_marked_with_both_numbers(database: Database) -> None:
    commit_rows(database, "a.xlsx", months(10, 20, 30))
    commit_rows(database, "a.xlsx", months(10, 25, 30))

    assert marks(database) == (Restatement(FEBRUARY, 2, 40, 50),)


def test_the_month_that_was_not_over_is_no_restatement(database: Database) -> None:
    commit_rows(database, "a.xlsx", months(10, 20, 30))
    commit_rows(database, "a.xlsx", [*months(10, 20, 33), sale(date(2025, 4, 1), 1)])

    assert marks(database) == ()


def test_what_is_loaded_for_the_first_time_is_no_restatement(database: Database) -> None:
    commit_rows(database, "a.xlsx", months(10, 20, 30))
    commit_rows(database, "b.xlsx", months(1, 2, 3))

    assert marks(database) == ()


def test_every_period_has_its_latest_restatement(database: Database) -> None:
    commit_rows(database, "a.xlsx", months(10, 20, 30))
    commit_rows(database, "a.xlsx", months(11, 21, 30))
    commit_rows(database, "a.xlsx", months(12, 21, 30))

    assert marks(database) == (Restatement(JANUARY, 3, 22, 24), Restatement(FEBRUARY, 2, 40, 42))
    assert marks(database, f"{VIEW}&as_of=2")[0] == Restatement(JANUARY, 2, 20, 22)


def test_growth_is_restated_by_the_month_before_too(database: Database) -> None:
    commit_rows(database, "a.xlsx", [*months(10, 20, 30), sale(date(2025, 4, 1), 1)])
    commit_rows(database, "a.xlsx", [*months(10, 25, 30), sale(date(2025, 4, 1), 1)])

    found = marks(database, f"{VIEW}&kpi=growth_rate")

    assert [(one.start, one.before, one.after) for one in found] == [
        (FEBRUARY, pytest.approx(1.0), pytest.approx(1.5)),
        (MARCH, pytest.approx(0.5), pytest.approx(0.2)),
    ]


def test_what_another_kpi_is_made_of_is_not_told_of_this_one(database: Database) -> None:
    commit_rows(database, "a.xlsx", months(10, 20, 30))
    commit_rows(database, "a.xlsx", months(10, 25, 30))

    assert marks(database, f"{VIEW}&kpi=cogs") == ()


def test_long_ago_is_not_told_any_more(database: Database) -> None:
    commit_rows(database, "a.xlsx", months(10, 20, 30))
    commit_rows(database, "a.xlsx", months(10, 25, 30))
    commit_rows(database, "a.xlsx", months(10, 25, 31))
    with database.writing() as session:
        session.execute(update(Revision).where(Revision.number < 3).values(created_at=NOW - timedelta(days=31)))

    assert marks(database) == ()


def test_periods_cut_by_the_span_and_filters_of_rows_have_no_mark(database: Database) -> None:
    commit_rows(database, "a.xlsx", [row | {"Region": "North"} for row in months(10, 20, 30)])
    commit_rows(database, "a.xlsx", [row | {"Region": "North"} for row in months(10, 25, 30)])

    assert marks(database, "period=custom&from=2025-02-03&to=2025-03-31&grain=month") == ()
    assert marks(database, f"{VIEW}&where=Region=North") == ()
    assert marks(database, f"{VIEW}&where=File=a.xlsx") != ()


def test_samples_that_step_aside_restate_nothing(database: Database) -> None:
    (database.settings.inbox / "sample").mkdir()
    commit_rows(database, "sample/s.xlsx", months(10, 20, 30))
    commit_rows(database, "a.xlsx", months(1, 2, 3))

    assert marks(database) == ()
