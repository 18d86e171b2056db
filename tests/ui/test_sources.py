from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from dash_kpi.reporting.values import DataPage, IngestRow, SourceRow, SourceWarning
from dash_kpi.ui.sources import contents, sources
from tests.ui.reading import text, with_attribute, with_class

NOW = datetime(2025, 7, 1, 12, tzinfo=UTC)
SOURCE = SourceRow(
    id=3,
    file="sales.xlsx",
    sheet="Orders",
    status="ok",
    reason=None,
    rows=52_801,
    rows_refused=2,
    first_day=date(2025, 1, 1),
    last_day=date(2025, 6, 30),
    grain="day",
    measures=("revenue", "cogs"),
    dimensions=("region",),
    warnings=(
        SourceWarning("unreadable_number", "2 cells of column 'Sales' are not numbers.", ("C3", "C7"), 2),
        SourceWarning(
            "missing_value", "90 cells of column 'Cost' are blank.", tuple(f"D{n}" for n in range(2, 92)), 90
        ),
    ),
    read_at="2025-07-01T11:57:00+00:00",
    revision=4,
)
INGEST = IngestRow(
    id=9,
    file="sales.xlsx",
    status="done",
    phase="done",
    percent=100,
    reason=None,
    outcome="loaded",
    created_at="2025-07-01T11:56:00+00:00",
    finished_at="2025-07-01T11:57:00+00:00",
    revision=4,
    rows_loaded=52_801,
    rows_refused=2,
)


def test_a_source_tells_what_was_read_and_how_well():
    shown = text(sources([SOURCE], NOW))
    for words in ("sales.xlsx Orders", "Read", "52,801 2 refused", "1 Jan – 30 Jun 2025", "by day", "3 min ago"):
        assert words in shown
    assert "2 warnings 2 cells of column 'Sales' are not numbers. C3, C7" in shown
    assert "90 cells of column 'Cost' are blank. D2, D3" in shown
    assert "D31 and 60 more" in shown


def test_a_sheet_that_is_no_source_says_why():
    shown = text(
        contents(DataPage(1, (), (), (replace(INGEST, left_out=("Sheet 'Notes' holds no table.",)),)), NOW)["ingests"]
    )
    assert "sales.xlsx Sheet 'Notes' holds no table." in shown


@pytest.mark.parametrize(
    ("status", "word", "act"),
    [
        ("ok", "Read", []),
        ("missing", "File missing", ["retire"]),
        ("refused", "Refused", []),
        ("held", "Held", []),
        ("retired", "Retired", ["restore"]),
    ],
)
def test_a_status_has_an_icon_a_word_and_its_action(status, word, act):
    shown = sources([replace(SOURCE, status=status)], NOW)
    (mark,) = with_class(shown, "status")
    assert text(mark) == word
    assert with_class(mark, "icon")
    assert [getattr(button, "data-act") for button in with_attribute(shown, "data-act")] == act


def test_a_late_source_says_since_when_and_whom_to_ask():
    row = replace(SOURCE, late_since=date(2025, 6, 24), cadence="weekly by Tuesday", owner="Ada")
    assert "Late since 24 Jun 2025: weekly by Tuesday; ask Ada" in text(sources([row], NOW))


def test_a_source_leads_to_its_report():
    (link,) = with_attribute(sources([SOURCE], NOW), "data-page")
    assert link.href == "/data/source?id=3"


def test_retiring_asks_first_and_says_that_it_can_be_undone():
    shown = sources([replace(SOURCE, status="missing")], NOW)
    assert "restore it here at any time" in text(with_class(shown, "confirm"))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({}, "Loaded"),
        ({"outcome": "unchanged"}, "Nothing new"),
        ({"status": "refused", "outcome": "refused", "reason": "The workbook is encrypted."}, "Refused"),
        ({"status": "running", "outcome": None, "finished_at": None}, "Reading"),
        ({"status": "queued", "outcome": None, "finished_at": None}, "Waiting"),
    ],
)
def test_a_reading_tells_its_outcome(change, word):
    row = replace(INGEST, **change)
    shown = contents(DataPage(4, (), (), (row,)), NOW)["ingests"]
    assert text(with_class(shown, "status")) == word
    assert (row.reason or "") in text(shown)


def test_without_sources_the_page_says_what_to_do():
    shown = contents(DataPage(0, ("/srv/inbox",)), NOW)
    assert "Add a workbook" in text(shown["sources"])
    assert shown["count"] == "0 sources"
    assert [getattr(part, "data-copy") for part in with_attribute(shown["folders"], "data-copy")] == ["/srv/inbox"]


def test_measures_have_their_labels_and_a_long_list_of_names_is_cut() -> None:
    names = ("revenue", "unit_price", *(f"metric_{number}" for number in range(60)))
    shown = text(sources([replace(SOURCE, measures=names)], NOW))

    assert "Revenue, Unit price, Metric 0" in shown
    assert "Metric 5 and 54 more" in shown


def test_a_long_list_of_warnings_names_the_first_and_how_many_more() -> None:
    warnings = tuple(SourceWarning("column_left_out", f"Column {number} was left out.", (), 0) for number in range(400))
    shown = text(sources([replace(SOURCE, warnings=warnings)], NOW))

    assert "400 warnings" in shown
    assert "380 further warnings on the page of the source." in shown
