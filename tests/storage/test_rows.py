"""The rows behind a number, as the snapshots hold them."""

from datetime import date
from pathlib import Path

import duckdb
import pytest

from dash_kpi.kpis.periods import Days
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.rows import Choice, rows, sums
from dash_kpi.storage.sources import state_at
from tests.builders import commit_rows, commit_tables, sale, table_of

D1, D2, D3 = date(2025, 1, 1), date(2025, 1, 2), date(2025, 1, 3)
JANUARY = Days(D1, date(2025, 1, 31))


def choice(database: Database, *measures: str, span: Days = JANUARY) -> Choice:
    return Choice(state_at(database, MAIN).sources, measures, ("Region",), span)


def test_the_largest_comes_first_whatever_its_sign(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(D1, 5), sale(D1, -90), sale(D2, 70), sale(D3, None, Region="North")])

    found = list(rows(database, choice(database, "revenue")))

    assert [(row.row, row.measures) for row in found] == [(3, (-90.0,)), (4, (70.0,)), (2, (5.0,))]


def test_only_the_days_of_the_span_count(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(D1, 5), sale(D2, 70), sale(D3, 1)])

    within = choice(database, "revenue", span=Days(D2, D2))

    assert [row.day for row in rows(database, within)] == [D2]
    assert sums(database, within).rows == 1


def test_what_a_source_lacks_is_blank(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(D1, 5, 2, Region="North")])
    commit_rows(database, "b.xlsx", [sale(D1, 9)])

    found = list(rows(database, choice(database, "revenue", "cogs")))

    assert [(row.source.file, row.measures, row.dimensions) for row in found] == [
        ("b.xlsx", (9.0, None), (None,)),
        ("a.xlsx", (5.0, 2.0), ("North",)),
    ]


def test_a_page_goes_on_where_the_one_before_ended(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(D1, 100 - number) for number in range(10)])

    found = rows(database, choice(database, "revenue"), most=3, after=6)

    assert [row.measures[0] for row in found] == [94, 93, 92]


def test_the_sums_are_exact(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(D1, 0.1) for _ in range(10)])

    found = sums(database, choice(database, "revenue"))

    assert (found.rows, found.placed) == (10, 0)
    assert (found.measures["revenue"].totals.tolist(), found.measures["revenue"].counts.tolist()) == ([1.0], [10])


def test_nothing_to_look_in_has_no_rows(database: Database) -> None:
    assert list(rows(database, choice(database, "revenue"))) == []
    assert sums(database, choice(database, "revenue")).rows == 0


@pytest.fixture
def across(database: Database) -> Path:
    """A snapshot whose months ran across the columns: every record knows its cells."""
    table = table_of(database.settings.snapshots, [sale(D1, 5, 2)])
    assert table.snapshot is not None
    path = str(table.snapshot)
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE t AS SELECT * FROM read_parquet(?)", [path])
        connection.execute("ALTER TABLE t ADD COLUMN sheet_cells MAP(VARCHAR, VARCHAR)")
        connection.execute("UPDATE t SET sheet_cells = MAP {'revenue': 'AB2', 'cogs': 'AB9'}")
        connection.execute(f"COPY t TO '{path}' (FORMAT parquet)")
    commit_tables(database, "across.xlsx", table)
    return table.snapshot


def test_a_cell_is_named_where_it_is_known(database: Database, across: Path) -> None:
    commit_rows(database, "b.xlsx", [sale(D1, 1, 1)])

    first, second = rows(database, choice(database, "revenue", "cogs"))

    assert first.cells == ("AB2", "AB9")
    assert second.cells == (None, None)
