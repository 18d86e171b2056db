from datetime import UTC, date, datetime

from dash_kpi.reporting.values import (
    CellChange,
    Differences,
    KpiChange,
    RevisionRow,
    RevisionsPage,
    RowChanged,
    SourceChange,
)
from dash_kpi.ui.markup import markup
from dash_kpi.ui.revisions import contents
from tests.ui.reading import parts, text, with_attribute

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ROW = RevisionRow(7, "2026-03-01T11:00:00+00:00", "<b>.xlsx: 3 rows", "upload", "<b>.xlsx", has_original=True)
MARCH = date(2025, 3, 1)
DIFFERENCE = Differences(
    workspace="main",
    before=6,
    after=7,
    grain="month",
    kpis=(
        KpiChange("revenue", "Revenue", "currency", "higher", MARCH, "Mar 2025", 10_200.0, 10_450.0, 0.0245),
        KpiChange("cogs", "Cost", "currency", "lower", MARCH, "Mar 2025", 100_000.0, 100_000.01, 1e-7),
    ),
    sources=(
        SourceChange(
            "a.xlsx", "Jan", "changed", 0, 0, 900, (), (),
            (RowChanged(8, 7, (("date", MARCH), ("Region", None)), (CellChange("cogs", "Cost", 5.0, None, "C8"),)),),
        ),
    ),
    between=(ROW,),
)  # fmt: skip


def test_a_revision_links_its_difference_its_numbers_and_its_file():
    shown = contents(RevisionsPage(7, (ROW,), 1, 1), NOW)["content"]
    assert "7 1 h ago upload <b>.xlsx: 3 rows Original" in text(shown)
    hrefs = [part.href for part in parts(shown) if type(part).__name__ == "A"]
    assert hrefs == ["/api/v1/originals/7", "/data/revisions?from=6&to=7", "/?as_of=7"]
    assert "<b>" not in markup(shown)


def test_without_a_revision_the_page_teaches_what_makes_one():
    assert "Every file that is read makes one" in text(contents(RevisionsPage(0, (), 1, 1), NOW)["content"])


def test_a_difference_tells_kpis_and_cells():
    shown = contents(RevisionsPage(7, (ROW,), 1, 1, DIFFERENCE), NOW, "EUR")
    words = text(shown["content"])
    assert shown["title"] == "Revision 6 to 7"
    assert "Revenue Mar 2025 €10,200.00 €10,450.00 +2.5 %" in words
    assert "Cost Mar 2025 €100,000.00 €100,000.01 slightly more" in words
    assert "8 was 7 1 Mar 2025 – Cost (C8) 5 → –" in words
    assert "800 further rows not listed." in words


def test_other_revisions_can_be_compared():
    shown = contents(RevisionsPage(7, (ROW,), 1, 1, DIFFERENCE), NOW)["content"]
    (form,) = [part for part in parts(shown) if type(part).__name__ == "Form"]
    assert (form.action, form.method) == ("/data/revisions", "get")
    chosen = [part.value for part in with_attribute(form, "selected") if part.selected]
    assert chosen == ["6", "7"]


def test_what_is_not_there_is_said_above_the_list():
    page = RevisionsPage(7, (ROW,), 1, 1, note="There is no revision 9; the newest is 7.")
    assert text(contents(page, NOW)["content"]).startswith("There is no revision 9")
