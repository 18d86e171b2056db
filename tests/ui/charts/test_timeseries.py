import json
from dataclasses import replace
from datetime import date

import pytest

from dash_kpi.reporting.chart_values import Average, Band, Expected, Layers, Limit, Mark, TimeSeries, Together
from dash_kpi.ui.charts import timeseries, together
from tests.ui.charts.examples import CUT, MARGIN, NONE, NOTHING, ONE, TWENTY_YEARS, layers, line

THREE = line(3, values=(10_000.0, None, 30_000.0))
MOST_BYTES = 60_000


def names(figure):
    return [trace.get("name") for trace in figure["data"]]


def trace(figure, name):
    return next(one for one in figure["data"] if one.get("name") == name)


def test_the_summary_has_the_last_the_lowest_and_the_highest_value():
    assert timeseries.summary(TimeSeries(THREE), "EUR") == (
        "Revenue: €30.0 k on 03 Jan 2024; lowest €10.0 k on 01 Jan 2024, highest €30.0 k on 03 Jan 2024;"
        " 1 day without a value."
    ).replace("0 k", "0\u00a0k")


def test_a_period_that_is_cut_short_is_neither_lowest_nor_highest():
    cut = replace(line(3, values=(10_000.0, 30_000.0, 5_000.0)), incomplete=frozenset({2}))
    assert timeseries.summary(TimeSeries(cut)).replace("\u00a0", " ") == (
        "Revenue: 5,000 on 03 Jan 2024 (incomplete); lowest 10.0 k on 01 Jan 2024, highest 30.0 k on 02 Jan 2024."
    )


def test_the_table_has_the_numbers_as_they_are():
    over = Layers(averages=(Average(2, (None, None, 20_000.0)),), regression=(10_000.0, 20_000.0, 30_000.0))
    table = timeseries.table(TimeSeries(THREE, over))
    assert [head.label for head in table.heads] == ["Day", "Revenue", "2-day average", "Regression"]
    assert table.rows == (
        ("01 Jan 2024", 10_000.0, None, 10_000.0),
        ("02 Jan 2024", None, None, 20_000.0),
        ("03 Jan 2024", 30_000.0, 20_000.0, 30_000.0),
    )


def test_layers_of_another_length_than_the_line_end_early_or_are_cut():
    over = Layers(averages=(Average(2, (1.0,)), Average(3, (1.0,) * 9)), regression=(5.0,), comparison=(7.0,) * 5)
    table = timeseries.table(TimeSeries(THREE, over))
    assert table.rows[2] == ("03 Jan 2024", 30_000.0, "", 7.0, None, 1.0, None)
    assert trace(timeseries.figure(TimeSeries(THREE, over)), "2-day average")["y"] == [1.0, None, None]


def test_bands_that_are_shorter_than_the_forecast_are_filled_with_nothing():
    expected = Expected((date(2024, 1, 4), date(2024, 1, 5)), ("4", "5"), (1.0, 2.0), (Band(80, (0.5,), (1.5,)),))
    rows = timeseries.table(TimeSeries(THREE, Layers(expected=expected))).rows
    assert rows[-1] == ("5", None, 2.0, None, None)
    timeseries.figure(TimeSeries(THREE, Layers(expected=expected)))


def test_every_layer_is_drawn_and_named():
    values = TimeSeries(CUT, layers(CUT))
    drawn = names(timeseries.figure(values))
    for name in ("Comparison", "7-day average", "14-day average", "30-day average", "Regression", "Forecast"):
        assert name in drawn
    assert {"80 % interval", "95 % interval", "Anomalies", "Level changes", "Incomplete"} <= set(drawn)
    labels = [key.label for key in timeseries.keys(values, "EUR")]
    assert "Target €15.0\u00a0k" in labels
    assert labels.index("Revenue") == 0


def test_two_years_of_days_with_every_layer_stay_light():
    days = line(730)
    figure = timeseries.figure(TimeSeries(days, layers(days)), "EUR")
    assert len(json.dumps(figure, separators=(",", ":"))) < MOST_BYTES
    assert len(trace(figure, "Revenue")["y"]) == 730


def test_twenty_years_show_the_level_before_a_band_from_lowest_to_highest():
    figure = timeseries.figure(TimeSeries(TWENTY_YEARS, layers(TWENTY_YEARS)), "EUR")
    assert names(figure)[1] == "Lowest to highest"
    level = trace(figure, "Revenue")
    assert level["dx"] == 21 * 86_400_000
    assert level["customdata"][0] == "01 Jan 2024 – 21 Jan 2024"
    assert "on average" in level["hovertemplate"]
    assert "7-day average" not in names(figure)  # smoother than that already
    assert "30-day average" in names(figure)
    assert [key.label for key in timeseries.keys(TimeSeries(TWENTY_YEARS))] == [
        "Revenue, average of 21 days",
        "lowest to highest",
    ]


