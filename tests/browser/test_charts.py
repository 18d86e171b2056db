"""Every kind of chart as the bundled script draws it: nothing is left out, facets and tips keep apart."""

import pytest

from dash_kpi.ui.charts.kinds import CHARTS
from tests.ui.charts.examples import CUT, EXAMPLES, REGIONS
from tests.ui.charts.test_kinds import BUNDLED

DRAW = """async (figure) => {
  const box = document.createElement("div"), plot = document.createElement("div");
  box.className = "chart";
  box.append(plot);
  document.querySelector("main").append(box);
  await window.Plotly.react(plot, { ...figure, config: { responsive: true } });
  const scales = Object.keys(plot._fullLayout).filter((key) => /^yaxis\\d*$/.test(key));
  const domains = scales.map((key) => plot._fullLayout[key].domain);
  return { drawn: plot._fullData.map((trace) => trace.type), height: box.offsetHeight, domains };
}"""
TIPS = """async ([figure, at]) => {
  document.querySelector(".chart:last-child > div").remove();
  const plot = document.createElement("div");
  document.querySelector(".chart:last-child").append(plot);
  await window.Plotly.react(plot, { ...figure, config: {} });
  window.Plotly.Fx.hover(plot, { xpx: plot._fullLayout.xaxis.d2p(at), ypx: 20 });
  return [...plot.querySelectorAll(".hovertext")].map((tip) => tip.textContent);
}"""


def drawn(page, kind, values):
    return page.evaluate(DRAW, CHARTS[kind].figure(values, "EUR"))


def test_every_kind_is_drawn_small_multiples_below_each_other_on_a_phone(site, open_page):
    page = open_page(site.url, viewport={"width": 360, "height": 740})
    page.wait_for_function("() => window.Plotly && document.querySelector('main')")
    seen = set()
    for kind, values in EXAMPLES:
        types = drawn(page, kind, values)["drawn"]
        assert types == [trace["type"] for trace in CHARTS[kind].figure(values, "EUR")["data"]]
        seen |= set(types)
    assert seen == BUNDLED
    multiples = next(values for kind, values in EXAMPLES if kind == "multiples")
    found = drawn(page, "multiples", multiples)
    assert len(multiples.lines) == len(REGIONS) == len(found["domains"])
    assert found["height"] > 6 * 140
    for (low, _), (_, high) in zip(found["domains"], found["domains"][1:], strict=False):
        assert high < low


@pytest.mark.parametrize(("day", "has_incomplete"), [("2024-01-15", False), ("2024-02-29", True)])
def test_a_tip_tells_of_its_own_period_alone(site, open_page, day, has_incomplete):
    page = open_page(site.url)
    page.wait_for_function("() => window.Plotly && document.querySelector('main')")
    values = next(values for _, values in EXAMPLES if getattr(values, "line", None) is CUT)
    page.evaluate(DRAW, CHARTS["time_series"].figure(values, "EUR"))
    tips = page.evaluate(TIPS, [CHARTS["time_series"].figure(values, "EUR"), day])
    assert any("2024" in tip for tip in tips)
    assert any("incomplete" in tip for tip in tips) == has_incomplete
