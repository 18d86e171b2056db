"""What a person decided about columns, and the reasons of everything that was inferred."""

from collections.abc import Callable, Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from dash_kpi.ingest.cleaning import clean
from dash_kpi.ingest.columns import Mapping, map_columns
from dash_kpi.ingest.profile import profile
from dash_kpi.ingest.raw import RawTable, columns_of, connect
from dash_kpi.ingest.rows import read_rows
from dash_kpi.ingest.rules import ColumnRule, Rules
from dash_kpi.ingest.snapshot import Target

MakeTable = Callable[..., RawTable]


@pytest.fixture
def table(tmp_path: Path) -> Iterator[MakeTable]:
    """Return a maker of raw tables from DuckDB types by heading, and rows."""
    with connect(64 << 20, tmp_path) as connection:

        def make(columns: dict[str, str], *rows: Sequence[Any], **options: Any) -> RawTable:
            types = ", ".join(f"c{place} {kind}" for place, kind in enumerate(columns.values()))
            connection.execute(f"CREATE OR REPLACE TABLE raw (sheet_row BIGINT, {types})")
            marks = ", ".join("?" * (len(columns) + 1))
            connection.executemany(
                f"INSERT INTO raw VALUES ({marks})", [(number, *row) for number, row in enumerate(rows, start=2)]
            )
            found = columns_of(connection, range(len(columns)), list(columns))
            return RawTable(connection, found, 1, **options)

        yield make


def mapped(raw: RawTable, rules: Rules | None = None) -> Mapping:
    rules = rules or Rules()
    return map_columns(profile(raw, rules), raw.rows("SELECT count(*) FROM raw")[0][0], None, rules)


def cleaned(raw: RawTable, rules: Rules) -> list[tuple[Any, ...]]:
    mapping = mapped(raw, rules)
    assert mapping.date is not None
    clean(raw, mapping, mapping.date, rules)
    names = ", ".join(f'"{one.name}"' for one in mapping.measures)
    return raw.rows(f"SELECT date, {names} FROM clean ORDER BY sheet_row")


PLAIN = {"Order Date": "DATE", "Ship Date": "DATE", "Region": "VARCHAR", "Umsatz": "DOUBLE", "Code": "BIGINT"}
ROWS = [(date(2024, 1, 5), date(2024, 2, 6), "North", 5.5, 7), (date(2024, 1, 6), date(2024, 2, 7), "South", 6.5, 8)]


def test_every_column_says_why_it_plays_its_part(table: MakeTable) -> None:
    columns = {**PLAIN, "Netto": "DOUBLE", "Rating": "DOUBLE", "Discount": "DOUBLE", "Note": "VARCHAR"}
    found = mapped(table(columns, *[(*row, 1.5, 4.5, 0.1, None) for row in ROWS]))

    assert found.reasons == {
        0: "it holds date cells, and its heading 'Order Date' is a word for the date of a booking",
        1: "it is another date",
        2: "it holds texts with 2 different values",
        3: "its heading 'Umsatz' is a word for revenue",
        4: "it holds numbers that name things, with 2 different values",
        5: "it holds numbers that are no codes, under a name of their own",
        6: "it holds numbers, and its heading 'Rating' or their percent sign says that a sum of them means nothing",
        7: "its heading 'Discount' is a word for a discount, which is averaged",
        8: "it has no values",
    }


def test_a_column_whose_heading_fits_less_says_so(table: MakeTable) -> None:
    found = mapped(table({"Date": "DATE", "Net Sales": "DOUBLE", "Amount": "DOUBLE"}, (date(2024, 1, 5), 1.0, 2.0)))

    assert "but another column fits that better" in found.reasons[2]


def test_what_is_decided_about_columns_wins(table: MakeTable) -> None:
    rules = Rules(
        columns={
            "Ship Date": ColumnRule("date"),
            "Region": ColumnRule("left_out"),
            "Umsatz": ColumnRule("measure", "Units", "mean"),
            "Code": ColumnRule("measure"),
        }
    )
    found = mapped(table(PLAIN, *ROWS), rules)

    assert found.date is not None
    assert found.date.name == "Ship Date"
    assert {one.name: one.aggregation for one in found.measures} == {"units": "mean", "code": "sum"}
    assert found.dimensions == {}
    assert {one.column.heading: reason for one, reason in found.left_out} == {
        "Order Date": "is another date",
        "Region": "was left out in the mapping",
    }
    assert found.reasons[1] == found.reasons[3] == "decided in the mapping"


