"""The numbers of each kind, in words and in tables."""

from dataclasses import replace

import pytest

from dash_kpi.reporting.chart_values import (
    Box,
    Boxes,
    Correlations,
    Histogram,
    Matrix,
    Multiples,
    Pairs,
    Point,
    Profile,
    Progress,
    Together,
)
from dash_kpi.ui.charts import boxes, distribution, heatmap, multiples, profile, progress, scatter, together
from dash_kpi.ui.charts.colours import ACCENT, RESTATED
from tests.ui.charts.examples import MARGIN, PLAIN, REGIONS, TWENTY_YEARS, line

NORTH, SOUTH = (line(2, label=name, values=values) for name, values in (("N", (10.0, 20.0)), ("S", (40.0, 20.0))))
SHARES = Histogram("Margin", "percent", (0.0, 0.1, 0.2), (3, 1), 0.05, "month")
SPREAD = Boxes("Revenue", "number", (Box("Jan", 1, 2, 3, 4, 5, (9.0,)), Box("Feb", 0, 1, 2, 6, 7)))
SALES = Matrix("Sales", "number", "month", "year", ("Jan", "Feb"), ("2024", "2025"), ((1.0, 2.0), (None, 4.0)))
TARGETED = Progress("Sales", "number", 80.0, 100.0, expected=95.0)


def plain(text):
    return text.replace("\u00a0", " ")


def test_lines_stand_at_their_last_value():
    assert together.summary(Together("Sales", (NORTH, SOUTH)), "EUR") == (
        "Sales: N €20 on 02 Jan 2024; S €20 on 02 Jan 2024."
    )
    assert together.table(Together("Sales", (NORTH, SOUTH))).rows == (
        ("01 Jan 2024", 10.0, 40.0),
        ("02 Jan 2024", 20.0, 20.0),
    )


def test_indexed_lines_start_at_a_hundred_and_the_table_keeps_the_values():
    values = Together("Sales", (NORTH, SOUTH), is_indexed=True)
    assert [trace["y"] for trace in together.figure(values)["data"]] == [[100, 200], [100, 50]]
    assert "N at 200 on 02 Jan 2024 (start: 100); S at 50" in together.summary(values)
    assert together.table(values).rows[0] == ("01 Jan 2024", 10.0, 40.0)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((None, 0.0, 5.0, 10.0), (None, 0.0, 100.0, 200.0)),
        ((-4.0, 2.0), (-200.0, 100.0)),
        ((0.0, -1.0), (None, None)),
        ((), ()),
    ],
)
def test_the_first_value_above_zero_is_a_hundred(values, expected):
    assert together.indexed(values) == expected


def test_no_more_lines_are_drawn_than_can_be_told_apart_and_the_others_are_in_the_table():
    values = Together("Sales", tuple(replace(NORTH, label=f"R{at}") for at in range(30)))
    assert len(together.figure(values)["data"]) == len(together.keys(values)) == 5
    assert together.summary(values).endswith("; 25 more are in the table.")
    assert len(together.table(values).heads) == 31


def test_two_units_have_two_axes_with_ticks_of_their_own():
    laid = together.figure(Together("Both", (PLAIN, MARGIN)), "EUR")["layout"]
    assert (laid["yaxis"]["tickprefix"], laid["yaxis2"]["tickformat"]) == ("€", ".1~%")
    assert laid["yaxis2"]["tickmode"] == "auto"


def test_very_long_lines_are_drawn_by_their_averages():
    values = Together("Long", (TWENTY_YEARS,))
    assert len(together.figure(values)["data"][0]["y"]) == 348
    assert together.keys(values)[0].label == "Revenue, average of 21 days"


def test_a_histogram_counts_periods_in_good_english():
    assert plain(distribution.summary(SHARES)) == (
        "Margin of 4 months: most often 0.0 % to 10.0 % (3 months); half of them up to 5.0 %."
    )
    assert distribution.table(SHARES).rows == ((0.0, 0.1, 3), (0.1, 0.2, 1))
    assert distribution.table(SHARES).heads[2].label == "Months"


@pytest.mark.parametrize(
    ("period", "heading"), [("day", "Days"), ("business", "Business"), ("country", "Countries"), ("hours", "Hours")]
)
def test_what_is_counted_has_its_plural(period, heading):
    assert distribution.table(replace(SHARES, period=period)).heads[2].label == heading


def test_few_counts_are_marked_one_by_one():
    assert distribution.figure(SHARES)["layout"]["yaxis"]["dtick"] == 1
    assert "dtick" not in distribution.figure(replace(SHARES, counts=(30, 1)))["layout"]["yaxis"]


def test_boxes_name_the_highest_the_lowest_and_the_widest():
    assert boxes.summary(SPREAD) == "Revenue: median highest with 3 in Jan, lowest with 2 in Feb; widest spread in Feb."
    assert boxes.table(SPREAD).rows == (("Jan", 1, 2, 3, 4, 5, 1.0), ("Feb", 0, 1, 2, 6, 7, 0.0))


def test_progress_says_how_much_is_reached():
    assert plain(progress.summary(TARGETED)) == (
        "Sales: 80 against a target of 100 (80 % reached); expected 95 at the end."
    )
    assert "(80\u00a0% used)" in progress.summary(replace(TARGETED, direction="lower"))
    assert progress.table(TARGETED).rows == (("Value", 80.0), ("Target", 100.0), ("Expected at the end", 95.0))


