from dataclasses import replace

from dash_kpi.ui.breakdown import breakdown
from tests.ui.examples import BREAKDOWN
from tests.ui.reading import parts, text, with_attribute, with_class


def test_a_row_tells_value_share_and_change():
    head, row, *_ = [part for part in parts(breakdown(BREAKDOWN, "EUR")) if type(part).__name__ == "Tr"]
    assert text(head) == "Sales region Bar Value Share Change"
    assert text(row) == "North €30.0 k 75.0 % +10.0 % , better"


def test_a_click_on_a_value_filters_by_it_and_blank_means_empty():
    wheres = [getattr(part, "data-where") for part in with_attribute(breakdown(BREAKDOWN), "data-where")]
    assert wheres == ["sales_region=North", "sales_region=", "sales_region=East"]


def test_bars_are_as_long_as_the_largest_allows_and_negative_ones_are_marked():
    bars = with_class(breakdown(BREAKDOWN), "bar-fill")
    assert [bar.value for bar in bars] == ["1.0000", "0.4000", "0.0667"]
    assert [part.value for part in with_class(breakdown(BREAKDOWN), "negative")] == ["0.0667"]


def test_without_shares_there_is_no_column_for_them():
    rows = tuple(replace(row, share=None) for row in BREAKDOWN.rows)
    assert "Share" not in text(breakdown(replace(BREAKDOWN, rows=rows)))


def test_nothing_to_list_is_an_empty_table():
    assert text(breakdown(replace(BREAKDOWN, rows=()))).endswith("Change")
