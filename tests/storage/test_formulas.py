"""Formulas over real rows: every number is what a spreadsheet would make of the same rows, at any grain."""

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from dash_kpi.kpis.catalogue import Kpi, catalogue
from dash_kpi.kpis.definition import Definition
from dash_kpi.kpis.evaluate import basis_of, cells_for, over_periods, over_span, over_values
from dash_kpi.kpis.periods import GRAINS, Days, Grain, starts_between
from dash_kpi.settings import load_settings
from dash_kpi.storage.breakdown import by_value
from dash_kpi.storage.daily import measures_of, selected
from dash_kpi.storage.database import MAIN, Database
from dash_kpi.storage.filters import Filters
from dash_kpi.storage.sources import state_at
from tests.builders import commit_rows
from tests.databases import new_database

START = date(2024, 1, 29)
Row = dict[str, Any]
Value = float | None


def kpi_of(database: Database, formula: str) -> Kpi:
    measures = measures_of(database, state_at(database, MAIN), ())
    defined = [Definition("asked", "Asked", formula)]
    return next(k for k in catalogue(measures.aggregations_of(), measures.dimensions, defined) if k.name == "asked")


def values(rows: Iterable[Row], name: str) -> list[float]:
    return [row[name] for row in rows if row.get(name) is not None]


def total(rows: list[Row], name: str) -> Value:
    found = values(rows, name)
    return math.fsum(found) if found else None


def only(rows: list[Row], **where: str) -> list[Row]:
    return [row for row in rows if all(row[name] == value for name, value in where.items())]


def quotient(part: Value, whole: Value) -> Value:
    return None if part is None or not whole else part / whole


def filtered_total(rows: list[Row], name: str, **where: str) -> Value:
    """Of rows of which none passes the sum is zero; of no row at all there is none."""
    return None if total(rows, name) is None else total(only(rows, **where), name) or 0.0


def last_stock(rows: list[Row]) -> Value:
    days = [row["date"] for row in rows if row.get("stock") is not None]
    return total([row for row in rows if row["date"] == max(days)], "stock") if days else None


@dataclass(frozen=True)
class Case:
    formula: str
    by_hand: Callable[[list[Row]], Value]  # of the rows of one period


CASES = [
    Case("revenue", lambda rows: total(rows, "revenue")),
    Case("mean(revenue)", lambda rows: quotient(total(rows, "revenue"), len(values(rows, "revenue")))),
    Case("min(revenue)", lambda rows: min(values(rows, "revenue"), default=None)),
    Case("max(revenue)", lambda rows: max(values(rows, "revenue"), default=None)),
    Case("count(revenue)", lambda rows: len(values(rows, "revenue")) or None),
    Case("distinct(Customer)", lambda rows: len({row["Customer"] for row in rows}) or None),
    Case("revenue / units", lambda rows: quotient(total(rows, "revenue"), total(rows, "units"))),
    Case('revenue[Channel = "Online"]', lambda rows: filtered_total(rows, "revenue", Channel="Online")),
    Case(
        'revenue[Channel = "Online"] / revenue',
        lambda rows: quotient(filtered_total(rows, "revenue", Channel="Online"), total(rows, "revenue")),
    ),
    Case(
        'revenue[Channel = "Online"] + revenue[Channel != "Online"]', lambda rows: total(rows, "revenue")
    ),
    Case("price", lambda rows: quotient(total(rows, "price"), len(values(rows, "price")))),
    Case("stock", last_stock),
    Case(
        "if(revenue > 100, revenue, 100)",
        lambda rows: None if total(rows, "revenue") is None else max(total(rows, "revenue") or 0, 100),
    ),
]  # fmt: skip

rows_strategy = st.lists(
    st.builds(
        lambda day, revenue, units, price, stock, channel, customer: {
            "date": START + timedelta(days=day), "revenue": revenue, "units": units, "price": price, "stock": stock,
            "Channel": channel, "Customer": customer,
        },
        st.integers(0, 800), st.integers(-500, 500) | st.none(), st.integers(0, 9) | st.none(),
        st.integers(1, 50) | st.none(), st.integers(0, 99) | st.none(),
        st.sampled_from(["Online", "Retail"]), st.sampled_from("ABC"),
    ),
    min_size=1, max_size=25,
)  # fmt: skip
FIRST = {"date": START, "revenue": 5, "units": 1, "price": 2, "stock": 3, "Channel": "Online", "Customer": "A"}


