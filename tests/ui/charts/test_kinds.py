import json

import plotly.graph_objects as go
import pytest

from dash_kpi.ui.charts import axes
from dash_kpi.ui.charts.kinds import CHARTS
from dash_kpi.ui.charts.legend import legend
from dash_kpi.ui.charts.tables import as_table
from dash_kpi.ui.markup import markup
from tests.ui.charts.examples import EXAMPLES

BUNDLED = {"scatter", "bar", "box", "heatmap"}  # a browser test draws each of them

every_example = pytest.mark.parametrize(
    ("kind", "values"), EXAMPLES, ids=[f"{k}-{i}" for i, (k, _) in enumerate(EXAMPLES)]
)


def test_every_kind_has_an_example():
    assert {kind for kind, _ in EXAMPLES} == set(CHARTS)


@every_example
def test_every_figure_is_valid_and_brings_no_template(kind, values):
    figure = CHARTS[kind].figure(values, "EUR")
    go.Figure(figure)
    assert "template" not in figure["layout"]


@every_example
def test_no_figure_has_more_points_than_a_screen_or_a_number_that_json_does_not_know(kind, values):
    figure = CHARTS[kind].figure(values, "EUR")
    json.dumps(figure, allow_nan=False)
    assert all(len(trace.get("y", ())) <= axes.MOST_POINTS for trace in figure["data"])


@every_example
def test_every_figure_is_drawn_by_traces_that_the_bundle_has(kind, values):
    assert {trace["type"] for trace in CHARTS[kind].figure(values, "EUR")["data"]} <= BUNDLED


@every_example
def test_every_summary_is_a_sentence(kind, values):
    sentence = CHARTS[kind].summary(values, "EUR")
    assert sentence.endswith(".")
    assert "None" not in sentence
    assert "nan" not in sentence


@every_example
def test_every_row_of_a_table_has_a_cell_for_each_head(kind, values):
    table = CHARTS[kind].table(values, "EUR")
    assert all(len(row) == len(table.heads) for row in table.rows)
    assert "None" not in markup(as_table(table, "EUR"))


@every_example
def test_every_legend_is_markup(kind, values):
    assert markup(legend(CHARTS[kind].keys(values, "EUR"))).startswith("<p")
