from dataclasses import replace
from datetime import date

from dash_kpi.reporting.values import BehindRow, Input, RowsBehind, RowsPage, Span
from dash_kpi.reporting.view import View
from dash_kpi.ui.rows import contents
from tests.ui.reading import parts, text, with_attribute, with_class

SPAN = Span(date(2025, 1, 1), date(2025, 1, 31), "1 – 31 Jan 2025")
BEHIND = RowsBehind(
    workspace="main",
    revision=3,
    kpi="profit_margin",
    label="Profit margin",
    unit="percent",
    value=0.25,
    reason=None,
    foot=0.25,
    span=SPAN,
    inputs=(
        Input("profit", "Profit", "currency", "sum", 25.0, 2),
        Input("revenue", "Revenue", "currency", "sum", 100.0, 2),
    ),
    dimensions=("sales_region",),
    total=120,
    page=2,
    pages=3,
    rows=(
        BehindRow("a.xlsx", "Jan", 1234, (None, None), date(2025, 1, 2), (20.0, 60.0), ("North",)),
        BehindRow("b.xlsx", None, 3, ("C3", "C9"), date(2025, 1, 2), (5.0, None), (None,)),
    ),
)
PAGE = RowsPage(
    3, View.from_query("kpi=profit_margin&where=Region=North"), BEHIND, (("profit_margin", "Profit margin"),), SPAN
)


def rows_of(shown):  # type: ignore[no-untyped-def]
    return [text(part) for part in parts(shown["table"]) if type(part).__name__ == "Tr"]


def test_a_row_says_where_it_stands_and_what_is_blank():
    head, first, second, *_ = rows_of(contents(PAGE, "EUR"))
    assert head == "File Row Date Profit Revenue Sales region"
    assert first == "a.xlsx Jan 1234 2 Jan 2025 €20.00 €60.00 North"
    assert second == "b.xlsx C3, C9 2 Jan 2025 €5.00 – (blank)"


def test_the_last_lines_say_what_all_rows_come_to():
    *_, sums, number = rows_of(contents(PAGE, "EUR"))
    assert sums == "All 120 rows sum €25.00 sum €100.00"
    assert number == "Profit margin 25.00 %"


def test_the_pages_beside_this_one_are_linked_and_keep_the_view():
    shown = contents(PAGE)
    assert [part.href for part in with_attribute(shown["table"], "data-go")] == [
        "/rows?kpi=profit_margin&where=Region%3DNorth&page=1",
        "/rows?kpi=profit_margin&where=Region%3DNorth&page=3",
    ]
    assert "Page 2 of 3" in text(with_class(shown["table"], "table-pages"))


def test_the_export_names_its_days_and_filters():
    hrefs = [part.href for part in with_attribute(contents(PAGE)["head"], "download")]
    query = "kpi=profit_margin&from=2025-01-01&to=2025-01-31&where=Region%3DNorth"
    assert hrefs == [f"/api/v1/rows.xlsx?{query}", f"/api/v1/rows.csv?{query}"]


def test_no_row_and_no_data_are_said():
    none = replace(BEHIND, total=0, rows=(), value=None, reason="No row in this period.", foot=None)
    shown = contents(replace(PAGE, behind=none))
    assert "n/a" in text(shown["head"])
    assert "No row in this period." in text(shown["head"])
    assert text(shown["table"]).startswith("No row here")
    assert "There is no number yet, so there are no rows behind one." in text(contents(RowsPage(0, View()))["head"])
