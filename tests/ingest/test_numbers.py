import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.ingest.number_words import is_number_word
from dash_kpi.ingest.numbers import looks_like_codes, looks_like_numbers, read_numbers


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("1.234,50 €", 1234.5),
        ("$(4,533.75)", -4533.75),
        ("R$\u00a01.000,00", 1000.0),
        ("R$\u202f1.000,00", 1000.0),
        ("1 234,5", 1234.5),
        ("₹63,915.0", 63915.0),
        ("₹1,23,456.5", 123456.5),
        ("Rs 52896", 52896.0),
        ("30.00%", 0.3),
        ("123-", -123.0),
        ("1.2M", 1_200_000.0),
        ("3k", 3000.0),
        ("1'234.50", 1234.5),
        ("'12.50", 12.5),
        ("\u22125.5", -5.5),
        ("-$5.25", -5.25),
        ("CHF 12.50", 12.5),
        ("1.234.567", 1_234_567.0),
        (".5", 0.5),
        ("1e5", 100_000.0),
        ("$ -", 0.0),
    ],
)
def test_a_number_is_read_in_the_notation_of_its_column(text: str, number: float) -> None:
    assert read_numbers([text]).values == {text: number}


@pytest.mark.parametrize(
    "text", ["TXN_1961373", "12-34", "5 - 3", "2024-01-01", "A1", "1,23,4", "", "12 pcs", "1.2.3,4,5"]
)
def test_a_text_that_is_no_number_has_no_value(text: str) -> None:
    assert read_numbers([text]).values == {}


def test_the_other_values_of_a_column_decide_what_a_comma_means() -> None:
    assert read_numbers(["1,234", "2,50"]).values["1,234"] == 1.234
    assert read_numbers(["1,234", "2.50"]).values["1,234"] == 1234.0


def test_the_language_decides_only_where_the_column_does_not() -> None:
    assert read_numbers(["1.234"], prefers_comma=True).values["1.234"] == 1234.0
    assert read_numbers(["1.234"]).values["1.234"] == 1.234
    assert read_numbers(["1.234", "0.5"], prefers_comma=True).values["1.234"] == 1.234


def test_number_cells_among_european_texts_keep_their_value() -> None:
    found = read_numbers(["12.5", "99.25", "1.234,50 €"], has_number_cells=True).values

    assert found == {"12.5": 12.5, "99.25": 99.25, "1.234,50 €": 1234.5}


def test_one_garbage_text_does_not_stop_the_others() -> None:
    assert read_numbers(["1", "x", "2"]).values == {"1": 1.0, "2": 2.0}


def test_digits_with_leading_zeros_are_codes() -> None:
    assert looks_like_codes(["02139", "10115"])
    assert not looks_like_codes(["5", "0", "12"])


def test_placeholders_do_not_count_against_a_column_of_numbers() -> None:
    assert looks_like_numbers(["1", "ERROR", "UNKNOWN", "n/a"])
    assert not looks_like_numbers(["ERROR", "-"])


@given(st.lists(st.floats(-1e12, 1e12).map(lambda number: round(number, 2)), min_size=1, max_size=20))
def test_what_is_written_in_english_is_read_back(numbers: list[float]) -> None:
    texts = [f"{number:,.2f}" for number in numbers]

    assert [read_numbers(texts).values[text] for text in texts] == numbers


@given(st.lists(st.floats(-1e12, 1e12).map(lambda number: round(number, 2)), min_size=1, max_size=20))
def test_what_is_written_in_german_is_read_back(numbers: list[float]) -> None:
    texts = [f"{number:,.2f} €".translate(str.maketrans(",.", ".,")) for number in numbers]

    assert [read_numbers(texts).values[text] for text in texts] == numbers


@given(st.text(max_size=30))
def test_any_text_is_a_finite_number_or_none(text: str) -> None:
    assert all(abs(number) < float("inf") for number in read_numbers([text]).values.values())


@pytest.mark.parametrize("text", ["One", "two", "ZWEI", "twenty-five", "vingt et un", "пять", "iki", "drei hundert"])
def test_numbers_in_words_are_known_as_such(text: str) -> None:
    assert is_number_word(text)


@pytest.mark.parametrize("text", ["", "One Stop Shop", "North", "5", "null", "on", "and"])
def test_other_words_are_no_numbers(text: str) -> None:
    assert not is_number_word(text)
