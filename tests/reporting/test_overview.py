"""The overview: what its cards, its chart and its breakdown say."""

from datetime import date, timedelta
from typing import Any

import pytest

from dash_kpi.ingest.overlap_decisions import decide
from dash_kpi.kpis.definition import Definition
from dash_kpi.reporting.changes import what_changed
from dash_kpi.reporting.data import data_page
from dash_kpi.reporting.overview import dimension_values, overview
from dash_kpi.reporting.values import Card, Overview
from dash_kpi.reporting.view import View
from dash_kpi.settings import load_settings
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.models import KpiDefinition
from dash_kpi.storage.sources import state_at
from tests.builders import NOW, commit_rows, sale

JANUARY = date(2025, 1, 1)


def ask(database: Database, query: str = "") -> Overview:
    return overview(database, MAIN, View.from_query(query))


def card(answer: Overview, name: str) -> Card:
    return next(card for card in answer.cards if card.name == name)


@pytest.fixture
def two_months(database: Database) -> Database:
    """January sells 10 a day at a cost of 6, 1 to 15 February 20 a day at 10; half North, half South."""
    rows = []
    for offset in range(46):
        day = JANUARY + timedelta(days=offset)
        revenue, cogs = (10, 6) if day.month == 1 else (20, 10)
        rows += [sale(day, revenue / 2, cogs / 2, Region=region) for region in ("North", "South")]
    commit_rows(database, "sales.xlsx", rows)
    return database


def test_a_card_compares_like_for_like(two_months: Database) -> None:
    answer = ask(two_months, "period=month")

    assert answer.span is not None
    assert answer.reference is not None
    assert (answer.span.label, answer.reference.label) == ("1 – 15 Feb 2025", "1 – 15 Jan 2025")
    revenue = card(answer, "revenue")
    assert (revenue.value, revenue.reference, revenue.change) == (300, 150, 1.0)
    assert revenue.sources == ("sales.xlsx",)


def test_a_percentage_changes_in_points(two_months: Database) -> None:
    margin = card(ask(two_months, "period=month"), "profit_margin")

    assert margin.value == pytest.approx(0.5)
    assert margin.change == pytest.approx(0.1)


def test_a_filter_changes_every_part(two_months: Database) -> None:
    answer = ask(two_months, "period=all&where=Region%3DNorth")

    assert card(answer, "revenue").value == 305
    assert answer.series is not None
    assert sum(value or 0 for value in answer.series.values) == 305
    assert answer.breakdown is not None
    assert [(row.label, row.value, row.share) for row in answer.breakdown.rows] == [("North", 305, 1.0)]


def test_the_chart_marks_the_month_that_is_not_over(two_months: Database) -> None:
    answer = ask(two_months, "period=all&grain=month")

    assert answer.series is not None
    assert answer.series.labels == ("Jan 2025", "Feb 2025")
    assert answer.series.values == (310, 300)
    assert answer.series.incomplete == {1}


def test_a_breakdown_of_a_ratio_has_no_shares(two_months: Database) -> None:
    answer = ask(two_months, "period=month&kpi=profit_margin&by=Region")

    assert answer.breakdown is not None
    assert [(row.label, row.value, row.share) for row in answer.breakdown.rows] == [
        ("North", 0.5, None),
        ("South", 0.5, None),
    ]
    assert answer.breakdown.rows[0].change == pytest.approx(0.1)


def test_no_data_at_all_has_no_cards(database: Database) -> None:
    answer = ask(database)

    assert answer.cards == ()
    assert answer.span is None


def test_a_period_without_data_says_where_there_is_some(two_months: Database) -> None:
    revenue = card(ask(two_months, "from=2020-01-01&to=2020-01-31"), "revenue")

    assert revenue.value is None
    assert revenue.reason == "There is no data in this period; there is from 1 Jan – 15 Feb 2025."


def test_a_rolling_window_is_no_value_of_a_day_beyond_the_data(two_months: Database) -> None:
    define(two_months, name="three_days", label="Three days", formula="rolling(revenue, 3)")
    last = max(source.days.end for source in state_at(two_months, MAIN).sources)
    after = (last + timedelta(days=1)).isoformat()

    found = card(ask(two_months, f"period=custom&from={after}&to={after}"), "three_days")

    assert found.value is None
    assert found.reason
    assert found.reason.startswith("There is no data in this period")


def test_a_filter_that_lets_nothing_through_leaves_cards_without_values(two_months: Database) -> None:
    answer = ask(two_months, "where=Region%3DEast")

    assert {card.value for card in answer.cards} == {None}
    assert answer.breakdown is not None
    assert answer.breakdown.rows == ()


def test_a_file_that_lacks_the_filtered_dimension_is_named(two_months: Database) -> None:
    commit_rows(two_months, "shop.csv", [sale(JANUARY, 1000)])

    answer = ask(two_months, "period=all&where=Region%3DNorth")

    assert answer.notes == ("Not in these numbers, for want of Region: shop.csv.",)


