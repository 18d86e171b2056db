"""Details: what is known about the number of an alert."""

from datetime import date, timedelta

from dash_kpi.alerting.judging.details import details_of
from dash_kpi.alerting.rules.rule import Rule
from dash_kpi.reporting.catalogue import every_kpi
from dash_kpi.reporting.view import View
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.sources import state_at
from tests.alerting.builders import rule_of
from tests.alerting.messages.tolds import reading_of
from tests.builders import commit_rows, sale

FEBRUARY = reading_of(value=30.0, limit=100.0, excess=70.0)


def load(database: Database) -> None:
    for year in (2025, 2026):
        rows = [
            sale(date(year, month, 3), amount, Region=region, Product=product)
            for month, north in ((1, 100), (2, 10))
            for region, amount in (("North", north), ("South", 20))
            for product in ("Desk", "Chair")
        ]
        commit_rows(database, f"sales_{year}.xlsx", rows)


def details(database: Database, rule: Rule, segment: str = "", reading: object = FEBRUARY):  # type: ignore[no-untyped-def]
    state = state_at(database, MAIN)
    kpi = next(one for one in every_kpi(database, state) if one.name == rule.kpi)
    return details_of(database, state, kpi, rule, segment, reading, (240.0, 60.0), ("Jan 2026", "Feb 2026"))  # type: ignore[arg-type]


def test_the_values_before_the_files_and_what_moved_it_are_told(database: Database) -> None:
    load(database)

    found = details(database, rule_of())

    assert (found.previous, found.year_ago, found.files) == (240.0, 60.0, ("sales_2026.xlsx",))
    assert found.driver == "Region North brought 100% of the change, with 73% of the whole."
    view = View.from_query(found.view)
    assert (view.kpi, view.start, view.end, view.grain) == ("revenue", date(2026, 2, 1), date(2026, 2, 28), "month")


def test_a_segment_has_its_own_values_and_its_filter_in_the_view(database: Database) -> None:
    load(database)

    found = details(database, rule_of(by="Region"), "North")

    assert (found.previous, found.year_ago) == (200.0, 20.0)
    assert View.from_query(found.view).filters == (("Region", ("North",)),)
    assert "Region" not in found.driver


def test_a_rolling_window_is_set_against_the_days_before_it(database: Database) -> None:
    load(database)
    end = date(2026, 2, 5)
    reading = reading_of(start=end - timedelta(days=29), end=end, label="30 days")

    assert details(database, rule_of(grain="rolling_30"), reading=reading).previous == 240.0


def test_before_the_first_period_there_is_nothing(database: Database) -> None:
    load(database)
    reading = reading_of(start=date(2025, 1, 1), end=date(2025, 1, 31), label="Jan 2025")

    found = details(database, rule_of(), reading=reading)

    assert (found.previous, found.year_ago, found.driver) == (None, None, "")


def test_of_files_only_what_is_told_of_them_is_known(database: Database) -> None:
    load(database)

    found = details(database, rule_of(conditions=[{"kind": "late"}]), reading=reading_of(kind="late"))

    assert (found.previous, found.files, found.driver) == (None, (), "")
