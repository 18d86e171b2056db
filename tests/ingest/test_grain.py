from datetime import date, timedelta

import pytest

from dash_kpi.ingest.grain import grain_of

FIRST = date(2023, 1, 1)


@pytest.mark.parametrize(
    ("days", "grain"),
    [
        ([FIRST], "day"),
        ([FIRST + timedelta(number) for number in range(40)], "day"),
        ([FIRST + timedelta(7 * number) for number in range(10)], "week"),
        ([date(2023, month, 1) for month in range(1, 8)], "month"),
        ([date(2023, 1, 31), date(2023, 2, 28), date(2023, 3, 31)], "month"),
        ([date(2023, month, 1) for month in (1, 4, 7, 10)], "quarter"),
        ([date(year, 1, 1) for year in (2021, 2022, 2023)], "year"),
        ([date(year, 12, 31) for year in (2021, 2022, 2023)], "year"),
    ],
)
def test_the_distances_of_the_days_tell_the_grain(days: list[date], grain: str) -> None:
    assert grain_of(days) == grain


def test_what_the_notation_says_comes_first() -> None:
    assert grain_of([FIRST], "month") == "month"
