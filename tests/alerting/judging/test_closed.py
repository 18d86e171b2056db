"""Which periods have closed: by the clock, by the data, and by every file that makes them up."""

from datetime import date, timedelta

import pytest

from dash_kpi.alerting.judging.closed import Closed, closed_until
from dash_kpi.kpis.calendar import Grain
from dash_kpi.reporting.catalogue import kpis_of
from dash_kpi.storage.daily import measures_of
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.sources import state_at
from tests.builders import Row, commit_rows, sale

MONDAY = date(2025, 1, 6)


def days(last: date, *, weekends: bool = True, first: date = MONDAY) -> list[Row]:
    every = (first + timedelta(days=at) for at in range((last - first).days + 1))
    return [sale(day, 100) for day in every if weekends or day.weekday() < 5]


def until(database: Database, grain: Grain, today: date) -> Closed | None:
    state = state_at(database, MAIN)
    kpi = next(one for one in kpis_of(database, state) if one.name == "revenue")
    return closed_until(kpi, measures_of(database, state, ()), state.sources, grain, today)


@pytest.mark.parametrize(
    ("today", "expected"),
    [(date(2025, 3, 7), date(2025, 3, 6)), (date(2025, 3, 8), date(2025, 3, 7)), (date(2025, 4, 1), date(2025, 3, 7))],
    ids=["today is not over", "yesterday is", "no day beyond the data"],
)
def test_a_day_is_closed_when_the_clock_and_the_data_have_passed_it(
    database: Database, today: date, expected: date
) -> None:
    commit_rows(database, "a.xlsx", days(date(2025, 3, 7)))

    assert until(database, "day", today) == Closed(expected)


@pytest.mark.parametrize(
    ("weekends", "today", "expected"),
    [
        pytest.param(False, date(2025, 3, 10), date(2025, 3, 9), id="Monday looks at the week that ended on Friday"),
        pytest.param(False, date(2025, 3, 8), date(2025, 3, 7), id="on Saturday the week is not over"),
        pytest.param(True, date(2025, 3, 10), date(2025, 3, 7), id="where weekends have values they are waited for"),
    ],
)
def test_days_that_never_have_values_are_not_waited_for(
    database: Database, weekends: bool, today: date, expected: date
) -> None:
    commit_rows(database, "a.xlsx", days(date(2025, 3, 7), weekends=weekends))

    assert until(database, "week", today) == Closed(expected)


def test_a_file_that_runs_beside_others_is_waited_for(database: Database) -> None:
    commit_rows(database, "north.xlsx", days(date(2025, 3, 31)))
    commit_rows(database, "south.xlsx", days(date(2025, 2, 28)))

    assert until(database, "month", date(2025, 4, 2)) == Closed(date(2025, 2, 28), "south.xlsx")


def test_a_file_that_was_given_up_is_not_waited_for(database: Database) -> None:
    commit_rows(database, "north.xlsx", days(date(2025, 6, 30)))
    commit_rows(database, "south.xlsx", days(date(2025, 2, 28)))

    assert until(database, "month", date(2025, 7, 2)) == Closed(date(2025, 6, 30))


def test_files_that_follow_one_another_do_not_wait(database: Database) -> None:
    commit_rows(database, "jan.xlsx", days(date(2025, 1, 31)))
    commit_rows(database, "feb.xlsx", days(date(2025, 2, 28), first=date(2025, 2, 1)))

    assert until(database, "month", date(2025, 3, 2)) == Closed(date(2025, 2, 28))
