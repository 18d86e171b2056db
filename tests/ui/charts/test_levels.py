from dataclasses import replace

from dash_kpi.ui.charts.levels import condensed, level
from tests.ui.charts.examples import TWENTY_YEARS, line

FOUR_WEEKS = line(28, values=tuple(float(at) for at in range(28)))


def test_a_stretch_has_its_lowest_average_and_highest_value():
    found = level(FOUR_WEEKS, most=2)
    assert (found.stride, found.low, found.mean, found.high) == (14, (0, 14), (6.5, 20.5), (13, 27))
    assert found.tips[0] == "01 Jan 2024 – 14 Jan 2024"


def test_stretches_of_days_are_whole_weeks_so_that_weekdays_make_no_waves():
    assert level(FOUR_WEEKS, most=3).stride == 14  # ten days would do
    assert level(replace(FOUR_WEEKS, grain="week"), most=3).stride == 10


def test_a_short_line_is_its_own_level():
    found = level(FOUR_WEEKS)
    assert (found.stride, found.mean, found.tips) == (1, FOUR_WEEKS.values, FOUR_WEEKS.labels)


def test_missing_values_are_left_out_of_the_average_and_an_empty_stretch_is_a_gap():
    holes = replace(FOUR_WEEKS, values=(1.0, None, *[3.0] * 12, *[None] * 14))
    assert level(holes, most=2).mean == (37 / 13, None)


def test_the_last_stretch_may_be_shorter():
    found = level(line(17, values=(1.0,) * 14 + (2.0, 3.0, 4.0)), most=2)
    assert (found.mean, found.tips[-1]) == ((1.0, 3.0), "15 Jan 2024 – 17 Jan 2024")


def test_what_is_smooth_already_is_taken_at_the_end_of_each_stretch():
    assert level(FOUR_WEEKS, most=2).at(FOUR_WEEKS.values) == [13, 27]


def test_twenty_years_of_days_become_a_line_that_a_screen_can_show():
    found = level(TWENTY_YEARS)
    drawn = condensed(TWENTY_YEARS, found)
    assert found.stride == 21
    assert len(drawn.values) == len(drawn.starts) == len(drawn.labels) == 348
    assert sum(TWENTY_YEARS.values[:21]) / 21 == drawn.values[0]
