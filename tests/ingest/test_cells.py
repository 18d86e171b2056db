"""What whole columns of texts and cells become: read through real workbooks and text files."""

from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import xlsxwriter

from dash_kpi.ingest.reading import TableReading
from dash_kpi.ingest.reading import Warning as Finding
from tests.ingest.conftest import MakeText, MakeWorkbook, ReadTable

DAY = datetime(2024, 1, 1)


def warning(table: TableReading, code: str) -> Finding:
    (found,) = (one for one in table.warnings if one.code == code)
    return found


def codes(table: TableReading) -> set[str]:
    return {one.code for one in table.warnings}


def amounts(table: TableReading, measure: str = "revenue") -> list[float | None]:
    assert table.snapshot is not None
    query = f"SELECT {measure} FROM read_parquet(?) ORDER BY sheet_row"
    return [value for (value,) in duckdb.execute(query, [str(table.snapshot)]).fetchall()]


def days(table: TableReading) -> list[date]:
    assert table.snapshot is not None
    query = "SELECT date FROM read_parquet(?) ORDER BY sheet_row"
    return [value for (value,) in duckdb.execute(query, [str(table.snapshot)]).fetchall()]


def sales(*texts: Any, heading: str = "Sales") -> list[list[Any]]:
    return [["Date", heading], *[[DAY + timedelta(number), text] for number, text in enumerate(texts)]]


def dated(*texts: Any, heading: str = "Date") -> list[list[Any]]:
    return [[heading, "Sales"], *[[text, number] for number, text in enumerate(texts, start=1)]]


# Numbers


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["1.234,50 €", "99 €", "0,5 €"], [1234.5, 99, 0.5]),
        (["R$\u00a01.000,00", "R$\u00a0-5,25"], [1000, -5.25]),
        (["$(4,533.75)", "$1.00"], [-4533.75, 1]),
        (["1\u202f234,5", "12,25"], [1234.5, 12.25]),
        (["₹1,23,456.50", "Rs 52896"], [123456.5, 52896]),
        (["12-", "1.2M", "(5)"], [-12, 1_200_000, -5]),
        (["1'234.50", "\u22125"], [1234.5, -5]),
        (["\uff11\uff12.\uff15", "٣٤٫٥"], [12.5, 34.5]),
        (["5,-", "1.234,50"], [5, 1234.5]),
    ],
    ids=["euro", "real", "accounting", "narrow-space", "rupee", "signs", "swiss", "digits-of-others", "no-cents"],
)
def test_a_column_of_texts_is_a_column_of_numbers(
    workbook: MakeWorkbook, read_table: ReadTable, texts: list[str], numbers: list[float]
) -> None:
    assert amounts(read_table(workbook(*sales(*texts)))) == numbers


def test_a_sign_that_nothing_decides_is_reported_with_its_reading(text: MakeText, read_table: ReadTable) -> None:
    content = "Date,Weight\n2024-01-01,1.234\n2024-01-02,12.345\n"
    found = warning(read_table(text(content)), "ambiguous_decimal")

    assert found.message == (
        "Nothing in column 'Weight' shows whether the sign in '1.234' separates thousands or a fraction; "
        "it was read as 1.234."
    )
    assert found.cells == ("B2", "B3")


def test_the_language_decides_between_thousands_and_fractions_with_a_warning(
    workbook: MakeWorkbook, read_table: ReadTable
) -> None:
    table = read_table(workbook(["Datum", "Umsatz"], ["05.01.2024", "1.234"], ["13.01.2024", "12.345"]))

    assert amounts(table) == [1234, 12345]
    assert warning(table, "ambiguous_decimal").cells == ("B2", "B3")


