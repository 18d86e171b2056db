"""Medians and scales against numpy and scipy."""

import numpy as np
import pytest
from scipy import stats

from dash_kpi.kpis.statistics.robust import group_medians, median, neighbours, spread


def test_the_spread_is_scipys_scaled_mad() -> None:
    values = np.random.default_rng(2).normal(size=101)
    assert spread(values) == pytest.approx(stats.median_abs_deviation(values, scale="normal"), rel=1e-4)


def test_the_spread_of_mostly_equal_values_is_not_zero() -> None:
    assert spread(np.array([1.0, 1, 1, 1, 6])) == pytest.approx(1.2533)
    assert spread(np.array([3.0, 3, 3])) == 0


def test_group_medians_leave_the_value_itself_out() -> None:
    values = np.array([1.0, 2, 30, 4, np.nan, 7])
    groups = np.array([0, 0, 0, 0, 0, 1])
    answer = group_medians(values, groups)
    assert answer[:5].tolist() == [4, 4, 2, 2, 3]
    assert np.isnan(answer[5])


def test_medians_skip_what_is_missing() -> None:
    assert median(np.array([np.nan, 3, 1])) == 2
    assert np.isnan(median(np.array([])))
    assert neighbours(np.array([1.0, 2, 3]), 1, 1)[1].tolist() == [1, 3]
