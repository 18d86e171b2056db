from xml.etree import ElementTree

import pytest

from dash_kpi.ui.sparkline import MOST_POINTS, sparkline


def path(values):
    picture = sparkline(values).removeprefix("data:image/svg+xml,").replace("%23", "#")
    return ElementTree.fromstring(picture)[0].attrib["d"]  # noqa: S314  our own picture


def test_a_missing_value_leaves_a_gap():
    assert path([1, 2, None, 2, 1]).count("M") == 2


@pytest.mark.parametrize("values", [(), (None, None), (3.0, None)])
def test_there_is_no_line_through_fewer_than_two_values(values):
    assert sparkline(values) is None


def test_a_constant_is_a_level_line():
    heights = {step.split(" ")[1] for step in path([5, 5, 5]).replace("L", "M").split("M")[1:]}
    assert len(heights) == 1


def test_many_values_are_thinned():
    assert path(list(range(1000))).count("L") < MOST_POINTS


def test_one_spike_among_many_values_is_drawn():
    calm = [10.0] * 1000
    calm[437] = 90.0
    assert " 5L" in path(calm)  # up to the margin


def test_a_limit_near_the_values_is_drawn_and_one_far_away_presses_nothing_flat():
    assert "stroke-dasharray" in sparkline([1, 2, 3], [4])
    assert sparkline([1, 2, 3], [400]) == sparkline([1, 2, 3])
