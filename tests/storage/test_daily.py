"""Daily measures: the same, from `kpi_data` or from the snapshots, now or at a past revision."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dash_kpi.settings import load_settings
from dash_kpi.storage.daily import daily_measures
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.filters import Filters
from dash_kpi.storage.sources import FILE, state_at
from tests.builders import commit_rows, commit_tables, sale, table_of
from tests.databases import new_database

D1, D2, D3 = date(2025, 1, 1), date(2025, 1, 2), date(2025, 1, 3)

amounts = st.floats(-1e6, 1e6, allow_nan=False).map(lambda value: round(value, 2))
sales = st.builds(
    lambda day, revenue, units, region: {
        "date": D1 + timedelta(days=day), "revenue": revenue, "units": units, "Region": region
    },
    st.integers(0, 20), amounts | st.none(), st.integers(0, 9) | st.none(), st.sampled_from(["North", "South"]),
)  # fmt: skip


Rows = list[tuple[int, str, int, float, int]]  # source, measure, day, total, count


def rows_of(database: Database, filters: Filters = (), as_of: int | None = None) -> Rows:
    found = daily_measures(database, state_at(database, MAIN, as_of), filters)
    return [
        (source, measure, day, total, count)
        for measure, one in sorted(found.items())
        for source, day, total, count in zip(one.sources, one.days, one.totals, one.counts, strict=True)
    ]


def totals(database: Database, filters: Filters = (), as_of: int | None = None) -> list[float]:
    return [total for *_, total, _ in rows_of(database, filters, as_of)]


@given(st.lists(sales, min_size=1, max_size=30), st.lists(sales, min_size=1, max_size=30))
@hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_kpi_data_and_snapshots_give_the_same_rows(tmp_path_factory, first, second) -> None:  # type: ignore[no-untyped-def]
    database = new_database(load_settings(instance=tmp_path_factory.mktemp("same")))
    for file, rows in (("a.xlsx", first), ("b.xlsx", second)):
        # The first row has every column, so that the snapshot has them too.
        commit_rows(database, file, [{"date": D1, "revenue": 1.0, "units": 1, "Region": "North"}, *rows])

    unfiltered = rows_of(database)
    everything = rows_of(database, (("Region", ("North", "South")),))

    assert [row[:3] + row[4:] for row in unfiltered] == [row[:3] + row[4:] for row in everything]
    assert [row[3] for row in unfiltered] == pytest.approx([row[3] for row in everything])
    database.close()


def test_a_filter_lets_only_its_values_through(database: Database) -> None:
    commit_rows(
        database, "a.xlsx", [sale(D1, 10, Region="North"), sale(D1, 5, Region="South"), sale(D2, 7, Region="North")]
    )

    assert totals(database, (("Region", ("North",)),)) == [10, 7]


def test_an_empty_value_lets_blank_cells_through(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(D1, 10, Region="North"), sale(D1, 5)])

    assert totals(database, (("Region", ("",)),)) == [5]


def test_a_source_without_the_dimension_has_no_row_that_a_filter_lets_through(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(D1, 10, Region="North")])
    commit_rows(database, "b.xlsx", [sale(D1, 99)])

    assert totals(database, (("Region", ("North",)),)) == [10]


def test_a_file_can_be_chosen_like_any_dimension(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(D1, 10, Region="North")])
    commit_rows(database, "b.xlsx", [sale(D1, 99, Region="North")])

    assert totals(database, ((FILE, ("b.xlsx",)),)) == [99]
    assert totals(database, ((FILE, ("b.xlsx",)), ("Region", ("South",)))) == []


@pytest.mark.parametrize("filters", [(), (("Region", ("North",)),)], ids=["kpi_data", "snapshots"])
def test_a_past_revision_is_what_was_believed_then(database: Database, filters: Filters) -> None:
    first = commit_rows(database, "a.xlsx", [sale(D1, 10, Region="North"), sale(D2, 20, Region="North")])
    second = commit_rows(database, "a.xlsx", [sale(D1, 11, Region="North"), sale(D3, 30, Region="North")])

    assert totals(database, filters, first) == [10, 20]
    assert totals(database, filters, second) == [11, 30]


def test_what_did_not_change_stays_one_row(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(D1, 10), sale(D2, 20)])
    commit_rows(database, "a.xlsx", [sale(D1, 10), sale(D2, 21)])

    with database.engine.connect() as connection:
        rows = connection.exec_driver_sql(
            "SELECT day, total, valid_from, valid_to FROM kpi_data ORDER BY day, valid_from"
        ).all()

    assert rows == [("2025-01-01", 10.0, 1, None), ("2025-01-02", 20.0, 1, 2), ("2025-01-02", 21.0, 2, None)]


def test_the_sheets_of_a_workbook_are_sources_of_their_own(database: Database) -> None:
    folder: Path = database.settings.snapshots
    north, south = (table_of(folder, [sale(D1, amount)], sheet=name) for name, amount in (("N", 1), ("S", 2)))
    commit_tables(database, "a.xlsx", north, south)

    assert [source.sheet for source in state_at(database, MAIN).sources] == ["N", "S"]
    assert totals(database) == [1, 2]
