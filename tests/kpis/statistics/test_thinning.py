"""Thinning: fewer points, the same line."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.kpis.statistics.thinning import thinned
from tests.kpis.statistics.series import noise

VALUES = st.lists(st.one_of(st.just(np.nan), st.floats(-1e6, 1e6)), max_size=300)


@given(VALUES, st.integers(8, 80))
def test_extremes_ends_and_a_gap_are_kept_in_order(values: list[float], most: int) -> None:
    series = np.array(values, dtype=np.float64)
    kept = thinned(series, most)
    assert len(kept) <= max(most, 8)
    assert (np.diff(kept) > 0).all()
    if len(series):
        assert (kept[0], kept[-1]) == (0, len(series) - 1)
    if not np.isnan(series).all():
        assert np.nanmin(series[kept]) == np.nanmin(series)
        assert np.nanmax(series[kept]) == np.nanmax(series)
    assert np.isnan(series[kept]).any() == np.isnan(series).any()


def test_a_stretch_keeps_its_first_last_lowest_and_highest() -> None:
    series = np.array([5, 6, 1, 9, 5, 5, 4, 4, 4, 8, 0, 4.0] * 2)
    assert thinned(series, 16).tolist() == [0, 2, 3, 5, 6, 9, 10, 11, 12, 14, 15, 17, 18, 21, 22, 23]


def test_a_gap_stays_between_the_values_around_it() -> None:
    series = noise(1, 7_300)
    series[3_000:3_040] = np.nan
    kept = series[thinned(series, 1_000)]
    assert np.isnan(kept).any()
    assert len(kept) <= 1_000


def test_a_short_series_stays_whole() -> None:
    assert thinned(noise(1, 8), 8).tolist() == list(range(8))