def test_a_decided_name_is_taken_from_the_column_that_would_have_it(table: MakeTable) -> None:
    columns = {"Date": "DATE", "Sales": "DOUBLE", "Takings": "DOUBLE"}
    rules = Rules(columns={"Takings": ColumnRule("measure", "revenue")})
    found = mapped(table(columns, (date(2024, 1, 5), 1.0, 2.0)), rules)

    assert {one.name: one.profile.column.heading for one in found.measures} == {"sales": "Sales", "revenue": "Takings"}


def test_numbers_can_be_made_a_dimension_with_a_name(table: MakeTable) -> None:
    found = mapped(table(PLAIN, *ROWS), Rules(columns={"Umsatz": ColumnRule("dimension", "Klasse")}))

    assert list(found.dimensions) == ["Region", "Klasse", "Code"]


def test_what_cannot_be_what_was_decided_says_so(table: MakeTable) -> None:
    rules = Rules(columns={"Order Date": ColumnRule("measure"), "Ship Date": ColumnRule("date")})
    found = mapped(table(PLAIN, *ROWS), rules)

    assert found.reasons[0] == "it was made a measure, but holds no numbers"


def test_a_text_column_is_read_as_the_measure_it_was_made(table: MakeTable) -> None:
    rows = [(date(2024, 1, 5), text) for text in ("5", "x", "y", "z", "7,5")]
    raw = table({"Date": "DATE", "Code": "VARCHAR"}, *rows)

    assert [value for _, value in cleaned(raw, Rules(columns={"Code": ColumnRule("measure")}))] == [
        5,
        None,
        None,
        None,
        7.5,
    ]


@pytest.mark.parametrize(("decimal", "number"), [(",", 1234.0), (".", 1.234)])
def test_the_decided_decimal_sign_is_that_of_every_text(table: MakeTable, decimal: Any, number: float) -> None:
    raw = table({"Date": "DATE", "Sales": "VARCHAR"}, (date(2024, 1, 5), "1.234"))

    assert cleaned(raw, Rules(decimal=decimal)) == [(date(2024, 1, 5), number)]


@pytest.mark.parametrize(("month_first", "day"), [(True, date(2024, 3, 4)), (False, date(2024, 4, 3))])
def test_the_decided_order_of_day_and_month_is_that_of_every_text(
    table: MakeTable, month_first: bool, day: date
) -> None:
    raw = table({"Date": "VARCHAR", "Sales": "DOUBLE"}, ("03/04/2024", 1.0), ("31-12-2024", 2.0), ("12/31/2024", 3.0))
    found = cleaned(raw, Rules(month_first=month_first))

    assert found[0][0] == day
    assert (found[1][0], found[2][0]) == ((None, date(2024, 12, 31)) if month_first else (date(2024, 12, 31), None))


def test_repaired_dates_swap_the_cells_and_leave_the_texts(table: MakeTable) -> None:
    raw = table(
        {"Date": "VARCHAR", "Sales": "DOUBLE"},
        ("2024-06-05 00:00:00", 1.0),
        ("13/05/2024", 2.0),
        ("2024-12-05 00:00:00", 3.0),
    )
    found = cleaned(raw, Rules(repairs_dates=True))

    assert [day for day, _ in found] == [date(2024, 5, 6), date(2024, 5, 13), date(2024, 5, 12)]


def test_repaired_date_cells_of_a_whole_column_swap_where_they_can(table: MakeTable) -> None:
    raw = table({"Date": "TIMESTAMP", "Sales": "DOUBLE"}, ("2024-06-05", 1.0), ("2024-05-13", 2.0))

    assert [day for day, _ in cleaned(raw, Rules(repairs_dates=True))] == [date(2024, 5, 6), date(2024, 5, 13)]


def test_a_repair_is_said_in_place_of_the_warning(table: MakeTable, tmp_path: Path) -> None:
    rows = [("2024-06-05 00:00:00", 1.0), ("13/05/2024", 2.0), ("2024-12-05 00:00:00", 3.0)]
    raw = table({"Date": "VARCHAR", "Sales": "DOUBLE"}, *rows)
    reading = read_rows(raw, None, Target(tmp_path, lambda phase, fraction: None), Rules(repairs_dates=True))

    assert [(one.code, one.cells) for one in reading.warnings if "swapped" in one.message] == [
        ("repaired_days", ("A2", "A4"))
    ]


