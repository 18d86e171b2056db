"""The difference between two revisions: months that changed, and the rows that made it so."""

from datetime import date

import pytest

from dash_kpi.errors import NotFound
from dash_kpi.ingest.missing import retire
from dash_kpi.reporting.differences import as_json, differences
from dash_kpi.reporting.revisions import revisions_page
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.sources import state_at
from tests.builders import NOW, commit_rows, sale

JANUARY, FEBRUARY, MARCH = (date(2025, month, 5) for month in (1, 2, 3))


@pytest.fixture
def corrected(database: Database) -> Database:
    """Two revisions: February was corrected, March came, January stayed."""
    january = sale(JANUARY, 100, 60, Region="North")
    commit_rows(database, "a.xlsx", [january, sale(FEBRUARY, 50, 20, Region="North")])
    commit_rows(database, "b.xlsx", [sale(JANUARY, 1, 1, Region="North")])
    commit_rows(
        database,
        "a.xlsx",
        [january, sale(FEBRUARY, 60, 20, Region="North"), sale(MARCH, 10, 5, Region="South")],
    )
    return database


def test_only_the_months_that_changed_are_told(corrected: Database) -> None:
    found = differences(corrected, MAIN, 2, 3)

    revenue = [(one.period_label, one.before, one.after) for one in found.kpis if one.name == "revenue"]
    assert revenue == [("Feb 2025", 50, 60), ("Mar 2025", None, 10)]
    assert next(one.change for one in found.kpis if one.name == "revenue") == pytest.approx(0.2)
    assert not any(one.period_label == "Jan 2025" for one in found.kpis)


def test_the_rows_that_made_it_so_are_told_down_to_the_cell(corrected: Database) -> None:
    (source,) = differences(corrected, MAIN, 2, 3).sources

    assert (source.file, source.status, source.added, source.removed, source.altered) == ("a.xlsx", "changed", 1, 0, 1)
    (altered,), (added,) = source.altered_rows, source.added_rows
    assert (altered.row, altered.name) == (3, (("date", FEBRUARY), ("Region", "North")))
    assert [(cell.column, cell.before, cell.after) for cell in altered.cells] == [
        ("revenue", 50, 60), ("profit", 30, 40),
    ]  # fmt: skip
    assert [(cell.label, cell.after) for cell in added.cells] == [("Revenue", 10), ("Cost", 5), ("Profit", 5)]


def test_the_difference_can_be_asked_backwards(corrected: Database) -> None:
    found = differences(corrected, MAIN, 3, 2)

    assert [(one.before, one.after) for one in found.kpis if one.name == "revenue"] == [(60, 50), (10, None)]
    assert [row.number for row in found.between] == [3]


def test_the_first_revision_differs_from_nothing(corrected: Database) -> None:
    (source,) = differences(corrected, MAIN, 0, 1).sources

    assert (source.status, source.added) == ("new", 2)


def test_a_retired_source_is_gone(corrected: Database) -> None:
    retire(corrected, MAIN, state_at(corrected, MAIN).sources[1].id, NOW)

    (source,) = differences(corrected, MAIN, 3, 4).sources

    assert (source.file, source.status, source.removed) == ("b.xlsx", "gone", 1)


def test_the_same_rows_read_again_are_no_difference(corrected: Database) -> None:
    commit_rows(corrected, "b.xlsx", [sale(JANUARY, 1, 1, Region="North")])

    found = differences(corrected, MAIN, 3, 4)

    assert (found.kpis, found.sources) == ((), ())


def test_programs_read_the_same(corrected: Database) -> None:
    found = as_json(differences(corrected, MAIN, 2, 3))

    assert found["kpis"][0] == {
        "name": "revenue", "label": "Revenue", "unit": "currency", "period": "2025-02", "before": 50.0, "after": 60.0,
        "change": pytest.approx(0.2),
    }  # fmt: skip
    assert found["sources"][0]["altered"][0]["cells"]["revenue"] == {"before": 50.0, "after": 60.0, "cell": None}


def test_a_revision_that_does_not_exist_is_said(corrected: Database) -> None:
    with pytest.raises(NotFound, match="There is no revision 9; the newest is 3"):
        differences(corrected, MAIN, 3, 9)
    assert revisions_page(corrected, MAIN, {"from": "3", "to": "9"}).note == "There is no revision 9; the newest is 3."


@pytest.mark.parametrize("query", [{}, {"from": "x", "to": "2"}, {"from": "1"}, {"page": "-1"}, {"page": "99"}])
def test_without_two_revisions_the_page_is_the_list(corrected: Database, query: dict[str, str]) -> None:
    page = revisions_page(corrected, MAIN, query)

    assert (page.difference, page.page, [row.number for row in page.rows]) == (None, 1, [3, 2, 1])
