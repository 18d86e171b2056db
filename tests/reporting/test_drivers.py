"""Why a KPI moved: from rows in files to contributions that add up."""

from datetime import date, timedelta

import pytest

from dash_kpi.errors import NotFound
from dash_kpi.reporting.drivers import Drivers, drivers, drivers_json
from dash_kpi.reporting.view import View
from dash_kpi.storage.database import MAIN, Database
from tests.builders import commit_rows, sale

FEBRUARY = "period=custom&from=2025-02-01&to=2025-02-28"


@pytest.fixture
def sales(database: Database) -> Database:
    """Four sales a day at 10 and a cost of 6; in February A sells for 20 in the North. A second file has no region."""
    rows = []
    for offset in range(59):
        day = date(2025, 1, 1) + timedelta(days=offset)
        for region in ("North", "South"):
            for product in ("A", "B"):
                has_moved = day.month == 2 and (region, product) == ("North", "A")
                rows.append(sale(day, 20 if has_moved else 10, 6, Region=region, Product=product))
    commit_rows(database, "sales.xlsx", rows)
    commit_rows(database, "kiosk.xlsx", [sale(date(2025, 2, 3), 5, 1)])
    return database


def ask(database: Database, query: str) -> Drivers:
    return drivers(database, MAIN, View.from_query(f"{FEBRUARY}&{query}"))


@pytest.mark.parametrize("kpi", ["revenue", "profit_margin"])
@pytest.mark.parametrize("by", ["Region", "Product", "File"])
def test_the_contributions_add_up_to_the_change(sales: Database, kpi: str, by: str) -> None:
    answer = ask(sales, f"kpi={kpi}&by={by}")

    assert answer.dimension == by
    assert sum(part.change for part in answer.parts) == pytest.approx(answer.change)


def test_the_combination_that_moved_is_named_and_what_lacks_the_dimension_is_said(sales: Database) -> None:
    answer = ask(sales, "kpi=revenue&by=Region")

    assert answer.combination is not None
    assert answer.combination.conditions == (("Product", "A"), ("Region", "North"))
    assert answer.combination.change == 280
    assert [(part.value, part.change) for part in answer.parts] == [("North", 280), ("South", 0), (None, 5)]
    assert answer.notes == ("Files without Region are in 'everything else': kiosk.xlsx.",)


def test_a_kpi_whose_data_ends_earlier_is_explained_as_far_as_it_goes(sales: Database) -> None:
    commit_rows(sales, "visits.xlsx", [{"date": date(2025, 3, 31), "visits": 1.0}])
    answer = drivers(sales, MAIN, View.from_query("period=custom&from=2025-02-01&to=2025-03-31&kpi=revenue&by=Region"))

    assert answer.span is not None
    assert answer.reference is not None
    assert (answer.span.end, answer.reference.start) == (date(2025, 2, 28), date(2025, 1, 4))
    assert (answer.before, answer.after) == (28 * 40, 28 * 50 + 5)
    assert sum(part.change for part in answer.parts) == pytest.approx(answer.change)
    assert answer.notes[0] == "Up to 28 Feb 2025: its data ends there."


def test_without_a_value_the_rest_counts_even_where_it_lacks_the_dimension(sales: Database) -> None:
    answer = ask(sales, "kpi=revenue_per_day&by=Product")

    # without A: 20 a day before, 20 and 5/28 a day now
    assert answer.method == "without"
    assert answer.combination is None
    assert [(part.value, part.change) for part in answer.parts] == [("A", pytest.approx(10)), ("B", pytest.approx(0))]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("period=all", "Choose a shorter period"),
        ("kpi=growth_rate", "Growth is itself a comparison"),
        ("period=custom&from=2025-01-01&to=2025-01-31", "Revenue has no value for 1 – 31 Dec 2024"),
    ],
)
def test_why_there_is_nothing_to_explain_is_said(sales: Database, query: str, said: str) -> None:
    answer = ask(sales, query)

    assert answer.parts == ()
    assert said in (answer.problem or "")


def test_without_data_there_is_nothing(database: Database) -> None:
    assert ask(database, "").kpis == ()


def test_a_comparison_of_none_takes_the_period_before(sales: Database) -> None:
    answer = ask(sales, "compare=none")

    assert answer.reference is not None
    assert answer.reference.label == "4 – 31 Jan 2025"


def test_price_volume_and_mix_are_given_where_there_are_units(database: Database) -> None:
    commit_rows(
        database,
        "sales.xlsx",
        [
            {**sale(date(2025, 1, 10), 50, 20, Product="A"), "units": 10.0},
            {**sale(date(2025, 2, 10), 120, 40, Product="A"), "units": 20.0},
            {**sale(date(2025, 2, 11), 9, 3, Product="C"), "units": 3.0},
        ],
    )
    answer = ask(database, "kpi=revenue")

    assert answer.bridge is not None
    assert answer.bridge_by == "Product"
    assert dict(answer.bridge.steps) == {"volume": 50, "mix": 0, "price": 20, "new": 9, "discontinued": 0}


def test_programs_are_told_what_does_not_exist(sales: Database) -> None:
    with pytest.raises(NotFound, match="did you mean 'revenue'"):
        drivers_json(sales, MAIN, View(kpi="revenu"))
    with pytest.raises(NotFound, match="Regio"):
        drivers_json(sales, MAIN, View(by="Regio"))
