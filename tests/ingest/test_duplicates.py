"""Rows that repeat another of their table: named when they are many, and counted."""

from tests.ingest.conftest import MakeText, ReadTable

HEAD = "Number;Date;Region;Revenue\n"


def rows(numbers: range) -> str:
    return "".join(f"N{number};2025-01-{1 + number % 28:02};North;{number}.50\n" for number in numbers)


def test_rows_that_repeat_another_are_named_and_counted(text: MakeText, read_table: ReadTable) -> None:
    table = read_table(text(HEAD + rows(range(100)) + rows(range(12))))

    (warning,) = [warning for warning in table.warnings if warning.code == "duplicate_rows"]
    assert (warning.message, warning.count) == (
        "12 rows repeat another row in every column; all are counted.",
        12,
    )
    assert (warning.cells[0], warning.cells[-1]) == ("A102", "A113")
    assert table.rows_loaded == 112


def test_few_of_them_and_rows_that_differ_in_any_column_are_not_worth_a_word(
    text: MakeText, read_table: ReadTable
) -> None:
    few = read_table(text(HEAD + rows(range(100)) + rows(range(9))))
    numbered = read_table(text(HEAD + rows(range(100)) + rows(range(50)).replace("N", "M").replace("Morth", "North")))

    for table in (few, numbered):
        assert "duplicate_rows" not in {warning.code for warning in table.warnings}
