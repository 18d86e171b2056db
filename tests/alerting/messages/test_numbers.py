"""Numbers and days as locales write them."""

import math
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as some

from dash_kpi.alerting.messages.numbers import Numbers
from dash_kpi.alerting.messages.sparkline import sparkline

LOCALES = ("en", "de_DE", "fr_CH", "ja", "ar", "ar_EG", "hi")
UNITS = ("currency", "number", "percent", "duration", "ratio")


def spaced(text: str) -> str:
    return " ".join(text.replace("\u200f", "").replace("\u200e", "").replace("\u202f", " ").split())


@pytest.mark.parametrize(
    ("locale", "money", "share", "day"),
    [
        ("en", "-€82,100", "-12.3%", "Mar 4, 2025"),
        ("de_DE", "-82.100 €", "-12,3 %", "04.03.2025"),
        ("fr_CH", "-82 100 €", "-12,3%", "4 mars 2025"),
        ("ja", "-€82,100", "-12.3%", "2025/03/04"),
        ("hi", "-€82,100", "-12.3%", "4 मार्च 2025"),
    ],
)
def test_digits_grouping_sign_and_days_are_those_of_the_locale(locale: str, money: str, share: str, day: str) -> None:
    numbers = Numbers(locale, "EUR")

    assert spaced(numbers.plain("currency", -82100.4)) == money
    assert spaced(numbers.plain("percent", -0.123)) == share
    assert spaced(numbers.day(date(2025, 3, 4))) == day


def test_digits_of_egypt_are_arabic_ones() -> None:
    assert "٨٢٬١٠٠" in Numbers("ar_EG").plain("number", 82100)


@pytest.mark.parametrize(
    ("locale", "short"),
    [("en", "€1M"), ("de_DE", "1 Mio. €"), ("fr_CH", "1 M €"), ("ja", "€100万")],
)
def test_a_short_number_is_rounded_before_its_magnitude_is_named(locale: str, short: str) -> None:
    assert spaced(Numbers(locale, "EUR").short("currency", 999_999)) == short


def test_two_different_numbers_never_read_the_same() -> None:
    assert Numbers("en").pair("number", 99_999.6, 99_999.9) == ("99,999.6", "99,999.9")
    assert Numbers("en").pair("percent", 0.12341, 0.1234) == ("12.341%", "12.340%")


def test_what_is_missing_is_not_zero() -> None:
    numbers = Numbers("en")

    assert {numbers.plain("number", None), numbers.short("currency", math.nan), numbers.exact("ratio", math.inf)} == {
        "n/a"
    }


def test_changes_have_their_sign_and_points_their_name() -> None:
    numbers = Numbers("de_DE", "EUR")

    assert spaced(numbers.change("number", -0.042)) == "-4,2 %"
    assert numbers.change("percent", 0.03) == "+3,0 points"
    assert numbers.change("number", 0.00001).startswith("0,0")


def test_durations_are_hours_and_minutes() -> None:
    assert spaced(Numbers("en").plain("duration", 3.42)) == "3 hr 25 min"
    assert spaced(Numbers("fr_CH").plain("duration", -0.5)) == "-30 min"


def test_a_moment_has_its_day_and_its_time() -> None:
    assert Numbers("de_DE").moment(datetime(2025, 3, 4, 8, tzinfo=UTC)) == "04.03.2025, 08:00"


@given(
    some.sampled_from(LOCALES),
    some.sampled_from(UNITS),
    some.one_of(some.none(), some.floats()),
    some.one_of(some.none(), some.integers(0, 6)),
)
def test_any_number_is_written_in_any_locale(locale: str, unit: str, value: float | None, decimals: int | None) -> None:
    numbers = Numbers(locale, "EUR")

    texts = [
        numbers.short(unit, value, decimals),  # type: ignore[arg-type]
        numbers.plain(unit, value, decimals),  # type: ignore[arg-type]
        numbers.exact(unit, value, decimals),  # type: ignore[arg-type]
        numbers.change(unit, value),  # type: ignore[arg-type]
        *numbers.pair(unit, value, 1.0, decimals),  # type: ignore[arg-type]
    ]

    assert all(text and "nan" not in text.lower() for text in texts)


@pytest.mark.parametrize(
    ("values", "drawn"),
    [
        ((1.0, 2.0, None, 3.0), "▁▅ █"),
        ((5.0, 5.0), "▄▄"),
        ((1.0,), "▄"),
        ((-1e308, 1e308), "▁█"),
        ((None, math.nan), ""),
        ((), ""),
    ],
)
def test_a_sparkline_has_gaps_and_knows_flat_series(values: tuple[float | None, ...], drawn: str) -> None:
    assert sparkline(values) == drawn
