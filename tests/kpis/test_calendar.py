"""Calendars: fiscal years, months of whole weeks, weeks from other days, working days."""

from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.kpis.calendar import DAY, GRAINS, Calendar, Days, Grain
from dash_kpi.kpis.periods import reference_span, starts_between

calendars = st.builds(
    Calendar, st.integers(0, 6), st.integers(1, 12), st.sampled_from(["", "4-4-5", "4-5-4", "5-4-4"])
)  # fmt: skip
days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
RETAIL = Calendar(week_start=6, year_start=2, weeks="4-5-4")


@given(calendars, days, st.integers(0, 1500), st.sampled_from(GRAINS))
def test_periods_of_any_calendar_cover_a_span_without_gap(
    calendar: Calendar, day: date, length: int, grain: Grain
) -> None:
    span = Days(day, day + timedelta(days=length))
    starts = starts_between(span, grain, calendar)

    assert starts[0] <= span.start
    assert starts[-1] <= span.end <= calendar.end_of(starts[-1], grain)
    assert all(calendar.end_of(before, grain) + DAY == after for before, after in pairwise(starts))
    assert all(calendar.start_of(start, grain) == start for start in starts)
    assert len({calendar.key(start, grain) for start in starts}) == len(starts)
    assert len({calendar.label(start, grain) for start in starts}) == len(starts)


@given(calendars, days, st.sampled_from(GRAINS))
def test_a_whole_period_is_set_against_the_whole_one_before(calendar: Calendar, day: date, grain: Grain) -> None:
    start = calendar.start_of(day, grain)
    before = calendar.before(Days(start, calendar.end_of(start, grain)), grain)

    assert before.end + DAY == start
    assert calendar.start_of(before.end, grain) == before.start


def test_a_fiscal_year_is_named_by_the_year_it_ends_in() -> None:
    fiscal = Calendar(year_start=2)

    assert fiscal.start_of(date(2025, 1, 31), "year") == date(2024, 2, 1)
    assert fiscal.label(date(2024, 2, 1), "year") == "FY2025"
    assert [fiscal.label(start, "quarter") for start in (date(2024, 2, 1), date(2024, 11, 1))] == [
        "Q1 FY2025",
        "Q4 FY2025",
    ]
    assert fiscal.key(date(2024, 2, 1), "quarter") == "FY2025-Q1"
    assert fiscal.label(date(2024, 2, 1), "month") == "Feb 2024"


def test_the_retail_calendar_begins_where_the_national_retail_federation_says() -> None:
    # 4-5-4 calendar: 2023 began on 29 January 2023 with 53 weeks, 2024 on 4 February 2024, 2025 on 2 February 2025.
    assert RETAIL.start_of(date(2023, 6, 1), "year") == date(2023, 1, 29)
    assert RETAIL.start_of(date(2024, 2, 3), "year") == date(2023, 1, 29)
    assert RETAIL.start_of(date(2024, 2, 4), "year") == date(2024, 2, 4)
    assert RETAIL.start_of(date(2025, 2, 2), "year") == date(2025, 2, 2)
    assert RETAIL.start_of(date(2024, 3, 10), "month") == date(2024, 3, 3)  # March 2024: five weeks from the 3rd
    assert RETAIL.end_of(date(2024, 3, 10), "month") == date(2024, 4, 6)
    assert RETAIL.label(date(2024, 3, 3), "month") == "P2 FY2025"


def test_weeks_may_begin_on_sunday() -> None:
    sunday = Calendar(week_start=6)

    assert sunday.start_of(date(2025, 3, 12), "week") == date(2025, 3, 9)
    assert sunday.key(date(2025, 3, 9), "week") == "2025-03-09/P7D"
    assert Calendar().key(date(2025, 3, 10), "week") == "2025-W11"


def test_working_days_leave_out_weekends_and_the_holidays_of_a_country() -> None:
    may = Days(date(2025, 5, 1), date(2025, 5, 31))

    assert Calendar().working_days(may) == 22
    assert Calendar(holidays="DE").working_days(may) == 20  # Labour Day and Ascension
    assert Calendar(holidays="AE").working_days(Days(date(2025, 5, 5), date(2025, 5, 11))) == 5


@pytest.mark.parametrize(
    ("by_working_day", "span", "reference"),
    [
        (False, Days(date(2025, 3, 1), date(2025, 3, 12)), Days(date(2025, 2, 1), date(2025, 2, 12))),
        # 1 to 12 March 2025 has eight working days; the eighth of February is the 12th.
        (True, Days(date(2025, 3, 1), date(2025, 3, 12)), Days(date(2025, 2, 1), date(2025, 2, 12))),
        # 1 to 12 June has nine; the ninth of May is the 13th, for the 1st is a Thursday.
        (True, Days(date(2025, 6, 1), date(2025, 6, 12)), Days(date(2025, 5, 1), date(2025, 5, 13))),
        (True, Days(date(2025, 3, 1), date(2025, 3, 31)), Days(date(2025, 2, 1), date(2025, 2, 28))),
    ],
)
def test_a_month_that_is_not_over_is_compared_like_for_like(by_working_day: bool, span: Days, reference: Days) -> None:
    assert reference_span("month", span, "previous", Calendar(by_working_day=by_working_day)) == reference


def test_a_leap_day_is_compared_with_the_last_of_february() -> None:
    leap = Days(date(2024, 2, 1), date(2024, 2, 29))

    assert reference_span("", leap, "year") == Days(date(2023, 2, 1), date(2023, 2, 28))
    assert Calendar().before(Days(date(2024, 3, 1), date(2024, 3, 29)), "month") == Days(
        date(2024, 2, 1), date(2024, 2, 29)
    )


def test_there_is_nothing_before_the_first_day() -> None:
    assert reference_span("month", Days(date.min, date(1, 1, 31)), "previous") is None
    assert reference_span("", Days(date.min, date(1, 1, 31)), "year") is None
