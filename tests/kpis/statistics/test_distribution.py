"""Histograms, quantiles and boxes, against numpy and a table worked out by hand."""

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.kpis.statistics.distribution import boxes, histogram, quantiles
from tests.kpis.statistics.series import noise, timeline


def test_bins_are_those_of_freedman_and_diaconis() -> None:
    values = noise(1, 500)
    counts, edges = np.histogram(values, bins="fd")
    found = histogram(values)
    assert found.edges == pytest.approx(edges)
    assert found.counts == tuple(counts)


@given(st.lists(st.floats(-1e9, 1e9), min_size=1, max_size=50))
def test_every_value_is_counted_once_in_a_bounded_number_of_bins(values: list[float]) -> None:
    found = histogram(np.array(values), most=20)
    assert sum(found.counts) == len(values)
    assert len(found.counts) <= 20
    assert len(found.edges) == len(found.counts) + 1


def test_whole_numbers_get_bins_around_them() -> None:
    found = histogram(np.repeat([1.0, 2, 3, 4, 5], [4, 9, 20, 8, 5]))
    assert np.ptp(np.diff(found.edges)) == 0
    assert (found.edges[0], found.edges[1] - found.edges[0]) == (0.5, 1)
    assert found.counts == (4, 9, 20, 8, 5)


def test_nothing_to_count_is_said() -> None:
    assert histogram(np.array([np.nan])).reason == "no values to count"


def test_quantiles_lie_between_two_values_in_proportion() -> None:
    assert quantiles(np.array([10, np.nan, 20, 30, 40]), (0, 0.25, 0.5, 1)) == (10, 17.5, 25, 40)
    assert quantiles(np.array([]), (0.5,)) == (None,)


def test_a_box_has_whiskers_and_outliers_by_tukey() -> None:
    # Mondays: 1, 2, 3, 4, 100: quartiles 2, 3, 4, so that the whiskers reach from -1 to 7 at most.
    values = np.full(35, 50.0)
    values[::7] = [1, 2, 3, 4, 100]
    monday, *others = boxes(timeline("day", values), "weekday").boxes
    assert (monday.label, monday.count, monday.mean) == ("Monday", 5, 22)
    assert (monday.low, monday.lower_quartile, monday.median, monday.upper_quartile, monday.high) == (1, 2, 3, 4, 4)
    assert monday.outliers == ((date(2005, 1, 31), 100.0),)
    assert [box.label for box in others][-1] == "Sunday"


@pytest.mark.parametrize(("by", "labels"), [("month", 12), ("quarter", 4), ("year", 3)])
def test_groups_come_in_the_order_of_the_calendar_without_cut_periods(by: str, labels: int) -> None:
    found = boxes(timeline("month", np.arange(36.0), cut=[35]), by)  # type: ignore[arg-type]
    assert len(found.boxes) == labels
    assert sum(box.count for box in found.boxes) == 35


def test_months_cannot_be_told_apart_by_weekday() -> None:
    assert boxes(timeline("month", np.arange(36.0)), "weekday").reason == "months cannot be told apart by weekday"
