"""The price-volume-mix bridge adds up exactly, whatever the products do."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.kpis.drivers.bridge import Flows, bridge

numbers = st.one_of(st.just(math.nan), st.just(0.0), st.floats(-1e5, 1e6).map(lambda value: round(value, 2)))
units = st.one_of(st.just(math.nan), st.integers(0, 10_000).map(float))
products = st.lists(st.tuples(units, numbers, numbers, units, numbers, numbers), min_size=1, max_size=20)


@given(products, st.booleans())
def test_a_bridge_adds_up_exactly(rows: list[tuple[float, ...]], of_profit: bool) -> None:
    q0, r0, c0, q1, r1, c1 = np.array(rows).T
    found = bridge(Flows(q0, r0, c0 if of_profit else None), Flows(q1, r1, c1 if of_profit else None))
    if found is None:
        return

    largest = max(1.0, *(abs(size) for _, size in found.steps), abs(found.before), abs(found.after))
    assert found.before + math.fsum(size for _, size in found.steps) == pytest.approx(found.after, abs=1e-9 * largest)
    assert found.after == pytest.approx(np.nansum(r1) - (np.nansum(c1) if of_profit else 0), abs=1e-6 * largest)


def test_a_bridge_by_hand() -> None:
    # A: 10 at 5 to 20 at 6; B: 10 at 1 to 10 at 1; C is new; D is gone
    before = Flows(np.array([10.0, 10, math.nan, 4]), np.array([50.0, 10, math.nan, 8]))
    after = Flows(np.array([20.0, 10, 3, math.nan]), np.array([120.0, 10, 9, math.nan]))

    found = bridge(before, after)

    assert found is not None
    # 20 units to 30 at 60: +30; the units of now at old prices are 110, less 90: +20; a price of 1 more for 20
    assert dict(found.steps) == pytest.approx({"volume": 30, "mix": 20, "price": 20, "new": 9, "discontinued": -8})
    assert (found.before, found.after, found.continuing, found.new, found.discontinued) == (68, 139, 2, 1, 1)


def test_cost_is_a_step_of_profit_only() -> None:
    one = np.array([10.0])
    found = bridge(Flows(one, one * 5, one * 2), Flows(one, one * 5, one * 3))

    assert found is not None
    assert dict(found.steps) == {"volume": 0, "mix": 0, "price": 0, "cost": -10, "new": 0, "discontinued": 0}


def test_revenue_without_units_stands_apart() -> None:
    found = bridge(Flows(np.array([0.0]), np.array([100.0])), Flows(np.array([0.0]), np.array([130.0])))

    assert found is not None
    assert dict(found.steps)["unpriced"] == 30


def test_without_sales_in_a_period_there_is_no_bridge() -> None:
    nothing = Flows(np.array([math.nan]), np.array([math.nan]))

    assert bridge(nothing, Flows(np.array([1.0]), np.array([1.0]))) is None