def test_a_file_without_cost_is_named_on_the_margin(two_months: Database) -> None:
    commit_rows(two_months, "shop.csv", [sale(JANUARY, 1000)])

    answer = ask(two_months, "period=all")

    assert card(answer, "revenue").value == 1610
    assert card(answer, "profit_margin").value == pytest.approx(274 / 610)
    assert card(answer, "profit_margin").note == "Without shop.csv: not everything that profit margin needs is there."


def test_the_past_can_be_looked_at(two_months: Database) -> None:
    commit_rows(two_months, "sales.xlsx", [sale(JANUARY, 1, Region="West")])

    assert card(ask(two_months, "period=all"), "revenue").value == 1
    assert card(ask(two_months, "period=all&as_of=1"), "revenue").value == 610


def test_what_a_url_asks_that_does_not_exist_has_its_default(two_months: Database) -> None:
    answer = ask(two_months, "period=nonsense&grain=hour&kpi=nothing&by=nothing&compare=x")

    assert answer.series is not None
    assert answer.breakdown is not None
    assert (answer.series.name, answer.breakdown.dimension) == ("revenue", "Region")


def test_a_breakdown_by_file_needs_no_column(two_months: Database) -> None:
    commit_rows(two_months, "shop.csv", [sale(JANUARY, 1000)])

    answer = ask(two_months, "period=all&by=File")

    assert answer.breakdown is not None
    assert [(row.label, row.value) for row in answer.breakdown.rows] == [("shop.csv", 1000), ("sales.xlsx", 610)]


def test_the_values_of_a_dimension_are_sorted(two_months: Database) -> None:
    assert dimension_values(two_months, MAIN, "Region") == ("North", "South")
    assert dimension_values(two_months, MAIN, "File") == ("sales.xlsx",)
    assert dimension_values(two_months, MAIN, "Colour") == ()


def test_the_samples_say_what_they_are_and_where_an_own_file_goes(database: Database) -> None:
    (database.settings.inbox / "sample").mkdir()
    commit_rows(database, "sample/sales.xlsx", [sale(JANUARY, 1)])

    assert f"Put a workbook of your own into {database.settings.inbox}," in ask(database).notes[0]


def test_rows_in_two_files_are_named_until_somebody_decides(database: Database) -> None:
    rows = [sale(date(2025, 1, day), day * 1.5, Region="N") for day in range(1, 29)]
    commit_rows(database, "a.xlsx", rows)
    commit_rows(database, "b.xlsx", rows[10:])

    assert overview(database, MAIN, View()).notes == (
        "18 rows are both in b.xlsx and in a.xlsx, and counted once. Decide on the page Data.",
    )
    decide(database, MAIN, data_page(database, MAIN).overlaps[0].id, "once", NOW, "Anna")
    assert overview(database, MAIN, View()).notes == ()


def define(database: Database, **definition: Any) -> None:
    """Store a definition of a KPI as valid from the first revision."""
    with database.writing() as session:
        given = Definition.from_json(definition)
        session.add(
            KpiDefinition(
                workspace_id=1, name=given.name, valid_from=1, definition=given.as_json(),
                created_at=NOW, created_by="test",
            )
        )  # fmt: skip


def test_a_fixed_period_is_compared_with(two_months: Database) -> None:
    answer = ask(two_months, "period=month&grain=month&compare=fixed&against_from=2025-01-01&against_to=2025-01-10")

    revenue = card(answer, "revenue")
    assert (revenue.value, revenue.reference, revenue.change, revenue.difference) == (300, 100, 2.0, 200)
    assert answer.series is not None
    assert answer.series.comparison == (100,)


def test_cards_and_chart_are_compared_with_targets(two_months: Database) -> None:
    target = {"value": 560, "per": "month"}
    define(two_months, name="revenue", label="Revenue", formula="revenue", unit="currency", target=target)
    answer = ask(two_months, "period=month&grain=month&compare=target")

    revenue = card(answer, "revenue")
    assert (revenue.target, revenue.reference, revenue.change) == (300, 300, 0)
    assert revenue.status == "met"
    assert card(answer, "cogs").change_reason == "It has no target."
    assert answer.series is not None
    assert answer.series.comparison == (300,)
    assert answer.series.comparison_labels == ("target of Feb 2025",)


def test_a_kpi_of_a_person_has_a_card_and_one_that_cannot_be_computed_says_why(two_months: Database) -> None:
    define(two_months, name="north", formula='revenue[Region = "North"] / revenue', unit="percent")
    define(two_months, name="lost", formula="revenue - retruns")
    answer = ask(two_months, "period=month")

    assert card(answer, "north").value == pytest.approx(0.5)
    assert card(answer, "lost").value is None
    assert card(answer, "lost").reason is not None
    assert "Unknown measure 'retruns' at 11" in card(answer, "lost").reason