def test_a_period_that_is_cut_short_does_not_pull_the_level_down():
    days = replace(TWENTY_YEARS, values=(100.0,) * 7_304 + (0.0,), incomplete=frozenset({7_304}))
    assert trace(timeseries.figure(TimeSeries(days)), "Revenue")["y"][-1] == 100


def test_an_anomaly_in_twenty_years_stands_at_its_own_value():
    day = TWENTY_YEARS.starts[1_000]
    figure = timeseries.figure(TimeSeries(TWENTY_YEARS, Layers(anomalies=(Mark(day, "odd"),))))
    assert trace(figure, "Anomalies")["y"] == [float(f"{TWENTY_YEARS.values[1_000]:.10g}")]


def test_a_single_value_is_a_large_dot_with_its_number_in_the_middle_of_an_axis_that_fits():
    figure = timeseries.figure(TimeSeries(ONE), "EUR")
    dot = figure["data"][-1]
    assert (dot["mode"], dot["text"]) == ("markers+text", ["€12.3\u00a0k"])
    assert figure["layout"]["yaxis"]["range"] == [0, ONE.values[0] * 1.25]
    assert figure["layout"]["xaxis"]["range"] == ["2023-12-30T00:00:00", "2024-01-03T00:00:00"]
    assert figure["layout"]["xaxis"]["tickvals"] == ["2024-01-01"]


def test_a_single_rate_has_room_above_and_below():
    rate = replace(ONE, unit="percent", values=(0.4,))
    assert timeseries.figure(TimeSeries(rate))["layout"]["yaxis"]["range"] == pytest.approx([0.3, 0.5])


def test_a_single_bar_is_as_wide_as_most_of_its_period():
    (bar,) = timeseries.figure(TimeSeries(ONE, style="bar"))["data"]
    assert bar["width"] == 0.8 * 86_400_000


@pytest.mark.parametrize("nothing", [NONE, NOTHING])
def test_nothing_says_so(nothing):
    figure = timeseries.figure(TimeSeries(nothing, Layers(limits=(Limit("Target", 1.0),))))
    assert (figure["data"], figure["layout"]["annotations"][0]["text"]) == ([], "No values in this period")


def test_a_forecast_without_a_past_is_drawn():
    expected = Expected((date(2024, 1, 4),), ("4 Jan",), (0.5,))
    assert (
        names(timeseries.figure(TimeSeries(replace(NONE, unit="percent"), Layers(expected=expected))))[-1] == "Forecast"
    )


def test_the_pointer_finds_one_period_alone():
    laid = timeseries.figure(TimeSeries(CUT))["layout"]
    assert (laid["hovermode"], laid["meta"]) == ("x", {"periods": 60})
    assert "hoverdistance" not in laid


def test_of_two_limits_close_together_the_lower_is_named_below_its_line():
    over = Layers(limits=(Limit("Target", 0.31), Limit("Threshold", 0.3105)))
    below, above = timeseries.figure(TimeSeries(MARGIN, over))["layout"]["annotations"]
    assert (below["yanchor"], above["yanchor"]) == ("top", "bottom")


def test_a_limit_is_named_at_the_end_where_the_line_is_further_away():
    rising = line(10, unit="number", values=tuple(float(at) for at in range(10)))
    (high,) = timeseries.figure(TimeSeries(rising, Layers(limits=(Limit("High", 9.0),))))["layout"]["annotations"]
    (low,) = timeseries.figure(TimeSeries(rising, Layers(limits=(Limit("Low", 0.0),))))["layout"]["annotations"]
    assert (high["xanchor"], low["xanchor"]) == ("left", "right")


def test_changes_stand_at_the_point_of_their_period():
    months = replace(THREE, grain="month", starts=(date(2024, 1, 1), date(2024, 2, 1), date(2024, 3, 1)))
    figure = timeseries.figure(TimeSeries(months, Layers(changes=(Mark(date(2024, 2, 10), "higher"),))))
    (upright,) = figure["layout"]["shapes"]
    assert upright["x0"] == "2024-02-01"
    assert trace(figure, "Level changes")["x"] == ["2024-02-01"]


def test_lines_beside_one_another_say_that_their_last_period_is_cut_short():
    cut = replace(line(3, values=(10_000.0, 30_000.0, 5_000.0)), incomplete=frozenset({2}))
    said = together.summary(Together("Revenue by Region", (cut,)))
    assert said == "Revenue by Region: Revenue 5,000 on 03 Jan 2024 (incomplete)."
