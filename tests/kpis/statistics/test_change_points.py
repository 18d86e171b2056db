"""Level shifts: found where they are, not where there are none; the cuts against trying every one."""

from itertools import combinations

import numpy as np
import pytest

from dash_kpi.kpis.statistics.change_points import change_points
from dash_kpi.kpis.statistics.pelt import pelt
from tests.kpis.statistics.series import noise, timeline


@pytest.mark.parametrize("seed", range(6))
def test_the_cuts_are_the_best_of_all(seed: int) -> None:
    values = noise(seed, 16) + np.repeat([0, 3, 0, 5], 4)

    def cost(cuts: tuple[int, ...]) -> float:
        return sum(((part - part.mean()) ** 2).sum() for part in np.split(values, cuts)) + 4 * len(cuts)

    every = [cuts for count in range(5) for cuts in combinations(range(2, 15), count)]
    allowed = [cuts for cuts in every if all(b - a >= 2 for a, b in zip((0, *cuts), (*cuts, 16), strict=True))]
    assert pelt(values, np.ones(16), 4.0, 2) == min(allowed, key=cost)


@pytest.mark.parametrize(("grain", "length"), [("month", 60), ("week", 150)])
def test_white_noise_raises_an_alarm_in_fewer_than_five_of_a_hundred_series(grain: str, length: int) -> None:
    alarms = [bool(change_points(timeline(grain, 100 + noise(seed, length))).points) for seed in range(200)]  # type: ignore[arg-type]
    assert sum(alarms) < 10


def test_steady_growth_is_no_staircase() -> None:
    alarms = [
        bool(change_points(timeline("month", 100 + np.arange(60) + noise(seed, 60))).points) for seed in range(50)
    ]
    assert sum(alarms) <= 3


def test_clear_shifts_are_found_within_two_periods() -> None:
    hits = further = 0
    for seed in range(40):
        found = change_points(timeline("week", 100 + noise(seed, 120) + np.repeat([0, 6, -2], 40))).points
        hits += all(any(abs(point.at - at) <= 2 for point in found) for at in (40, 80))
        further += len(found) - 2
    assert hits >= 38
    assert further <= 4


def test_a_shift_among_weekdays_and_growth_is_described() -> None:
    weekday = np.tile([10, 12, 11, 9, 8, -20, -30], 60)
    values = 200 + weekday + np.where(np.arange(420) >= 250, 60, 0) + noise(4, 420) * 3
    found = change_points(timeline("day", values))
    (point,) = found.points
    assert abs(point.at - 250) <= 2
    assert (point.before, point.after) == (pytest.approx(200, abs=3), pytest.approx(260, abs=3))
    assert point.confidence > 0.99
    assert "on, about 30 % higher than before." in point.sentence


def test_a_single_spike_is_no_shift() -> None:
    values = 100 + noise(5, 80)
    values[40] += 50
    assert change_points(timeline("week", values)).points == ()


def test_twenty_years_of_days_are_cut_to_the_day() -> None:
    values = 100 + noise(6, 7300) + np.where(np.arange(7300) >= 4003, 6, 0)
    assert [point.at for point in change_points(timeline("day", values)).points] == [pytest.approx(4003, abs=2)]


def test_what_wanders_has_no_level() -> None:
    found = change_points(timeline("day", np.random.default_rng(3).normal(size=400).cumsum() + 500))
    assert found.points == ()
    assert found.reason == "it wanders too freely to have a level that could shift"


def test_too_little_history_is_said() -> None:
    assert change_points(timeline("month", [1.0] * 9)).reason == "too little history: 9 of 16 months"


def test_a_long_gap_has_no_cost_and_no_shift() -> None:
    values = np.concatenate([np.full(20, 1.0), np.full(30, np.nan), np.full(20, 9.0)])

    found = pelt(np.nan_to_num(values), (~np.isnan(values)).astype(float), penalty=3.0, shortest=4)
    assert len(found) == 1
    assert 20 <= found[0] <= 50
