"""Periods: spans, grains, comparisons, and their names."""

from datetime import date
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.kpis.calendar import CIVIL
from dash_kpi.kpis.periods import (
    DAY,
    GRAINS,
    PERIODS,
    Days,
    Grain,
    add_months,
    end_of,
    grain_for,
    period_label,
    reference_span,
    span_label,
    span_of,
    start_of,
    starts_between,
)

days = st.dates(date(1990, 1, 1), date(2090, 12, 31))
spans = st.tuples(days, st.integers(0, 1500)).map(
    lambda pair: Days(pair[0], date.fromordinal(pair[0].toordinal() + pair[1]))
)
FIRST, LAST = date(2023, 1, 1), date(2025, 3, 12)


@given(spans, st.sampled_from(GRAINS))
def test_periods_cover_a_span_without_gap_or_overlap(span: Days, grain: Grain) -> None:
    starts = starts_between(span, grain)

    assert starts[0] <= span.start <= end_of(starts[0], grain)
    assert starts[-1] <= span.end <= end_of(starts[-1], grain)
    assert all(end_of(before, grain) + DAY == after for before, after in pairwise(starts))


@given(days, st.sampled_from(GRAINS))
def test_the_start_of_a_period_starts_itself(day: date, grain: Grain) -> None:
    assert start_of(start_of(day, grain), grain) == start_of(day, grain)


@pytest.mark.parametrize(
    ("period", "span"),
    [
        ("1d", Days(date(2025, 3, 12), LAST)),
        ("7d", Days(date(2025, 3, 6), LAST)),
        ("12m", Days(date(2024, 4, 1), LAST)),
        ("week", Days(date(2025, 3, 10), LAST)),
        ("last_week", Days(date(2025, 3, 3), date(2025, 3, 9))),
        ("month", Days(date(2025, 3, 1), LAST)),
        ("last_month", Days(date(2025, 2, 1), date(2025, 2, 28))),
        ("quarter", Days(date(2025, 1, 1), LAST)),
        ("last_quarter", Days(date(2024, 10, 1), date(2024, 12, 31))),
        ("year", Days(date(2025, 1, 1), LAST)),
        ("last_year", Days(date(2024, 1, 1), date(2024, 12, 31))),
        ("all", Days(FIRST, LAST)),
    ],
)
def test_a_period_ends_with_the_data(period: str, span: Days) -> None:
    assert span_of(period, FIRST, LAST) == span


@pytest.mark.parametrize(
    ("period", "compare", "reference"),
    [
        ("month", "previous", Days(date(2025, 2, 1), date(2025, 2, 12))),
        ("month", "year", Days(date(2024, 3, 1), date(2024, 3, 12))),
        ("week", "previous", Days(date(2025, 3, 3), date(2025, 3, 5))),
        ("7d", "previous", Days(date(2025, 2, 27), date(2025, 3, 5))),
        ("12m", "previous", Days(date(2023, 4, 1), date(2024, 3, 12))),
        ("last_month", "previous", Days(date(2025, 1, 1), date(2025, 1, 31))),
        ("last_quarter", "previous", Days(date(2024, 7, 1), date(2024, 9, 30))),
        ("year", "previous", Days(date(2024, 1, 1), date(2024, 3, 12))),
        ("all", "previous", None),
        ("month", "none", None),
    ],
)
def test_a_period_is_compared_like_for_like(period: str, compare: str, reference: Days | None) -> None:
    assert reference_span(period, span_of(period, FIRST, LAST), compare) == reference  # type: ignore[arg-type]


def test_february_is_compared_to_its_end_in_a_leap_year() -> None:
    assert reference_span("last_month", Days(date(2025, 2, 1), date(2025, 2, 28)), "year") == Days(
        date(2024, 2, 1), date(2024, 2, 29)
    )


@given(st.sampled_from([key for key in PERIODS if key != "all"]), days)
def test_the_comparison_lies_before_the_period(period: str, last: date) -> None:
    span = span_of(period, FIRST, last)
    reference = reference_span(period, span, "previous")

    assert reference is not None
    assert reference.end < span.start or reference.start < span.start


def test_a_month_later_than_the_31st_is_the_end_of_a_shorter_month() -> None:
    assert add_months(date(2024, 1, 31), 1) == date(2024, 2, 29)


@pytest.mark.parametrize(
    ("length", "finest", "grain"),
    [(31, "day", "day"), (32, "day", "week"), (365, "day", "month"), (10, "month", "month"), (9000, "day", "year")],
)
def test_the_grain_follows_the_length_and_is_never_finer_than_the_data(
    length: int, finest: Grain, grain: Grain
) -> None:
    span = Days(date(2020, 1, 1), date.fromordinal(date(2020, 1, 1).toordinal() + length - 1))

    assert grain_for(span, finest) == grain


@pytest.mark.parametrize(
    ("grain", "label", "key"),
    [
        ("day", "3 Mar 2025", "2025-03-03"),
        ("week", "week of 3 Mar 2025", "2025-W10"),
        ("month", "Mar 2025", "2025-03"),
        ("quarter", "Q1 2025", "2025-Q1"),
        ("year", "2025", "2025"),
    ],
)
def test_a_period_has_a_name_for_people_and_one_for_programs(grain: Grain, label: str, key: str) -> None:
    assert (period_label(date(2025, 3, 3), grain), CIVIL.key(date(2025, 3, 3), grain)) == (label, key)


@pytest.mark.parametrize(
    ("start", "end", "label"),
    [
        (date(2025, 1, 1), date(2025, 1, 1), "1 Jan 2025"),
        (date(2025, 1, 1), date(2025, 1, 31), "1 – 31 Jan 2025"),
        (date(2025, 1, 1), date(2025, 2, 28), "1 Jan – 28 Feb 2025"),
        (date(2024, 12, 1), date(2025, 1, 31), "1 Dec 2024 – 31 Jan 2025"),
    ],
)
def test_a_span_says_month_and_year_once(start: date, end: date, label: str) -> None:
    assert span_label(Days(start, end)) == label
