"""The preview: the rows as the sheet has them, the part of each row and column, and what reading gives."""

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest

from dash_kpi.errors import Refused
from dash_kpi.ingest import child
from dash_kpi.ingest.child import Limits
from dash_kpi.ingest.preview import preview
from dash_kpi.ingest.previewed import Preview
from dash_kpi.ingest.rules import ColumnRule, Rules
from tests.ingest.conftest import MakeText, MakeWorkbook

Look = Callable[..., Preview]
OPEN = Rules()


@pytest.fixture(scope="module", autouse=True)
def _warm() -> None:
    child.warm_up()


@pytest.fixture
def look(tmp_path: Path) -> Look:
    """Return a maker of previews that must leave nothing behind."""
    directory = tmp_path / "snapshots"
    directory.mkdir()

    def look(path: Path, sheet: str = "Sheet", rules: Rules = OPEN) -> Preview:
        found = preview(path, sheet, rules, directory, Limits())
        assert list(directory.iterdir()) == []
        return found

    return look


ROWS = (
    ["Report of the north"],
    [],
    ["Date", "Region", "Sales", "Net"],
    [date(2025, 1, 5), "North", 10, 8.25],
    [datetime(2025, 1, 6, 13, 30), "South", 20, 16.5],
    [date(2025, 1, 7), "South", None, None],
    ["Total", None, 30, 24.75],
)


def test_rows_are_shown_as_the_sheet_has_them_with_their_part(workbook: MakeWorkbook, look: Look) -> None:
    found = look(workbook(*ROWS))

    assert [(row.number, row.part) for row in found.rows] == [
        (1, "title"), (2, "blank"), (3, "header"), (4, "data"), (5, "data"), (6, "refused"), (7, "total"),
    ]  # fmt: skip
    assert [row.cells for row in found.rows][3:5] == [
        ("2025-01-05", "North", "10", "8.25"),
        ("2025-01-06 13:30", "South", "20", "16.5"),
    ]


def test_every_column_has_a_part_a_name_and_a_reason(workbook: MakeWorkbook, look: Look) -> None:
    found = look(workbook(*ROWS))

    assert [(one.heading, one.part, one.name, one.aggregation) for one in found.columns] == [
        ("Date", "date", None, None),
        ("Region", "dimension", "Region", None),
        ("Sales", "measure", "revenue", "sum"),
        ("Net", "measure", "net", "sum"),
    ]
    assert all(one.reason for one in found.columns)


def test_rules_change_what_is_read_without_being_saved(workbook: MakeWorkbook, look: Look) -> None:
    rules = Rules(columns={"Net": ColumnRule("measure", "revenue"), "Sales": ColumnRule("left_out")})

    (table,) = look(workbook(*ROWS), rules=rules).tables

    assert {name: one.total for name, one in table.measures.items()} == {"revenue": 24.75}


def test_a_column_of_texts_can_be_counted(workbook: MakeWorkbook, look: Look) -> None:
    (table,) = look(workbook(*ROWS), rules=Rules(columns={"Region": ColumnRule("measure", "visits", "count")})).tables

    assert table.measures["visits"].total == 2


def test_a_hidden_sheet_is_shown_and_read_where_a_person_wants_it(tmp_path: Path, look: Look) -> None:
    book = openpyxl.Workbook()
    sheet = book.create_sheet("Secret")
    for cells in ROWS:
        sheet.append(cells)
    sheet.sheet_state = "hidden"
    book.save(tmp_path / "book.xlsx")

    hidden = look(tmp_path / "book.xlsx", "Secret")
    read = look(tmp_path / "book.xlsx", "Secret", Rules(is_read=True))

    assert hidden.sheets == {"Sheet": False, "Secret": True}
    assert (hidden.is_loaded, read.is_loaded) == (False, True)
    assert hidden.rows[3].cells[0] == "2025-01-05"


def test_a_header_row_that_a_person_names_is_taken(workbook: MakeWorkbook, look: Look) -> None:
    found = look(workbook(["A", "B"], ["Day", "Sum"], [date(2025, 1, 1), 5]), rules=Rules(header_row=2))

    assert [one.heading for one in found.columns] == ["Day", "Sum"]
    assert [row.part for row in found.rows] == ["title", "header", "data"]


def test_a_text_file_is_shown_too(text: MakeText, look: Look) -> None:
    found = look(text("Date;Region;Sales\n2025-01-01;North;1,5\n"), "")

    assert (found.sheets, found.rows[1].cells) == ({}, ("2025-01-01", "North", "1,5"))


def test_a_long_and_wide_sheet_is_cut_and_says_so(workbook: MakeWorkbook, look: Look) -> None:
    heads = ["Date", *(f"Sales {number}" for number in range(70))]
    rows = [[date(2025, 1, 1), *range(70)] for _ in range(300)]

    found = look(workbook(heads, *rows))

    assert (len(found.rows), found.more_rows) == (100, True)
    assert (len(found.columns), found.more_columns) == (60, 11)


def test_a_sheet_without_a_table_is_shown_with_the_reason(workbook: MakeWorkbook, look: Look) -> None:
    found = look(workbook(["only words"]))

    assert found.tables[0].reason == "Sheet 'Sheet' holds no table."
    assert [row.cells for row in found.rows] == [("only words",)]


def test_a_file_that_is_gone_is_refused_in_words(tmp_path: Path, look: Look) -> None:
    with pytest.raises(Refused, match="not there any more"):
        look(tmp_path / "gone.xlsx")


def test_months_across_show_what_the_layout_makes_of_them(workbook: MakeWorkbook, look: Look) -> None:
    found = look(workbook(["Region", "Jan 2025", "Feb 2025", "Mar 2025"], ["North", 1, 2, 3], ["South", 4, 5, 6]))

    assert found.tables[0].layout == "months_across"
    assert [one.part for one in found.columns if one.heading] == ["dimension", "date", "measure"]
    assert [one.reason for one in found.columns[1:4]] == ["its cells are read across"] * 3
    assert (found.more_columns, [row.part for row in found.rows]) == (0, ["header", "data", "data"])


def test_the_second_table_of_a_sheet_is_known_by_its_number(workbook: MakeWorkbook, look: Look) -> None:
    first = [["Date", "Sales"], *([date(2025, 1, day), day] for day in (1, 2, 3))]
    second = [["Date", "Cost"], *([date(2025, 1, day), day * 10] for day in (1, 2, 3))]

    found = look(workbook(*first, [], [], *second), "Sheet (table 2)")

    assert [table.measures["cogs"].total for table in found.tables] == [60]
    assert [row.number for row in found.rows if row.part == "header"] == [7]
