import pytest

from dash_kpi.reporting.values import OverlapRow
from dash_kpi.ui.overlaps import overlaps
from dash_kpi.ui.overview import note
from tests.ui.reading import text, with_attribute, with_class

PAIR = OverlapRow(7, "b.xlsx", "a.xlsx", 441, "once", None, is_certain=True)


def test_without_shared_rows_there_is_no_section():
    assert overlaps(()) is None


@pytest.mark.parametrize(
    ("pair", "state", "pressed"),
    [
        (PAIR, "Counted once, in a.xlsx, until you decide.", "count-once"),
        (
            OverlapRow(7, "b.xlsx", "a.xlsx", 441, "both", None, is_certain=False),
            "Counted in both, until you decide: they may be alike by chance.",
            "count-both",
        ),
        (
            OverlapRow(7, "b.xlsx", "a.xlsx", 441, "both", "both", is_certain=True),
            "Counted in both, as somebody decided.",
            "count-both",
        ),
    ],
    ids=["once", "perhaps", "decided"],
)
def test_a_pair_says_what_is_shared_how_it_is_counted_and_what_else_one_can_do(pair, state, pressed):
    shown = overlaps([pair])

    assert "441 rows are both in b.xlsx and in a.xlsx ." in text(shown)
    assert state in text(shown)
    buttons = with_attribute(shown, "data-act")
    assert [getattr(button, "data-act") for button in buttons] == ["count-once", "count-both"]
    assert [getattr(b, "data-act") for b in buttons if getattr(b, "aria-pressed") == "true"] == [pressed]


def test_a_note_leads_to_the_page_that_it_names():
    (link,) = with_class(note("5 rows are in both. Decide on the page Data."), "plain-button")

    assert (text(link), getattr(link, "data-nav")) == ("the page Data", "/data")
