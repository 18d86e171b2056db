"""Cadences: learnt from arrivals, and when the next one is late."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.kpis.cadence import EVERY, LAST, Cadence, Late, OnTime, due, learn, learn_from_data, state


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def learnt(*arrivals: date) -> Cadence | None:
    """Learn from deliveries that each brought data up to the day before."""
    return learn(arrivals, [day - timedelta(days=1) for day in arrivals])


TUESDAYS = [date(2025, 6, 3) + timedelta(weeks=week) for week in range(4)]


@pytest.mark.parametrize(
    ("arrivals", "words"),
    [
        ([date(2025, 6, day) for day in (4, 5, 6, 9)], "every working day"),
        (TUESDAYS, "weekly by Tuesday"),
        ([date(2025, 6, 2), *TUESDAYS[1:]], "weekly by Tuesday"),
        ([date(2025, 3, 3), date(2025, 4, 2), date(2025, 5, 5), date(2025, 6, 2)], "monthly by the third working day"),
        (
            [date(2024, 7, 1), date(2024, 10, 1), date(2025, 1, 2), date(2025, 4, 1)],
            "quarterly by the second working day",
        ),
    ],
    ids=["daily across a weekend", "weekly", "weekly, once early", "monthly", "quarterly"],
)  # fmt: skip
def test_four_deliveries_at_the_same_distance_teach_a_cadence(arrivals: list[date], words: str) -> None:
    found = learnt(*arrivals)

    assert found is not None
    assert found.words == words


@pytest.mark.parametrize(
    "arrivals",
    [[], TUESDAYS[:3], [*TUESDAYS[:3], date(2025, 7, 22)], [date(2025, 1, 1), date(2025, 2, 14), date(2025, 7, 3)]],
    ids=["none", "two intervals", "a gap", "no order"],
)
def test_fewer_than_three_intervals_that_agree_teach_nothing(arrivals: list[date]) -> None:
    assert learnt(*arrivals) is None


def test_a_correction_is_no_delivery() -> None:
    monthly = [date(2025, month, 3) for month in (2, 3, 4, 6)]
    corrected = [date(2025, 5, 5), date(2025, 5, 6), date(2025, 5, 7), date(2025, 5, 8)]

    found = learn([*monthly[:3], *corrected, monthly[3]], [date(2025, month, 1) for month in (1, 2, 3, 4, 4, 4, 4, 5)])

    assert found is not None
    assert found.every == "month"


def test_a_monthly_file_saved_on_some_days_in_a_row_stays_monthly() -> None:
    monthly = [date(2024, month, 4) for month in range(1, 9)]

    found = learnt(*monthly, date(2024, 9, 3), date(2024, 9, 4), date(2024, 9, 5), date(2024, 9, 6))

    assert found is not None
    assert found.every == "month"


def test_files_that_came_at_once_teach_by_the_days_in_them() -> None:
    assert learn_from_data([date(2025, month, 28) for month in (1, 2, 3, 4)]) == Cadence("month", LAST["month"])
    assert learn_from_data([date(2025, 1, 28), date(2025, 2, 28), date(2025, 3, 28)]) is None


@pytest.mark.parametrize(
    ("cadence", "last", "day"),
    [
        (Cadence("day", 1), date(2025, 6, 5), date(2025, 6, 6)),
        (Cadence("day", 1), date(2025, 6, 6), date(2025, 6, 9)),
        (Cadence("week", 2), date(2025, 6, 3), date(2025, 6, 10)),
        (Cadence("week", 2), date(2025, 6, 8), date(2025, 6, 10)),
        (Cadence("month", 3), date(2025, 5, 5), date(2025, 6, 4)),
        (Cadence("month", 3), date(2025, 12, 31), date(2026, 1, 5)),
        (Cadence("month", 23), date(2025, 1, 31), date(2025, 2, 28)),
        (Cadence("quarter", 1), date(2025, 2, 14), date(2025, 4, 1)),
    ],
)
def test_the_next_is_due_in_the_period_after_the_last(cadence: Cadence, last: date, day: date) -> None:
    assert due(cadence, last) == day


def test_the_day_itself_is_still_in_time() -> None:
    weekly = Cadence("week", 2)

    assert state(weekly, date(2025, 6, 3), at(date(2025, 6, 10))) == OnTime(date(2025, 6, 10))
    assert state(weekly, date(2025, 6, 3), at(date(2025, 6, 11))) == Late(date(2025, 6, 10))


@given(st.sampled_from(EVERY), st.integers(1, 66), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_what_is_due_comes_after_what_came(every: str, by: int, last: date) -> None:
    cadence = Cadence(every, by)  # type: ignore[arg-type]

    assert last < due(cadence, last) <= last + timedelta(days=184)
    assert Cadence.from_json(cadence.as_json()) == cadence
