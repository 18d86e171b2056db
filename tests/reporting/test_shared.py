"""Sources that cover the same days with nearly the same columns are named, unless they share rows."""

from datetime import date

from dash_kpi.reporting.data import alike, data_page
from dash_kpi.storage.database import MAIN, Database
from tests.builders import commit_rows, sale

JANUARY, JUNE = date(2025, 1, 5), date(2025, 6, 5)


def test_a_file_with_a_column_less_for_the_same_days_is_named(database: Database) -> None:
    commit_rows(database, "new.xlsx", [sale(JANUARY, 10, Region="North", Status="open")])
    commit_rows(database, "old.xlsx", [sale(JANUARY, 20, Region="South")])

    expected = (
        "old.xlsx covers the same days as new.xlsx, which has its columns and Status; no row is in both, so both are "
        "counted.",
    )
    assert alike(database, MAIN) == expected
    assert data_page(database, MAIN).same_days == expected


def test_other_days_the_same_columns_or_quite_other_ones_are_nothing_to_name(database: Database) -> None:
    commit_rows(database, "new.xlsx", [sale(JANUARY, 10, Region="North", Status="open")])
    commit_rows(database, "june.xlsx", [sale(JUNE, 20, Region="South")])
    commit_rows(database, "same.xlsx", [sale(JANUARY, 30, Region="West", Status="open")])
    commit_rows(database, "other.xlsx", [{"date": JANUARY, "visits": 5, "Region": "North"}])

    assert alike(database, MAIN) == ()