def test_one_proof_ends_the_doubt(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    assert "ambiguous_decimal" not in codes(read_table(workbook(*sales("1.234", "1.234.567"))))


def test_number_cells_with_three_decimals_keep_their_value_under_german_headings(
    workbook: MakeWorkbook, read_table: ReadTable
) -> None:
    table = read_table(workbook(["Datum", "Umsatz"], [DAY, 12.125], [DAY, 99.5], [DAY, "n/a"]))

    assert amounts(table) == [12.125, 99.5]
    assert codes(table) == {"placeholder"}


@pytest.mark.parametrize("rows", [4, 80], ids=["small", "large"])
def test_number_cells_with_three_decimals_are_told_from_texts_with_thousands(
    workbook: MakeWorkbook, read_table: ReadTable, rows: int
) -> None:
    table = read_table(workbook(*sales(12.125, "1.234,50 €", "1.234", *[13.125] * rows)))

    assert amounts(table) == [12.125, 1234.5, 1234, *[13.125] * rows]
    assert "ambiguous_decimal" not in codes(table)


def test_the_minority_of_two_notations_is_refused_with_its_addresses(
    workbook: MakeWorkbook, read_table: ReadTable
) -> None:
    table = read_table(workbook(*sales("1.234,50", "2,75", "1,234.50", "9,99")))

    assert amounts(table) == [1234.5, 2.75, 9.99]
    found = warning(table, "other_notation")
    assert found.cells == ("B4",)
    assert "contradicts the notation of the others, such as '1,234.50'" in found.message


def test_number_words_are_refused_with_a_sentence_of_their_own(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(*sales("1", "Two", "3", "zwei", "4", "oops", "5")))

    assert warning(table, "number_word").cells == ("B3", "B5")
    assert warning(table, "number_word").message == (
        "2 cells of column 'Sales' hold a number in words, such as 'Two', and are not read."
    )
    assert warning(table, "unreadable_number").cells == ("B7",)


def test_percents_beside_bare_numbers_and_several_currencies_are_reported(
    workbook: MakeWorkbook, read_table: ReadTable
) -> None:
    content = [["Date", "Share", "Sales"], [DAY, "5%", "€ 5.00"], [DAY, "7", "$6.00"], [DAY, "8%", "EUR 5.00"]]
    table = read_table(workbook(*content))

    assert "5 % was read as 0.05" in warning(table, "mixed_percent").message
    assert "EUR and USD" in warning(table, "mixed_currencies").message


def test_a_credit_is_not_taken_for_ten_million(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(*sales("10.00", "5.00 Cr", "7.00 Dr", "3.00", "4.00", "6.00")))

    assert amounts(table) == [10, 3, 4, 6]
    assert warning(table, "unreadable_number").cells == ("B3", "B4")


# Dates


@pytest.mark.parametrize(
    ("texts", "expected", "grain"),
    [
        (["KW 5 2024", "KW 6 2024"], ["2024-01-29", "2024-02-05"], "week"),
        (["1T2020", "2T2020"], ["2020-01-01", "2020-04-01"], "quarter"),
        (["Q1'20", "Q4'20"], ["2020-01-01", "2020-10-01"], "quarter"),
        (["1. Quartal 2020", "2020 Q3"], ["2020-01-01", "2020-07-01"], "quarter"),
        (["5/2024", "11/2024"], ["2024-05-01", "2024-11-01"], "month"),
        (["Jan-24", "Feb-24"], ["2024-01-01", "2024-02-01"], "month"),
        (["2024年1月5日", "2024年12月31日"], ["2024-01-05", "2024-12-31"], "day"),
        (["31 janvier 2024", "1er févr. 2024"], ["2024-01-31", "2024-02-01"], "day"),
        (["2024-01-31T23:30:00+02:00", "2024-02-01T00:00:00Z"], ["2024-01-31", "2024-02-01"], "day"),
        (["Mon 05/02/2024", "Tue 13/02/2024"], ["2024-02-05", "2024-02-13"], "day"),
    ],
)
def test_a_column_of_texts_is_a_column_of_dates(
    workbook: MakeWorkbook, read_table: ReadTable, texts: list[str], expected: list[str], grain: str
) -> None:
    table = read_table(workbook(*dated(*texts)))

    assert [day.isoformat() for day in days(table)] == expected
    assert table.grain == grain


def test_fiscal_periods_say_how_they_were_read(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(*dated("FY24 P03", "FY2024-P12", "P01 FY25", heading="Period")))

    assert [day.isoformat() for day in days(table)] == ["2024-03-01", "2024-12-01", "2025-01-01"]
    assert warning(table, "fiscal_period").message == (
        "Column 'Period' counts fiscal periods; fiscal year 2024 was read as January 2024 to December 2024."
    )


def test_a_day_and_a_month_without_a_year_are_no_date(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(*dated("2024-01-05", "2024-02-05", "2024-03-05", "24-Jan", "25-Jan")))

    assert warning(table, "unreadable_date").cells == ("A5", "A6")


def test_halves_of_years_are_no_dates(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(*dated("2024-01-05", "2024-02-05", "2024-03-05", "H1 2024", "S2 2024")))

    assert warning(table, "unreadable_date").cells == ("A5", "A6")


def macintosh(path: Path, *rows: list[Any]) -> Path:
    book = xlsxwriter.Workbook(path, {"date_1904": True, "default_date_format": "yyyy-mm-dd"})
    sheet = book.add_worksheet()
    for number, cells in enumerate(rows):
        sheet.write_row(number, 0, cells)
    book.close()
    return path


@pytest.mark.parametrize("count", [2, 80], ids=["small", "large"])
def test_date_cells_of_the_1904_system_are_their_days(tmp_path: Path, read_table: ReadTable, count: int) -> None:
    rows = [[DAY + timedelta(number), number] for number in range(count)]
    table = read_table(macintosh(tmp_path / "mac.xlsx", ["Date", "Sales"], *rows))

    assert days(table) == [date(2024, 1, 1) + timedelta(number) for number in range(count)]


@pytest.mark.parametrize("count", [2, 80], ids=["small", "large"])
@pytest.mark.parametrize("is_mixed", [False, True], ids=["numbers", "mixed"])
def test_serial_numbers_of_the_1904_system_count_from_1904(
    tmp_path: Path, read_table: ReadTable, count: int, is_mixed: bool
) -> None:
    wanted = [DAY + timedelta(number) for number in range(count)]
    serials: list[Any] = [(day - datetime(1904, 1, 1)).days for day in wanted]
    written = [*serials[:-1], wanted[-1]] if is_mixed else serials
    table = read_table(macintosh(tmp_path / "mac.xlsx", ["Order Date", "Sales"], *[[cell, 1] for cell in written]))

    assert days(table) == [day.date() for day in wanted]


SWAPPED = [datetime(2024, 6, 5), "13/05/2024", datetime(2024, 12, 5), "31/05/2024", datetime(2024, 1, 6)]


def test_dates_that_an_import_has_swapped_are_reported_and_not_touched(
    workbook: MakeWorkbook, read_table: ReadTable
) -> None:
    table = read_table(workbook(*dated(*SWAPPED)))

    assert days(table)[0] == date(2024, 6, 5)
    found = warning(table, "swapped_days")
    assert found.cells == ("A2", "A4", "A6")
    assert found.message == (
        "3 date cells of column 'Date' look as if day and month were swapped: none has a day after the 12th, and all "
        "texts that were left, such as '13/05/2024', have one. Repair it in the mapping."
    )


def test_dates_of_an_american_file_in_a_european_program_are_reported_too(
    workbook: MakeWorkbook, read_table: ReadTable
) -> None:
    table = read_table(workbook(*dated(datetime(2024, 6, 5), "05/13/2024", datetime(2024, 7, 5), "05/31/2024")))

    assert warning(table, "swapped_days").count == 2


def test_a_date_cell_after_the_twelfth_clears_the_others(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    table = read_table(workbook(*dated(*SWAPPED, datetime(2024, 6, 25))))

    assert "swapped_days" not in codes(table)


# Categories and codes


def test_spellings_in_other_bytes_are_merged_and_said(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    regions = ["Köln", "Ko\u0308ln", "KÖLN\u00a0", "Köln\u200b", "Bonn", "Köln"]
    content = [["Date", "Region", "Sales"], *[[DAY, region, 1] for region in regions]]
    table = read_table(workbook(*content))

    assert table.dimensions["Region"].values == 2
    found = warning(table, "merged_spellings")
    assert found.count == 3
    assert found.message.startswith("3 spellings of column 'Region' differ from others only in case, blanks or accents")


@pytest.mark.parametrize(
    "word", ["n/a", "-", "ERROR", "UNKNOWN", "(en blanco)", "(blank)", "(Leer)", "NULL", "#N/A", "k. A.", "N.A.", "nan"]
)
def test_a_word_for_nothing_is_a_placeholder(workbook: MakeWorkbook, read_table: ReadTable, word: str) -> None:
    table = read_table(workbook(*sales("1.5", "2.5", "3.5", f" {word} ")))

    assert codes(table) <= {"placeholder", "error_cell"}
    assert len(codes(table)) == 1


# Derived measures


@pytest.mark.parametrize(
    ("heading", "discounts", "formula"),
    [
        ("Discount", [0.1, 0.5], "units * unit_price * (1 - discount)"),
        ("Discount", ["10%", "50%"], "units * unit_price * (1 - discount)"),
        ("Discount %", [10, 50], "units * unit_price * (1 - discount / 100)"),
        ("Discount", [10, 50], "units * unit_price * (1 - discount / 100)"),
        ("Rabatt (%)", ["10", "50"], "units * unit_price * (1 - discount / 100)"),
    ],
)
def test_discounts_are_fractions_or_percents(
    workbook: MakeWorkbook, read_table: ReadTable, heading: str, discounts: list[Any], formula: str
) -> None:
    content = [["Date", "Quantity", "Unit Price", heading]]
    table = read_table(workbook(*content, *[[DAY, 10, 2.0, discount] for discount in discounts]))

    assert table.measures["revenue"].derived == formula
    assert amounts(table) == pytest.approx([18.0, 10.0])
    assert table.measures["discount"].aggregation == "mean"
    assert ("assumed_percent" in codes(table)) == (heading == "Discount" and discounts == [10, 50])


def test_discounts_in_money_are_not_used_and_said(workbook: MakeWorkbook, read_table: ReadTable) -> None:
    content = [["Date", "Quantity", "Unit Price", "Discount"], [DAY, 10, 2.0, 2.5], [DAY, 10, 2.0, 0]]
    table = read_table(workbook(*content))

    assert amounts(table) == [20, 20]
    assert "discount_not_used" in codes(table)


@pytest.mark.parametrize(
    ("heading", "margins", "formula"),
    [
        ("Margin", [0.25, 0.5], "revenue * margin"),
        ("Margin %", [25, 50], "revenue * margin / 100"),
        ("Marge (%)", ["25%", "50%"], "revenue * margin"),
        ("Margin", [25, 50], "revenue * margin / 100"),
    ],
)
def test_profit_follows_from_margins(
    workbook: MakeWorkbook, read_table: ReadTable, heading: str, margins: list[Any], formula: str
) -> None:
    table = read_table(workbook(["Date", "Sales", heading], *[[DAY, 200, margin] for margin in margins]))

    assert table.measures["profit"].derived == formula
    assert amounts(table, "profit") == [50, 100]
    assert amounts(table, "cogs") == [150, 100]


@pytest.mark.parametrize("word", ["n/a", "N/A", "NULL", "nan", "None"])
def test_a_word_for_nothing_among_number_cells_is_no_blank(
    workbook: MakeWorkbook, read_table: ReadTable, word: str
) -> None:
    content = [["Date", "Product", "Sales"], [DAY, "a", 5.5], [word, word, 6.5], [DAY, "b", word], [DAY, "c", None]]
    table = read_table(workbook(*content))

    assert [one.cells for one in table.warnings if one.code == "placeholder"] == [("A3",), ("C4",)]
    assert warning(table, "missing_amount").cells == ("C5",)