def loaded(tmp_path_factory: pytest.TempPathFactory, rows: list[Row]) -> Database:
    database = new_database(load_settings(instance=tmp_path_factory.mktemp("formulas")))
    commit_rows(database, "a.xlsx", rows, means=["price"], lasts=["stock"])
    return database


@given(rows_strategy, st.sampled_from(GRAINS), st.sampled_from([(), (("Channel", ("Online",)),)]))
@hypothesis_settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_formula_is_what_a_spreadsheet_makes_of_the_same_rows(  # type: ignore[no-untyped-def]
    tmp_path_factory, drawn: list[Row], grain: Grain, filters: Filters
) -> None:
    rows = [FIRST, *drawn]
    database = loaded(tmp_path_factory, rows)
    state = state_at(database, MAIN)
    measures = measures_of(database, state, filters)
    span = Days(START - timedelta(days=3), START + timedelta(days=805))
    passing = only(rows, Channel="Online") if filters else rows
    starts = starts_between(span, grain)
    for case in CASES:
        kpi = kpi_of(database, case.formula)
        found = over_periods(kpi, measures, span, grain)
        ends = [*starts[1:], date.max]
        expected = [
            case.by_hand([row for row in passing if start <= row["date"] < end])
            for start, end in zip(starts, ends, strict=True)
        ]
        assert list(found) == pytest.approx(expected, nan_ok=True), case.formula
        assert over_span(kpi, measures, span) == pytest.approx(case.by_hand(passing)), case.formula
    database.close()


@given(rows_strategy)
@hypothesis_settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_formula_for_each_value_is_that_of_the_rows_of_the_value(tmp_path_factory, drawn: list[Row]) -> None:  # type: ignore[no-untyped-def]
    rows = [FIRST, *drawn]
    database = loaded(tmp_path_factory, rows)
    state = state_at(database, MAIN)
    measures = measures_of(database, state, ())
    span = Days(START, START + timedelta(days=400))
    inside = [row for row in rows if row["date"] <= span.end]
    for case in CASES:
        if "stock" in case.formula:  # the last day is that of the source, see below
            continue
        kpi = kpi_of(database, case.formula)
        cells = cells_for(kpi, measures, span)
        names, table = by_value(database, selected(state, ())[0], "Customer", cells, (), measures)
        found = dict(zip(names, over_values(kpi, measures, span, table), strict=True))
        expected = {name: case.by_hand([row for row in inside if row["Customer"] == name]) for name in found}
        assert found == pytest.approx(expected), case.formula
    database.close()


def rows_by_day(*sales: tuple[int, float]) -> list[Row]:
    return [{"date": date(2025, 1, 1) + timedelta(days=day), "revenue": float(revenue)} for day, revenue in sales]


def test_the_parts_of_a_stock_add_up_to_the_stock(database: Database) -> None:
    day = date(2025, 1, 31)
    commit_rows(
        database, "stock.xlsx",
        [
            {"date": day - timedelta(days=1), "stock": 7, "Store": "A"},
            {"date": day - timedelta(days=1), "stock": 9, "Store": "B"},
            {"date": day, "stock": 4, "Store": "A"},
        ],
        lasts=["stock"],
    )  # fmt: skip
    state, kpi, span = state_at(database, MAIN), kpi_of(database, "stock"), Days(date(2025, 1, 1), day)
    measures = measures_of(database, state, ())
    names, cells = by_value(database, state.sources, "Store", cells_for(kpi, measures, span), (), measures)

    assert over_span(kpi, measures, span) == 4
    assert dict(zip(names, over_values(kpi, measures, span, cells), strict=True)) == {"A": 4, "B": None}


def test_a_rolling_value_is_the_formula_over_the_periods_together(database: Database) -> None:
    commit_rows(database, "a.xlsx", rows_by_day((0, 10), (1, 20), (2, 30), (3, 40)))
    measures = measures_of(database, state_at(database, MAIN), ())
    span = Days(date(2025, 1, 2), date(2025, 1, 4))

    assert over_periods(kpi_of(database, "rolling(revenue, 2)"), measures, span, "day") == (30, 50, 70)
    assert over_periods(kpi_of(database, "rolling(mean(revenue), 3)"), measures, span, "day") == (15, 20, 30)
    assert over_span(kpi_of(database, "rolling(revenue, 2)"), measures, span) == 70


