from dash_kpi.ingest.header_row import find_header
from dash_kpi.ingest.package import Grid


def grid(*rows: list[str], first: int = 1) -> Grid:
    return {
        row: {column: text for column, text in enumerate(cells) if text}
        for row, cells in enumerate(rows, start=first)
        if any(cells)
    }


def test_the_first_row_is_the_headings_of_a_plain_table() -> None:
    header = find_header(grid(["Date", "Sales"], ["2024-01-01", "5"]))

    assert header is not None
    assert (header.row, header.headings) == (1, {0: "Date", 1: "Sales"})


def test_titles_above_the_headings_are_passed_over() -> None:
    rows = [["Sales report"], ["Company", "ACME Ltd"], [], ["Date", "Region", "Sales"], ["45000", "North", "5"]]
    header = find_header(grid(*rows))

    assert header is not None
    assert header.row == 4


def test_rows_of_words_below_the_headings_do_not_win() -> None:
    rows = [["Datum", "Kunde", "Ort", "Ware", "Umsatz"], *[["2024-01-01", "Meier", "Ulm", "Brot", "5"]] * 3]
    header = find_header(grid(*rows))

    assert header is not None
    assert header.row == 1


def test_headings_over_words_only_are_still_headings() -> None:
    header = find_header(grid(["Person", "Region"], ["Anna", "West"]))

    assert header is not None
    assert header.row == 1


def test_numbers_alone_have_no_headings() -> None:
    assert find_header(grid(["1", "2"], ["3", "4"])) is None
    assert find_header({}) is None


def test_a_column_without_a_heading_is_called_by_its_letters() -> None:
    header = find_header(grid(["Date", "", "Sales"], ["2024-01-01", "x", "5"]))

    assert header is not None
    assert header.heading(1) == "Column B"
