from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dash_kpi.ingest.dates import from_serial, looks_like_dates, read_dates


@pytest.mark.parametrize(
    ("text", "day", "grain"),
    [
        ("2024-01-31", "2024-01-31", None),
        ("2024-01-31T10:20:30Z", "2024-01-31", None),
        ("2013-11-09 00:00:00", "2013-11-09", None),
        ("2024/1/5", "2024-01-05", None),
        ("31/12/2023", "2023-12-31", None),
        ("12/31/2023", "2023-12-31", None),
        ("31.12.23", "2023-12-31", None),
        ("9/18/2023 10:15 PM", "2023-09-18", None),
        ("31 января 2024 г.", "2024-01-31", None),
        ("3 de março de 2024", "2024-03-03", None),
        ("1er février 2024", "2024-02-01", None),
        ("5. März 2024", "2024-03-05", None),
        ("January 5, 2024", "2024-01-05", None),
        ("Mon, Jan 5 2024", "2024-01-05", None),
        ("31-Jan-24", "2024-01-31", None),
        ("15 ağustos 2024", "2024-08-15", None),
        ("20240131", "2024-01-31", None),
        ("45000", "2023-03-15", None),
        ("2024-01", "2024-01-01", "month"),
        ("01/2024", "2024-01-01", "month"),
        ("Jan-24", "2024-01-01", "month"),
        ("gennaio 2024", "2024-01-01", "month"),
        ("1T2020", "2020-01-01", "quarter"),
        ("Q2 2020", "2020-04-01", "quarter"),
        ("2020Q3", "2020-07-01", "quarter"),
        ("4. Quartal 2020", "2020-10-01", "quarter"),
        ("2024-W05", "2024-01-29", "week"),
        ("2024", "2024-01-01", "year"),
    ],
)
def test_a_date_is_read_in_its_notation(text: str, day: str, grain: str | None) -> None:
    found = read_dates([text])

    assert found.values == {text: date.fromisoformat(day)}
    assert found.grain == grain


@pytest.mark.parametrize(
    "text", ["", "x", "ERROR", "31/02/2024", "2024-13-01", "1899-12-31", "2201-01-01", "SO51247", "99"]
)
def test_a_text_that_is_no_day_within_the_years_has_no_value(text: str) -> None:
    assert read_dates([text]).values == {}


def test_one_day_above_twelve_decides_for_the_whole_column() -> None:
    found = read_dates(["05/01/2019", "13/02/2020"], month_first=True)

    assert found.values["05/01/2019"] == date(2019, 1, 5)
    assert found.ambiguous == 0


def test_a_separator_without_proof_follows_the_others() -> None:
    found = read_dates(["05-01-19", "13/02/20"])

    assert found.values["05-01-19"] == date(2019, 1, 5)
    assert set(found.notations) == {"DD-MM-YY", "DD/MM/YY"}


def test_days_that_nothing_decides_are_counted() -> None:
    assert read_dates(["01/02/2024", "03/03/2024"], month_first=False).ambiguous == 1
    assert read_dates(["01/02/2024"], month_first=False).values["01/02/2024"] == date(2024, 2, 1)
    assert read_dates(["01/02/2024"], month_first=True).values["01/02/2024"] == date(2024, 1, 2)


def test_what_contradicts_the_majority_is_refused() -> None:
    found = read_dates(["12/25/2024", "12/26/2024", "25/12/2024"])

    assert "25/12/2024" not in found.values


def test_bare_numbers_are_dates_only_under_the_name_of_a_date() -> None:
    assert looks_like_dates(["20240131"], is_named_date=True)
    assert not looks_like_dates(["20240131"], is_named_date=False)


def test_a_serial_number_is_a_day_as_spreadsheets_count() -> None:
    assert from_serial(45000.75) == date(2023, 3, 15)
    assert from_serial(0) is None
    assert from_serial(1e9) is None


days = st.lists(st.dates(date(1970, 1, 1), date(2069, 12, 31)), min_size=1, max_size=30)


@given(days, st.sampled_from(["%d/%m/%Y", "%d.%m.%y", "%d-%m-%Y"]))
def test_days_written_day_first_are_read_back(wanted: list[date], notation: str) -> None:
    texts = [day.strftime(notation) for day in wanted]

    assert [read_dates(texts, month_first=False).values.get(text) for text in texts] == wanted


@given(days, st.sampled_from(["%Y-%m-%d", "%Y%m%d", "%d %B %Y", "%b %d, %Y"]))
def test_days_in_notations_without_doubt_are_read_back(wanted: list[date], notation: str) -> None:
    texts = [day.strftime(notation) for day in wanted]

    assert [read_dates(texts).values[text] for text in texts] == wanted


@given(st.text(max_size=30))
def test_any_text_is_a_day_within_the_years_or_none(text: str) -> None:
    assert all(1900 <= day.year <= 2200 for day in read_dates([text]).values.values())


def test_the_first_days_of_months_show_which_number_is_the_month() -> None:
    day_first = read_dates(["01/02/2024", "01/03/2024", "01/04/2024"], month_first=True)
    month_first = read_dates(["02/01/2024", "03/01/2024", "04/01/2024"], month_first=False)

    assert (
        list(day_first.values.values())
        == list(month_first.values.values())
        == [date(2024, month, 1) for month in (2, 3, 4)]
    )
    assert day_first.ambiguous == 3
