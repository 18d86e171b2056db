"""Differences of rows: applied to the old ones they give the new ones, and they name what a person did."""

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dash_kpi.settings import load_settings
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.differences import RowDifference, row_difference
from dash_kpi.storage.sources import state_at
from tests.builders import Row, commit_rows, sale
from tests.databases import new_database

D1 = date(2025, 1, 1)
FULL = {"date": D1, "revenue": 1.0, "units": 1, "Region": "North"}  # so that every snapshot has every column

few_sales = st.builds(
    lambda day, revenue, units, region: {
        "date": D1 + timedelta(days=day), "revenue": revenue, "units": units, "Region": region
    },
    st.integers(0, 2), st.sampled_from([1.0, 2.0, None]), st.sampled_from([1, 2]), st.sampled_from(["North", None]),
)  # fmt: skip


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = new_database(load_settings(instance=tmp_path_factory.mktemp("diff")))
    yield database
    database.close()


def compare(database: Database, before: list[Row], after: list[Row], most: int = 500) -> RowDifference:
    states = [state_at(database, MAIN, commit_rows(database, "a.xlsx", rows)) for rows in (before, after)]
    return row_difference(database, *(state.sources[0] for state in states), most)


def values(rows: list[Row], columns: tuple[str, ...]) -> Counter[tuple[Any, ...]]:
    return Counter(tuple(row.get(name) for name in columns) for row in rows)


@given(st.lists(few_sales, max_size=12), st.lists(few_sales, max_size=12))
@hypothesis_settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_difference_applied_to_the_old_rows_gives_the_new_ones(
    shared: Database, before: list[Row], after: list[Row]
) -> None:
    before, after = [FULL, *before], [FULL, *after]

    found = compare(shared, before, after)

    for changes in (found.added, found.removed, found.altered):
        assert changes.count == len(changes.listed)
    result = values(before, found.columns)
    result.subtract(change.before for change in (*found.removed.listed, *found.altered.listed))
    assert min(result.values()) >= 0
    result.update(change.after for change in (*found.added.listed, *found.altered.listed))
    assert +result == values(after, found.columns)
    assert all(change.before != change.after for change in found.altered.listed)
    smaller = min(len(before), len(after))
    assert found.altered.count + max(found.added.count, found.removed.count) <= max(len(before), len(after))
    assert found.altered.count <= smaller


def rows(*amounts: float) -> list[Row]:
    return [sale(D1 + timedelta(days=n), amount, Region="North") for n, amount in enumerate(amounts)]


def told(found: RowDifference) -> tuple[int, int, int]:
    return found.added.count, found.removed.count, found.altered.count


def test_a_changed_cell_is_an_altered_row(database: Database) -> None:
    found = compare(database, rows(1, 2, 3), rows(1, 9, 3))

    (change,) = found.altered.listed
    assert told(found) == (0, 0, 1)
    assert found.columns == ("date", "Region", "revenue")
    assert (change.before, change.after) == ((D1 + timedelta(1), "North", 2), (D1 + timedelta(1), "North", 9))
    assert change.old is not None
    assert (change.old.row, change.old.cell("revenue")) == (3, None)


def test_a_row_put_on_top_moves_the_others_and_is_the_only_difference(database: Database) -> None:
    assert told(compare(database, rows(1, 2, 3), [sale(D1, 7), *rows(1, 2, 3)])) == (1, 0, 0)


def test_of_several_rows_with_one_key_the_nearest_was_altered(database: Database) -> None:
    before = [sale(D1, n, Region="North") for n in range(10)]
    after = [sale(D1, 100, Region="North"), *before[:8], sale(D1, 77, Region="North"), before[9]]

    found = compare(database, before, after)

    assert [
        (change.before[2], change.after[2]) for change in found.altered.listed if change.before and change.after
    ] == [(8, 77)]
    assert [change.new.row for change in found.added.listed if change.new] == [2]


def test_a_corrected_date_is_an_altered_row_where_it_stands(database: Database) -> None:
    before, after = rows(1, 2, 3), rows(1, 2, 3)
    after[1] = sale(date(2024, 1, 2), 2, Region="North")

    assert told(compare(database, before, after)) == (0, 0, 1)


def test_a_corrected_date_is_found_below_a_row_that_was_taken_out(database: Database) -> None:
    after = rows(1, 2, 3, 4, 5)
    after[3] = sale(date(2024, 1, 4), 4, Region="North")

    assert told(compare(database, rows(1, 2, 3, 4, 5), [after[0], *after[2:]])) == (0, 1, 1)


def test_rows_that_have_little_in_common_are_not_one(database: Database) -> None:
    after = rows(1, 2, 3)
    after[1] = sale(date(2024, 1, 2), 50, Region="South")

    assert told(compare(database, rows(1, 2, 3), after)) == (1, 1, 0)


def test_a_copy_fewer_is_removed_where_it_stood(database: Database) -> None:
    found = compare(database, [sale(D1, 5), sale(D1, 6), sale(D1, 5)], [sale(D1, 5), sale(D1, 6)])

    assert [change.old.row for change in found.removed.listed if change.old] == [4]


def test_a_new_column_alters_every_row(database: Database) -> None:
    found = compare(database, rows(1, 2), [row | {"tax": 1} for row in rows(1, 2)])

    assert (told(found), found.columns) == ((0, 0, 2), ("date", "Region", "revenue", "tax"))


def test_more_than_can_be_listed_is_counted(database: Database) -> None:
    found = compare(database, rows(1), rows(*range(1, 20)), most=5)

    assert (found.added.count, len(found.added.listed)) == (18, 5)


def test_a_source_that_came_or_went_is_added_or_removed(database: Database) -> None:
    commit_rows(database, "a.xlsx", rows(1, 2))
    source = state_at(database, MAIN).sources[0]

    assert told(row_difference(database, None, source)) == (2, 0, 0)
    assert told(row_difference(database, source, None)) == (0, 2, 0)
