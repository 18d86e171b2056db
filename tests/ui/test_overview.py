from dataclasses import replace

from dash_kpi.alerting.thresholds.limit_lines import LimitLine
from dash_kpi.reporting.values import Restatement
from dash_kpi.ui.overview import contents, limited, rendered, summary, table
from tests.ui.examples import EMPTY, FULL, SERIES
from tests.ui.reading import parts, text, with_attribute


def test_the_span_says_what_it_is_compared_with():
    shown = contents(FULL)["span"]
    assert text(shown) == "1 Jan – 12 Apr 2025 compared with 1 Jan – 12 Apr 2024"
    assert getattr(shown, "data-revision") == "12"


def test_the_kpi_of_the_chart_is_the_chosen_card():
    shown = contents(FULL)
    cards = with_attribute(shown["cards"], "data-kpi")
    assert [getattr(card, "data-kpi") for card in cards if getattr(card, "aria-pressed") == "true"] == ["revenue"]
    assert shown["title"] == "Revenue by month"


def test_the_summary_takes_no_period_cut_short_for_an_extreme():
    told = summary(SERIES, "EUR").replace("\u00a0", " ")
    assert told == "Highest €30.0 k (Mar 2025), lowest €10.0 k (Jan 2025), last €4,000 (Apr 2025) so far."


def test_the_summary_of_nothing_says_so():
    assert summary(replace(SERIES, values=(None,) * 4)) == "Revenue has no value in this period."


def test_the_table_is_only_built_when_asked_for():
    assert contents(FULL)["table"] is None
    assert contents(FULL, as_table=True)["table"] is not None


def test_the_table_has_every_point_exactly():
    rows = [text(part) for part in parts(table(SERIES, "EUR")) if type(part).__name__ == "Tr"]
    assert rows[0] == "Month Revenue Comparison"
    assert rows[1] == "Jan 2025 €10,000.00 €9,000.00"
    assert rows[2] == "Feb 2025 n/a €8,000.00"
    assert rows[4] == "Apr 2025 (incomplete) €4,000.00 n/a"


def test_values_that_are_not_listed_are_counted():
    assert "5 smaller values not listed." in text(contents(FULL)["breakdown"])


def test_without_data_the_page_teaches_where_files_go():
    shown = contents(EMPTY, ("/srv/inbox",))
    assert shown["state"] == "page empty"
    assert "/srv/inbox" in text(shown["empty"])
    assert with_attribute(shown["empty"], "data-choose")
    assert shown["cards"] == []
    assert shown["breakdown"] == []


def test_notes_are_told():
    assert text(contents(FULL)["notes"]) == "Not in these numbers: web_shop.xlsx."


def test_a_value_of_the_table_links_the_rows_of_its_period_within_the_span():
    hrefs = [part.href for part in parts(contents(FULL, as_table=True)["table"]) if type(part).__name__ == "A"]
    assert hrefs[0] == "/rows?period=custom&from=2025-01-01&to=2025-01-31&grain=month&kpi=revenue"
    assert hrefs[-1] == "/rows?period=custom&from=2025-04-01&to=2025-04-12&grain=month&kpi=revenue"
    assert len(hrefs) == 3


def test_a_value_of_the_breakdown_links_its_rows():
    links = with_attribute(contents(FULL)["breakdown"], "data-go")
    assert [part.href for part in links] == [
        "/rows?kpi=revenue&where=sales_region%3DNorth",
        "/rows?kpi=revenue&where=sales_region%3D",
        "/rows?kpi=revenue&where=sales_region%3DEast",
    ]


def test_a_restatement_is_told_in_a_sentence_that_links_to_the_difference():
    marks = tuple(Restatement(day, 7, 10_200.0, 10_450.0) for day in SERIES.periods)
    caption = contents(replace(FULL, series=replace(SERIES, restated=marks)), currency="EUR")["caption"]
    assert "Mar 2025 was restated by revision 7 : €10,200.00 → €10,450.00." in text(caption)
    assert "1 more period restated lately." in text(caption)
    assert {part.href for part in with_attribute(caption, "data-go")} == {"/data/revisions?from=6&to=7"}


def test_a_limit_is_a_line_of_its_kpi_and_grain_and_is_named_below():
    before = rendered(FULL, (), "EUR", False)
    lines = (
        LimitLine("revenue", "month", 20_000.0),
        LimitLine("revenue", "week", 5.0),
        LimitLine("cost", "month", 1.0),
    )

    shown = limited(before, FULL, lines, "EUR")

    assert [line["y0"] for line in shown["figure"]["layout"]["shapes"]] == [20_000.0]
    assert '<span class="key limit">limit €20.0\u00a0k</span>' in shown["caption"]
    assert "shapes" not in before["figure"]["layout"]


def test_without_limits_the_page_is_the_one_that_is_remembered():
    before = rendered(FULL, (), "EUR", False)
    assert limited(before, FULL, (), "EUR") is before


def test_the_sparkline_of_a_card_has_the_limit_of_its_grain():
    card = replace(FULL.cards[0], spark_grain="day")
    answer = replace(FULL, cards=(card,))

    def dotted(grain: str) -> bool:
        line = (LimitLine("revenue", grain, 2.5),)
        return "stroke-dasharray" in limited(rendered(answer, (), "", False), answer, line, "")["cards"]

    assert (dotted("day"), dotted("month")) == (True, False)
