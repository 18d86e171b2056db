"""What was usual by then: from the past alone."""

from datetime import date, timedelta

import numpy as np
import pytest

from dash_kpi.kpis.statistics.running import running_bands
from dash_kpi.kpis.timeline import Timeline

FIRST = date(2024, 1, 1)


def daily(values: np.ndarray) -> Timeline:  # type: ignore[type-arg]
    starts = tuple(FIRST + timedelta(days=at) for at in range(len(values)))
    return Timeline("day", starts, values.astype(float), np.ones(len(values), dtype=bool))


def weekly_pattern(many: int) -> np.ndarray:  # type: ignore[type-arg]
    noise = np.random.default_rng(7).normal(0, 20, many)
    return np.where(np.arange(many) % 7 < 5, 1000.0, 400.0) + noise


def test_what_comes_later_changes_nothing_about_the_past() -> None:
    values = weekly_pattern(200)

    whole, part = running_bands(daily(values), "normal"), running_bands(daily(values[:120]), "normal")

    for one, other in zip(whole, part, strict=True):
        np.testing.assert_array_equal(one[:120], other)


def test_weekends_are_usual_and_a_bad_monday_is_not() -> None:
    values = weekly_pattern(200)
    values[175] = 700  # a Monday
    found = running_bands(daily(values), "normal")

    outside = np.flatnonzero((values < found.low) | (values > found.high))
    assert 175 in outside
    assert len([at for at in outside if 40 < at < 175]) <= 2
    assert found.expected[180] == pytest.approx(400, rel=0.1)  # a Saturday
    assert found.expected[182] == pytest.approx(1000, rel=0.1)


@pytest.mark.parametrize("values", [[], [5.0], [5.0] * 40, [np.nan] * 20, [0.0, -3.0] * 30], ids=str)
def test_too_little_or_no_variation_calls_nothing_unusual(values: list[float]) -> None:
    found = running_bands(daily(np.array(values)), "high")

    assert len(found.low) == len(values)
    with np.errstate(invalid="ignore"):
        assert not (np.array(values) < found.low).any()


def test_less_is_unusual_where_nothing_should_be_overlooked() -> None:
    values = weekly_pattern(200)
    low, high = (running_bands(daily(values), one) for one in ("low", "high"))

    assert np.nanmax(low.high - low.low) > np.nanmax(high.high - high.low)