def test_fiscal_years_start_with_the_month_of_the_setting(table: MakeTable) -> None:
    columns = {"Period": "VARCHAR", "Sales": "DOUBLE"}
    raw = table(columns, ("FY24 P01", 1.0), ("FY24 P12", 2.0), ("Q1-FY25", 3.0), fiscal_year_start=7)

    assert [day for day, _ in cleaned(raw, Rules())] == [date(2023, 7, 1), date(2024, 6, 1), date(2024, 7, 1)]


def test_a_fiscal_year_and_its_periods_in_two_columns_make_a_date(table: MakeTable) -> None:
    columns = {"Fiscal Year": "BIGINT", "Period": "BIGINT", "Sales": "DOUBLE"}
    raw = table(columns, (2024, 1, 1.0), (2024, 12, 2.0), fiscal_year_start=7)

    assert [day for day, _ in cleaned(raw, Rules())] == [date(2023, 7, 1), date(2024, 6, 1)]


def test_a_lock_of_all_columns_reads_like_no_rules(table: MakeTable) -> None:
    raw = table(PLAIN, *ROWS)
    rules = Rules(
        columns={
            "Order Date": ColumnRule("date"),
            "Ship Date": ColumnRule("left_out"),
            "Region": ColumnRule("dimension"),
            "Umsatz": ColumnRule("measure", "revenue"),
            "Code": ColumnRule("dimension"),
        }
    )
    inferred, decided = mapped(raw), mapped(raw, rules)

    assert (inferred.date, inferred.measures, inferred.dimensions) == (
        decided.date,
        decided.measures,
        decided.dimensions,
    )


@pytest.mark.parametrize(
    ("columns", "rows", "days"),
    [
        ({"Year": "BIGINT", "Quarter": "BIGINT"}, [(2024, 1), (2024, 4)], [(2024, 1, 1), (2024, 10, 1)]),
        ({"Year": "BIGINT", "Quarter": "VARCHAR"}, [(2024, "Q1"), (2024, "Q4")], [(2024, 1, 1), (2024, 10, 1)]),
        ({"Jahr": "BIGINT", "KW": "BIGINT"}, [(2024, 1), (2024, 5)], [(2024, 1, 1), (2024, 1, 29)]),
        ({"year": "BIGINT", "month": "BIGINT", "day": "BIGINT"}, [(2024, 2, 29)], [(2024, 2, 29)]),
        ({"year": "VARCHAR", "month": "VARCHAR", "day": "VARCHAR"}, [("2024", "2", "29")], [(2024, 2, 29)]),
        ({"Year": "BIGINT", "Month": "VARCHAR", "Day": "BIGINT"}, [(2024, "March", 31)], [(2024, 3, 31)]),
        ({"Year": "BIGINT", "Month": "BIGINT", "Day": "BIGINT"}, [(2024, 3, 7)], [(2024, 3, 1)]),
        ({"Year": "BIGINT", "Quarter": "BIGINT", "Month": "BIGINT"}, [(2024, 2, 5)], [(2024, 5, 1)]),
    ],
    ids=["quarters", "named quarters", "weeks", "days", "texts", "named months", "weekdays", "month and quarter"],
)
def test_years_make_dates_with_the_parts_of_a_year_in_other_columns(
    table: MakeTable, columns: dict[str, str], rows: list[tuple[Any, ...]], days: list[tuple[int, int, int]]
) -> None:
    raw = table({**columns, "Sales": "DOUBLE"}, *[(*row, 1.0) for row in rows])

    assert [row[0] for row in cleaned(raw, Rules())] == [date(*day) for day in days]


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("BIGINT", (1704067200, 1704153599)),
        ("DOUBLE", (1704067200000.0, 1704153599999.0)),
        ("VARCHAR", ("1704067200", "1704153599")),
    ],
    ids=["seconds", "milliseconds", "texts"],
)
def test_a_timestamp_counts_seconds_or_milliseconds_since_1970(
    table: MakeTable, tmp_path: Path, kind: str, values: tuple[Any, Any]
) -> None:
    raw = table({"timestamp": kind, "amount": "DOUBLE"}, *[(value, 1.0) for value in values])
    reading = read_rows(raw, None, Target(tmp_path, lambda phase, fraction: None))

    assert [day for day, *_ in reading.daily] == ["2024-01-01"]
    assert [one.code for one in reading.warnings] == ["unix_time"]
