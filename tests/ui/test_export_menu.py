"""The menu of exports offers what it is given, and nothing else."""

from dash_kpi.ui.export_menu import export_menu
from dash_kpi.ui.markup import markup
from tests.ui.reading import text, with_attribute


def test_only_what_is_given_is_offered() -> None:
    assert text(export_menu("the chart", csv="/a.csv")) == "Export the chart CSV"
    menu = export_menu("the chart", csv="/a.csv", xlsx="/a.xlsx", graph="trends-chart", prints=True)
    assert text(menu) == "Export the chart Excel workbook CSV Picture (PNG) Print or PDF"
    assert [part.href for part in with_attribute(menu, "download")] == ["/a.xlsx", "/a.csv"]


def test_addresses_follow_the_view_unless_they_say_everything_themselves() -> None:
    assert len(with_attribute(export_menu("it", csv="/a.csv"), "data-export-view")) == 1
    assert not with_attribute(export_menu("it", csv="/a.csv?kpi=profit", follows_view=False), "data-export-view")


def test_the_menu_can_travel_as_markup() -> None:
    assert markup(export_menu("it", graph="chart")).startswith('<details class="export"><summary')
