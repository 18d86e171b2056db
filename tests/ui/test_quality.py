"""The report of a source as people see it."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dash_kpi.kpis.cadence import Cadence
from dash_kpi.reporting.late import Watch
from dash_kpi.reporting.quality import HeldVersion, MeasureLine, Quality, RefusedCells
from dash_kpi.reporting.values import SourceWarning
from dash_kpi.storage.file_names import Refusal
from dash_kpi.storage.limits import Limits
from dash_kpi.ui.markup import markup
from dash_kpi.ui.quality import code, contents, reasons
from tests.ui.reading import text, with_attribute

NOW = datetime(2025, 7, 1, 12, tzinfo=UTC)
REPORT = Quality(
    id=3,
    file="sales.xlsx",
    sheet="Orders",
    status="ok",
    reason=None,
    layout="rows",
    header_row=4,
    grain="day",
    date_column="Date",
    date_format="DD.MM.YYYY",
    first_day=date(2025, 1, 1),
    last_day=date(2025, 6, 30),
    measures=(
        MeasureLine("revenue", "Sales", "sum", 1234.5, None),
        MeasureLine("profit", None, "sum", None, "revenue - cogs"),
    ),
    dimensions=(("Region", "Region", 3),),
    rows_read=103,
    rows_loaded=98,
    rows_refused=3,
    rows_left_out=2,
    warnings=(
        SourceWarning("unreadable_number", "2 cells of column 'Sales' are not numbers.", ("C3",), 2),
        SourceWarning("column_left_out", "Column 'Id' was left out: it is an id.", (), 0),
    ),
    refused_cells=2,
    reasons=(("unreadable_number", 2),),
    read_at="2025-07-01T11:57:00+00:00",
    revision=4,
    is_sample=False,
    owner="Ada",
    limits=Limits(),
    has_own_limits=False,
    told=None,
    watch=Watch(),
    held=None,
    file_id=8,
    original=4,
)
CELLS = RefusedCells(
    (Refusal("C3", "Sales", "<b>ten</b>", "unreadable_number"), Refusal("C7", "Sales", None, "missing_amount")), 0, 1, 2
)
HELD = HeldVersion(9, "2025-07-01T11:00:00+00:00", 12, ("Column 'Cost', which was the measure cogs, is gone.",), False)


def test_the_report_says_what_was_read_and_how() -> None:
    shown = contents(REPORT, CELLS, NOW)

    assert shown["title"] == "sales.xlsx · Orders"
    for words in ("1 Jan – 30 Jun 2025", "row 4", "Date, read as DD.MM.YYYY", "Rows left out 2", "revision 4"):
        assert words in text(shown["facts"])
    assert "Revenue Sales Measure: sum 1,234.5" in text(shown["columns"])
    assert "Profit Revenue − Cost Measure: sum n/a" in text(shown["columns"])
    assert "Region Region Dimension 3 values" in text(shown["columns"])
    assert "Column 'Id' was left out" in text(shown["remarks"])


def test_a_cell_is_shown_as_it_is_and_never_as_markup() -> None:
    cells = markup(contents(REPORT, CELLS, NOW)["cells"])

    assert "&lt;b&gt;ten&lt;/b&gt;" in cells
    assert "<b>" not in cells


def test_more_than_a_page_can_be_turned_and_more_than_the_list_is_said() -> None:
    shown = contents(replace(REPORT, refused_cells=200_000), replace(CELLS, page=1, pages=3, count=120), NOW)

    assert text(shown["count"]) == "Page 2 of 3, 120 cells"
    assert "199,998 more blank cells are not listed." in text(shown["cells"])


def test_without_a_refused_cell_there_is_nothing_to_download() -> None:
    shown = contents(replace(REPORT, refused_cells=0, reasons=()), RefusedCells((), 0, 1, 0), NOW)

    assert text(shown["cells"]) == "Every cell was read."
    assert shown["download"] is None


def test_what_is_held_says_what_broke_and_offers_both_decisions() -> None:
    held = contents(replace(REPORT, status="held", held=HELD), CELLS, NOW)["held"]

    assert "Column 'Cost', which was the measure cogs, is gone." in text(held)
    assert [(getattr(one, "data-act"), getattr(one, "data-id")) for one in with_attribute(held, "data-act")] == [
        ("decline", "3.9"),
        ("publish", "3.9"),
    ]


def test_what_was_declined_can_be_decided_again() -> None:
    held = contents(replace(REPORT, held=replace(HELD, is_declined=True)), CELLS, NOW)["held"]

    assert [getattr(one, "data-act") for one in with_attribute(held, "data-act")] == ["reconsider"]


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "New versions come: no cadence learnt yet."),
        (
            {"watch": Watch(Cadence("week", 2), False, date(2025, 6, 24), date(2025, 7, 1))},
            "weekly by Tuesday (as learnt); next due 1 Jul 2025.",
        ),
        (
            {"watch": Watch(Cadence("week", 2), True, date(2025, 6, 17), date(2025, 6, 24), date(2025, 6, 24))},
            "Late since 24 Jun 2025: weekly by Tuesday; ask Ada",
        ),
        ({"is_sample": True}, "A sample workbook: nobody waits for it."),
    ],
    ids=["not learnt", "in time", "late", "sample"],
)
def test_the_page_says_when_a_new_version_is_due(changes: dict, words: str) -> None:
    assert words in text(contents(replace(REPORT, **changes), CELLS, NOW)["watch"])


def test_the_filter_offers_the_reasons_that_there_are() -> None:
    assert [one["label"] for one in reasons(REPORT)] == ["All reasons", "Not a number (2)"]
    assert [code(one["value"]) for one in reasons(REPORT)] == [None, "unreadable_number"]


def test_an_unknown_source_leads_back_to_the_list() -> None:
    nothing = contents(None, None, NOW)["nothing"]

    assert "a source that this workspace does not have" in text(nothing)
    assert [one.href for one in with_attribute(nothing, "data-go")] == ["/data"]


def test_the_head_leads_to_the_rows_the_mapping_and_the_original() -> None:
    links = contents(REPORT, CELLS, NOW)["links"]

    assert [one.href for one in links] == [
        "/rows?period=custom&from=2025-01-01&to=2025-06-30&kpi=revenue&where=File%3Dsales.xlsx",
        "/data/mapping?file=8&sheet=Orders",
        "/api/v1/originals/4",
    ]


def test_a_proposed_lookup_leads_to_where_it_can_be_joined() -> None:
    proposed = SourceWarning("lookup_proposed", "Sheet 'Products' gives 'Category': join it?", (), 0)
    remarks = contents(replace(REPORT, warnings=(proposed,)), CELLS, NOW)["remarks"]

    assert [one.href for one in with_attribute(remarks, "data-go")] == ["/data/mapping?file=8&sheet=Orders"]


def test_what_is_said_beyond_a_dozen_is_folded() -> None:
    many = tuple(SourceWarning("column_left_out", f"Column {number} was left out.", (), 0) for number in range(400))
    remarks = contents(replace(REPORT, warnings=many), CELLS, NOW)["remarks"]

    assert "388 further remarks" in text(remarks)
