from dash_kpi.reporting.chart_values import Step, Waterfall
from dash_kpi.ui.charts import waterfall
from dash_kpi.ui.charts.waterfall import BETTER, ENDS, WORSE

STEPS = (Step("<North>", 20.0), Step("South", -5.0))


def values(direction="higher"):
    return Waterfall("Revenue", "number", direction, Step("Before", 100.0), STEPS, Step("After", 115.0))


def figure(direction="higher"):
    return waterfall.figure(values(direction))


def test_a_sentence_and_a_table_say_the_same():
    assert waterfall.summary(values()) == "Revenue: before 100, after 115; most by <North> (+20)."
    assert waterfall.table(values()).rows == (("Before", 100), ("<North>", 20), ("South", -5), ("After", 115))


def test_steps_stand_between_the_ends_with_their_signs():
    trace = figure()["data"][0]
    assert trace["x"] == [100, 20, -5, 115]
    assert trace["base"] == [0, 100, 120, 0]
    assert trace["text"][0] == "100"
    assert trace["text"][1][0] == "+"
    assert trace["text"][2][0] == "−"


def test_colours_tell_better_from_worse_whichever_way_is_better():
    higher, lower = figure()["data"][0], figure("lower")["data"][0]
    assert higher["marker"]["color"] == [ENDS, BETTER, WORSE, ENDS]
    assert lower["marker"]["color"] == [ENDS, WORSE, BETTER, ENDS]


def test_names_are_no_markup():
    assert figure()["layout"]["yaxis"]["ticktext"][1] == "&lt;North>"
