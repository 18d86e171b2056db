"""Evaluating KPIs: the laws that hold at every grain, and the values that do not exist."""

import math
from collections import defaultdict
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.kpis.catalogue import Kpi, catalogue
from dash_kpi.kpis.evaluate import basis_of, over_periods, over_span
from dash_kpi.kpis.measures import Measures, daily
from dash_kpi.kpis.periods import GRAINS, Days, Grain

START = date(2024, 1, 1)
Values = dict[tuple[int, str, int], float]  # (source, measure, day from START): total


def measures_of(values: Values) -> Measures:
    rows: dict[str, list[tuple[int, date, float, int]]] = defaultdict(list)
    for (source, measure, day), total in values.items():
        rows[measure].append((source, START + timedelta(days=day), total, 1))
    last = max((day for _, _, day in values), default=0)
    columns = {measure: daily(*zip(*found, strict=True)) for measure, found in rows.items()}
    return Measures(columns, {}, Days(START, START + timedelta(days=last)))


def kpi(measures: Measures, name: str) -> Kpi:
    return next(found for found in catalogue(measures.aggregations_of()) if found.name == name)


def span(days: int, start: int = 0) -> Days:
    return Days(START + timedelta(days=start), START + timedelta(days=start + days - 1))


daily_revenue = st.dictionaries(st.integers(0, 800), st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=40)


@given(daily_revenue, st.sampled_from(GRAINS))
def test_the_periods_of_a_sum_add_up_to_its_total(revenue: dict[int, float], grain: Grain) -> None:
    measures = measures_of({(1, "revenue", day): value for day, value in revenue.items()})
    total = over_span(kpi(measures, "revenue"), measures, span(801))
    parts = over_periods(kpi(measures, "revenue"), measures, span(801), grain)

    assert total == pytest.approx(math.fsum(part for part in parts if part is not None), abs=1e-6)


@given(daily_revenue)
def test_the_order_of_rows_does_not_matter(revenue: dict[int, float]) -> None:
    there = measures_of({(1, "revenue", day): value for day, value in revenue.items()})
    back = measures_of({(1, "revenue", day): value for day, value in reversed(revenue.items())})

    assert over_periods(kpi(there, "revenue"), there, span(801), "month") == over_periods(
        kpi(back, "revenue"), back, span(801), "month"
    )


def test_a_margin_is_a_ratio_of_sums() -> None:
    measures = measures_of({(1, "revenue", 0): 100, (1, "profit", 0): 50, (1, "revenue", 1): 900, (1, "profit", 1): 90})

    assert over_span(kpi(measures, "profit_margin"), measures, span(2)) == pytest.approx(140 / 1000)


def test_a_mean_is_weighted_by_its_count() -> None:
    prices = daily([1, 1], ["2024-01-01", "2024-01-02"], [30.0, 50.0], [3, 1])
    measures = Measures({"unit_price": prices}, {"unit_price": "mean"}, span(2))

    assert over_span(kpi(measures, "unit_price"), measures, span(2)) == pytest.approx(80 / 4)


def test_a_source_without_cost_does_not_dilute_the_margin() -> None:
    measures = measures_of({(1, "revenue", 0): 100, (1, "profit", 0): 40, (1, "cogs", 0): 60, (2, "revenue", 0): 900})

    assert over_span(kpi(measures, "revenue"), measures, span(1)) == 1000
    assert over_span(kpi(measures, "profit_margin"), measures, span(1)) == pytest.approx(0.4)
    assert basis_of(kpi(measures, "profit_margin"), measures).left_out == {2}


def test_profit_follows_when_revenue_and_cost_stand_in_different_sources() -> None:
    measures = measures_of({(1, "revenue", 0): 100, (2, "cogs", 0): 60})

    assert over_span(kpi(measures, "profit"), measures, span(1)) == 40
    assert over_span(kpi(measures, "profit_margin"), measures, span(1)) == pytest.approx(0.4)


def test_a_period_without_rows_has_no_value_rather_than_zero() -> None:
    measures = measures_of({(1, "revenue", 0): 5, (1, "revenue", 2): 7})

    assert over_periods(kpi(measures, "revenue"), measures, span(3), "day") == (5, None, 7)


def test_a_division_by_zero_has_no_value() -> None:
    measures = measures_of({(1, "revenue", 0): 0, (1, "profit", 0): 5})

    assert over_span(kpi(measures, "profit_margin"), measures, span(1)) is None


def test_revenue_per_day_counts_calendar_days_that_the_data_covers() -> None:
    measures = measures_of({(1, "revenue", 0): 60, (1, "revenue", 5): 60})

    assert over_span(kpi(measures, "revenue_per_day"), measures, span(6)) == 20
    assert over_span(kpi(measures, "revenue_per_day"), measures, span(400)) == 20


def test_growth_sets_each_period_against_the_one_before_even_outside_the_span() -> None:
    measures = measures_of({(1, "revenue", 0): 100, (1, "revenue", 1): 150, (1, "revenue", 2): 75})
    growth = kpi(measures, "growth_rate")

    assert over_periods(growth, measures, span(2, start=1), "day") == (pytest.approx(0.5), pytest.approx(-0.5))
    assert over_span(growth, measures, span(1, start=2), span(1, start=1)) == pytest.approx(-0.5)
    assert over_span(growth, measures, span(1)) is None


def test_every_measure_that_no_formula_covers_has_a_kpi_of_its_own() -> None:
    measures = measures_of({(1, "revenue", 0): 1, (1, "support_tickets", 0): 4})

    tickets = kpi(measures, "support_tickets")
    assert tickets.label == "Support tickets"
    assert over_span(tickets, measures, span(1)) == 4


def test_no_data_has_no_kpi() -> None:
    assert catalogue(Measures().aggregations_of()) == ()


@given(st.lists(st.floats(-1e6, 1e6, allow_nan=False), min_size=1, max_size=60))
def test_a_total_is_right_to_its_last_digit(revenue: list[float]) -> None:
    measures = measures_of({(1, "revenue", day): value for day, value in enumerate(revenue)})

    assert over_span(kpi(measures, "revenue"), measures, span(60)) == math.fsum(revenue)
