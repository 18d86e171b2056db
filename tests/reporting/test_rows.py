"""The rows behind a number add up to it, whatever the KPI, the days and the filters."""

from datetime import date, timedelta

import pytest

from dash_kpi.errors import NotFound, Refused
from dash_kpi.reporting.points import Question, points
from dash_kpi.reporting.rows import RowsQuestion, row_table, rows_behind, rows_page
from dash_kpi.reporting.view import View
from dash_kpi.storage.database import MAIN, Database
from tests.builders import Row, commit_rows, sale

D1 = date(2025, 1, 1)
FEBRUARY = View.from_query("from=2025-02-01&to=2025-02-28&grain=month&kpi=growth_rate")


@pytest.fixture
def sales(database: Database) -> Database:
    def rows(factor: float) -> list[Row]:
        return [
            sale(D1 + timedelta(days=n), factor * 0.1 * n, 0.07 * n, Region=("North", "South")[n % 2]) | {"price": n}
            for n in range(90)
        ]

    commit_rows(database, "a.xlsx", rows(1), means=["price"])
    commit_rows(database, "b.xlsx", rows(3), means=["price"])
    commit_rows(database, "no_cost.xlsx", [sale(D1, 1000)])
    return database


KPIS = ["revenue", "cogs", "profit", "profit_margin", "growth_rate", "revenue_per_day", "efficiency_ratio", "price"]


@pytest.mark.parametrize("kpi", KPIS)
@pytest.mark.parametrize("filters", [(), (("Region", ("North",)),), (("File", ("b.xlsx",)),)], ids=str)
def test_the_foot_is_the_number(sales: Database, kpi: str, filters: tuple[tuple[str, tuple[str, ...]], ...]) -> None:
    span = (date(2025, 2, 1), date(2025, 2, 28))

    behind = rows_behind(sales, MAIN, RowsQuestion(kpi, *span, filters))

    asked = points(sales, MAIN, Question((kpi,), *span, filters=filters))["kpis"][0]["points"][0]["value"]
    assert behind.value == asked
    assert behind.foot == pytest.approx(asked, rel=1e-12)
    assert behind.notes == ()


def test_without_filters_the_foot_is_the_number_to_its_last_digit(sales: Database) -> None:
    behind = rows_behind(sales, MAIN, RowsQuestion("revenue"))

    assert (behind.total, behind.inputs[0].value) == (181, behind.value)


def test_a_ratio_shows_every_input_of_the_sources_that_have_both(sales: Database) -> None:
    behind = rows_behind(sales, MAIN, RowsQuestion("profit_margin"), size=1000)

    assert [one.name for one in behind.inputs] == ["profit", "revenue"]
    assert {row.file for row in behind.rows} == {"a.xlsx", "b.xlsx"}


def test_the_page_is_that_of_the_last_rows_when_it_lies_beyond(sales: Database) -> None:
    behind = rows_behind(sales, MAIN, RowsQuestion("profit_margin"), page=99)

    assert (behind.total, behind.page, behind.pages, len(behind.rows)) == (180, 4, 4, 30)


def test_growth_in_a_period_is_set_against_what_the_chart_sets_it_against(sales: Database) -> None:
    behind = rows_page(sales, MAIN, FEBRUARY).behind

    by_month = points(sales, MAIN, Question(("growth_rate",), by="month"))["kpis"][0]["points"]
    assert behind is not None
    assert behind.before is not None
    assert behind.before.label == "1 – 31 Jan 2025"
    assert behind.value == pytest.approx(by_month[1]["value"])
    assert behind.foot == pytest.approx(behind.value)


def test_the_rows_of_a_past_revision_are_those_of_then(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(D1, 10)])
    commit_rows(database, "a.xlsx", [sale(D1, 11), sale(D1, 1)])

    assert rows_behind(database, MAIN, RowsQuestion(as_of=1)).foot == 10
    assert rows_behind(database, MAIN, RowsQuestion(as_of=2)).foot == 12


def test_rows_that_do_not_come_to_the_number_say_so(database: Database) -> None:
    commit_rows(database, "a.xlsx", [sale(D1, 10)])
    with database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE kpi_data SET total = 99")

    assert "The rows come to 10.0, but the number is 99.0." in rows_behind(database, MAIN, RowsQuestion()).notes[0]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (RowsQuestion("revenu"), "did you mean 'revenue'"),
        (RowsQuestion(filters=(("Regoin", ("x",)),)), "did you mean 'Region'"),
        (RowsQuestion(as_of=9), "There is no revision 9; the newest is 3."),
    ],
)
def test_what_does_not_exist_is_said(sales: Database, question: RowsQuestion, said: str) -> None:
    with pytest.raises(NotFound, match=said):
        rows_behind(sales, MAIN, question)


def test_days_in_the_wrong_order_and_no_data_are_refused(database: Database) -> None:
    with pytest.raises(Refused, match="There is no data"):
        rows_behind(database, MAIN, RowsQuestion())
    commit_rows(database, "a.xlsx", [sale(D1, 10)])
    with pytest.raises(Refused, match="after the last"):
        rows_behind(database, MAIN, RowsQuestion(start=date(2025, 2, 1), end=D1))


def test_the_page_takes_what_exists_and_says_what_does_not(database: Database) -> None:
    assert rows_page(database, MAIN, View()).behind is None
    commit_rows(database, "a.xlsx", [sale(D1, 10)])

    page = rows_page(database, MAIN, View.from_query("kpi=revenu&as_of=7"))

    assert page.behind is not None
    assert page.behind.kpi == "revenue"
    assert page.notes == (
        "There is no revision 7; these are the numbers of the newest, 1.",
        "There is no KPI named 'revenu'; these are the rows behind Revenue.",
    )


def test_the_table_has_every_row(sales: Database) -> None:
    heads, rows = row_table(sales, MAIN, RowsQuestion("profit_margin", filters=(("Region", ("North",)),)))

    found = list(rows)
    assert heads == ("File", "Sheet", "Row", "Date", "Region", "profit", "revenue")
    assert len(found) == 90
    assert found[0][:5] == ("b.xlsx", None, 90, date(2025, 3, 30), "North")
