from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.reporting.values import Unit
from dash_kpi.ui import format as formatted
from dash_kpi.ui.format import SPACE


def plain(text: str) -> str:
    return text.replace("\u00a0", " ")


@pytest.mark.parametrize(
    ("unit", "value", "currency", "short", "exact"),
    [
        ("currency", 1_243_567, "EUR", "€1.24 M", "€1,243,567.00"),
        ("currency", -54_723.4, "USD", "−$54.7 k", "−$54,723.40"),
        ("currency", 1_243_567, "CHF", "CHF 1.24 M", "CHF 1,243,567.00"),
        ("currency", 1_243_567, "", "1.24 M", "1,243,567.00"),
        ("currency", 12.5, "EUR", "€12.5", "€12.50"),
        ("number", 0, "", "0", "0"),
        ("number", 42, "", "42", "42"),
        ("number", 9_999, "", "9,999", "9,999"),
        ("number", 9_999.6, "", "10.0 k", "9,999.6"),
        ("number", 12_345, "", "12.3 k", "12,345"),
        ("number", 999_960, "", "1.00 M", "999,960"),
        ("number", 2_340_000_000, "", "2.34 B", "2,340,000,000"),
        ("number", 1.6e15, "", "1600 T", "1,600,000,000,000,000"),
        ("number", 0.012345, "", "0.0123", "0.0123"),
        ("percent", 0.31242, "", "31.2 %", "31.24 %"),
        ("percent", -0.5, "", "−50.0 %", "−50.00 %"),
        ("percent", -0.00001, "", "0.0 %", "0.00 %"),
        ("ratio", 1.474, "", "1.47", "1.4740"),
        ("ratio", None, "", "n/a", "n/a"),
        ("currency", None, "EUR", "n/a", "n/a"),
    ],
)
def test_a_value_is_written_in_its_unit(unit, value, currency, short, exact):
    assert plain(formatted.short(unit, value, currency)) == short
    assert plain(formatted.exact(unit, value, currency)) == exact


@given(st.floats(1, 1e14))
def test_a_short_value_is_at_most_half_a_percent_away(value):
    text = plain(formatted.short("number", value)).replace(",", "")
    digits, _, letter = text.partition(" ")
    size = {"": 1, "k": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}[letter]
    assert float(digits) * size == pytest.approx(value, rel=0.0051)


@pytest.mark.parametrize(
    ("unit", "value", "text"),
    [
        ("currency", 0.0421, "+4.2 %"),
        ("currency", -0.0421, "−4.2 %"),
        ("currency", 0.0001, "0.0 %"),
        ("currency", 12.4, "+1,240 %"),
        ("percent", 0.012, "+1.2 points"),
        ("number", None, "n/a"),
    ],
)
def test_a_change_has_its_sign(unit, value, text):
    assert plain(formatted.change(unit, value)) == text


@pytest.mark.parametrize(
    ("direction", "value", "word"),
    [
        ("higher", 0.1, "better"),
        ("higher", -0.1, "worse"),
        ("lower", 0.1, "worse"),
        ("lower", -0.1, "better"),
        ("neutral", 0.1, ""),
        ("lower", 0.0, "unchanged"),
        ("lower", None, ""),
    ],
)
def test_a_change_is_judged_by_its_direction(direction, value, word):
    assert formatted.judgement(direction, value) == word


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2025, 1, 1), date(2025, 12, 31), "1 Jan – 31 Dec 2025"),
        (date(2024, 1, 1), date(2025, 12, 31), "1 Jan 2024 – 31 Dec 2025"),
        (date(2025, 3, 1), date(2025, 3, 9), "1 – 9 Mar 2025"),
        (date(2025, 3, 1), date(2025, 3, 1), "1 Mar 2025"),
        (None, None, "n/a"),
    ],
)
def test_a_span_of_days_says_nothing_twice(first, last, text):
    assert formatted.days(first, last) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(5, "just now"), (185, "3 min ago"), (7_300, "2 h ago"), (90_000, "1 day ago"), (8 * 86_400, "8 days ago")],
)
def test_an_age_is_told_in_its_largest_unit(seconds, text):
    now = datetime(2025, 7, 1, 12, tzinfo=UTC)
    assert formatted.age(now - timedelta(seconds=seconds), now) == text


def test_a_count_agrees_with_its_noun():
    assert formatted.count(1, "row") == "1 row"
    assert formatted.count(52_801, "row") == "52,801 rows"
    assert formatted.count(2, "source has a problem", "sources have a problem") == "2 sources have a problem"


def test_a_dimension_becomes_a_heading():
    assert formatted.heading("sales_region") == "Sales region"


def test_a_formula_is_written_with_what_people_call_its_measures() -> None:
    assert formatted.formula("units * unit_price * (1 - discount)") == "Units × Unit price × (1 − Discount)"
    assert formatted.formula("revenue - cogs") == "Revenue − Cost"


@pytest.mark.parametrize(
    ("hours", "short", "exact"),
    [
        (3 + 25 / 60, "3 h 25 min", "3 h 25 min"),
        (3.4255, "3 h 26 min", "3 h 25 min 32 s"),
        (-0.5, "−30 min", "−30 min"),
        (0.0075, "27 s", "27 s"),
        (0.0001, "0.4 s", "0.4 s"),
        (0.0, "0 s", "0 s"),
        (59.6 / 3600, "59.6 s", "59.6 s"),
        (59.99 / 3600, "1 min", "1 min"),
        (0.99999, "1 h", "1 h"),
        (2.0, "2 h", "2 h"),
        (1234.75, "1,235 h", "1,234 h 45 min"),
        (1_240_000.0, "1.24 M h", "1,240,000 h"),
        (None, "n/a", "n/a"),
    ],
)
def test_hours_are_written_as_people_say_them(hours: float | None, short: str, exact: str) -> None:
    assert formatted.short("duration", hours).replace(SPACE, " ") == short
    assert formatted.exact("duration", hours).replace(SPACE, " ") == exact


@pytest.mark.parametrize(
    ("unit", "value", "decimals", "short", "exact"),
    [
        ("percent", 0.12345, 0, "12 %", "12 %"),
        ("ratio", 1.23456, 3, "1.235", "1.235"),
        ("currency", 12.5, 0, "€12", "€12"),
        ("currency", 1_234_567.891, 1, "€1.23 M", "€1,234,567.9"),
        ("number", 7.0, 2, "7.00", "7.00"),
        ("number", -0.001, 2, "0.00", "0.00"),
    ],
)
def test_a_kpi_has_the_decimals_that_a_person_chose(
    unit: Unit, value: float, decimals: int, short: str, exact: str
) -> None:
    assert formatted.short(unit, value, "EUR", decimals).replace(SPACE, " ") == short
    assert formatted.exact(unit, value, "EUR", decimals).replace(SPACE, " ") == exact
