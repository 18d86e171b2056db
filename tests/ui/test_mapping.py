from datetime import UTC, datetime

from dash_kpi.ingest.previewed import Editor, Preview, Saved, ShownRow
from dash_kpi.ingest.reading import ColumnPart, DateColumn, Dimension, Measure, TableReading
from dash_kpi.ingest.reading import Warning as Finding
from dash_kpi.ingest.rules import ColumnRule, Join, Rules
from dash_kpi.ui.mapping import address, contents, rendered
from tests.ui.reading import text, with_attribute, with_class

NOW = datetime(2025, 7, 1, 12, tzinfo=UTC)
TABLE = TableReading(
    sheet="Orders",
    status="loaded",
    header_row=2,
    grain="day",
    rows_read=40,
    rows_loaded=38,
    rows_refused=1,
    date=DateColumn("Date", "2025-01-01", "2025-01-31", "date cells"),
    measures={"revenue": Measure("Sales", "sum", 1234.5)},
    dimensions={"Region": Dimension("Region", 4)},
    warnings=(Finding("total_row_left_out", "1 row that sums others was left out.", ("A7",), 1),),
    header="h",
)
PREVIEW = Preview(
    sheet="Orders",
    sheets={"Orders": False, "Plan": True},
    rows=(
        ShownRow(1, "title", ("Report", "", "")),
        ShownRow(2, "header", ("Date", "Region", "Sales")),
        ShownRow(3, "data", ("2025-01-01", "<b>North</b>", "12")),
        ShownRow(4, "blank", until=9),
    ),
    columns=(
        ColumnPart(0, "Date", "date", reason="its cells are dates"),
        ColumnPart(1, "Region", "dimension", "Region", reason="its cells are texts"),
        ColumnPart(2, "Sales", "measure", "revenue", "sum", reason="its heading says so"),
    ),
    tables=(TABLE,),
    more_columns=3,
)


def editor(preview=PREVIEW, rules=None, **given):
    return Editor("sales.xlsx", 7, "Orders", rules or Rules(), given.pop("is_changed", False), preview, **given)


def enabled(shown):
    return [getattr(one, "data-mapping-act") for one in with_attribute(shown, "data-mapping-act") if not one.disabled]


def test_the_result_tells_rows_totals_days_values_and_warnings():
    shown = text(contents(editor(), NOW)["result"])
    for words in ("38 of 40 rows loaded, 1 refused", "Revenue 1,234.5", "1 – 31 Jan 2025", "4 values", "1 row that"):
        assert words in shown


def test_every_column_says_its_part_in_a_labelled_choice_and_why():
    shown = contents(editor(), NOW)["grid"]
    assert "Part of column C, Sales" in text(shown)
    assert "Measure: sum, inferred" in text(shown)
    assert "its heading says so" in text(shown)
    assert len(with_class(shown, "part-measure")) == 4  # its head and three cells


def test_every_row_that_is_no_data_says_what_it_is():
    shown = text(contents(editor(), NOW)["grid"])
    for words in ("1 Title Report", "2 Header Date", "4–9 Blank", "3 more columns"):
        assert words in shown


def test_a_decided_part_is_chosen_and_its_name_is_in_the_field():
    rules = Rules(columns={"Sales": ColumnRule("measure", "umsatz", "mean")})
    html = rendered(editor(rules=rules), NOW)["grid"]
    assert '<option selected value="measure:mean">Measure: mean</option>' in html
    assert 'value="umsatz"' in html


def test_what_cells_hold_is_text_and_never_markup():
    assert "<b>" not in rendered(editor(), NOW)["grid"]


def test_only_what_is_possible_can_be_pressed():
    saved = Saved("2025-07-01T11:57:00+00:00", "page", is_for_header=False, is_inferred=False, versions=2)
    assert enabled(contents(editor(), NOW)["actions"]) == []
    assert enabled(contents(editor(is_changed=True), NOW)["actions"]) == ["save", "save_for_header"]
    assert enabled(contents(editor(saved=saved), NOW)["actions"]) == ["save_for_header", "undo", "reset"]
    assert "Decided for this source 3 min ago , version 2" in text(contents(editor(saved=saved), NOW)["saved"])


def test_what_gives_no_row_cannot_be_saved_and_says_so():
    refused = TableReading("Orders", "refused", "Sheet 'Orders' has no date column.", header="h")
    preview = Preview("Orders", {}, PREVIEW.rows, PREVIEW.columns, (refused,))
    shown = contents(editor(preview, is_changed=True), NOW)
    assert "Sheet 'Orders' has no date column." in text(shown["result"])
    assert "cannot be saved" in text(shown["actions"])
    assert enabled(shown["actions"]) == []


def test_how_many_sources_a_header_concerns_is_said_before():
    assert "(3 sources)" in text(contents(editor(sources=3), NOW)["actions"])


def test_a_hidden_sheet_can_be_read_and_swapped_dates_repaired_where_there_are_any():
    swapped = TableReading("Plan", "loaded", warnings=(Finding("swapped_dates", "9 dates have swapped."),))
    preview = Preview("Plan", {"Plan": True}, (), (), (swapped,))
    shown = text(contents(Editor("a.xlsx", 1, "Plan", Rules(), False, preview), NOW)["settings"])
    assert "Read this hidden sheet" in shown
    assert "Repair dates" in shown
    assert "Repair dates" not in text(contents(editor(), NOW)["settings"])


def test_a_proposed_lookup_has_a_button_and_an_accepted_one_can_be_removed():
    join = {"column": "Product", "sheet": "Products", "key": "Code", "columns": ["Group"]}
    proposed = Finding("lookup_proposed", "Sheet 'Products' names the products.", data={"join": join})
    preview = Preview("Orders", {}, (), (), (TableReading("Orders", "loaded", warnings=(proposed,)),))
    rules = Rules(joins=(Join("Product", None, "Products", "Code", ("Group",)),))
    shown = contents(editor(preview, rules), NOW)["result"]
    assert text(with_attribute(shown, "data-join")) == "Join"
    assert "Joined from Products by Product: Group" in text(shown)
    assert with_attribute(shown, "data-unjoin")


def test_other_sheets_are_linked_with_what_is_known_of_them():
    html = rendered(editor(refused_sheets=frozenset({"Plan"})), NOW)["subject"]
    assert 'href="/data/mapping?file=7&amp;sheet=Plan"' in html
    assert "(hidden, refused)" in html
    assert address(7, None) == "/data/mapping?file=7"
