"""What the page says for an answer: the change in words, links, and why there is nothing."""

from dataclasses import replace
from datetime import date

from dash_kpi.kpis.drivers.bridge import Bridge
from dash_kpi.kpis.drivers.combination import Combination
from dash_kpi.kpis.drivers.contributions import Contribution
from dash_kpi.kpis.drivers.explanation import Explanation
from dash_kpi.reporting.drivers import Drivers, Ranked
from dash_kpi.reporting.values import Span
from dash_kpi.reporting.view import View
from dash_kpi.ui.drivers import bridge_figure, contents, rendered, steps_figure
from tests.ui.reading import parts, text

ANSWER = Drivers(
    3,
    View(),
    Span(date(2025, 2, 1), date(2025, 2, 28), "Feb 2025"),
    Span(date(2025, 1, 1), date(2025, 1, 31), "Jan 2025"),
    dimensions=("Region",),
    kpis=(("revenue", "Revenue"),),
    kpi="revenue",
    label="Revenue",
    unit="currency",
    direction="higher",
    before=100.0,
    after=130.0,
    dimension="Region",
    parts=(Contribution("North", 60, 100, 40.0), Contribution("", 40, 25, -15.0), Contribution(None, 0, 5, 5.0)),
    ranked=(Ranked("Region", Explanation(0.5, 0.1, "One value brought 50% of the change.")),),
    combination=Combination((("Region", "North"),), 40.0, 1.3, 0.7, "Region North brought it."),
    bridge=Bridge(100, 130, (("volume", 40.0), ("price", -10.0)), 2, 0, 0, 0, "Volume moved it most."),
    bridge_by="Region",
)


def test_the_change_is_said_in_a_sentence_with_the_best_combination():
    said = contents(ANSWER, currency="EUR")["headline"]
    assert text(said).startswith("Revenue rose from €100 (Jan 2025) to €130 (Feb 2025): +€30 , better.")
    hrefs = [part.href for part in parts(said) if type(part).__name__ == "A"]
    assert hrefs == ["/?kpi=revenue&where=Region%3DNorth"]


def test_a_change_too_small_to_be_written_neither_rose_nor_fell():
    said = text(contents(replace(ANSWER, before=100_000.0, after=100_020.0))["headline"])
    assert "hardly moved from" in said
    assert "unchanged" not in said


def test_values_link_to_their_rows_and_what_is_not_told_apart_does_not():
    table = contents(ANSWER)["table"]
    hrefs = [part.href for part in parts(table) if type(part).__name__ == "A"]
    assert hrefs == ["/rows?kpi=revenue&where=Region%3DNorth", "/rows?kpi=revenue&where=Region%3D"]
    assert "Everything else" in text(table)


def test_risers_and_fallers_stand_apart():
    said = text(contents(ANSWER)["movers"])
    assert said == "Raised it North +40 , better Lowered it (blank) −15 , worse"


def test_the_steps_of_both_charts_reach_the_end():
    for figure in (steps_figure(ANSWER), bridge_figure(ANSWER)):
        trace = figure["data"][0]
        assert sum(trace["x"][:-1]) == trace["x"][-1] == 130


def test_what_does_not_add_up_is_said():
    assert "do not add up" in text(contents(replace(ANSWER, method="without"))["caption"])


def test_nothing_to_explain_says_why():
    shown = rendered(replace(ANSWER, parts=(), bridge=None, problem="No data."), (), "")
    assert shown["state"] == "page unexplained bridgeless"
    assert "No data." in shown["parts"]["empty"]