def test_a_value_a_year_ago_and_growth_of_a_month_that_is_not_over(database: Database) -> None:
    rows = [
        {"date": date(2024, 3, 5), "revenue": 50.0}, {"date": date(2024, 3, 25), "revenue": 500.0},
        {"date": date(2025, 2, 10), "revenue": 100.0}, {"date": date(2025, 2, 20), "revenue": 900.0},
        {"date": date(2025, 3, 12), "revenue": 150.0},
    ]  # fmt: skip
    commit_rows(database, "a.xlsx", rows)
    measures = measures_of(database, state_at(database, MAIN), ())
    march = Days(date(2025, 3, 1), date(2025, 3, 31))

    growth = over_periods(kpi_of(database, "revenue / previous(revenue) - 1"), measures, march, "month")
    assert growth == (pytest.approx(0.5),)  # the 1st to the 12th of March against the 1st to the 12th of February
    assert over_periods(kpi_of(database, "year_ago(revenue)"), measures, march, "month") == (550,)


def test_a_source_without_the_dimension_of_a_filter_does_not_dilute_a_share(database: Database) -> None:
    day = date(2025, 1, 1)
    commit_rows(
        database,
        "a.xlsx",
        [{"date": day, "revenue": 30.0, "Channel": "Online"}, {"date": day, "revenue": 70.0, "Channel": "Shop"}],
    )
    commit_rows(database, "b.xlsx", [{"date": day, "revenue": 900.0}])
    measures = measures_of(database, state_at(database, MAIN), ())
    share = kpi_of(database, 'revenue[Channel = "Online"] / revenue')

    assert over_span(share, measures, Days(day, day)) == pytest.approx(0.3)
    assert len(basis_of(share, measures).left_out) == 1


def test_working_days_leave_out_weekends_and_holidays(tmp_path_factory: pytest.TempPathFactory) -> None:
    database = new_database(load_settings(instance=tmp_path_factory.mktemp("days"), holidays="DE"))
    commit_rows(
        database, "a.xlsx", [{"date": date(2025, 1, 1), "revenue": 1.0}, {"date": date(2025, 1, 31), "revenue": 219.0}]
    )
    measures = measures_of(database, state_at(database, MAIN), ())

    january = Days(date(2025, 1, 1), date(2025, 1, 31))
    assert over_span(kpi_of(database, "working_days"), measures, january) == 22  # 23 weekdays, New Year among them
    assert over_span(kpi_of(database, "revenue / working_days"), measures, january) == 10
    database.close()


def test_what_divides_by_zero_or_overflows_has_no_value(database: Database) -> None:
    commit_rows(database, "a.xlsx", [{"date": START, "revenue": 0.0, "units": 3.0}])
    measures = measures_of(database, state_at(database, MAIN), ())

    for formula in ("units / revenue", "units * 1e308 * 1e308", "revenue / revenue", "previous(units)"):
        assert over_span(kpi_of(database, formula), measures, Days(START, START)) is None
    assert over_span(kpi_of(database, "coalesce(units / revenue, 0)"), measures, Days(START, START)) == 0


@given(st.lists(st.tuples(st.integers(0, 40), st.sampled_from("ABCDE")), min_size=1, max_size=40), st.integers(1, 50))
@hypothesis_settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_distinct_values_are_counted_once_in_windows_that_overlap(  # type: ignore[no-untyped-def]
    tmp_path_factory, bought: list[tuple[int, str]], window: int
) -> None:
    day_of = [START + timedelta(days=day) for day in range(-2, 45)]
    rows = [{"date": START + timedelta(days=day), "revenue": 1.0, "Customer": name} for day, name in bought]
    database = loaded(tmp_path_factory, rows)
    measures = measures_of(database, state_at(database, MAIN), ())

    found = over_periods(
        kpi_of(database, f"rolling(distinct(Customer), {window})"), measures, Days(day_of[0], day_of[-1]), "day"
    )
    expected = [
        len({row["Customer"] for row in rows if day - timedelta(days=window) < row["date"] <= day}) or None
        for day in day_of
    ]  # fmt: skip
    assert list(found) == expected
    database.close()
