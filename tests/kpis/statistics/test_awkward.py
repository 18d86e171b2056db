"""Whatever the values are, every method answers with a number, a reason or nothing, and without a warning."""

import numpy as np
import pytest

from dash_kpi.kpis.measures import Floats
from dash_kpi.kpis.periods import GRAINS, Grain
from dash_kpi.kpis.statistics.change_points import change_points
from dash_kpi.kpis.statistics.correlation import correlation, correlations, matrix
from dash_kpi.kpis.statistics.distribution import boxes, histogram, quantiles
from dash_kpi.kpis.statistics.smoothing import exponential, growth, moving_average, to_date, volatility
from dash_kpi.kpis.statistics.thinning import thinned
from dash_kpi.kpis.statistics.trend import trend
from tests.kpis.statistics.series import awkward, noise, timeline

AWKWARD = pytest.mark.parametrize("values", [pytest.param(values, id=name) for name, values in awkward()])


@AWKWARD
def test_arrays_are_smoothed_counted_and_thinned_whatever_they_hold(values: Floats) -> None:
    for window in (1, 7, 30):
        assert not np.isinf(moving_average(values, window)).any()
    assert len(exponential(values, span=7)) == len(values)
    assert sum(histogram(values).counts) in (np.isfinite(values).sum(), 0)
    assert len(quantiles(values)) == 5
    assert len(thinned(values, 100)) <= 100


@AWKWARD
@pytest.mark.parametrize("grain", GRAINS)
def test_timelines_are_judged_whatever_they_hold(values: Floats, grain: Grain) -> None:
    finite = np.where(np.isfinite(values), values, np.nan)
    line = timeline(grain, finite[: 7305 if grain == "day" else 400])
    assert trend(line).sentence.endswith(".")
    assert trend(line, 12).sentence.endswith(".")
    assert change_points(line).sentence.endswith(".")
    assert volatility(line).sentence.endswith(".")
    assert len(growth(line, "year").values) == len(growth(line).reasons) == len(line)
    assert len(to_date(line, line.starts[::12]).values) == len(line)
    assert boxes(line, "year").boxes or boxes(line, "year").reason


@AWKWARD
def test_kpis_are_compared_whatever_they_hold(values: Floats) -> None:
    finite = np.where(np.isfinite(values), values, np.nan)
    odd, plain = timeline("day", finite), timeline("day", noise(9, 200))
    assert correlation(("odd", odd), ("plain", plain)).sentence.endswith(".")
    assert len(correlations({"odd": odd, "plain": plain, "again": odd})) == 3
    assert matrix({"odd": odd, "plain": plain}).r.shape == (2, 2)