def test_a_hidden_kpi_has_no_card_but_lends_its_formula(two_months: Database) -> None:
    define(two_months, name="profit_margin", formula="profit / revenue", unit="percent", is_hidden=True)
    define(two_months, name="double", formula="profit_margin * 2", unit="percent")
    answer = ask(two_months, "period=month")

    assert "profit_margin" not in [one.name for one in answer.cards]
    assert card(answer, "double").value == pytest.approx(1.0)


def test_a_monthly_budget_is_not_drawn_as_empty_days(two_months: Database) -> None:
    budget = [{"date": date(2025, month, 1), "budget": 400.0} for month in (1, 2)]
    commit_rows(two_months, "budget.xlsx", budget, grain="month")
    answer = ask(two_months, "period=all&grain=day&kpi=budget")

    assert answer.grain == "day"
    assert answer.series is not None
    assert (answer.series.grain, answer.series.values) == ("month", (400, 400))
    assert len(card(answer, "budget").spark) == 2
    assert len(card(answer, "revenue").spark) > 40


def test_a_kpi_whose_data_ends_earlier_is_compared_as_far_as_it_goes(two_months: Database) -> None:
    rows = [{"date": date(2025, 1, 1) + timedelta(days=day), "visits": 1.0} for day in range(55)]
    commit_rows(two_months, "visits.xlsx", rows)
    answer = ask(two_months, "period=month&grain=month")  # to 24 February; sales end on the 15th

    revenue, visits = card(answer, "revenue"), card(answer, "visits")
    assert (revenue.value, revenue.reference) == (300, 150)
    assert revenue.note == "Up to 15 Feb 2025: its data ends there."
    assert card(answer, "revenue_per_day").value == 20
    assert (visits.value, visits.reference, visits.note) == (24, 24, None)
    assert answer.series is not None
    assert answer.series.incomplete == {0}


def test_a_kpi_whose_data_ended_before_the_period_says_so(two_months: Database) -> None:
    commit_rows(two_months, "visits.xlsx", [{"date": date(2025, 4, 1), "visits": 1.0}])
    revenue = card(ask(two_months, "period=month"), "revenue")
    assert (revenue.value, revenue.reason) == (None, "Its data ends on 15 Feb 2025.")


def test_monthly_values_in_months_of_whole_weeks_are_warned_of_and_no_gap_is_claimed(database: Database) -> None:
    weeks = Database(load_settings(instance=database.settings.instance, fiscal_weeks="4-4-5", fiscal_year_start=2))
    months = [date(year, month, 1) for year in (2023, 2024) for month in range(1, 13)]
    commit_rows(weeks, "budget.xlsx", [{"date": day, "budget": 10.0} for day in months], grain="month")

    assert ask(weeks, "period=all&grain=month").notes == (
        "budget.xlsx: one value for each civil month, which counts on its first day, so that some months of the "
        "calendar 4-4-5 have two and some none.",
    )
    found = what_changed(weeks, MAIN, View.from_query("period=all&grain=month"))
    assert (found.found, found.unjudged) == ((), ("Budget",))
    weeks.close()


def test_a_kpi_that_ends_earlier_is_set_against_the_same_date_of_a_leap_year(database: Database) -> None:
    days = [date(2024, 1, 1) + timedelta(days=day) for day in range(366 + 59)]  # to 28 February 2025
    days = [day for day in days if day < date(2025, 1, 1)] + [date(2025, 1, 1), date(2025, 3, 10)]
    commit_rows(database, "sales.xlsx", [sale(day, 1, 1, Region="North") for day in days])
    commit_rows(database, "visits.xlsx", [{"date": date(2025, 4, 1), "visits": 1.0}])
    answer = ask(database, "period=year&by=Region")

    assert card(answer, "revenue").reference == 31 + 29 + 10
    assert answer.breakdown is not None
    assert answer.breakdown.rows[0].change == pytest.approx(2 / 70 - 1)


@pytest.mark.parametrize("is_one_file", [True, False])
def test_a_plan_for_the_whole_year_does_not_decide_what_this_month_is(two_months: Database, is_one_file: bool) -> None:
    plan = [{"date": date(2025, month, 1), "budget": 400.0} for month in range(1, 13)]
    if is_one_file:
        sold = [sale(date(2025, 1, 1) + timedelta(days=day), 10.0, 6.0) | {"budget": None} for day in range(46)]
        commit_rows(two_months, "sales.xlsx", [*sold, *(one | {"revenue": None} for one in plan)])
    else:
        commit_rows(two_months, "plan.xlsx", plan, grain="month")
    answer = ask(two_months, "period=month&grain=month")

    assert answer.span is not None
    assert answer.span.label == "1 – 15 Feb 2025"
    assert card(answer, "revenue").value == (150 if is_one_file else 300)
    assert answer.series is not None
    assert answer.series.incomplete == {0}
