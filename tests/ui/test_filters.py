from dash_kpi.ui import filters
from tests.ui.examples import EMPTY, FULL

MANY = tuple(f"Product {number}" for number in range(1000))


def test_grains_that_the_data_cannot_answer_are_disabled():
    disabled = {option["value"] for option in filters.grains(FULL) if option.get("disabled")}
    assert disabled == {"day", "week"}


def test_the_automatic_grain_says_what_it_is():
    assert filters.grains(FULL)[0] == {"label": "by month (auto)", "value": filters.AUTOMATIC}
    assert filters.grains(EMPTY)[0]["label"] == "automatic"


def test_dimensions_are_offered_by_their_heading():
    assert filters.dimensions(FULL)[0] == {"label": "Sales region", "value": "sales_region"}


def test_checked_values_come_first_and_survive_a_search():
    offered = filters.values(("East", "North", "South"), "no", ["South"])
    assert [option["value"] for option in offered] == ["South", "North"]


def test_a_blank_value_has_a_name():
    assert filters.values(("",), None, ())[0] == {"label": "(blank)", "value": ""}


def test_many_values_are_cut_and_the_remark_says_so():
    offered = filters.values(MANY, None, ())
    assert len(offered) == filters.MOST_VALUES
    assert filters.remark(MANY, None, offered) == "200 of 1,000 values; search for the others."


def test_a_search_without_result_says_so():
    assert filters.remark(MANY, "x", filters.values(MANY, "x", ())) == "No value contains 'x'."


def test_when_everything_is_offered_there_is_no_remark():
    assert filters.remark(("a",), None, filters.values(("a",), None, ())) == ""