def test_of_a_negative_value_no_part_is_reached():
    assert "reached" not in progress.summary(replace(TARGETED, value=-5.0))


def test_a_gauge_is_half_a_ring_filled_up_to_the_value_with_a_tick_at_the_target():
    figure = progress.gauge(replace(TARGETED, expected=None), "EUR")
    track, value, tick = figure["data"]
    assert (value["fillcolor"], tick["fillcolor"]) == (ACCENT, RESTATED)
    assert (min(track["x"]), max(track["x"]), min(track["y"])) == (-1, 1, 0)
    assert value["x"][0] == -1  # from the left end
    reached = max(value["x"])
    assert 0.6 < reached < 0.7  # 80 of 110: 0.727 of the half circle, the cosine of 49 degrees
    assert [text["text"] for text in figure["layout"]["annotations"]] == ["80", "target 100"]


def test_a_gauge_of_a_loss_is_filled_from_zero_to_the_left():
    track, value = progress.gauge(Progress("Profit", "number", -10.0, None))["data"]
    assert max(value["x"]) == max(track["x"]) == 1


@pytest.mark.parametrize("draw", [progress.bullet, progress.gauge])
def test_without_a_value_and_a_target_progress_says_so(draw):
    figure = draw(Progress("Sales", "number", None, None))
    assert (figure["data"], figure["layout"]["annotations"][0]["text"]) == ([], "No value in this period")


def test_a_heatmap_names_its_extremes_and_its_gaps():
    assert heatmap.heatmap_summary(SALES) == (
        "Sales by month and year: highest 4 (Feb, 2025), lowest 1 (Jan, 2024); 1 cell without a value."
    )
    assert heatmap.heatmap_table(SALES).rows == (("Jan", 1.0, 2.0), ("Feb", None, 4.0))


def test_many_rows_make_a_heatmap_taller():
    tall = replace(SALES, rows=tuple(map(str, range(30))), values=((1.0, 2.0),) * 30)
    assert heatmap.heatmap(tall)["layout"]["meta"]["height"] == 30 * 20 + 48


def test_cells_with_text_ask_for_colours_on_which_it_can_be_read():
    assert heatmap.heatmap(SALES)["layout"]["meta"]["has_text"]
    wide = replace(SALES, columns=tuple(map(str, range(53))), values=((1.0,) * 53,) * 2)
    assert not heatmap.heatmap(wide)["layout"]["meta"]["has_text"]


def test_a_correlation_names_the_strongest_pair_with_a_real_minus():
    values = Correlations(("A", "B", "C"), ((1.0, -0.8, 0.1), (-0.8, 1.0, None), (0.1, None, 1.0)), 24)
    assert heatmap.correlation_summary(values) == (
        "A and B move in opposite directions most clearly (−0.80, over 24 periods)."
    )
    assert heatmap.correlation_table(values).rows[1] == ("B", -0.8, 1.0, None)
    assert heatmap.correlation(values)["data"][0]["text"][0] == ["", "−0.80", "0.10"]


def test_a_scatter_says_how_two_kpis_go_together():
    points = (Point("Jan", 1.0, 2.0), Point("Feb", 2.0, None), Point("Mar", 3.0, 6.0))
    values = Pairs("A", "number", "B", "number", points, (2.0, 0.0), 0.75)
    assert scatter.summary(values) == "A and B, 2 periods: they clearly rise and fall together (correlation 0.75)."
    assert scatter.table(values).rows == (("Jan", 1.0, 2.0), ("Feb", 2.0, None), ("Mar", 3.0, 6.0))
    assert scatter.figure(values)["data"][2]["y"] == [2, 6]


def test_a_single_pair_has_a_scale_that_is_not_finer_than_its_values():
    xaxis = scatter.figure(Pairs("A", "number", "B", "number", (Point("Jan", 10.0, 2.0),)))["layout"]["xaxis"]
    assert xaxis["range"] == [5, 15]


def test_facets_share_one_scale():
    laid = multiples.figure(Multiples("Revenue", "region", REGIONS), "EUR")["layout"]
    assert laid["meta"]["facets"] == 6
    assert len({tuple(laid[f"yaxis{number}"]["range"]) for number in ("", 2, 3, 4, 5, 6)}) == 1


def test_small_multiples_list_every_line():
    values = Multiples("Sales", "region", (NORTH, SOUTH))
    assert multiples.summary(values, "EUR").startswith("Sales by region: N €20 on 02 Jan 2024; S €20")
    assert multiples.table(values).rows[0] == ("01 Jan 2024", 10.0, 40.0)


def test_a_profile_says_when_a_kpi_is_usually_high():
    values = Profile("Sales", "weekday", ("Mon", "Tue", "Wed"), (1.2, 0.7, None))
    assert plain(profile.summary(values)) == (
        "Sales by weekday: usually highest in Mon (120 % of the average), lowest in Tue (70 %)."
    )
    assert profile.table(values).rows == (("Mon", 1.2), ("Tue", 0.7), ("Wed", None))


def test_small_swings_of_a_profile_look_small():
    low, high = profile.figure(Profile("Sales", "month", ("Jan",), (1.0,)))["layout"]["yaxis"]["range"]
    assert low < 0.95
    assert high > 1.05
