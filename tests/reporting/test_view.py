"""The view: the state of the bar in the URL."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.errors import Refused
from dash_kpi.kpis.periods import GRAINS, PERIODS, Days
from dash_kpi.reporting.view import CUSTOM, View

names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12).filter(
    lambda name: "=" not in name
)
filters = st.dictionaries(names, st.sets(st.text(max_size=12), min_size=1, max_size=3), max_size=3).map(
    lambda found: tuple((name, tuple(sorted(values))) for name, values in sorted(found.items()))
)
views = st.builds(
    View,
    period=st.sampled_from(list(PERIODS)),
    compare=st.sampled_from(["previous", "year", "none"]),
    grain=st.sampled_from([None, *GRAINS]),
    kpi=st.none() | names,
    by=st.none() | names,
    as_of=st.none() | st.integers(0, 10**6),
    filters=filters,
)


@given(views)
def test_a_view_reads_back_from_its_url(view: View) -> None:
    assert View.from_query("?" + view.to_query()) == view


@given(st.text(max_size=80))
def test_no_url_breaks_it(text: str) -> None:
    View.from_query(text)


def test_an_address_of_endless_parts_is_refused_with_a_sentence() -> None:
    with pytest.raises(Refused, match="more than 500 parts; choose fewer values"):
        View.from_query("&".join(f"where=Region={at}" for at in range(501)))


def test_the_default_view_needs_no_query() -> None:
    assert View().to_query() == ""


@pytest.mark.parametrize("query", ["from=2025-02-01&to=2025-01-01", "period=custom&from=2025-01-01&to=2025-02-01"])
def test_a_custom_period_is_two_days_in_either_order(query: str) -> None:
    view = View.from_query(query)

    assert (view.period, view.start, view.end) == (CUSTOM, date(2025, 1, 1), date(2025, 2, 1))


def test_a_custom_period_without_its_end_is_the_default() -> None:
    assert View.from_query("period=custom&from=2025-01-01") == View()


@pytest.mark.parametrize("number", ["9" * 5000, "-1", "1.5", "x"])
def test_a_number_of_a_revision_that_is_none_is_the_newest(number: str) -> None:
    assert View.from_query(f"as_of={number}").as_of is None


@pytest.mark.parametrize("query", ["from=0001-01-01&to=2025-01-01", "from=2025-01-01&to=9999-12-31"])
def test_a_day_beyond_any_calendar_is_not_understood(query: str) -> None:
    assert View.from_query(query) == View()


def test_a_fixed_comparison_needs_its_days() -> None:
    fixed = View.from_query("compare=fixed&against_from=2025-02-01&against_to=2025-01-01")

    assert fixed.against == Days(date(2025, 1, 1), date(2025, 2, 1))
    assert View.from_query(fixed.to_query()) == fixed
    assert View.from_query("compare=fixed").compare == "previous"
    assert View.from_query("compare=target&against_from=2025-01-01&against_to=2025-01-02").against is None
