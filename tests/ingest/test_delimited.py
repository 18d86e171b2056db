import pytest

from dash_kpi.errors import Refused
from tests.ingest.conftest import MakeText, Read, ReadTable


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "cp1252"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_any_encoding_and_delimiter_is_read(
    text: MakeText, read_table: ReadTable, encoding: str, delimiter: str
) -> None:
    rows = [["Datum", "Straße", "Umsatz"], ["2024-01-01", "Münchner Straße", "5"], ["2024-01-02", "Kö", "6"]]
    table = read_table(text("\n".join(delimiter.join(row) for row in rows), encoding))

    assert table.measures["revenue"].total == 11
    assert table.dimensions["Straße"].column == "Straße"


def test_addresses_count_blank_lines_but_not_breaks_inside_quotes(text: MakeText, read_table: ReadTable) -> None:
    content = 'Date,Note,Sales\n2024-01-01,"two\nlines",5\n\n2024-01-02,x,abc\n2024-01-03,x,7\n2024-01-04,y,8\n'
    table = read_table(text(content))

    (warning,) = [one for one in table.warnings if one.code == "unreadable_number"]
    assert warning.cells == ("C4",)
    assert table.rows_loaded == 3


def test_rows_of_other_lengths_are_kept(text: MakeText, read_table: ReadTable) -> None:
    table = read_table(text("Date,Sales,Tax\n2024-01-01,5\n2024-01-02,6,1,extra\n2024-01-03,7,1\n"))

    assert table.rows_loaded == 3
    assert table.measures["tax"].total == 2


def test_decimal_commas_of_a_semicolon_file_are_read(text: MakeText, read_table: ReadTable) -> None:
    table = read_table(text("Datum;Umsatz\n01.02.2024;1.234\n02.02.2024;2.500\n"))

    assert table.measures["revenue"].total == 3734
    assert table.date is not None
    assert table.date.min == "2024-02-01"


def test_the_separator_line_of_excel_is_no_row(text: MakeText, read_table: ReadTable) -> None:
    table = read_table(text("sep=;\nDate;Sales\n2024-01-01;5\n"))

    assert (table.header_row, table.rows_loaded) == (2, 1)


@pytest.mark.parametrize(
    "content",
    ["\n\n", "just a sentence, nothing more", "\x00\x01\x02" * 50, "a\n", "Date,Sales\n", '{"a": [1, 2]}'],
)
def test_what_is_no_table_is_refused_with_a_sentence(text: MakeText, read: Read, content: str) -> None:
    with pytest.raises(Refused, match=r"^The .*\.$"):
        read(text(content))


def test_a_row_far_longer_than_the_headings_is_reported(text: MakeText, read_table: ReadTable) -> None:
    table = read_table(text("Date,Sales\n2024-01-01,5\n2024-01-02,6" + ",x" * 50 + "\n"))

    (warning,) = [one for one in table.warnings if one.code == "cells_left_out"]
    assert warning.cells == ("W3",)
    assert table.rows_loaded == 2


@pytest.mark.parametrize(
    ("encoding", "heads", "city"),
    [
        ("shift_jis", "日付,店舗,売上金額", "東京"),
        ("gbk", "日期,城市,销售额", "北京"),
        ("euc_kr", "날짜,도시,금액", "서울"),
        ("cp1252", "Date,Shop,Sales €", "Anna’s"),
        ("cp1251", "Дата,Город,Выручка", "Москва"),
        ("cp1252", "Datum,Straße,Umsatz", "Kölner Straße – Süd"),
        ("cp1250", "Data,Województwo,Sprzedaż", "Łódź"),
    ],
)
def test_legacy_encodings_of_two_bytes_and_of_one_are_told_apart(
    text: MakeText, read_table: ReadTable, encoding: str, heads: str, city: str
) -> None:
    rows = [f"2024-01-{day:02d},{city},{day}" for day in range(1, 21)]
    table = read_table(text("\n".join([heads, *rows]) + "\n", encoding))

    assert list(table.dimensions) == [heads.split(",")[1]]
    assert next(iter(table.measures.values())).total == 210


def test_thousands_under_japanese_headings_are_read_with_a_decimal_point(text: MakeText, read_table: ReadTable) -> None:
    table = read_table(text('日付,売上金額\n2024-01-01,"1,080"\n2024-01-02,"2,500"\n', "shift_jis"))

    assert table.measures["revenue"].total == 3580
