"""Contributions add up to the change, and say what is worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.kpis.drivers.contributions import of_absence, of_ratio, of_sums
from dash_kpi.kpis.drivers.explanation import explain

amounts = st.floats(-1e6, 1e6).map(lambda value: round(value, 2))
some = st.one_of(st.just(math.nan), amounts)
sizes = st.one_of(st.just(math.nan), st.floats(0.01, 1e6).map(lambda value: round(value, 2)))


@given(st.lists(st.tuples(some, some), min_size=1, max_size=30))
def test_the_parts_of_a_sum_add_up_to_its_change(pairs: list[tuple[float, float]]) -> None:
    before, after = np.array(pairs).T
    parts = of_sums([str(at) for at in range(len(pairs))], before, after)

    assert math.fsum(part.change for part in parts) == pytest.approx(np.nansum(after) - np.nansum(before), abs=1e-4)


@given(st.lists(st.tuples(some, sizes, some, sizes), min_size=1, max_size=30))
def test_mix_and_rate_add_up_to_the_change_of_a_ratio(rows: list[tuple[float, float, float, float]]) -> None:
    n0, d0, n1, d1 = np.array(rows).T
    parts = of_ratio([str(at) for at in range(len(rows))], (n0, d0), (n1, d1))
    if np.nansum(d0) == 0 or np.nansum(d1) == 0:
        assert parts == ()
        return

    change = np.nansum(n1) / np.nansum(d1) - np.nansum(n0) / np.nansum(d0)
    largest = max(1.0, *(abs(part.mix or 0) + abs(part.rate or 0) for part in parts))
    assert math.fsum(part.change for part in parts) == pytest.approx(change, abs=1e-9 * largest)
    assert all(part.change == pytest.approx((part.mix or 0) + (part.rate or 0), abs=1e-9 * largest) for part in parts)


def test_a_ratio_by_hand() -> None:
    # margins 40 % and 20 %; shares move from half and half to 3/4 and 1/4, the second margin to 30 %
    parts = of_ratio(
        ["A", "B"], (np.array([40.0, 20]), np.array([100.0, 100])), (np.array([60.0, 15]), np.array([150.0, 50]))
    )

    whole = (60 / 200 + 75 / 200) / 2
    assert [part.rate for part in parts] == pytest.approx([0, 0.375 * 0.1])
    assert [part.mix for part in parts] == pytest.approx([(0.4 - whole) * 0.25, (0.25 - whole) * -0.25])
    assert sum(part.change for part in parts) == pytest.approx(0.075)


def test_what_has_no_value_without_it_is_passed_over() -> None:
    parts = of_absence(["A", "B"], ([1.0, 2.0], [4.0, 2.0]), ([2.0, None], [2.0, 1.0]), 1.5)

    assert [(part.value, part.change) for part in parts] == [("A", 1.5)]


def test_one_value_that_moves_alone_explains_and_values_that_move_alike_do_not() -> None:
    alone = of_sums(["A", "B", "C"], np.array([100.0, 100, 100]), np.array([100.0, 100, 160]))
    alike = of_sums(["A", "B", "C"], np.array([100.0, 100, 100]), np.array([120.0, 120, 120]))

    found, not_found = explain(alone, 60, "sum"), explain(alike, 60, "sum")
    assert found.explained == pytest.approx(1 - 260 / 660)
    assert found.sentence == "One value brought 61% of the change beyond an even share."
    assert (not_found.explained, not_found.surprise) == (0, pytest.approx(0))
    assert not_found.sentence == "Its values moved alike."


def test_surprise_is_the_divergence_of_the_shares() -> None:
    from scipy.spatial.distance import jensenshannon

    before, after = np.array([10.0, 30, 60]), np.array([50.0, 30, 20])
    found = explain(of_sums(["A", "B", "C"], before, after), 0.5, "sum").surprise

    assert found == pytest.approx(jensenshannon(before / 100, after / 100, base=2) ** 2)
